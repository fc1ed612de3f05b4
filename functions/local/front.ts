/** One HTTP server for everything local: the five targets at `/<target>`, the mailbox, the chat, the dashboard. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { getTestServer } from '@google-cloud/functions-framework/testing'
import { limitTime, markRaw } from '../body.ts'
import { answerFast } from '../fast-path.ts'
import type { Gate } from '../shutdown.ts'
import { type Handler, TARGETS, type Target } from '../targets.ts'

/** Answers a path of its own and says so, or leaves it to the next. */
export type LocalRoute = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>

/** `/billingNotification/projects/P/topics/T` → the target and the rest of the path. */
const targetOf = (url: string): { readonly target: Target; readonly rest: string } | undefined => {
  const [, name = '', rest = '', query = ''] = /^\/([A-Za-z]+)(\/[^?]*)?(\?.*)?/.exec(url) ?? []
  const target = TARGETS.find((one) => one === name)
  return target ? { target, rest: `${rest || '/'}${query}` } : undefined
}

export type FrontParts = {
  /** Asked first, in order. */
  readonly routes: readonly LocalRoute[]
  readonly gate: Gate
  /** The handler a target has past the framework, if any. */
  readonly fast: (target: Target) => Handler | undefined
  readonly onError: (error: unknown) => void
}

/** Puts the framework's own servers behind one port. */
export const createFront = ({ routes, gate, fast, onError }: FrontParts): Server => {
  const servers = new Map<Target, Server>(TARGETS.map((target) => [target, getTestServer(target)]))
  const forward = (target: Target, path: string, request: IncomingMessage, response: ServerResponse): void => {
    request.url = path
    if (request.method === 'POST') markRaw(request)
    const handler = fast(target)
    if (handler && answerFast(handler, request, response)) return
    servers.get(target)?.emit('request', request, response)
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isDecodable(request.url ?? '/')) return malformed(response)
    for (const route of routes) if (await route(request, response)) return
    const url = request.url ?? '/'
    const named = targetOf(url)
    if (named) forward(named.target, named.rest, request, response)
    else forward('status', url, request, response)
  }
  return createServer((request, response) => {
    if (!gate.admit(response)) return
    limitTime(request, response)
    answer(request, response).catch((error: unknown) => {
      onError(error)
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' })
      response.end()
    })
  })
}

/** The framework's router would answer such an address with its own stack trace. */
const isDecodable = (url: string): boolean => {
  try {
    return decodeURIComponent(url) !== ''
  } catch {
    return false
  }
}

const malformed = (response: ServerResponse): void => {
  response.writeHead(400, { 'content-type': 'application/json; charset=utf-8' })
  response.end('{"error":"The address is malformed."}\n')
}

/** Listens on loopback only: nothing here asks who is calling. Rejects with one line when the port is taken. */
export const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(error, port)))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })

const portError = (error: NodeJS.ErrnoException, port: number): Error => {
  if (error.code === 'EADDRINUSE')
    return new Error(`PORT ${port} is in use. Stop what listens there, or choose another: PORT=${port + 1} npm start`)
  if (error.code === 'EACCES')
    return new Error(`PORT ${port} needs rights this user does not have. Choose one above 1023: PORT=8080 npm start`)
  return error
}
