/** Usage facts of an account: deduplicated by key, summed, and searched for evidence. */

import type { Fact } from '../domain/facts.ts'
import type { AccountId } from '../domain/keys.ts'
import type { Nanos } from '../domain/money.ts'
import type { SetAside } from '../domain/standing.ts'
import { addBurn, type Burners } from './burners.ts'
import { isUsage } from './facts-of.ts'
import { compareSource } from './timeline.ts'
import { entriesOf, joined, type Leaf, leafOf, notesOf, openLeaf, putInto, readLeaf } from './usage-leaves.ts'
import { calledAt, note, openNotes, type UsageNotes } from './usage-notes.ts'
import type { UsageFact } from './usage-row.ts'
import { addUsage, openSeries, type UsageSeries } from './usage-series.ts'

export type UsageBook = {
  readonly account: AccountId
  leaves: Leaf[]
  readonly series: UsageSeries
  readonly burners: Burners
  /** Contents that lost their key, by key and hash. */
  readonly beaten: Map<string, UsageFact>
  notes: UsageNotes
}

/** Of more beaten facts than this only the latest are listed. */
export const BEATEN_SHOWN_MAX = 100

export const openUsageBook = (account: AccountId): UsageBook => ({
  account,
  leaves: [openLeaf(0, '', new Map())],
  series: openSeries(),
  burners: new Map(),
  beaten: new Map(),
  notes: openNotes(),
})

/** Pages to be read before these facts can be judged or added. */
export const unreadPages = (book: UsageBook, facts: readonly Fact[]): readonly string[] => {
  const leaves = new Set(facts.filter(isUsage).map((fact) => leafOf(book.leaves, fact)))
  return [...leaves].flatMap(({ entries, page }) => (entries === undefined && page !== undefined ? [page] : []))
}

/** Takes pages that were read; those of no leaf are ignored. */
export const supplyPages = (book: UsageBook, texts: ReadonlyMap<string, string>): void => {
  for (const leaf of book.leaves) {
    const text = leaf.page === undefined || leaf.entries ? undefined : texts.get(leaf.page)
    if (text !== undefined) readLeaf(leaf, book.account, text)
  }
}

/** Whether a fact changes anything: a new key, content not seen under it, or the same content published earlier. */
export const isUsageNews = (book: UsageBook, fact: UsageFact): boolean => {
  const entry = entriesOf(leafOf(book.leaves, fact)).get(fact.key)
  if (!entry) return true
  const same = [entry.winner, ...entry.beaten].find((known) => known.hash === fact.hash)
  return same === undefined || compareSource(fact, same) < 0
}

/** Adds a fact; of one key the earliest by source time stands, whatever the order of arrival. */
export const addToUsage = (book: UsageBook, fact: UsageFact): void => {
  const leaf = leafOf(book.leaves, fact)
  const put = putInto(entriesOf(leaf), fact)
  leaf.dirty = true
  if (put.kind === 'lost') book.beaten.set(nameOf(fact), fact)
  if (put.kind === 'first') {
    count(book, fact, 1n)
    note(leaf.notes, fact)
    note(book.notes, fact)
  } else if (put.kind === 'won') swap(book, leaf, put.before, fact)
}

/** Rare, so what was noted may be noted again from all that stands. */
const swap = (book: UsageBook, leaf: Leaf, before: UsageFact, fact: UsageFact): void => {
  if (before.hash !== fact.hash) book.beaten.set(nameOf(before), before)
  book.beaten.delete(nameOf(fact))
  count(book, before, -1n)
  count(book, fact, 1n)
  leaf.notes = notesOf(entriesOf(leaf).values())
  book.notes = joined(book.leaves)
}

const nameOf = ({ key, hash }: Fact): string => `${key} ${hash}`

const count = (book: UsageBook, fact: UsageFact, sign: bigint): void => {
  const cost: Nanos = (fact.body.costUsd ?? 0n) * sign
  const at = calledAt(fact)
  addUsage(book.series, at, cost)
  addBurn(book.burners, fact.body, at, cost)
}

/** Contents that lost their key, the latest of them by source time. */
export const beatenUsage = (book: UsageBook): readonly SetAside[] =>
  latestBeaten(book, BEATEN_SHOWN_MAX).map((fact) => ({ fact, reason: 'KEY_REUSED' }))

export const latestBeaten = (book: UsageBook, max: number): readonly UsageFact[] => {
  const all = [...book.beaten.values()]
  return all.length <= max ? all : all.sort((a, b) => compareSource(b, a) || (a.key < b.key ? -1 : 1)).slice(0, max)
}
