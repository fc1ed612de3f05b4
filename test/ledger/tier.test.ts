import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fact, Tier } from '../../functions/domain/facts.ts'
import { formatDecimal, nanos } from '../../functions/domain/money.ts'
import type { AccountSettings } from '../../functions/domain/standing.ts'
import { DAY_MS, formatInstant, HOUR_MS, instant, MINUTE_MS } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import { addSighting, type Sightings } from '../../functions/ledger/tier-sightings.ts'
import { fact, grant, planFact, reading, settings, T0, usage } from '../support/facts.ts'

const day = (n: number): number => T0 + n * DAY_MS
const at = (now: number, facts: readonly Fact[], over: Partial<AccountSettings> = {}) => {
  const book = new Book(settings(over))
  for (const each of facts) book.add(each)
  return standingOf(book, now)
}
const seen = (tier: Tier, when: number): Fact => fact({ kind: 'tier', tier, at: when }, when, [formatInstant(when)])
const named = (id: string, when: number, quotaId: string): Fact =>
  usage(id, when, { error: 'quota', quotaIds: [quotaId] })
const demanded = (when: number, amount?: string): Fact =>
  fact({ kind: 'prepayment-required', at: when, ...(amount === undefined ? {} : { amount: nanos(amount) }) }, when, [
    formatInstant(when),
  ])

describe('entitled by payments and days', () => {
  const entitled = (now: number, facts: readonly Fact[], over: Partial<AccountSettings> = {}) =>
    at(now, facts, over).tier.entitled

  test.each([
    ['99.99', 30, 'tier-1'],
    ['100', 2.999, 'tier-1'],
    ['100', 3, 'tier-2'],
    ['999.99', 60, 'tier-2'],
    ['1000', 29.999, 'tier-2'],
    ['1000', 30, 'tier-3'],
  ])('%s USD and %s days after the first payment: %s', (amount, days, tier) => {
    expect(entitled(day(days), [grant('P1', amount, T0)])).toBe(tier)
  })

  test('the days count from the first payment, the amount from all of them', () => {
    const facts = [grant('P1', '10', T0), grant('P2', '90', day(10)), grant('P3', '900', day(20))]
    expect(at(day(10), facts).tier).toMatchObject({ entitled: 'tier-2', since: day(10), entitledBefore: 'tier-1' })
    expect(at(day(29), facts).tier).toMatchObject({
      entitled: 'tier-2',
      next: { tier: 'tier-3', paidStillNeeded: 0n, earliestAt: day(30) },
    })
    expect(at(day(30), facts).tier).toMatchObject({ entitled: 'tier-3', since: day(30), entitledBefore: 'tier-2' })
    expect(at(day(30), facts).tier.next).toBeUndefined()
  })

  test('only prepayments are payments, and only once they took effect', () => {
    const facts = [
      grant('PROMO', '1000', T0, { kind: 'promotional' }),
      grant('TRIAL', '300', T0, { kind: 'free-trial' }),
      grant('LATER', '1000', day(9)),
    ]
    expect(entitled(day(8), facts)).toBe('tier-1')
  })

  test('amounts are compared in the account’s currency, and not at all without a rate', () => {
    const euros = (amount: string, rate?: string) =>
      entitled(day(5), [grant('P1', amount, T0)], { currency: 'EUR', ...(rate ? { usdRate: nanos(rate) } : {}) })
    expect([euros('80', '0.8'), euros('79.99', '0.8'), euros('5000')]).toEqual(['tier-2', 'tier-1', 'tier-1'])
  })

  test('before Prepay began nobody rose by payments', () => {
    const early = instant('2026-01-01T00:00:00Z')
    const facts = [grant('P1', '1000', early)]
    expect(entitled(instant('2026-03-22T00:00:00Z'), facts)).toBe('tier-1')
    expect(at(instant('2026-03-23T00:00:00Z'), facts).tier).toMatchObject({
      entitled: 'tier-3',
      since: instant('2026-03-23T00:00:00Z'),
    })
  })

  test('an unpaid demand keeps a one-time-prepayment account on Free, and no other', () => {
    const facts = [demanded(day(1), '50')]
    expect(at(day(2), facts, { plan: 'cloud-credit' }).tier).toEqual({
      entitled: 'free',
      since: day(1),
      next: { tier: 'tier-1', paidStillNeeded: nanos('50') },
    })
    for (const plan of ['gemini-prepay', 'postpay'] as const) expect(entitled(day(2), facts, { plan })).toBe('tier-1')
    const paid = [...facts, grant('P1', '50', day(2))]
    expect(at(day(2), paid, { plan: 'cloud-credit' }).tier).toMatchObject({
      entitled: 'tier-1',
      since: day(2),
      entitledBefore: 'free',
    })
  })
})

