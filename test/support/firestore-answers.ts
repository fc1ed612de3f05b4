/** A server that answers every call of the REST client with the next of the replies it was given, the last one for ever. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Reply = { readonly status?: number; readonly body: unknown }

export type AnsweringServer = {
  readonly host: string
  /** The bodies of the calls so far, as parsed. */
  readonly asked: readonly unknown[]
  readonly close: () => Promise<void>
}

export const startAnsweringServer = async (replies: readonly Reply[]): Promise<AnsweringServer> => {
  const asked: unknown[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { status = 200, body } = replies[asked.length] ?? replies.at(-1) ?? { body: [] }
    asked.push(JSON.parse(Buffer.concat(chunks).toString()))
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** An error as Google's REST interface words it: https://docs.cloud.google.com/apis/design/errors */
export const refusal = (code: number, status: string, message = ''): Reply => ({
  status: code,
  body: { error: { code, status, message } },
})
