import { describe, expect, test } from 'vitest'
import { decide } from '../../functions/app/decide.ts'
import type { Fact } from '../../functions/domain/facts.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import type { AccountState } from '../../functions/store/store.ts'
import { grant, reading, settings, T0, usage } from '../support/facts.ts'

/** Hours since the start at which the rule spoke, judged every hour for twenty days. */
const told = (facts: readonly Fact[]): readonly string[] => {
  const inOrder = facts.toSorted((a, b) => a.provenance.source.ms - b.provenance.source.ms)
  const book = new Book(settings())
  const lines: string[] = []
  let state: AccountState | undefined
  let next = 0
  for (let now: Instant = T0; now < T0 + 20 * DAY_MS; now += HOUR_MS) {
    for (let fact = inOrder[next]; fact && fact.provenance.source.ms <= now; fact = inOrder[next]) {
      book.add(fact)
      next += 1
    }
    const decision = decide({ book, state, quarantined: [], routes: [], recipients: {}, now })
    state = decision.state
    for (const { step, episode } of decision.transitions)
      if (episode.rule === 'burn-spike') lines.push(`${step} at ${(now - T0) / HOUR_MS} h`)
  }
  return lines
}

/** Ten cents an hour, and five dollars an hour in the hours of a rush. */
const calls = (isRush: (hour: number) => boolean): readonly Fact[] => [
  grant('G1', '100', T0),
  ...Array.from({ length: 480 }, (_, hour) =>
    usage(`u${hour}`, T0 + (hour + 0.5) * HOUR_MS, { costUsd: isRush(hour) ? '5' : '0.1' }),
  ),
]

describe('burn-spike from usage', () => {
  test('a rush is told an hour after it passed three usual days, again a day later, and ends when its last hour is a day old', () => {
    /** Usual days cost 2.40; the rush of hours 250 to 279 passes 7.20 in its first hour (23 × 0.10 + 5), which is over at 251 h. */
    expect(told(calls((hour) => hour >= 250 && hour < 280))).toEqual([
      'firing at 252 h',
      'repeat at 276 h',
      'repeat at 300 h',
      'resolved at 303 h',
    ])
  })

  test('a short rush is over a day later, and a second one is told anew', () => {
    expect(told(calls((hour) => (hour >= 200 && hour < 203) || (hour >= 400 && hour < 406)))).toEqual([
      'firing at 202 h',
      'resolved at 226 h',
      'firing at 402 h',
      'repeat at 426 h',
      'resolved at 429 h',
    ])
  })

  test('an even account is silent', () => {
    expect(told(calls(() => false))).toEqual([])
  })
})

test('by the bill alone: told at the second reading that shows it, over when the next day is quiet', () => {
  /** Six readings a UTC day, 2.40 a day; the dear ones come at 324 h (19:00 UTC) and 328 h. */
  let cost = 0
  const bills = Array.from({ length: 120 }, (_, n) => {
    cost += n >= 80 && n < 84 ? 6 : 0.4
    return reading(T0 + (n + 1) * 4 * HOUR_MS, cost.toFixed(2))
  })
  const [first, ...rest] = told([grant('G1', '100', T0), ...bills])
  expect(first).toBe('firing at 328 h')
  expect(rest.at(-1)).toMatch(/^resolved/)
})
