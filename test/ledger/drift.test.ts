/** What lowers `low` where calls are fresh: balance readings that found the ledger too high, and calls nobody told yet. */

import { describe, expect, test } from 'vitest'
import type { Fact } from '../../functions/domain/facts.ts'
import { formatDecimal } from '../../functions/domain/money.ts'
import { HOUR_MS, MINUTE_MS } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import { balanceReading, grant, reading, settings, T0, usage } from '../support/facts.ts'

const hour = (count: number): number => T0 + count * HOUR_MS
const text = (amount: bigint): string => formatDecimal(amount, 'USD')

/** A dollar an hour, called at half past. */
const called = (hours: number): readonly Fact[] => [
  grant('G1', '5000', T0),
  ...Array.from({ length: hours }, (_, n) => usage(`u${n}`, hour(n + 0.5), { costUsd: '1' })),
]
/** What the bill says of it a day later, every six hours. */
const billed = (hours: number): readonly Fact[] =>
  Array.from({ length: hours / 6 + 1 }, (_, n) => reading(hour(n * 6), Math.max(0, n * 6 - 24).toFixed(2)))

const at = (hours: number, facts: readonly Fact[]) => {
  const book = new Book(settings())
  for (const fact of facts) if (fact.provenance.source.ms <= hour(hours)) book.add(fact)
  const { balance } = standingOf(book, hour(hours))
  return { ...balance, text: [balance.low, balance.value, balance.high].map(text) }
}

describe('a balance reading sees the bill that comes late', () => {
  test('value stands where the calls put it, though bills of earlier calls come in after it', () => {
    // After 48 h 48.00 was called and 24.00 billed; the operator sees 4952.00.
    const facts = [...called(84), ...billed(84), balanceReading('4952', hour(48))]
    expect(at(48, facts).text[1]).toBe('4952.00')
    expect(at(60, facts).text[1]).toBe('4940.00')
    expect(at(84, facts).text[1]).toBe('4916.00')
  })
})

describe('drift by balance readings', () => {
  /** Half a dollar an hour that no call shows: 4952 − 1.5 × 24 = 4916 a day later, where the ledger says 4928. */
  const hidden = [...called(96), balanceReading('4952', hour(48)), balanceReading('4916', hour(72))]

  test('one reading alone measures nothing', () => {
    expect(at(60, hidden).driftBy).toMatchObject({ by: 'silence' })
  })

  test('the share by which the second one was lower is taken off what is spent since', () => {
    // 12 of 24 spent in between were missing: 50 %. Since then 24 were called.
    expect(at(96, hidden)).toMatchObject({
      driftBy: {
        by: 'readings',
        shareMillionths: 500_000n,
        spent: 24_000_000_000n,
        amount: 12_000_000_000n,
        readings: 1,
      },
      text: ['4880.00', '4892.00', '4916.00'],
    })
  })

  test('a ledger that was too low, or right, needs none', () => {
    const right = [...called(96), balanceReading('4952', hour(48)), balanceReading('4928', hour(72))]
    expect(at(96, right).driftBy).toMatchObject({ by: 'silence' })
  })

  test('calls that began after the first reading cannot judge the second', () => {
    const late = hidden.filter(({ body }) => body.kind !== 'usage' || body.at > hour(50))
    expect(at(96, late).driftBy?.by).not.toBe('readings')
  })

  test('no share is above everything that was spent', () => {
    const lost = [...called(96), balanceReading('4952', hour(48)), balanceReading('4000', hour(72))]
    expect(at(96, lost).driftBy).toMatchObject({ by: 'readings', shareMillionths: 1_000_000n, amount: 24_000_000_000n })
  })
})

describe('drift by silence', () => {
  const until = (hours: number, calls: readonly Fact[]) => at(hours, [grant('G1', '5000', T0), ...calls])
  const calls = (count: number) =>
    Array.from({ length: count }, (_, n) => usage(`u${n}`, hour(n + 0.5), { costUsd: n === 3 ? '9' : '1' }))

  test('the second dearest hour goes on until the next call is told', () => {
    expect(until(10, calls(10))).toMatchObject({
      driftBy: { by: 'silence', perHour: 1_000_000_000n, spanMs: 30 * MINUTE_MS, amount: 500_000_000n },
      text: ['4981.50', '4982.00', '5000.00'],
    })
  })

  test('for an hour at most: beyond that nobody calls', () => {
    expect(until(20, calls(10))).toMatchObject({
      driftBy: { spanMs: HOUR_MS },
      text: ['4981.00', '4982.00', '5000.00'],
    })
  })

  test('not within five minutes of a call, and not where calls are rare', () => {
    expect(until(9.58, calls(10)).driftBy).toBeUndefined()
    expect(until(5, calls(5)).driftBy).toBeUndefined()
    expect(until(6, calls(6)).driftBy).toMatchObject({ by: 'silence' })
  })
})
