/** Stands between a client and the Firestore emulator and counts, from the requests themselves, what Firestore would bill. */

import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Documents written, documents read (a query without results counts as one), and calls made. */
export type Operations = { readonly writes: number; readonly reads: number; readonly calls: number }

export type CountingProxy = {
  /** `127.0.0.1:PORT`, for FIRESTORE_EMULATOR_HOST. */
  readonly host: string
  readonly total: () => Operations
  readonly close: () => Promise<void>
}

/** `target` is the emulator's host and port. Speaks HTTP/1.1, as the REST client does; a gRPC client would not pass. */
export const startCountingProxy = async (target: string): Promise<CountingProxy> => {
  const sum = { writes: 0, reads: 0, calls: 0 }
  const server = createServer((incoming, outgoing) => {
    relay(target, incoming, outgoing)
      .then((seen) => {
        const { writes, reads } = operationsOf(seen)
        sum.writes += writes
        sum.reads += reads
        sum.calls += 1
      })
      .catch(() => outgoing.destroy())
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    total: () => ({ ...sum }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export type Seen = {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly asked: string
  readonly answered: string
}

const relay = async (target: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<Seen> => {
  const [hostname = '', port = ''] = target.split(':')
  const asked = await wholeOf(incoming)
  const { method = 'GET', url: path = '/' } = incoming
  // The answer must be readable here.
  const { 'accept-encoding': _, ...headers } = incoming.headers
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ hostname, port, method, path, headers }, resolve).on('error', reject).end(asked)
  })
  const answered = await wholeOf(answer)
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
  outgoing.end(answered)
  return { method, path, status: answer.statusCode ?? 502, asked: asked.toString(), answered: answered.toString() }
}

const wholeOf = async (stream: IncomingMessage): Promise<Buffer> => Buffer.concat(await Array.fromAsync(stream))

/**
 * What one REST call costs. A transform alone is a write of its document; a refused call writes nothing, but what it
 * read was read. https://firebase.google.com/docs/firestore/pricing
 */
export const operationsOf = ({ method, path, status, asked, answered }: Seen): Omit<Operations, 'calls'> => {
  const verb = /:(\w+)(?:\?|$)/.exec(path)?.[1]
  const isRefused = status >= 400
  if (verb === 'commit' || verb === 'batchWrite') return { writes: isRefused ? 0 : lengthOf(asked, 'writes'), reads: 0 }
  if (verb === 'batchGet') return { writes: 0, reads: lengthOf(asked, 'documents') }
  if (verb === 'runQuery') return { writes: 0, reads: Math.max(1, answered.match(/"document":/g)?.length ?? 0) }
  if (verb === 'runAggregationQuery') return { writes: 0, reads: 1 }
  if (verb !== undefined) return { writes: 0, reads: 0 }
  if (method === 'GET') return { writes: 0, reads: readsOfGet(answered) }
  return { writes: isRefused ? 0 : 1, reads: 0 }
}

/** A document, found or not, is one read; a list costs what it lists, at least one. */
const readsOfGet = (answered: string): number => Math.max(1, lengthOf(answered, 'documents'))

const lengthOf = (text: string, name: string): number => {
  const list = text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>)[name]
  return Array.isArray(list) ? list.length : 0
}
