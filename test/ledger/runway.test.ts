import { describe, expect, test } from 'vitest'
import type { Fact } from '../../functions/domain/facts.ts'
import { DAY_MS } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import { grant, reading, settings, T0 } from '../support/facts.ts'

const day = (n: number): number => T0 + n * DAY_MS

const runwayAt = (now: number, facts: readonly Fact[]) => {
  const book = new Book(settings())
  for (const fact of facts) book.add(fact)
  return standingOf(book, now).runway
}

/** A reading a day: `perDay` dollars each, whatever `rush` says of a day instead. */
const bills = (days: number, perDay: number, rush: Readonly<Record<number, number>> = {}): readonly Fact[] => {
  let cost = 0
  return Array.from({ length: days + 1 }, (_, n) => {
    if (n > 0) cost += rush[n] ?? perDay
    return reading(day(n), String(cost))
  })
}

describe('expiry inside the path', () => {
  test('credit that expires before it is spent shortens the runway', () => {
    const kept = [grant('A', '100', T0), ...bills(5, 4)]
    /** 80 left at 4 a day: 20 days. */
    expect(runwayAt(day(5), kept)?.p50Hours).toBeCloseTo(480, 6)
    const split = (expiresAt: number) => [grant('A', '70', T0, { expiresAt }), grant('B', '30', T0), ...bills(5, 4)]
    /** Of A 50 are left; at 4 a day 20 burn until day 10, 30 expire, and B lasts 7.5 days more. */
    expect(runwayAt(day(5), split(day(10)))?.p50Hours).toBeCloseTo(12.5 * 24, 6)
    /** By day 18 A is used up: nothing is lost. */
    expect(runwayAt(day(5), split(day(18)))?.p50Hours).toBeCloseTo(480, 6)
  })

  test('where nothing outlives the expiry, that is the end', () => {
    const facts = [grant('A', '100', T0, { expiresAt: day(8) }), ...bills(5, 4)]
    expect(runwayAt(day(5), facts)?.p50Hours).toBeCloseTo(72, 6)
  })
})

describe('p10 remembers how fast credit once went', () => {
  test('a day that cost ten usual ones two weeks ago shortens p10 and leaves p50 alone', () => {
    const quiet = runwayAt(day(20), [grant('A', '116', T0), ...bills(20, 4)])
    const rushed = runwayAt(day(20), [grant('A', '152', T0), ...bills(20, 4, { 8: 40 })])
    expect([quiet?.p50Hours, rushed?.p50Hours]).toEqual([216, 216])
    /** low is 36 − 4 = 32: 8 days at 4 a day, less the 12 hours by which an unmeasured feed may be later than 24. */
    expect(quiet?.p10Hours).toBeCloseTo(8 * 24 - 12, 6)
    /** The second fastest of 19 starts is day 6: 4 on day 7, then 28 of the 40 of day 8. */
    expect(rushed?.p10Hours).toBeCloseTo((1 + 28 / 40) * 24 - 12, 6)
  })
})
