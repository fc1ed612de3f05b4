/** A year in which nothing is wrong, through every rule: whatever warns is a false alarm. */

import { decide } from '../../functions/app/decide.ts'
import { HOUR_MS } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import type { AccountState } from '../../functions/store/store.ts'
import { BUDGET, settings } from '../support/facts.ts'
import { arrivalsOf, PERIODS } from './feeds.ts'
import { chanceOf } from './prng.ts'
import { drawTruth, QUIET_YEAR } from './truth.ts'

export type Quiet = {
  readonly evaluations: number
  /** Alerts that opened, as `rule level`, by severity. */
  readonly critical: readonly string[]
  readonly warning: readonly string[]
  readonly info: readonly string[]
}

/** Between two evaluations; the product judges every five minutes. */
const EVERY_MS = 4 * HOUR_MS

/** Runs the year of a seed, with or without a usage feed whose estimates are up to 30 % wrong. */
export const quietYear = (seed: number, usage: boolean): Quiet => {
  const chance = chanceOf(seed)
  const start = PERIODS[0] ?? 0
  const regime = { name: 'quiet', usage, spiky: false, mispriced: usage }
  const truth = drawTruth(chance, regime, start, QUIET_YEAR)
  const arrivals = arrivalsOf(chance, regime, truth)
  const book = new Book(settings({ budgets: { [BUDGET]: 'drawdown' } }))
  const opened = { critical: [] as string[], warning: [] as string[], info: [] as string[] }
  let state: AccountState | undefined
  let next = 0
  let evaluations = 0
  for (let now = start + EVERY_MS; now < truth.end; now += EVERY_MS) {
    for (let arrival = arrivals[next]; arrival && arrival.at <= now; arrival = arrivals[next]) {
      book.add(arrival.fact)
      next += 1
    }
    const decision = decide({ book, state, quarantined: [], routes: [], recipients: {}, now })
    state = decision.state
    evaluations += 1
    for (const { step, episode } of decision.transitions)
      if (step === 'firing') opened[episode.severity].push(`${episode.rule} ${episode.level}`.trim())
  }
  return { evaluations, ...opened }
}
