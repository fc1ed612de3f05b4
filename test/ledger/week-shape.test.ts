/** The hours of the week: read from whole weeks of calls, and what they do to a runway. */

import { describe, expect, test } from 'vitest'
import type { Fact } from '../../functions/domain/facts.ts'
import { nanos } from '../../functions/domain/money.ts'
import { DAY_MS, HOUR_MS, instant } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import { addUsage, openSeries } from '../../functions/ledger/usage-series.ts'
import { lastsMs, meanMs, weekShape } from '../../functions/ledger/week-shape.ts'
import { grant, reading, settings, usage } from '../support/facts.ts'

/** A Monday, midnight UTC, with a billing period of its own so that no month ends on the way. */
const MONDAY = instant('2026-11-02T00:00:00Z')
const hour = (count: number): number => MONDAY + count * HOUR_MS

/** Office hours: 2 dollars an hour from 9 to 17, Monday to Friday, nothing else: 80 dollars a week. */
const isOffice = (count: number): boolean => count % 24 >= 9 && count % 24 < 17 && Math.floor(count / 24) % 7 < 5
const officeSeries = (weeks: number, rush: Readonly<Record<number, string>> = {}) => {
  const series = openSeries()
  for (let count = 0; count < weeks * 168; count += 1)
    if (isOffice(count)) addUsage(series, hour(count) + 1, nanos(rush[count] ?? '2'))
  return series
}
const shapeAfter = (weeks: number, rush?: Readonly<Record<number, string>>) =>
  weekShape({
    usage: officeSeries(weeks, rush),
    calls: { from: MONDAY, spent: () => 0n },
    now: hour(weeks * 168),
  })

describe('the shape of a week', () => {
  test('three whole weeks are needed, four are read', () => {
    expect(shapeAfter(2)).toBeUndefined()
    expect(shapeAfter(3)?.weeks).toBe(3)
    expect(shapeAfter(6)?.weeks).toBe(4)
    expect(weekShape({ usage: officeSeries(4), calls: undefined, now: hour(4 * 168) })).toBeUndefined()
  })

  test('an hour weighs what it costs over what the mean one does: 2 over 80 ÷ 168 is 4.2', () => {
    const shape = shapeAfter(4)
    const weight = (count: number) => shape?.weights[Math.floor(hour(count) / HOUR_MS) % 168]
    expect([weight(8), weight(9), weight(16), weight(17), weight(5 * 24 + 12)]).toEqual([0, 4.2, 4.2, 0, 0])
  })

  test('one rush leaves no ghost', () => {
    expect(shapeAfter(4, { 10: '100' })).toEqual(shapeAfter(4))
  })

  test('it is read anew with the hour, and when calls of an earlier hour come late', () => {
    const series = officeSeries(4)
    const at = (count: number) =>
      weekShape({ usage: series, calls: { from: MONDAY, spent: () => 0n }, now: hour(count) + 1 })?.weights
    const before = at(672)
    expect(at(672)).toBe(before)
    for (const week of [1, 2, 3]) addUsage(series, hour(week * 168 + 6 * 24 + 12), nanos('80'))
    const after = at(672)
    expect(after).not.toEqual(before)
    // 160 a week now, half of it on Sunday at noon.
    expect(after?.[Math.floor(hour(6 * 24 + 12) / HOUR_MS) % 168]).toBeCloseTo(84, 6)
    addUsage(series, hour(671), nanos('300'))
    addUsage(series, hour(671 - 168), nanos('300'))
    addUsage(series, hour(671 - 336), nanos('300'))
    expect(at(672)).not.toEqual(after)
    expect(at(673)).not.toBe(at(672))
  })

  test('calls without a habit have none', () => {
    const series = openSeries()
    for (const count of [5, 200, 350, 500, 640]) addUsage(series, hour(count), nanos('10'))
    expect(weekShape({ usage: series, calls: { from: MONDAY, spent: () => 0n }, now: hour(672) })).toBeUndefined()
  })

  test('time runs as spend does', () => {
    const shape = shapeAfter(4)
    // From Friday 17:00 to Monday 9:00 nothing is spent.
    expect(meanMs(shape, hour(4 * 24 + 17), hour(7 * 24 + 9))).toBe(0)
    expect(meanMs(shape, hour(9), hour(10))).toBeCloseTo(4.2 * HOUR_MS, 3)
    expect(meanMs(shape, hour(3), hour(3 + 168))).toBeCloseTo(7 * DAY_MS, 3)
    expect(meanMs(undefined, hour(3), hour(5))).toBe(2 * HOUR_MS)
    // What Friday's last hour and Monday's first half hour cost lasts from Friday 16:00 to Monday 9:30.
    expect(lastsMs(shape, hour(4 * 24 + 16), 4.2 * 1.5 * HOUR_MS)).toBeCloseTo(65.5 * HOUR_MS, 3)
    expect(lastsMs(shape, hour(5), 14 * DAY_MS)).toBeCloseTo(14 * DAY_MS, 3)
    expect(lastsMs(undefined, hour(5), 5)).toBe(5)
    expect(lastsMs(shape, hour(5), Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('a runway over a weekend', () => {
  const calls: readonly Fact[] = Array.from({ length: 4 * 168 + 4 * 24 + 17 }, (_, count) => count)
    .filter(isOffice)
    .map((count) => usage(`u${count}`, hour(count) + 30 * 60_000, { costUsd: '2' }))
  /** The bill a day later, once a day; `left` is what remains of the purchase on the fifth Friday at 17:00. */
  const facts = (left: number): readonly Fact[] => [
    grant('G1', String(400 + left), MONDAY),
    ...calls,
    ...Array.from({ length: 33 }, (_, day) => {
      const told = calls.filter(({ body }) => body.kind === 'usage' && body.at < hour((day - 1) * 24)).length * 2
      return reading(hour(day * 24), String(told), { periodStart: MONDAY })
    }),
  ]
  const runwayAt = (count: number, left: number) => {
    const book = new Book(settings())
    for (const fact of facts(left)) if (fact.provenance.source.ms <= hour(count)) book.add(fact)
    return standingOf(book, hour(count)).runway
  }
  const FRIDAY_EVENING = 4 * 168 + 4 * 24 + 17

  test('what costs two office hours ends on Monday at eleven, not on Friday night', () => {
    const runway = runwayAt(FRIDAY_EVENING, 4)
    expect(runway?.shapedByWeeks).toBe(4)
    // 17:00 on Friday to 11:00 on Monday; at an even 80 ÷ 168 an hour 4 dollars would last 8.4 hours.
    expect(runway?.p50Hours).toBeCloseTo(66, 1)
  })

  test('a rush that goes on shortens p10 to its own pace; once it is over, only the last day remembers it', () => {
    const from = 4 * 168 + 2 * 24 + 9
    const rushed = [0, 1, 2].map((late) => usage(`rush${late}`, hour(from + late) + 1, { costUsd: '18' }))
    const p10At = (count: number, extra: readonly Fact[]): number => {
      const book = new Book(settings())
      for (const fact of [...facts(200), ...extra]) if (fact.provenance.source.ms <= hour(count)) book.add(fact)
      return standingOf(book, hour(count)).runway?.p10Hours ?? Number.NaN
    }
    const calm = p10At(from + 3, [])
    const during = p10At(from + 3, rushed)
    const after = p10At(from + 5, rushed)
    expect(calm).toBeGreaterThan(300)
    expect(during).toBeLessThan(60)
    expect(after).toBeGreaterThan(100)
  })
})
