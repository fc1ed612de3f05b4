/** The burn rate: by calls where they show everything, by bills elsewhere. */

import { describe, expect, test } from 'vitest'
import type { Fact } from '../../functions/domain/facts.ts'
import { formatDecimal } from '../../functions/domain/money.ts'
import { HOUR_MS } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import { grant, reading, settings, T0, usage } from '../support/facts.ts'

const hour = (count: number): number => T0 + count * HOUR_MS

/** A dollar an hour for ten days, then two; the bill shows it at list price 24 hours later, once a day. */
const spent = (hours: number): number => hours + Math.max(0, hours - 240)
const facts = (from: number): readonly Fact[] => [
  grant('G1', '5000', T0),
  ...Array.from({ length: 288 - from }, (_, n) =>
    usage(`u${n}`, hour(from + n + 0.5), { costUsd: from + n < 240 ? '1' : '2' }),
  ),
  ...Array.from({ length: 12 }, (_, n) => reading(hour((n + 1) * 24), String(spent(n * 24)))),
]
const burnAt = (hours: number, list: readonly Fact[]) => {
  const book = new Book(settings())
  for (const fact of list) if (fact.provenance.source.ms <= hour(hours)) book.add(fact)
  const { burn } = standingOf(book, hour(hours))
  return [formatDecimal(burn.perDay, 'USD'), formatDecimal(burn.spent, 'USD'), burn.coveredMs / HOUR_MS]
}

describe('with calls that show everything', () => {
  test('the week is the one that ends now, not the one the bill is behind', () => {
    // Of 168 hours the last 48 cost two dollars: 120 + 96.
    expect(burnAt(288, facts(0))).toEqual(['30.857142857', '216.00', 168])
  })

  test('a young account is judged over its own age', () => {
    expect(burnAt(96, facts(0))).toEqual(['24.00', '96.00', 96])
  })
})

test('calls that began in mid-week leave the burn to the bill and to what they are ahead of it', () => {
  // Billed within the last 168 hours: 264 + 24 − 96 hours ago's 96 = 168 + 24 more, and a day of calls on top.
  const [perDay] = burnAt(288, facts(200))
  expect(perDay).not.toBe('30.857142857')
})

test('before the bill has shown what calls are worth, they set no burn', () => {
  const list = [grant('G1', '5000', T0), reading(hour(24), '50'), usage('u', hour(23), { costUsd: '5' })]
  expect(burnAt(24, list)).toEqual(['50.00', '50.00', 24])
})
