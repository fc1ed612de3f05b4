/** Google's own host names on loopback: a proxy that ends TLS with a certificate of ours and hands on what is inside. */

import { createServer } from 'node:http'
import { type AddressInfo, connect, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { makeAuthority, validNow } from './certificate.ts'

const HOSTS = [
  'www.googleapis.com',
  'oauth2.googleapis.com',
  'pubsub.googleapis.com',
  'cloudresourcemanager.googleapis.com',
  'cloudbilling.googleapis.com',
  'billingbudgets.googleapis.com',
  'apikeys.googleapis.com',
  'serviceusage.googleapis.com',
  'cloudfunctions.googleapis.com',
  'cloudscheduler.googleapis.com',
  'run.googleapis.com',
  'iam.googleapis.com',
  'monitoring.googleapis.com',
]

export type GoogleFront = {
  /** For `HTTPS_PROXY`. */
  readonly url: string
  /** The root to trust, as PEM. */
  readonly ca: string
  /** Hosts in order of arrival. */
  readonly asked: () => readonly string[]
  readonly close: () => Promise<void>
}

/** Plain HTTP/1.1 goes to one port, gRPC to another. A host that is not Google's is refused. */
export const startFront = async (ports: { readonly http: number; readonly grpc: number }): Promise<GoogleFront> => {
  const authority = makeAuthority('the front')
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const inside = createTlsServer(
    { ...authority.issue(validNow(HOSTS)), ALPNProtocols: ['h2', 'http/1.1'] },
    (socket: TLSSocket) => join(socket, connect(socket.alpnProtocol === 'h2' ? ports.grpc : ports.http, '127.0.0.1')),
  ).on('tlsClientError', () => undefined)
  await listening(inside)
  const proxy = createServer().on('connect', (request, client: Socket) => {
    const host = String(request.url).replace(/:443$/, '')
    asked.push(host)
    if (!HOSTS.includes(host)) return void client.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    client.write('HTTP/1.1 200 OK\r\n\r\n')
    join(client, connect((inside.address() as AddressInfo).port, '127.0.0.1'))
  })
  for (const server of [proxy, inside]) server.on('connection', (socket) => sockets.add(socket))
  await listening(proxy)
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    ca: authority.ca,
    asked: () => asked,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await Promise.all([proxy, inside].map((server) => new Promise((resolve) => server.close(resolve))))
    },
  }
}

const listening = (server: Server): Promise<void> =>
  new Promise((resolve) => void server.listen(0, '127.0.0.1', () => resolve()))

const join = (one: Socket, other: Socket): void => {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy()).pipe(to)
  }
}
