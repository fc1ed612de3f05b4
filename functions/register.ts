/** Registers the targets with functions-framework, and sees to it that every body reaches them as raw bytes. */

import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { http } from '@google-cloud/functions-framework'
import type { PushGuard } from './push-token.ts'
import { handlerOf, TARGETS } from './targets.ts'
import type { App } from './wire.ts'

/**
 * The framework parses JSON bodies before a function sees them and answers 400 to what it cannot parse, which Pub/Sub
 * would deliver again for a day. Renaming the content type as a request starts makes it hand over the bytes instead.
 */
export const keepBodiesRaw = (): void => {
  subscribe('http.server.request.start', (event) => {
    const { request } = event as { readonly request: IncomingMessage }
    if (request.method === 'POST') markRaw(request)
  })
}

/** Has the framework's body parsers take a request's body as it is. */
export const markRaw = (request: IncomingMessage): void => {
  request.headers['content-type'] = 'application/octet-stream'
}

/** Registers all five; the app is opened on the first request, so that a cold start loads only what its target uses. */
export const registerTargets = (appOf: () => Promise<App>, guard: PushGuard): void => {
  for (const target of TARGETS) http(target, handlerOf(target, appOf, guard))
}
