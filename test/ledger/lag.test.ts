import { describe, expect, test } from 'vitest'
import type { Fact } from '../../functions/domain/facts.ts'
import { formatDecimal } from '../../functions/domain/money.ts'
import { DAY_MS, HOUR_MS } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import { balanceReading, grant, reading, settings, T0, usage } from '../support/facts.ts'

/** A dollar an hour, called at half past; the bill shows 1.2 times what was called `lag` hours earlier, twice a day. */
const account = (days: number, lag: number, from = 0): readonly Fact[] => [
  grant('G1', '5000', T0),
  reading(T0, '0'),
  ...Array.from({ length: (days - from) * 24 }, (_, n) =>
    usage(`u${n}`, T0 + (from * 24 + n + 0.5) * HOUR_MS, { costUsd: '1' }),
  ),
  ...Array.from({ length: days * 2 }, (_, n) => {
    const hours = (n + 1) * 12
    return reading(T0 + hours * HOUR_MS, (1.2 * Math.max(0, hours - lag)).toFixed(2))
  }),
]

const at = (hours: number, facts: readonly Fact[]) => {
  const book = new Book(settings())
  for (const fact of facts) book.add(fact)
  const { balance, runway } = standingOf(book, T0 + hours * HOUR_MS)
  const [low, value, high] = [balance.low, balance.value, balance.high].map((amount) => formatDecimal(amount, 'USD'))
  return { balance, runway, low, value, high, lag: (balance.feedLagMs ?? Number.NaN) / HOUR_MS }
}

describe('the delay of the bill is measured', () => {
  test.each([6, 12, 20, 30])('a bill %s hours behind is found to be, to the hour', (lag) => {
    expect(at(20 * 24, account(20, lag)).lag).toBe(lag)
  })

  test('not before about nine days, and not where usage began after the bill had moved', () => {
    expect(at(8 * 24, account(8, 12)).lag).toBeNaN()
    expect(at(10 * 24, account(10, 12)).lag).toBe(12)
    expect(at(20 * 24, account(20, 12, 3)).lag).toBeNaN()
  })

  test('value then stands where the calls put it: 480 hours at 1.20', () => {
    expect(at(20 * 24, account(20, 12))).toMatchObject({ value: '4424.00', high: '4438.40' })
  })

  test('it also sets how much of the burn low gives up once usage falls silent', () => {
    const silent = account(20, 12).filter(({ body }) => body.kind !== 'usage' || body.at < T0 + 18 * DAY_MS)
    expect(at(20 * 24, silent).balance.lagMs).toBe(24 * HOUR_MS)
    const late = account(20, 30).filter(({ body }) => body.kind !== 'usage' || body.at < T0 + 18 * DAY_MS)
    expect(at(20 * 24, late).balance.lagMs).toBe(36 * HOUR_MS)
  })
})

describe('low allows for what usage may have spent beyond value', () => {
  test('usage of the worst lag may be unbilled, and a quarter of what lies between that and 36 hours', () => {
    /** 24 hours at 1.20 are 28.80, a quarter of 12 more 3.60. */
    expect(at(20 * 24, account(20, 12))).toMatchObject({ low: '4406.00' })
    /** Unmeasured: 36 hours at the factor 1.20 × 180 ÷ 168 of a lag taken to be 24 h. */
    expect(at(8 * 24, account(8, 12)).balance.driftBy).toMatchObject({ by: 'unbilled', spanMs: 36 * HOUR_MS })
  })

  test('a balance reading has seen everything before it', () => {
    const seen = at(20 * 24, [...account(20, 12), balanceReading('4424', T0 + 478 * HOUR_MS)])
    /** Two calls at 1.20 since, and half an hour without one. */
    expect(seen.balance.driftBy).toMatchObject({ by: 'silence', most: 3_000_000_000n, amount: 600_000_000n })
  })

  test('before the bill has moved on three days the estimate is taken at its word', () => {
    const { balance } = at(30, account(2, 12).slice(0, 40))
    expect(balance.low).toBe(balance.value)
  })
})
