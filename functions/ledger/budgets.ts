/** What each budget said last: its running period, the thresholds it reached, when it was heard. */

import type { Reading } from '../domain/facts.ts'
import type { AccountSettings, BudgetStanding } from '../domain/standing.ts'
import type { Instant } from '../domain/time.ts'
import { compareSource, type FactOf } from './timeline.ts'

const FULL_BP = 10_000n

type Track = {
  latest: FactOf<Reading>
  heardAt: Instant
  readonly reached: Set<number>
  readonly forecast: Set<number>
}
export type BudgetBook = Map<string, Track>

/** Our own sum decides: a threshold the reported cost does not reach is not reached (a budget of 0 reaches none). */
const reaches = ({ cost, budgetAmount }: Reading, basisPoints: number): boolean =>
  budgetAmount > 0n && cost * FULL_BP >= BigInt(basisPoints) * budgetAmount

/** Takes a reading in any order: the newest period counts, and within it the latest by source time. */
export const hearBudget = (book: BudgetBook, fact: FactOf<Reading>): void => {
  const { body } = fact
  const known = book.get(body.budgetId)
  const heardAt = Math.max(known?.heardAt ?? 0, fact.provenance.source.ms)
  if (!known || body.periodStart > known.latest.body.periodStart) {
    book.set(body.budgetId, mark({ latest: fact, heardAt, reached: new Set(), forecast: new Set() }, body))
    return
  }
  known.heardAt = heardAt
  if (body.periodStart < known.latest.body.periodStart) return
  mark(known, body)
  if (supersedes(fact, known.latest)) known.latest = fact
}

/** An untimed reading never outranks a timed one. */
const supersedes = (fact: FactOf<Reading>, other: FactOf<Reading>): boolean =>
  fact.provenance.timed === other.provenance.timed ? compareSource(fact, other) > 0 : fact.provenance.timed

const mark = (track: Track, body: Reading): Track => {
  if (body.thresholdBp !== undefined && reaches(body, body.thresholdBp)) track.reached.add(body.thresholdBp)
  if (body.forecastThresholdBp !== undefined) track.forecast.add(body.forecastThresholdBp)
  return track
}

const ascending = (values: ReadonlySet<number>): readonly number[] => [...values].sort((a, b) => a - b)

export const budgetRole = (account: AccountSettings, budgetId: string): 'drawdown' | 'watch' =>
  account.budgets[budgetId] ?? 'watch'

/** In order of budget id. */
export const budgetStandings = (book: BudgetBook, account: AccountSettings): readonly BudgetStanding[] =>
  [...book]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([budgetId, { latest, heardAt, reached, forecast }]) => ({
      budgetId,
      name: latest.body.budgetName,
      role: budgetRole(account, budgetId),
      periodStart: latest.body.periodStart,
      cost: latest.body.cost,
      amount: latest.body.budgetAmount,
      currencyCode: latest.body.currencyCode,
      lastAt: heardAt,
      thresholdsBp: ascending(reached),
      forecastThresholdsBp: ascending(forecast),
    }))
