import { describe, expect, test } from 'vitest'
import type { AutoReload, Fact } from '../../functions/domain/facts.ts'
import { nanos } from '../../functions/domain/money.ts'
import type { Standing } from '../../functions/domain/standing.ts'
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import { balanceReading, fact, grant, reading, settings, T0, usage } from '../support/facts.ts'

const reached = (facts: readonly Fact[], now: Instant, over = {}): Standing['reached'] => {
  const book = new Book(settings(over))
  for (const each of facts) book.add(each)
  return standingOf(book, now).reached
}
const reload = (at: Instant, over: Partial<AutoReload> = {}): Fact =>
  fact(
    {
      kind: 'auto-reload',
      enabled: true,
      triggerBalance: nanos('3'),
      reloadAmount: nanos('10'),
      currencyCode: 'USD',
      at,
      ...over,
    },
    at,
    [String(at)],
  )
const hour = (count: number): Instant => T0 + count * HOUR_MS

describe('since when the balance is zero', () => {
  test('above zero there is nothing', () => {
    expect(reached([grant('P', '10', T0), reading(hour(1), '9.99')], hour(2))).toBeUndefined()
  })

  test('by bills: the first reading of the latest stretch at or below zero', () => {
    const facts = [
      grant('P', '10', T0),
      reading(hour(1), '10'),
      reading(hour(2), '9'),
      reading(hour(3), '10'),
      reading(hour(4), '11'),
    ]
    expect(reached(facts, hour(9))).toEqual({ zeroAt: hour(3) })
  })

  test('by calls alone: the minute by whose end they had used it up, not the time of asking', () => {
    const calls = Array.from({ length: 40 }, (_, n) => usage(`r${n}`, hour(1) + n * 10 * MINUTE_MS, { costUsd: '1' }))
    const zeroAt = hour(1) + 90 * MINUTE_MS + MINUTE_MS
    expect(reached([grant('P', '10', T0), ...calls], hour(9))).toEqual({ zeroAt })
    expect(reached([grant('P', '10', T0), ...calls], hour(30))).toEqual({ zeroAt })
  })

  test('bills that follow calls do not move it', () => {
    const calls = Array.from({ length: 12 }, (_, n) => usage(`r${n}`, hour(1) + n * MINUTE_MS, { costUsd: '1' }))
    const facts = [grant('P', '10', T0), ...calls, reading(hour(3), '4'), reading(hour(4), '8')]
    expect(reached(facts, hour(5))).toEqual({ zeroAt: hour(1) + 10 * MINUTE_MS })
  })

  test('a grant that does not lift it starts it anew', () => {
    const facts = [grant('P', '10', T0), reading(hour(2), '20'), grant('Q', '5', hour(5))]
    expect(reached(facts, hour(9))).toEqual({ zeroAt: hour(5) })
  })

  test('a balance an operator read counts, and is told', () => {
    const facts = [grant('P', '10', T0), reading(hour(1), '4'), balanceReading('-0.50', hour(3))]
    expect(reached(facts, hour(9))).toEqual({ zeroAt: hour(3), readAt: hour(3) })
  })

  test('only where the plan stops at zero, and once credit is known', () => {
    const facts = [grant('P', '10', T0), reading(hour(2), '20')]
    expect(reached(facts, hour(9), { plan: 'cloud-credit' })).toBeUndefined()
    expect(reached(facts, hour(9), { plan: 'postpay' })).toBeUndefined()
    expect(reached([reading(hour(2), '20')], hour(9))).toBeUndefined()
  })
})

describe('since when an auto-reload is due', () => {
  const facts = [grant('P', '10', T0), reading(hour(1), '7'), reading(hour(2), '7.01')]

  test('below its trigger, not at it', () => {
    expect(reached([...facts.slice(0, 2), reload(T0)], hour(9))).toBeUndefined()
    expect(reached([...facts, reload(T0)], hour(9))).toEqual({ reloadDueAt: hour(2) })
  })

  test('not before it was set, not while it is off', () => {
    expect(reached([...facts, reload(hour(4))], hour(9))).toEqual({ reloadDueAt: hour(4) })
    expect(reached([...facts, reload(T0), reload(hour(1), { enabled: false })], hour(9))).toBeUndefined()
  })

  test('it is due before the credit is gone', () => {
    const gone = reading(hour(30), '12')
    expect(reached([...facts, gone, reload(T0)], T0 + 2 * DAY_MS)).toEqual({ zeroAt: hour(30), reloadDueAt: hour(2) })
  })
})
