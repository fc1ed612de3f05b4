import { describe, expect, test } from 'vitest'
import type { Fact } from '../../functions/domain/facts.ts'
import { formatDecimal } from '../../functions/domain/money.ts'
import { DAY_MS, HOUR_MS } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import { grant, reading, settings, T0, usage } from '../support/facts.ts'

const day = (n: number): number => T0 + n * DAY_MS

const recentAt = (now: number, facts: readonly Fact[]) => {
  const book = new Book(settings())
  for (const fact of [grant('G1', '500', T0), ...facts]) book.add(fact)
  const { recent } = standingOf(book, now)
  if (!recent) return undefined
  const { spent, confirmed, yesterday, usual, peak, days, by } = recent
  return [...[spent, confirmed, yesterday, usual, peak].map((amount) => formatDecimal(amount, 'USD')), days, by]
}

describe('by usage', () => {
  /** Every noon two dollars, but seven on the fifth day; a rush of thirty in two parts on the twelfth. */
  const noons = Array.from({ length: 12 }, (_, n) =>
    usage(`n${n}`, day(n) + 12 * HOUR_MS, { costUsd: n === 5 ? '7' : '2' }),
  )
  const rush = [
    usage('rush1', day(12) + 10 * HOUR_MS, { costUsd: '20' }),
    usage('rush2', day(12) + 12 * HOUR_MS, { costUsd: '10' }),
  ]

  test('a day is the 24 hours up to now, and the hour before must confirm it', () => {
    expect(recentAt(day(12) + 12 * HOUR_MS, [...noons, ...rush])).toEqual([
      '30.00',
      '22.00',
      '2.00',
      '2.00',
      '2.00',
      11,
      'usage',
    ])
    expect(recentAt(day(12) + 14 * HOUR_MS, [...noons, ...rush])).toEqual([
      '30.00',
      '30.00',
      '2.00',
      '2.00',
      '2.00',
      11,
      'usage',
    ])
  })

  test('a week of days must lie before it', () => {
    expect(recentAt(day(8) + 11 * HOUR_MS, noons)).toBeUndefined()
    expect(recentAt(day(8) + 12 * HOUR_MS, noons)?.[5]).toBe(7)
  })
})

describe('by the bill', () => {
  /** Readings at the end of each UTC day, three dollars each but none on days 4 and 5. */
  const daily = [3, 6, 9, 12, 12, 12, 15, 18, 21].map((cost, n) => reading(day(n) + 16 * HOUR_MS, String(cost)))

  test('a day is a UTC day, days without a bill cost nothing, and a reading ago must confirm it', () => {
    const today = [reading(day(9) + 4 * HOUR_MS, '41'), reading(day(9) + 8 * HOUR_MS, '51')]
    expect(recentAt(day(9) + 4 * HOUR_MS, [...daily, ...today.slice(0, 1)])).toEqual([
      '20.00',
      '0.00',
      '3.00',
      '3.00',
      '3.00',
      8,
      'bill',
    ])
    expect(recentAt(day(9) + 8 * HOUR_MS, [...daily, ...today])).toEqual([
      '30.00',
      '20.00',
      '3.00',
      '3.00',
      '3.00',
      8,
      'bill',
    ])
  })
})
