/** One call to Firestore by Google's own REST client, over kept-alive connections and tried once. */

import http from 'node:http'
import https from 'node:https'
import { firestore_v1 } from '@googleapis/firestore/build/v1.js'
import type { Failure } from './firestore-errors.ts'
import type { Credentials } from './firestore-identity.ts'

export type Answer = { readonly body: unknown } | { readonly failure: Failure }

export type Transport = {
  /** `path` is below `/v1/`. A call without a full reply in time is the failure `NO_REPLY`; rejects only for a body above 10 MiB. */
  readonly post: (path: string, body: object, deadline: AbortSignal) => Promise<Answer>
  readonly close: () => void
}

export type TransportOptions = {
  /** `host:port` of an emulator, spoken to in plain HTTP; absent: Google's own. */
  readonly emulatorHost?: string
  readonly credentials: () => Promise<Credentials>
  /** How long one call may take. */
  readonly callMs: number
}

const SOCKETS_MAX = 16
/** Idle connections are closed before anything on the way may drop them in silence, as while an instance sleeps. */
const IDLE_MS = 50_000
/** https://docs.cloud.google.com/firestore/quotas: the largest request. */
const REQUEST_MAX = 10 * 1024 * 1024
/** A page of the largest documents, escaped. */
const RESPONSE_MAX = 128 * 1024 * 1024

type Adapter = NonNullable<firestore_v1.Options['adapter']>
type Sent = { readonly status: number; readonly data: unknown }

/**
 * Opens no connection yet. The client is Google's REST client `@googleapis/firestore` 26.0.0, one of its files alone.
 * From the start of a process to its first committed document it took 195 ms where the gRPC client
 * `@google-cloud/firestore` 9.4.1 took 596 and bare `node:http` 109 (12 runs in turn, from sources); bundled, it costs
 * 43 ms more than bare `node:http`, and usage events per second at concurrency 80 did not differ beyond the noise.
 * November 2026: Firestore emulator 1.19.9, Node 24.21.0, 2 shared cores.
 */
export const openTransport = (options: TransportOptions): Transport => {
  const { emulatorHost, callMs } = options
  const { Agent } = emulatorHost === undefined ? https : http
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX, timeout: IDLE_MS })
  const { documents } = new firestore_v1.Firestore({
    ...(emulatorHost !== undefined && { rootUrl: `http://${emulatorHost}` }),
    agent,
    retry: false,
    responseType: 'json',
    maxContentLength: RESPONSE_MAX,
    // An error is an answer here: told apart below, and without a copy of the request in it.
    validateStatus: () => true,
    adapter: refuseLarge,
  }).projects.databases

  const send = async (path: string, requestBody: object, signal: AbortSignal): Promise<Answer> => {
    const headers = await before(signal, options.credentials()).catch((cause) =>
      signal.aborted ? noReply(cause) : noCredentials(cause),
    )
    if (isFailed(headers)) return headers
    const { parent, database, method } = partsOf(path)
    const how = { headers, signal }
    const call: Readonly<Record<string, () => Promise<Sent>>> = {
      batchGet: () => documents.batchGet({ database, requestBody }, how),
      batchWrite: () => documents.batchWrite({ database, requestBody }, how),
      commit: () => documents.commit({ database, requestBody }, how),
      runQuery: () => documents.runQuery({ parent, requestBody }, how),
    }
    const { status, data } = await (call[method] ?? unknown(method))()
    return answerOf(status, data)
  }
  return {
    post: (path, body, deadline) =>
      send(path, body, AbortSignal.any([deadline, AbortSignal.timeout(callMs)])).catch(({ cause, message }: Error) => {
        if (cause instanceof RangeError) throw cause
        // The client's own error holds the request: its cause does not.
        return noReply(cause ?? new Error(message))
      }),
    close: () => agent.destroy(),
  }
}

const refuseLarge: Adapter = (prepared, send) => {
  const bytes = Buffer.byteLength(String(prepared.body))
  if (bytes > REQUEST_MAX)
    throw new RangeError(`the request would have ${bytes} bytes, and Firestore takes ${REQUEST_MAX}.`)
  return send(prepared)
}

const partsOf = (path: string) => {
  const at = path.lastIndexOf(':')
  const parent = path.slice(0, at).split('/').map(decodeURIComponent).join('/')
  return { parent, database: parent.replace(/\/documents$/, ''), method: path.slice(at + 1) }
}

const unknown = (method: string): never => {
  throw new Error(`no method ${method}`)
}

const isFailed = (headers: Credentials | Answer): headers is Answer => 'failure' in headers

/** The work's result, or a rejection once the signal fires. */
const before = async <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  const late = Promise.withResolvers<never>()
  const onAbort = () => late.reject(signal.reason)
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

const noCredentials = (cause: unknown): Answer => ({ failure: { status: 'UNAUTHENTICATED', detail: '', cause } })

type ErrorBody = { readonly code?: number; readonly status?: string; readonly message?: string }

/** Streaming methods answer with an array, and may fail after its first elements: then the last one is the error. */
const answerOf = (statusCode: number, body: unknown): Answer => {
  if (typeof body === 'string') return noReply(new SyntaxError('an answer that is no JSON'))
  for (const each of Array.isArray(body) ? body : [body]) {
    const error: ErrorBody | undefined = each?.error
    if (error) return { failure: { status: error.status ?? `HTTP ${statusCode}`, detail: error.message ?? '' } }
  }
  return statusCode === 200 ? { body } : { failure: { status: 'UNAVAILABLE', detail: `HTTP ${statusCode}` } }
}

/** Also for a reply that is cut short or is no JSON: whether the call was applied, nobody can know. */
const noReply = (cause: unknown): Answer => ({
  failure: { status: 'NO_REPLY', detail: cause instanceof Error ? cause.message : '', cause },
})
