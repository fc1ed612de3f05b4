/** The retry schedule: what a delivery becomes after one attempt. The only place that decides when to try again. */

import type { SendOutcome } from '../channels/channel.ts'
import type { DeliveryState } from '../domain/alerts.ts'
import { HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from '../domain/time.ts'

/**
 * Waits between attempts, after Standard Webhooks 1.0: ten attempts over 75 h 35 min 5 s.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
const WAITS_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
]

/** Attempts of one delivery; the last failure makes it a dead letter. */
export const ATTEMPTS_MAX = WAITS_MS.length + 1

/** Waits vary by a fifth either way, so that deliveries that failed together do not all come back together. */
const JITTER = 0.2

type Failure = Extract<SendOutcome, { kind: 'retry' }>

/**
 * The state after an attempt made under the present lease; the lease is given back.
 * `jitter` is a chance from 0 to 1 (0.5 keeps the wait as it stands). A stated Retry-After is kept between the
 * scheduled wait and twice that, without jitter. `sent` and `dead` are final and returned unchanged.
 */
export const afterAttempt = (
  state: DeliveryState,
  outcome: SendOutcome,
  now: Instant,
  jitter: number,
): DeliveryState => {
  if (state.status !== 'pending') return state
  if (outcome.kind === 'retry') return failed(state, outcome, { at: now, from: now, jitter })
  const status = outcome.kind === 'sent' ? 'sent' : 'dead'
  const { ambiguous, dueAt } = state
  return { status, attempts: state.attempts + 1, dueAt, ambiguous, settledAt: now, note: outcome.note }
}

/** Whether no attempt is left: vanished senders use them up too, so that one that always crashes ends as a dead letter. */
export const isSpent = (state: DeliveryState): boolean => state.attempts >= ATTEMPTS_MAX

type Failing = { readonly at: Instant; readonly from: Instant; readonly jitter: number }

const failed = (state: DeliveryState, outcome: Failure, { at, from, jitter }: Failing): DeliveryState => {
  const attempts = state.attempts + 1
  const ambiguous = state.ambiguous + (outcome.ambiguous ? 1 : 0)
  const waitMs = WAITS_MS[attempts - 1]
  const { note } = outcome
  if (waitMs === undefined) return { status: 'dead', attempts, dueAt: state.dueAt, ambiguous, settledAt: at, note }
  const dueAt = from + wait(waitMs, outcome.afterMs, jitter)
  return { status: 'pending', attempts, dueAt, ambiguous, note }
}

const wait = (baseMs: number, afterMs: number | undefined, jitter: number): number => {
  if (afterMs !== undefined && Number.isFinite(afterMs)) return Math.min(Math.max(afterMs, baseMs), 2 * baseMs)
  return Math.round(baseMs * (1 - JITTER + 2 * JITTER * Math.min(Math.max(jitter, 0), 1)))
}
