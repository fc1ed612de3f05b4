/** The running sums of usage against a plain walk over every call. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from '../../functions/domain/time.ts'
import {
  addUsage,
  fillSeries,
  minuteSpends,
  openSeries,
  seriesRows,
  spentBetween,
  spentByHour,
  spentUntil,
} from '../../functions/ledger/usage-series.ts'
import { T0 } from '../support/facts.ts'

const RUNS = Number(process.env['LAW_RUNS'] ?? 400)
const NOW = T0 + 12 * DAY_MS

type Call = { readonly at: Instant; readonly amount: bigint }

/** Crowded enough that minutes and hours are hit twice, in any order, and some amounts are taken back. */
const calls = fc.array(
  fc
    .record({
      hour: fc.constantFrom(0, 1, 2, 30, 96, 97, 280, 286, 287),
      minute: fc.integer({ min: 0, max: 7 }),
      ms: fc.constantFrom(0, 1, 59_999),
      amount: fc.bigInt({ min: -50n, max: 200n }),
    })
    .map(({ hour, minute, ms, amount }): Call => ({ at: T0 + hour * HOUR_MS + minute * 9 * MINUTE_MS + ms, amount })),
  { maxLength: 40 },
)
const instants = fc.integer({ min: -HOUR_MS, max: 13 * DAY_MS }).map((ms) => T0 + ms)

const seriesOf = (list: readonly Call[]) => {
  const series = openSeries()
  for (const { at, amount } of list) addUsage(series, at, amount)
  return series
}
const total = (list: readonly Call[], counts: (call: Call) => boolean): bigint =>
  list.filter(counts).reduce((sum, { amount }) => sum + amount, 0n)
const floorTo = (at: Instant, unit: number): Instant => at - (at % unit)

test('spend between two instants is that of the minutes, or old hours, that begin in between', () => {
  fc.assert(
    fc.property(calls, instants, instants, (list, from, to) => {
      const begins = (at: Instant, edge: Instant): Instant => floorTo(at, edge < NOW - 8 * DAY_MS ? HOUR_MS : MINUTE_MS)
      const before = (edge: Instant): bigint => total(list, ({ at }) => begins(at, edge) < edge)
      expect(spentBetween(seriesOf(list), from, to, NOW)).toBe(before(to) - before(from))
      const ofHours = (edge: Instant): bigint => total(list, ({ at }) => floorTo(at, HOUR_MS) < edge)
      expect(spentByHour(seriesOf(list), from, to)).toBe(ofHours(to) - ofHours(from))
    }),
    { numRuns: RUNS },
  )
})

test('every minute of the last day is told with what it cost', () => {
  fc.assert(
    fc.property(calls, (list) => {
      const [first, last] = [Math.floor((NOW - DAY_MS) / MINUTE_MS), Math.floor(NOW / MINUTE_MS)]
      const walked = Array.from({ length: last - first + 1 }, (_, index) =>
        total(list, ({ at }) => Math.floor(at / MINUTE_MS) === first + index),
      )
      expect(minuteSpends(seriesOf(list), first, last)).toEqual(walked)
    }),
    { numRuns: RUNS },
  )
})

test('the hour by whose end an amount was spent is the first that suffices', () => {
  fc.assert(
    fc.property(calls, fc.bigInt({ min: 1n, max: 2_000n }), (list, amount) => {
      const paid = list.filter((call) => call.amount >= 0n)
      const hours = [...new Set(paid.map(({ at }) => floorTo(at, HOUR_MS)))].sort((a, b) => a - b)
      const found = hours.find((hour) => total(paid, ({ at }) => at < hour + HOUR_MS) >= amount)
      expect(spentUntil(seriesOf(paid), T0, amount)).toBe((found ?? hours.at(-1) ?? 0) + HOUR_MS)
    }),
    { numRuns: RUNS },
  )
})

test('a series that was written and read back tells the same, whatever the order of its calls', () => {
  fc.assert(
    fc.property(calls, instants, instants, (list, from, to) => {
      const series = seriesOf(list)
      const expected = spentBetween(seriesOf(list.toReversed()), from, to, NOW)
      const rows = seriesRows(series, NOW)
      const again = openSeries()
      fillSeries(again, rows)
      expect(spentBetween(again, from, to, NOW)).toBe(expected)
      expect(spentBetween(series, from, to, NOW)).toBe(expected)
      expect(seriesRows(again, NOW)).toEqual(rows)
    }),
    { numRuns: RUNS },
  )
})
