import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Fact } from '../../functions/domain/facts.ts'
import { nanos } from '../../functions/domain/money.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import { fact, settings, T0 } from '../support/facts.ts'

const at = (hours: number): Instant => T0 + hours * HOUR_MS

const report = (id: string, hours: number, deviation: number | undefined, timed = true): Fact =>
  fact(
    {
      kind: 'anomaly',
      anomalyId: id,
      detectedAt: T0,
      actual: nanos(String(100 + (deviation ?? 0))),
      ...(deviation === undefined ? {} : { deviation: nanos(String(deviation)) }),
      causes: [],
    },
    at(hours),
    [id, timed ? String(hours) : `untimed ${deviation}`],
    timed,
  )

const standing = (facts: readonly Fact[], now: Instant) => {
  const book = new Book(settings())
  for (const each of facts) book.add(each)
  return standingOf(book, now).anomalies
}
const states = (facts: readonly Fact[], hours: number) =>
  standing(facts, at(hours)).map(({ anomalyId, over }) => `${anomalyId} ${over ?? 'stands'}`)

test('the latest report up to now stands, whatever came first', () => {
  const facts = [report('a', 9, 0), report('a', 1, 31), report('a', 5, 40)]
  expect(states(facts, 0)).toEqual([])
  expect(standing(facts, at(6))).toMatchObject([{ deviation: nanos('40'), reportedAt: at(5) }])
  expect(states(facts, 6)).toEqual(['a stands'])
  expect(states(facts, 9)).toEqual(['a settled'])
})

test('without an excess stated, the report is the word that there is one', () => {
  expect(states([report('a', 1, undefined)], 2)).toEqual(['a stands'])
  expect(states([report('a', 1, -3)], 2)).toEqual(['a settled'])
})

test('it stands for three days of silence, and is forgotten after two weeks', () => {
  const facts = [report('a', 0, 31)]
  expect(states(facts, 71.9)).toEqual(['a stands'])
  expect(states(facts, 72)).toEqual(['a silent'])
  expect(states(facts, 14 * 24)).toEqual(['a silent'])
  expect(states(facts, 14 * 24 + 1)).toEqual([])
})

test('a report without a time of its own never outranks one that has it', () => {
  expect(states([report('a', 1, 0), report('a', 9, 31, false)], 10)).toEqual(['a settled'])
  expect(states([report('b', 9, 31, false)], 10)).toEqual(['b stands'])
})

test('of many at once the twenty latest reported are kept', () => {
  const facts = Array.from({ length: 25 }, (_, hour) => report(`a${String(hour).padStart(2, '0')}`, hour, 1))
  const kept = standing(facts, at(30)).map(({ anomalyId }) => anomalyId)
  expect(kept).toHaveLength(20)
  expect(kept[0]).toBe('a05')
})

test('any order of arrival, any repetition: the same anomalies, each by its latest report', () => {
  const reports = fc.uniqueArray(
    fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 400 }), fc.integer({ min: -2, max: 5 })),
    { maxLength: 15, selector: ([id, hours]) => `${id} ${hours}` },
  )
  const arrivals = reports.chain((list) => {
    const doubled = [...list, ...list]
    return fc.tuple(fc.constant(list), fc.shuffledSubarray(doubled, { minLength: doubled.length }))
  })
  fc.assert(
    fc.property(arrivals, fc.integer({ min: 0, max: 500 }), ([list, shuffled], now) => {
      const expected = ['a', 'b', 'c'].flatMap((id) => {
        const last = list.filter(([of, hours]) => of === id && hours <= now).sort((a, b) => b[1] - a[1])[0]
        if (!last || (now - last[1]) * HOUR_MS > 14 * DAY_MS) return []
        return [`${id} ${last[2] <= 0 ? 'settled' : now - last[1] >= 72 ? 'silent' : 'stands'}`]
      })
      expect(
        states(
          shuffled.map(([id, hours, deviation]) => report(id, hours, deviation)),
          now,
        ),
      ).toEqual(expected)
    }),
    { numRuns: 1_000 },
  )
})
