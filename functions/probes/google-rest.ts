/** Google's REST APIs, asked in JSON: read only, in bounded time and number, and each question once. */

import type { LookedUp } from '../app/look-up.ts'
import { SECOND_MS } from '../domain/time.ts'

/** Where each API answers; tests name servers of their own. */
export type Endpoints = {
  readonly pubsub: string
  readonly projects: string
  readonly billing: string
  readonly budgets: string
  readonly functions: string
  readonly scheduler: string
  readonly run: string
  readonly firestore: string
  readonly iam: string
  readonly monitoring: string
}
export type Api = keyof Endpoints

export const GOOGLE: Endpoints = {
  pubsub: 'https://pubsub.googleapis.com',
  projects: 'https://cloudresourcemanager.googleapis.com',
  billing: 'https://cloudbilling.googleapis.com',
  budgets: 'https://billingbudgets.googleapis.com',
  functions: 'https://cloudfunctions.googleapis.com',
  scheduler: 'https://cloudscheduler.googleapis.com',
  run: 'https://run.googleapis.com',
  firestore: 'https://firestore.googleapis.com',
  iam: 'https://iam.googleapis.com',
  monitoring: 'https://monitoring.googleapis.com',
}

export type RestOptions = {
  readonly endpoints: Endpoints
  /** Who asks; rejects where nobody can be found. */
  readonly headers: (api: Api) => Promise<Readonly<Record<string, string>>>
  readonly callMs?: number
}

/** A reply as it came; `body` is what its JSON holds. */
export type Reply = { readonly status: number; readonly body: unknown }
export type Sent = Reply | { readonly note: string }

export type Rest = {
  /** `path` begins with a slash; with a body it is a POST. Asked twice, the first answer is handed out again. */
  readonly send: (api: Api, path: string, body?: object) => Promise<Sent>
}

/** A call in its region takes a tenth of a second; a check may need several in a row. */
const CALL_MS = 6 * SECOND_MS
/** Far below every quota. */
const IN_FLIGHT_MAX = 16
/** A page of a thousand functions has a tenth of this. */
const BODY_MAX = 16 * 1024 * 1024

export const openRest = ({ endpoints, headers, callMs = CALL_MS }: RestOptions): Rest => {
  const known = new Map<string, Promise<Sent>>()
  const lane = openLane(IN_FLIGHT_MAX)
  const send: Rest['send'] = async (api, path, body) => {
    try {
      const init = {
        method: body === undefined ? 'GET' : 'POST',
        redirect: 'manual' as const,
        headers: { ...(await headers(api)), 'content-type': 'application/json' },
        signal: AbortSignal.timeout(callMs),
        ...(body && { body: JSON.stringify(body) }),
      }
      const response = await fetch(`${endpoints[api]}${path}`, init)
      return { status: response.status, body: JSON.parse(await textOf(response)) }
    } catch (error) {
      return { note: noteOf(error) }
    }
  }
  return {
    send: (api, path, body) => {
      const question = JSON.stringify([api, path, body])
      const asked = known.get(question) ?? lane(() => send(api, path, body))
      known.set(question, asked)
      return asked
    },
  }
}

/** Runs so much at a time; the rest waits its turn. */
const openLane = (max: number) => {
  const waiting: (() => void)[] = []
  let running = 0
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= max) await new Promise<void>((go) => waiting.push(go))
    running += 1
    try {
      return await work()
    } finally {
      running -= 1
      waiting.shift()?.()
    }
  }
}

const textOf = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    bytes += chunk.byteLength
    if (bytes > BODY_MAX) throw new Error('the answer is too long')
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The system's code where there is one; `fetch` hides it in the cause. */
const noteOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown error'
  if (error.name === 'TimeoutError') return 'no answer in time'
  if (error instanceof SyntaxError) return 'the answer is no JSON'
  const { cause } = error
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : ''
  return /^[A-Z][A-Z0-9_]{2,40}$/.test(code) ? code : firstLine(error.message)
}

const NOTE_MAX = 200

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').slice(0, NOTE_MAX)

/** https://docs.cloud.google.com/apis/design/errors */
type ErrorBody = {
  readonly error?: {
    readonly message?: unknown
    readonly status?: unknown
    readonly details?: readonly { readonly reason?: unknown }[]
  }
}

/** What a reply comes to, read by `read`; a body that it cannot read is a failure. */
export const lookedUp = <T>(sent: Sent, read: (body: unknown) => T | undefined): LookedUp<T> => {
  if ('note' in sent) return { kind: 'failed', note: sent.note }
  const { status, body } = sent
  if (status === 200) {
    const answer = read(body)
    return answer === undefined
      ? { kind: 'failed', note: 'the answer does not fit the question' }
      : { kind: 'answer', answer }
  }
  if (status === 401) return { kind: 'refused', why: 'unauthenticated' }
  if (status === 403) return { kind: 'refused', why: isDisabled(body) ? 'api-disabled' : 'denied' }
  if (status === 404) return { kind: 'refused', why: 'not-found' }
  return { kind: 'failed', note: `HTTP ${status}` }
}

const isDisabled = (body: unknown): boolean => {
  const details = (body as ErrorBody | null)?.error?.details
  return Array.isArray(details) && details.some((one) => one?.reason === 'SERVICE_DISABLED')
}

/** The message of an error, for telling two failures of one status apart. */
export const messageOf = (body: unknown): string => String((body as ErrorBody | null)?.error?.message ?? '')