describe('observed by operators', () => {
  const observed = (...facts: readonly Fact[]) => at(day(9), facts).tier

  test('the first word is believed, a change at the second that agrees', () => {
    expect(observed(seen('tier-2', day(1)))).toMatchObject({ observed: 'tier-2', since: day(1), confidence: 'high' })
    expect(observed(seen('tier-2', day(1)), seen('tier-1', day(2)))).toMatchObject({
      observed: 'tier-2',
      latest: { tier: 'tier-1', at: day(2), by: 'operator' },
    })
    expect(observed(seen('tier-2', day(1)), seen('tier-1', day(2)), seen('tier-1', day(3)))).toMatchObject({
      observed: 'tier-1',
      since: day(2),
      changed: { from: 'tier-2', to: 'tier-1', since: day(2), at: day(3) },
    })
  })

  test('a word between takes the doubt back', () => {
    const facts = [seen('tier-2', day(1)), seen('tier-1', day(2)), seen('tier-2', day(3)), seen('tier-1', day(4))]
    expect(observed(...facts).observed).toBe('tier-2')
    expect(observed(...facts).changed).toBeUndefined()
  })

  test('what is dated in the future says nothing yet', () => {
    expect(observed(seen('tier-2', day(10))).observed).toBeUndefined()
  })
})

describe('observed in errors', () => {
  const TWO = 'GenerateRequestsPerMinutePerProjectPerModel-PaidTier2'
  const THREE = 'GenerateRequestsPerMinutePerProjectPerModel-PaidTier3'
  const FREE = 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier'
  const BARE = 'GenerateRequestsPerDayPerProjectPerModel'
  const observed = (...facts: readonly Fact[]) => at(day(9), facts).tier

  test('two minutes must agree before anything is believed; one burst is one look', () => {
    expect(observed(named('a', day(1), TWO), named('b', day(1) + 59_999, TWO)).observed).toBeUndefined()
    expect(observed(named('a', day(1), TWO), named('b', day(1) + MINUTE_MS, TWO))).toMatchObject({
      observed: 'tier-2',
      since: day(1),
      confidence: 'medium',
    })
  })

  test('an operator’s look and an error agree', () => {
    expect(observed(seen('tier-3', day(1)), named('a', day(2), TWO), seen('tier-2', day(3)))).toMatchObject({
      observed: 'tier-2',
      confidence: 'high',
      since: day(2),
    })
  })

  test('Free and names without a tier are believed first, and change nothing', () => {
    const twice = (id: string) => [named('a', day(2), id), named('b', day(3), id)]
    expect(observed(...twice(FREE)).observed).toBe('free')
    expect(observed(...twice(BARE))).toMatchObject({ observed: 'tier-1', confidence: 'low' })
    for (const id of [FREE, BARE])
      expect(observed(seen('tier-3', day(1)), ...twice(id))).toMatchObject({ observed: 'tier-3' })
  })

  test('the same set in any order and with any repetition gives the same tier', () => {
    const facts = fc.array(
      fc.oneof(
        fc
          .tuple(fc.integer({ min: 0, max: 200 }), fc.constantFrom(TWO, THREE, FREE, BARE))
          .map(([hour, id]) => named(`r${hour}${id}`, T0 + hour * HOUR_MS, id)),
        fc
          .tuple(fc.integer({ min: 0, max: 200 }), fc.constantFrom<Tier>('tier-1', 'tier-2', 'tier-3'))
          .map(([hour, tier]) => fact({ kind: 'tier', tier, at: T0 + hour * HOUR_MS }, T0, [`${tier} ${hour}`])),
      ),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(facts, fc.infiniteStream(fc.nat()), (all, order) => {
        const mixed = [...all, ...all].map((each) => [order.next().value, each] as const).sort(([a], [b]) => a - b)
        const other = mixed.map(([, each]) => each)
        expect(at(day(10), other).tier).toEqual(at(day(10), all).tier)
      }),
      { numRuns: 200 },
    )
  })

  test('of many days the latest 64 are kept, whatever the order they come in', () => {
    const days = Array.from({ length: 200 }, (_, n) => (n * 37) % 200)
    const sightings: Sightings = new Map()
    for (const n of days) addSighting(sightings, { tier: 'tier-2', weak: false, first: day(n), last: day(n) })
    const kept = [...sightings.values()].map(({ first }) => first).sort((a, b) => a - b)
    expect(kept).toEqual(Array.from({ length: 64 }, (_, n) => day(136 + n)))
  })
})

