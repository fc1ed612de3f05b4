/** A real HTTP server on loopback that records what arrives and answers as told. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type SeenRequest = {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** Answers one request whose body was read in full; `seen` is also recorded. */
export type Answer = (response: ServerResponse, seen: SeenRequest, request: IncomingMessage) => void

export type HttpPeer = {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string
  readonly requests: () => readonly SeenRequest[]
  /** From now on. */
  readonly answer: (next: Answer) => void
  readonly close: () => Promise<void>
}

const ok: Answer = (response) => response.end('ok')

/** Listens on a free port of 127.0.0.1; answers 200 `ok` unless told. Close ends open connections too. */
export const startHttp = async (first: Answer = ok): Promise<HttpPeer> => {
  const seen: SeenRequest[] = []
  let answer = first
  const server = createServer(async (request, response) => {
    const one = await record(request)
    if (!one) return
    seen.push(one)
    answer(response, one, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => seen,
    answer: (next) => {
      answer = next
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** `undefined` where the client went away first. */
const record = async (request: IncomingMessage): Promise<SeenRequest | undefined> => {
  try {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = '', url = '', headers } = request
    return { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') }
  } catch {
    return undefined
  }
}
