/** Google's REST interfaces with the process's own credentials: one call, one bounded answer, no retry. */

import { isObject, type JsonObject, parseJson } from './domain/json.ts'
import { SECOND_MS } from './domain/time.ts'
import { signInFault } from './sign-in-fault.ts'
import { within } from './within.ts'

export type RestParts = {
  /** A fresh access token, and whose quota is used where a person calls; asked for before each call. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>
  readonly callMs?: number
}

/** `status` as in https://docs.cloud.google.com/apis/design/errors, such as `FAILED_PRECONDITION`. */
export type RestAnswer =
  | { readonly kind: 'answer'; readonly body: JsonObject }
  | { readonly kind: 'error'; readonly code: number; readonly status: string; readonly message: string }
  /** Nobody knows whether the request arrived. */
  | { readonly kind: 'lost'; readonly note: string }

export type Rest = (method: 'GET' | 'POST' | 'PATCH', url: string, body?: object) => Promise<RestAnswer>

/** Sign-in, connection and answer of one call. */
const CALL_MS = 10 * SECOND_MS
const BODY_MAX = 262_144

/** Never throws; follows no redirect, so that the token goes nowhere else. */
export const openRest =
  ({ headers, callMs = CALL_MS }: RestParts): Rest =>
  async (method, url, body) => {
    const signal = AbortSignal.timeout(callMs)
    // A sign-in has no bound of its own, and takes no signal.
    const signedIn = await within(callMs, headers()).catch(signInNote)
    if (typeof signedIn === 'string') return { kind: 'lost', note: signedIn }
    try {
      const response = await fetch(url, {
        method,
        redirect: 'error',
        signal,
        headers: { ...signedIn, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      })
      return answerOf(response.status, await response.text())
    } catch (error) {
      return { kind: 'lost', note: noteOf(error) }
    }
  }

/** In the middle of a sentence. */
const signInNote = (error: unknown): string => {
  const { why, mend } = signInFault(error)
  return `${why} ${mend}`.replace(/^T/, 't')
}

const answerOf = (code: number, text: string): RestAnswer => {
  const parsed = text.length <= BODY_MAX ? parseJson(text) : undefined
  const body = parsed?.ok && isObject(parsed.value) ? parsed.value : undefined
  if (code === 200 && body) return { kind: 'answer', body }
  if (code === 200)
    return { kind: 'error', code, status: 'UNREADABLE', message: `no JSON of at most ${BODY_MAX} characters` }
  const error = isObject(body?.['error']) ? body['error'] : {}
  return { kind: 'error', code, status: textOf(error['status']), message: textOf(error['message']) }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The cause's code says it without an address. */
const noteOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code
  return cause instanceof Error ? cause.name : 'unknown error'
}
