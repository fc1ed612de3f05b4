import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SendOutcome } from '../../functions/channels/channel.ts'
import type { DeliveryState, StoredDelivery } from '../../functions/domain/alerts.ts'
import {
  ATTEMPTS_MAX,
  afterAttempt,
  givenUp,
  handedBack,
  isOver,
  isSpent,
  putOff,
  triedSince,
} from '../../functions/outbox/retry.ts'
import { delivery } from '../support/store-samples.ts'

const NOW = 1_700_000_000_000
const fresh: DeliveryState = { status: 'pending', attempts: 0, dueAt: NOW, ambiguous: 0 }
const leased: DeliveryState = { ...fresh, lease: { id: 'L', until: NOW + 30_000 } }

const retry = (extra: { afterMs?: number; ambiguous?: boolean } = {}): SendOutcome => ({
  kind: 'retry',
  reason: 'server-error',
  note: 'HTTP 503',
  ambiguous: false,
  ...extra,
})

/** Fails again and again, each time as soon as it is due; returns the waits. */
const waits = (jitter: number, outcome = retry()): { waits: number[]; last: DeliveryState } => {
  const found: number[] = []
  let state = fresh
  while (state.status === 'pending' && found.length < 20) {
    const next = afterAttempt(state, outcome, state.dueAt, jitter)
    if (next.status === 'pending') found.push(next.dueAt - state.dueAt)
    state = next
  }
  return { waits: found, last: state }
}

describe('a delivery that fails', () => {
  it('is tried ten times over 75 h 35 min 5 s, then is a dead letter', () => {
    const { waits: found, last } = waits(0.5)
    expect(found).toEqual([
      5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000, 86_400_000,
    ])
    expect(found.reduce((sum, one) => sum + one, 0)).toBe(272_105_000)
    expect(last).toEqual({
      status: 'dead',
      attempts: 10,
      dueAt: NOW + 272_105_000,
      ambiguous: 0,
      settledAt: NOW + 272_105_000,
      note: 'HTTP 503',
    })
    expect(ATTEMPTS_MAX).toBe(10)
  })

  it('waits a fifth less or more by chance', () => {
    expect(waits(0).waits.slice(0, 3)).toEqual([4_000, 240_000, 1_440_000])
    expect(waits(1).waits.slice(0, 3)).toEqual([6_000, 360_000, 2_160_000])
  })

  it.each([
    [0, 5_000],
    [4_999, 5_000],
    [7_000, 7_000],
    [10_000, 10_000],
    [10_001, 10_000],
    [315_360_000_000, 10_000],
    [-1, 5_000],
    [Number.NaN, 5_000],
  ])('honours a Retry-After of %i ms between the wait and twice the wait: %i ms', (afterMs, waitMs) => {
    expect(afterAttempt(fresh, retry({ afterMs }), NOW, 0.5).dueAt).toBe(NOW + waitMs)
  })

  it('counts the attempts whose outcome nobody knows', () => {
    const once = afterAttempt(fresh, retry({ ambiguous: true }), NOW, 0.5)
    const twice = afterAttempt(once, retry(), NOW, 0.5)
    const thrice = afterAttempt(twice, retry({ ambiguous: true }), NOW, 0.5)
    expect([once.ambiguous, twice.ambiguous, thrice.ambiguous]).toEqual([1, 1, 2])
  })

  it('gives its lease back', () => {
    expect(afterAttempt(leased, retry(), NOW, 0.5)).toEqual({
      status: 'pending',
      attempts: 1,
      dueAt: NOW + 5_000,
      ambiguous: 0,
      channelFailed: true,
      note: 'HTTP 503',
    })
  })
})

describe('a delivery that is settled', () => {
  it('is sent with its receipt, without a lease', () => {
    expect(afterAttempt(leased, { kind: 'sent', note: 'HTTP 200 OK' }, NOW + 7, 0.5)).toEqual({
      status: 'sent',
      attempts: 1,
      dueAt: NOW,
      ambiguous: 0,
      settledAt: NOW + 7,
      note: 'HTTP 200 OK',
    })
  })

  it('is dead at once where the other side said no for good', () => {
    const outcome: SendOutcome = { kind: 'rejected', reason: 'gone', note: 'HTTP 410 Gone' }
    expect(afterAttempt(leased, outcome, NOW + 7, 0.5)).toMatchObject({
      status: 'dead',
      attempts: 1,
      settledAt: NOW + 7,
      note: 'HTTP 410 Gone',
    })
  })

  it.each(['sent', 'dead'] as const)('stays %s whatever comes later', (status) => {
    const final: DeliveryState = { ...fresh, status, attempts: 1, settledAt: NOW, note: 'done' }
    expect(afterAttempt(final, retry(), NOW + 1, 0.5)).toBe(final)
    expect(afterAttempt(final, { kind: 'sent', note: 'again' }, NOW + 1, 0.5)).toBe(final)
  })
})

