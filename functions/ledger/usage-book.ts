/** Usage facts of an account: deduplicated by key, summed, and searched for evidence. */

import type { Fact, Usage } from '../domain/facts.ts'
import type { FactKey } from '../domain/keys.ts'
import type { Nanos } from '../domain/money.ts'
import type { SetAside } from '../domain/standing.ts'
import { DAY_MS, type Instant } from '../domain/time.ts'
import { compareSource, type FactOf } from './timeline.ts'
import { addUsage, openSeries, spentBetween, type UsageSeries } from './usage-series.ts'

export type UsageBook = {
  /** The standing fact of each key and the ones it beat. */
  readonly facts: Map<FactKey, FactOf<Usage>>
  readonly beaten: Map<string, Fact>
  readonly series: UsageSeries
  readonly byProject: Map<string, UsageSeries>
  /** Models without a price and when they were last used. */
  readonly unpriced: Map<string, Instant>
  lastAt: Instant | undefined
  /** The latest call that could have cost something: errors show no spend. */
  spendAt: Instant | undefined
  paidCallAt: Instant | undefined
  depletion: FactOf<Usage> | undefined
}

export const openUsageBook = (): UsageBook => ({
  facts: new Map(),
  beaten: new Map(),
  series: openSeries(),
  byProject: new Map(),
  unpriced: new Map(),
  lastAt: undefined,
  spendAt: undefined,
  paidCallAt: undefined,
  depletion: undefined,
})

/** Whether a fact changes anything: a new key, content not seen under it, or the same content published earlier. */
export const isUsageNews = (book: UsageBook, fact: Fact): boolean => {
  const known = book.facts.get(fact.key)
  if (!known) return true
  const same = known.hash === fact.hash ? known : book.beaten.get(`${fact.key} ${fact.hash}`)
  return same === undefined || compareSource(fact, same) < 0
}

/** Adds a fact; of one key the earliest by source time stands, whatever the order of arrival. */
export const addToUsage = (book: UsageBook, told: FactOf<Usage>): void => {
  const fact = notAhead(told)
  const known = book.facts.get(fact.key)
  if (!known) {
    book.facts.set(fact.key, fact)
    count(book, fact, 1n)
    return
  }
  const [winner, loser] = compareSource(fact, known) < 0 ? [fact, known] : [known, fact]
  book.facts.set(fact.key, winner)
  if (winner.hash !== loser.hash) book.beaten.set(`${loser.key} ${loser.hash}`, loser)
  book.beaten.delete(`${winner.key} ${winner.hash}`)
  if (winner === known || (winner.hash === known.hash && winner.body.at === known.body.at)) return
  count(book, known, -1n)
  count(book, winner, 1n)
  recall(book)
}

/** A call cannot have happened after it was told: a caller's clock that runs ahead must not hide what comes next. */
const notAhead = (fact: FactOf<Usage>): FactOf<Usage> => {
  const { source } = fact.provenance
  return fact.body.at <= source.ms ? fact : { ...fact, body: { ...fact.body, at: source.ms } }
}

const count = (book: UsageBook, fact: FactOf<Usage>, sign: bigint): void => {
  const { body } = fact
  const cost: Nanos = (body.costUsd ?? 0n) * sign
  addUsage(book.series, body.at, cost)
  const project = book.byProject.get(body.projectId) ?? openSeries()
  book.byProject.set(body.projectId, project)
  addUsage(project, body.at, cost)
  if (sign > 0n) notice(book, fact)
}

const notice = (book: UsageBook, fact: FactOf<Usage>): void => {
  const { body } = fact
  book.lastAt = Math.max(book.lastAt ?? 0, body.at)
  if (body.error?.cause === 'depleted' && isLater(fact, book.depletion)) book.depletion = fact
  if (body.error) return
  book.spendAt = Math.max(book.spendAt ?? 0, body.at)
  if (body.costUsd === undefined) book.unpriced.set(body.model, Math.max(book.unpriced.get(body.model) ?? 0, body.at))
  if (body.costUsd !== 0n) book.paidCallAt = Math.max(book.paidCallAt ?? 0, body.at)
}

/** After a winner changed, what was noticed is told again from the facts that stand; rare, so it may read them all. */
const recall = (book: UsageBook): void => {
  book.lastAt = undefined
  book.spendAt = undefined
  book.paidCallAt = undefined
  book.depletion = undefined
  book.unpriced.clear()
  for (const fact of book.facts.values()) notice(book, fact)
}

/** By the call's own time; ties by key, so that any order of arrival remembers the same one. */
const isLater = (fact: FactOf<Usage>, other: FactOf<Usage> | undefined): boolean =>
  other === undefined || fact.body.at > other.body.at || (fact.body.at === other.body.at && fact.key > other.key)

/** Estimated spend per day (USD) by project over the trailing 7 days, largest first. */
export const burnByProject = (
  book: UsageBook,
  now: Instant,
): readonly { readonly projectId: string; readonly perDay: Nanos }[] =>
  [...book.byProject]
    .map(([projectId, series]) => ({ projectId, perDay: spentBetween(series, now - 7 * DAY_MS, now + 1) / 7n }))
    .filter((row) => row.perDay > 0n)
    .sort((a, b) => (a.perDay === b.perDay ? (a.projectId < b.projectId ? -1 : 1) : a.perDay > b.perDay ? -1 : 1))

export const beatenUsage = (book: UsageBook): readonly SetAside[] =>
  [...book.beaten.values()].map((fact) => ({ fact, reason: 'KEY_REUSED' }))
