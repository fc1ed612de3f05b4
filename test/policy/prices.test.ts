/** The price table's own promises. */

import { describe, expect, test } from 'vitest'
import { formatInstant } from '../../functions/domain/time.ts'
import { PRICE_ROWS, type Rates } from '../../functions/policy/prices.ts'

const ratesOf = ({ input, cached, output, inputBy, cachedBy, outputBy }: Rates): readonly bigint[] =>
  [input, cached, output, ...[inputBy, cachedBy, outputBy].flatMap((by) => Object.values(by ?? {}))].filter(
    (rate) => rate !== undefined,
  )

describe('the price table', () => {
  test('no model has two rows of one date', () => {
    const seen = PRICE_ROWS.flatMap((row) => row.models.map((model) => `${model} ${row.effectiveFrom}`))
    expect(new Set(seen).size).toBe(seen.length)
  })

  test('every rate is above 0 and loses nothing to the tenths of a service class', () => {
    const rates = PRICE_ROWS.flatMap((row) => [...ratesOf(row.rates), ...(row.longRates ? ratesOf(row.longRates) : [])])
    expect(rates.length).toBeGreaterThan(60)
    expect(rates.filter((rate) => rate <= 0n || rate % 10n !== 0n)).toEqual([])
  })

  test('every row says where and when it was read, and begins at midnight UTC', () => {
    const odd = PRICE_ROWS.filter(
      (row) =>
        !row.source.startsWith('https://') ||
        !/^\d{4}-\d{2}-\d{2}$/.test(row.read) ||
        !formatInstant(row.effectiveFrom).endsWith('T00:00:00Z'),
    )
    expect(odd).toEqual([])
  })

  test('the 3.6 to 3.8 Flash models alone change, on 2027-01-01', () => {
    const later = PRICE_ROWS.filter((row) => formatInstant(row.effectiveFrom) === '2027-01-01T00:00:00Z')
    expect(later.flatMap((row) => row.models.filter((model) => !model.endsWith('-preview')))).toEqual([
      'gemini-3.8-flash',
      'gemini-3.7-flash',
      'gemini-3.6-flash',
    ])
  })
})
