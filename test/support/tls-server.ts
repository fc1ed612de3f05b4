/** A real HTTPS server on loopback that counts who came, and answers as told. */

import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Certificate } from './certificate.ts'

export type TlsPeer = {
  readonly port: number
  /** The host names of the requests that arrived whole, as the client indicated them in TLS. */
  readonly asked: () => readonly string[]
  /** From now on. */
  readonly answer: (next: RequestListener) => void
  /** For new connections. */
  readonly present: (certificate: Certificate) => void
  /** How many connections were opened, whatever came of them. */
  readonly connections: () => number
  readonly close: () => Promise<void>
}

/** Listens on a free port of 127.0.0.1; answers 200 `ok` unless told. Close ends open connections too. */
export const startTls = async (certificate: Certificate): Promise<TlsPeer> => {
  const asked: string[] = []
  let connections = 0
  let answer: RequestListener = (_, response) => response.end('ok')
  const server = createServer({ ...certificate }, (request, response) => {
    request.resume().on('end', () => {
      asked.push(String((request.socket as TLSSocket & { servername?: string | false }).servername))
      answer(request, response)
    })
  })
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    asked: () => asked,
    answer: (next) => {
      answer = next
    },
    present: (next) => server.setSecureContext({ ...next }),
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
