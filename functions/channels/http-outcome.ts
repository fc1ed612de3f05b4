/** What a POST came to: by its status and reply, or by the error where there was none. */

import { STATUS_CODES } from 'node:http'
import type { RetryReason, SendOutcome } from './channel.ts'
import type { Post } from './http.ts'
import { BlockedAddressError } from './network-address.ts'

type Judge = Pick<Post, 'okStatus' | 'okBody' | 'waitMs'>

/** `reply` is what was read of the body; neither it nor a header's words reach the note. */
export const replyOutcome = ({ ok, status, headers }: Response, reply: string, judge: Judge): SendOutcome => {
  const note = `HTTP ${status} ${STATUS_CODES[status] ?? ''}`.trim()
  if (ok) return judged(note, (judge.okStatus?.includes(status) ?? true) && (judge.okBody?.(reply, status) ?? true))
  if (status >= 300 && status < 400) return { kind: 'rejected', reason: 'redirect', note }
  if (status === 410) return { kind: 'rejected', reason: 'gone', note }
  if (status === 413) return { kind: 'rejected', reason: 'too-large', note }
  const reason = retryReason(status)
  if (!reason) return { kind: 'rejected', reason: 'refused', note }
  // A gateway that gave up on its backend cannot know whether the backend took the message.
  const outcome = retry(reason, note, status === 502 || status === 504)
  const afterMs = (status === 429 ? judge.waitMs?.(reply) : undefined) ?? retryAfterMs(headers)
  return afterMs === undefined ? outcome : { ...outcome, afterMs }
}

const judged = (note: string, ok: boolean): SendOutcome =>
  ok ? { kind: 'sent', note } : { kind: 'rejected', reason: 'bad-reply', note: `${note}, but not the reply documented` }

const retryReason = (status: number): RetryReason | undefined => {
  if (status === 429) return 'rate-limited'
  if (status === 408 || status === 409 || status === 425) return 'temporary'
  return status >= 500 ? 'server-error' : undefined
}

/** Seconds or an HTTP date (RFC 9110 §10.2.3); a date counts from the reply's own `Date`, so no clock is needed. */
const retryAfterMs = (headers: Headers): number | undefined => {
  const value = headers.get('retry-after')?.trim() ?? ''
  if (/^\d{1,10}$/.test(value)) return Number(value) * 1_000
  if (!/^[A-Z][a-z]{2}, /.test(value)) return undefined
  const ms = Date.parse(value) - Date.parse(headers.get('date') ?? '')
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined
}

/** Failures before a byte of the request left: nobody can have taken the message. */
const BEFORE_SENDING =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$|CERT|^UNABLE_TO_|^ERR_TLS/

/**
 * The outcome of a request without an answer. A blocked address is tried again like any other fault of the name: it may be
 * one of the DNS, and ends as a dead letter whose note says so.
 */
export const lostOutcome = (error: unknown): SendOutcome => {
  if (error instanceof BlockedAddressError) {
    return retry('connection', `not sent: the host leads to an address that is ${error.place}`, false)
  }
  const code = errorCode(error)
  return retry('connection', `connection failed${code && ` (${code})`}`, !BEFORE_SENDING.test(code))
}

/** The outcome where time ran out; `ambiguous` once something was sent. */
export const unanswered = (note: string, ambiguous: boolean): SendOutcome => retry('timeout', note, ambiguous)

/** The system's code stands on the error, or, from `fetch`, on its cause; only well-formed codes are let into notes. */
const errorCode = (error: unknown): string => {
  const codes = [error, error instanceof Error ? error.cause : undefined].map(codeOf)
  return codes.find((code) => /^[A-Z][A-Z0-9_]{2,40}$/.test(code)) ?? ''
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : ''

type Retry = Extract<SendOutcome, { kind: 'retry' }>

const retry = (reason: RetryReason, note: string, ambiguous: boolean): Retry => ({
  kind: 'retry',
  reason,
  note,
  ambiguous,
})
