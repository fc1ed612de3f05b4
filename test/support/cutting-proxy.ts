/** A TCP proxy on loopback that cuts connections at the worst moment: the request was applied, and its reply is lost. */

import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** `reply`: the server gets the request and answers, the client never hears it. `request`: the server never gets it. `silence`: as `request`, and the connection stays open. `hold`: the server gets it at `release`. */
export type Cut = 'reply' | 'request' | 'silence' | 'hold'

export type CuttingProxy = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  /** Cuts the next `times` requests whose first line contains `text`, and forgets what an earlier call asked for. */
  readonly cut: (kind: Cut, text: string, times?: number) => void
  /** How many requests were cut since the last `cut`. */
  readonly done: () => number
  /** Lets go what was held. */
  readonly release: () => void
  /** The first lines of all requests so far. */
  readonly requests: readonly string[]
  readonly close: () => Promise<void>
}

type Order = { kind: Cut; text: string; left: number; done: number; held: (() => void)[] }

/** `target` is `host:port`. For one request at a time on each connection, as HTTP/1.1 without pipelining sends them. */
export const startCuttingProxy = async (target: string): Promise<CuttingProxy> => {
  const order: Order = { kind: 'reply', text: '', left: 0, done: 0, held: [] }
  const requests: string[] = []
  const open = new Set<Socket>()
  const server = createServer((client) => relay(client, target, order, requests, open))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: (kind, text, times = 1) => Object.assign(order, { kind, text, left: times, done: 0 }),
    done: () => order.done,
    release: () => {
      for (const send of order.held.splice(0)) send()
    },
    requests,
    close: () => closed(server, open),
  }
}

/** A request begins with its method; whatever else a client sends is the rest of one. */
const FIRST_LINE = /^(?:POST|GET|PUT|PATCH|DELETE|HEAD) \S+ HTTP\/1\.1/

const relay = (client: Socket, target: string, order: Order, requests: string[], open: Set<Socket>): void => {
  const [host = '', port = ''] = target.split(':')
  const server = connect(Number(port), host)
  let fate: Cut | undefined
  const end = () => {
    client.destroy()
    server.destroy()
  }
  for (const socket of [client, server]) {
    open.add(socket)
    socket.setNoDelay(true)
    socket.on('error', end)
    socket.on('close', () => {
      open.delete(socket)
      end()
    })
  }
  client.on('data', (chunk: Buffer) => {
    const [line] = FIRST_LINE.exec(chunk.toString('latin1')) ?? []
    if (line !== undefined) {
      requests.push(line)
      fate = fateOf(line, order)
    }
    if (fate === 'request') end()
    else if (fate === 'hold') order.held.push(() => server.write(chunk))
    else if (fate !== 'silence') server.write(chunk)
  })
  server.on('data', (chunk: Buffer) => {
    if (fate === 'reply') end()
    else client.write(chunk)
  })
}

const fateOf = (line: string, order: Order): Cut | undefined => {
  if (order.left === 0 || !line.includes(order.text)) return undefined
  order.left -= 1
  order.done += 1
  return order.kind
}

const closed = (server: Server, open: ReadonlySet<Socket>): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of open) socket.destroy()
  })
