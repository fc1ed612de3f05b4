/** Registers the targets with functions-framework, and stands in front of its server: every request passes here first. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { parseArgs } from 'node:util'
import { http } from '@google-cloud/functions-framework'
import { limitTime, markRaw } from './body.ts'
import { type Environment, isArmed } from './environment.ts'
import { answerFast } from './fast-path.ts'
import type { PushGuard } from './push-token.ts'
import type { Gate } from './shutdown.ts'
import { ENFORCE_TARGET, type Handler, handlerOf, TARGETS, type Target } from './targets.ts'
import type { App } from './wire.ts'

/** All five, and `enforce` where `ENFORCE_ARMED` is 1: elsewhere it is not there to be called. */
const targetsOf = (env: Environment): readonly Target[] => (isArmed(env) ? [...TARGETS, ENFORCE_TARGET] : TARGETS)

/** Registers them; the app is opened on the first request, so that a cold start loads only what its target uses. */
export const registerTargets = (
  appOf: () => Promise<App>,
  guard: PushGuard,
  env: Environment,
): ReadonlyMap<Target, Handler> => {
  const handlers = new Map(targetsOf(env).map((target) => [target, handlerOf(target, appOf, guard)]))
  for (const [target, handler] of handlers) http(target, handler)
  return handlers
}

/** The target this process serves, read as functions-framework 5.0.5 reads it: `--target` before `FUNCTION_TARGET`. */
export const targetFrom = (args: readonly string[], env: Environment): Target | undefined => {
  const { values } = parseArgs({ args: [...args], options: { target: { type: 'string' } }, strict: false })
  return targetsOf(env).find((target) => target === (values['target'] ?? env['FUNCTION_TARGET']))
}

/** Serves a request, or passes it on by calling `next`. */
export type Front = (request: IncomingMessage, response: ServerResponse, next: () => void) => void

/**
 * Puts a front before the listeners of the first server of this process that takes a request: under the framework its
 * only one, which it never hands out. Node tells of a request before the server's listeners hear of it, so the first one
 * meets the front too. https://nodejs.org/docs/latest-v24.x/api/diagnostics_channel.html#http (`http.server.request.start`)
 */
export const standInFront = (frontOf: (server: Server) => Front): void => {
  const onFirst = (event: unknown): void => {
    unsubscribe(REQUEST_START, onFirst)
    const { server } = event as { readonly server: Server }
    const front = frontOf(server)
    const behind = server.listeners('request')
    server.removeAllListeners('request').on('request', (request, response) => {
      front(request, response, () => {
        for (const listener of behind) listener.call(server, request, response)
      })
    })
  }
  subscribe(REQUEST_START, onFirst)
}

const REQUEST_START = 'http.server.request.start'

/**
 * The front of a functions process: the gate, the time limit of a body, the fast path where `handler` is given. The
 * framework parses JSON bodies before a function sees them and answers 400 to what it cannot parse, which Pub/Sub would
 * deliver again for a day; marked raw, it hands over the bytes instead.
 */
export const frontOf =
  (gate: Gate, handler: Handler | undefined): Front =>
  (request, response, next) => {
    if (!gate.admit(response)) return
    limitTime(request, response)
    if (request.method === 'POST') markRaw(request)
    if (!handler || !answerFast(handler, request, response)) next()
  }