describe('the month and the dearest ten minutes', () => {
  const NOVEMBER = { from: instant('2026-11-01T07:00:00Z'), to: instant('2026-12-01T08:00:00Z') }
  const spent = (now: number, facts: readonly Fact[], over: Partial<AccountSettings> = {}) => {
    const { month } = at(now, facts, over)
    return month && formatDecimal(month.spent, 'USD')
  }

  test('is the Pacific month, billed as far as the budget’s period is that month', () => {
    expect(at(day(2), [reading(day(1), '12.50')]).month).toEqual({ ...NOVEMBER, spent: nanos('12.5') })
    const quarter = reading(day(1), '99', { periodStart: instant('2026-10-01T07:00:00Z') })
    expect(at(day(2), [quarter]).month).toBeUndefined()
    expect(spent(day(31), [reading(day(1), '12.50'), usage('r1', day(31), { costUsd: '2' })])).toBe('2.00')
  })

  test('is the larger of billed and estimated, in the account’s currency', () => {
    const calls = [usage('r1', day(1), { costUsd: '3' }), usage('r2', day(2), { costUsd: '4' })]
    expect(spent(day(3), calls)).toBe('7.00')
    expect(spent(day(3), [...calls, reading(day(1), '9')])).toBe('9.00')
    expect(spent(day(3), calls, { currency: 'EUR', usdRate: nanos('0.5') })).toBe('3.50')
    expect(spent(day(3), [])).toBeUndefined()
  })

  test('a rolling ten minutes, remembered for an hour', () => {
    const calls = [
      usage('r1', day(1), { costUsd: '3' }),
      usage('r2', day(1) + 9 * MINUTE_MS, { costUsd: '4' }),
      usage('r3', day(1) + 10 * MINUTE_MS, { costUsd: '2' }),
    ]
    const usd = (now: number) => at(now, calls).spendRate?.usd
    expect(usd(day(1))).toBe(nanos('3'))
    expect(usd(day(1) + 10 * MINUTE_MS)).toBe(nanos('7'))
    expect(usd(day(1) + 68 * MINUTE_MS)).toBe(nanos('7'))
    expect(usd(day(1) + 69 * MINUTE_MS)).toBe(nanos('6'))
    expect(usd(day(1) + 79 * MINUTE_MS)).toBeUndefined()
  })
})

test('the plan in force is known with its date', () => {
  expect(at(day(3), [planFact('postpay', day(2))])).toMatchObject({ plan: 'postpay', planSince: day(2) })
  expect(at(day(1), [planFact('postpay', day(2))])).not.toHaveProperty('planSince')
})
