/** Request bodies: raw bytes, within a size and a time. */

import type { IncomingMessage, ServerResponse } from 'node:http'

/** Legitimate messages are below 4 kB; a larger body is refused before it is parsed. */
export const BODY_MAX = 1024 * 1024
/** Read and thrown away, so that a client that sends first and listens later still learns why; Cloud Run takes no more. */
const READ_MAX = 32 * BODY_MAX
/** A body takes milliseconds; who sends a byte a second only holds a connection. */
const BODY_MS = 10_000

/** Has the framework's body parsers take a request's body as it is. */
export const markRaw = (request: IncomingMessage): void => {
  request.headers['content-type'] = 'application/octet-stream'
}

/** The content type as it came over the wire: what marks a request raw changes the parsed headers alone. */
export const contentTypeOf = ({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): string => {
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type')
  return at < 0 ? '' : (rawHeaders[at + 1] ?? '')
}

/** Answers 408 and ends the connection if the body is not there in 10 s, whoever reads it. */
export const limitTime = (request: IncomingMessage, response: ServerResponse): void => {
  const timer = setTimeout(() => {
    if (request.complete || response.headersSent) return
    response.writeHead(408, { connection: 'close', 'content-type': 'application/json; charset=utf-8' })
    response.end(`{"error":"The body took longer than ${BODY_MS / 1_000} s."}\n`)
  }, BODY_MS)
  response.once('close', () => clearTimeout(timer))
}

/**
 * Hands over the whole body, or of one above `BODY_MAX` its beginning, which is longer than that; memory stays bounded.
 * Never calls back for a request that was aborted.
 */
export const readBody = (request: IncomingMessage, done: (body: Buffer) => void): void => {
  const chunks: Buffer[] = []
  let size = 0
  const finish = (): void => done(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))
  const take = (chunk: Buffer): void => {
    if (size <= BODY_MAX) chunks.push(chunk)
    size += chunk.length
    if (size <= READ_MAX) return
    request.off('data', take).off('end', finish)
    finish()
  }
  request.on('data', take).on('end', finish)
}
