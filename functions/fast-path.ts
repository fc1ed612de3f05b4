/** Answers a plain push before the framework's middlewares see it; everything else stays theirs. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody } from './body.ts'
import type { Environment } from './environment.ts'
import type { Handler, Target } from './targets.ts'

/** What Pub/Sub and Eventarc post to; the framework alone knows which other paths are ignored, malformed or unknown. */
const PUSH_PATH = /^\/(?:projects\/[\w/.~-]*)?(?:\?|$)/

/**
 * Reads the body of a plain POST and hands it to the target's own handler: the same answers as through the framework,
 * whose Express, body parsers and `domain` cost five times the HTTP server itself (the first `domain` made slows down every
 * promise of the process, so one request through the framework costs all that follow). False, and nothing touched, for
 * any other method, path or content coding.
 * Lost on the way: `LOG_EXECUTION_ID` does not label log lines (Cloud Logging still has the trace of the request),
 * `request.abortController` of the framework's timeout (no handler uses it), and the 500 to the latest request when the
 * process dies of an uncaught exception (it is cut off instead; neither is an acknowledgement).
 */
export const answerFast = (handler: Handler, request: IncomingMessage, response: ServerResponse): boolean => {
  if (request.method !== 'POST' || !PUSH_PATH.test(request.url ?? '')) return false
  if (request.headers['content-encoding'] !== undefined) return false
  readBody(request, (rawBody) => {
    // Nobody may wait for an answer that cannot be given any more.
    handler(Object.assign(request, { rawBody }), response).catch(() => response.destroy())
  })
  return true
}

/** The handler that may be reached past the framework: the target's own, unless it is the page or `DRAWDOWN_FAST_PATH=off`. */
export const fastHandler = (
  handlers: ReadonlyMap<Target, Handler>,
  target: Target | undefined,
  env: Environment,
): Handler | undefined =>
  target === undefined || target === 'status' || env['DRAWDOWN_FAST_PATH'] === 'off' ? undefined : handlers.get(target)
