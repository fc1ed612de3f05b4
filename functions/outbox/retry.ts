/** The retry schedule: what a delivery becomes after one attempt. The only place that decides when to try again. */

import type { SendOutcome } from '../channels/channel.ts'
import type { DeliveryState, StoredDelivery } from '../domain/alerts.ts'
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

/**
 * The longest time over which a delivery is tried, 90 h 42 min: the schedule with all jitter to one side. A channel that
 * is down spares most of what waits an attempt, so that their number alone would bound nothing.
 */
const TRIED_MAX_MS = (1 + JITTER) * WAITS_MS.reduce((sum, each) => sum + each, 0)

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
  return settled({ ...state, attempts: state.attempts + 1 }, status, now, outcome.note)
}

/** Whether no attempt is left: vanished senders use them up too, so that one that always crashes ends as a dead letter. */
export const isSpent = (state: DeliveryState): boolean => state.attempts >= ATTEMPTS_MAX

/** When its time to be tried began. */
export const triedSince = ({ createdAt, notBefore = createdAt, state }: StoredDelivery): Instant =>
  state.redrivenAt ?? Math.max(createdAt, notBefore)

/** Whether its time to be tried is over: one more failure is the last, however few there were. */
export const isOver = (delivery: StoredDelivery, now: Instant): boolean => now - triedSince(delivery) > TRIED_MAX_MS

/** The state of a delivery that is given up without another attempt. */
export const givenUp = (state: DeliveryState, now: Instant, note: string): DeliveryState =>
  settled(state, 'dead', now, note)

/** A moment after what it waits for, so that the two fall due in their order. */
const BEHIND_MS = SECOND_MS
/** What is being sent just now is over in less. */
const SENDING_MS = 30 * SECOND_MS

/** The state of a delivery that must wait for others, untried: due again when the last of them may be over. */
export const putOff = (state: DeliveryState, others: readonly DeliveryState[], now: Instant): DeliveryState => {
  const { lease: _, ...unleased } = state
  const overAt = others.map(({ dueAt, lease: held }) => (held ? now + SENDING_MS : dueAt))
  return { ...unleased, dueAt: Math.max(now, ...overAt) + BEHIND_MS }
}

/** The same state, given back by a sender that did not try. */
export const handedBack = ({ lease: _, ...unleased }: DeliveryState): DeliveryState => unleased

const settled = (
  { attempts, dueAt, ambiguous, redrivenAt }: DeliveryState,
  status: 'sent' | 'dead',
  settledAt: Instant,
  note: string,
): DeliveryState => ({ status, attempts, dueAt, ambiguous, settledAt, ...kept(redrivenAt), note })

const kept = (redrivenAt: Instant | undefined): Pick<DeliveryState, 'redrivenAt'> =>
  redrivenAt === undefined ? {} : { redrivenAt }

/** Failures that speak against the channel; a server that is there and puts off this one mail does not. */
const isChannels = ({ reason }: Failure): boolean => reason !== 'temporary'

type Failing = { readonly at: Instant; readonly from: Instant; readonly jitter: number }

const failed = (state: DeliveryState, outcome: Failure, { at, from, jitter }: Failing): DeliveryState => {
  const attempts = state.attempts + 1
  const ambiguous = state.ambiguous + (outcome.ambiguous ? 1 : 0)
  const waitMs = WAITS_MS[attempts - 1]
  const { note } = outcome
  if (waitMs === undefined) return settled({ ...state, attempts, ambiguous }, 'dead', at, note)
  const dueAt = from + wait(waitMs, outcome.afterMs, jitter)
  const flag = isChannels(outcome) ? { channelFailed: true as const } : {}
  return { status: 'pending', attempts, dueAt, ambiguous, ...flag, ...kept(state.redrivenAt), note }
}

const wait = (baseMs: number, afterMs: number | undefined, jitter: number): number => {
  if (afterMs !== undefined && Number.isFinite(afterMs)) return Math.min(Math.max(afterMs, baseMs), 2 * baseMs)
  return Math.round(baseMs * (1 - JITTER + 2 * JITTER * Math.min(Math.max(jitter, 0), 1)))
}
