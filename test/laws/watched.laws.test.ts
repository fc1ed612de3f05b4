/** What a book remembers between two looks: judged after every fact it answers as one that is judged for the first time. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Fact } from '../../functions/domain/facts.ts'
import { encode } from '../../functions/domain/json.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import { arrivalsOf, PERIODS } from '../simulate/feeds.ts'
import { chanceOf } from '../simulate/prng.ts'
import { REGIMES } from '../simulate/regimes.ts'
import { drawTruth } from '../simulate/truth.ts'
import { BUDGET, settings, usage } from '../support/facts.ts'

const RUNS = Math.ceil(Number(process.env['LAW_RUNS'] ?? 400) / 100)
/** Looks held against a book of their own: over all weeks of an account, from before the lag is measured to long after. */
const LOOKS = 24

type Arrival = { readonly at: Instant; readonly fact: Fact }

const openBook = (): Book => new Book(settings({ budgets: { [BUDGET]: 'drawdown' } }))
const textOf = (book: Book, now: Instant): string => encode({ ...standingOf(book, now) })

/** A made-up account of some weeks; every so many facts come a day late, and calls that cost nothing lie between the others. */
const arrivals = (seed: number, regime: (typeof REGIMES)[number], every: number): readonly Arrival[] => {
  const chance = chanceOf(seed)
  const start = Math.round((PERIODS[0] ?? 0) + chance.between(0, 20) * DAY_MS)
  const told = arrivalsOf(chance, regime, drawTruth(chance, regime, start))
  const free = told
    .filter((_, index) => index % 40 === 0)
    .map(({ at }, index) => ({ at, fact: usage(`free${index}`, Math.round(at), { costUsd: '0' }) }))
  return [...told, ...free]
    .map(({ at, fact }, index) => ({ at: Math.round(index % every === 0 ? at + 26 * HOUR_MS : at), fact }))
    .sort((a, b) => a.at - b.at)
}

test('a standing that was looked at after every fact is that of a book opened for this one look', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.constantFrom(...REGIMES.filter((regime) => regime.usage)),
      fc.constantFrom(7, 31, 10_000),
      (seed, regime, every) => {
        const list = arrivals(seed, regime, every)
        const watched = openBook()
        const stride = Math.ceil(list.length / LOOKS)
        const lags = new Set<number | undefined>()
        for (const [index, { at, fact }] of list.entries()) {
          watched.add(fact)
          const standing = standingOf(watched, at)
          lags.add(standing.balance.feedLagMs)
          if (index % stride !== 0 && index !== list.length - 1) continue
          const cold = openBook()
          for (const earlier of list.slice(0, index + 1)) cold.add(earlier.fact)
          expect(textOf(watched, at)).toBe(textOf(cold, at))
        }
        return lags.size > 0
      },
    ),
    { numRuns: RUNS },
  )
})