describe('whose fault a failure was', () => {
  it.each([
    ['timeout', true],
    ['connection', true],
    ['rate-limited', true],
    ['server-error', true],
    ['temporary', undefined],
  ] as const)('%s is the channel’s: %s', (reason, channelFailed) => {
    const outcome: SendOutcome = { kind: 'retry', reason, note: 'x', ambiguous: false }
    expect(afterAttempt(fresh, outcome, NOW, 0.5).channelFailed).toBe(channelFailed)
    expect(afterAttempt({ ...fresh, channelFailed: true }, outcome, NOW, 0.5).channelFailed).toBe(channelFailed)
  })

  it('is forgotten once it is over, when it was redriven is not', () => {
    const state: DeliveryState = { ...leased, channelFailed: true, redrivenAt: NOW - 9 }
    expect(afterAttempt(state, { kind: 'sent', note: 'ok' }, NOW, 0.5)).not.toHaveProperty('channelFailed')
    expect(afterAttempt(state, { kind: 'sent', note: 'ok' }, NOW, 0.5).redrivenAt).toBe(NOW - 9)
    expect(afterAttempt(state, retry(), NOW, 0.5).redrivenAt).toBe(NOW - 9)
  })
})

describe('the time over which a delivery is tried', () => {
  const stored = (over: Partial<StoredDelivery>): StoredDelivery => ({
    ...delivery('d', { createdAt: NOW }),
    state: fresh,
    ...over,
  })

  it('is over after 90 h 42 min, the schedule with all its jitter', () => {
    expect(isOver(stored({}), NOW + 326_526_000)).toBe(false)
    expect(isOver(stored({}), NOW + 326_526_001)).toBe(true)
  })

  it('begins when it is made, when quiet hours end, or when a person redrives it', () => {
    expect(triedSince(stored({}))).toBe(NOW)
    expect(triedSince(stored({ notBefore: NOW + 5 }))).toBe(NOW + 5)
    expect(triedSince(stored({ notBefore: NOW - 5 }))).toBe(NOW)
    expect(triedSince(stored({ notBefore: NOW + 5, state: { ...fresh, redrivenAt: NOW + 9 } }))).toBe(NOW + 9)
  })

  it('ends in a dead letter that says why, with the attempts it had', () => {
    const state: DeliveryState = { ...leased, attempts: 2, ambiguous: 1, channelFailed: true, redrivenAt: NOW - 9 }
    expect(givenUp(state, NOW + 7, 'the channel was down')).toEqual({
      status: 'dead',
      attempts: 2,
      dueAt: NOW,
      ambiguous: 1,
      settledAt: NOW + 7,
      redrivenAt: NOW - 9,
      note: 'the channel was down',
    })
  })
})

describe('a delivery that waits for others', () => {
  it('falls due a moment after the last of them, and no attempt is counted', () => {
    const others = [
      { ...fresh, dueAt: NOW + 300_000 },
      { ...fresh, dueAt: NOW + 5_000 },
    ]
    expect(putOff({ ...leased, attempts: 1 }, others, NOW)).toEqual({ ...fresh, attempts: 1, dueAt: NOW + 301_000 })
  })

  it('looks again soon where another is due or being sent', () => {
    expect(putOff(leased, [{ ...fresh, dueAt: NOW - 60_000 }], NOW).dueAt).toBe(NOW + 1_000)
    expect(putOff(leased, [{ ...leased, lease: { id: 'M', until: NOW + 160_000 } }], NOW).dueAt).toBe(NOW + 31_000)
  })

  it('is handed back as it was by a sender that did not try', () => {
    expect(handedBack({ ...leased, attempts: 3, note: 'x' })).toEqual({ ...fresh, attempts: 3, note: 'x' })
  })
})

it('has no attempt left after the tenth', () => {
  expect(isSpent({ ...fresh, attempts: 9 })).toBe(false)
  expect(isSpent({ ...fresh, attempts: 10 })).toBe(true)
})

it('whatever happens, attempts and doubts only grow, and nothing is due in the past', () => {
  const outcome = fc.oneof(
    fc.constant<SendOutcome>({ kind: 'sent', note: 'ok' }),
    fc.constant<SendOutcome>({ kind: 'rejected', reason: 'refused', note: 'no' }),
    fc.record({ afterMs: fc.double(), ambiguous: fc.boolean() }).map(retry),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(outcome, fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 30 }), (steps) => {
      let state = fresh
      let now = NOW
      for (const [result, jitter] of steps) {
        const next = afterAttempt(state, result, now, jitter)
        expect(next.attempts).toBe(state.status === 'pending' ? state.attempts + 1 : state.attempts)
        expect(next.ambiguous).toBeGreaterThanOrEqual(state.ambiguous)
        expect(next.ambiguous).toBeLessThanOrEqual(next.attempts)
        expect(next.attempts).toBeLessThanOrEqual(10)
        if (next.status === 'pending') expect(next.dueAt).toBeGreaterThanOrEqual(now + 4_000)
        state = next
        now = Math.max(now, next.dueAt)
      }
    }),
    { numRuns: 300 },
  )
})
