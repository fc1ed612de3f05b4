/** What a book amounts to, as texts to store and to read back; a book that was read back answers as the one that was written. */

import { assert } from '../domain/errors.ts'
import type { Instant } from '../domain/time.ts'
import type { Book } from './book.ts'
import { type BurnerRow, burnerRows, fillBurners } from './burners.ts'
import { type FactPlan, factsOfPage, planFactPages } from './fact-pages.ts'
import { addSighting, type Sighting } from './tier-sightings.ts'
import { BEATEN_SHOWN_MAX, latestBeaten, type UsageBook } from './usage-book.ts'
import {
  cut,
  forgetLeaves,
  joined,
  LEAF_LIMITS,
  type Leaf,
  type LeafLimits,
  openLeaf,
  type Piece,
} from './usage-leaves.ts'
import { addCause, openNotes, type UsageNotes } from './usage-notes.ts'
import { factOfRow, rowOf, type UsageRow } from './usage-row.ts'
import { fillSeries, type SeriesRows, seriesRows } from './usage-series.ts'

export type Page = { readonly id: string; readonly text: string }

/** Pages to write, a head that names all that belong to it, and the pages it no longer names. */
export type WrittenCheckpoint = {
  readonly head: string
  readonly pages: readonly Page[]
  readonly dropped: readonly string[]
}

export type CheckpointPlan = WrittenCheckpoint & {
  /** To be called once it is durable: from then on the book builds on it. */
  readonly taken: () => void
}

/** Limits of a checkpoint; a test makes them small to reach what is rare. */
export type CheckpointLimits = LeafLimits & {
  /** Facts since the checkpoint before. */
  readonly factsMax: number
  /** Commits since then. */
  readonly commitsMax: number
  /** Leaves that hold more than their page: each is written whole. */
  readonly dirtyMax: number
}

export const CHECKPOINT_LIMITS: CheckpointLimits = { ...LEAF_LIMITS, factsMax: 2_000, commitsMax: 250, dirtyMax: 8 }

const FORMAT = 1

type Head = {
  readonly format: number
  /** Pages of the body, which is cut where a store would find it too long. */
  readonly body: readonly string[]
  readonly facts: readonly string[]
  readonly isLastOpen: boolean
}

type NotesRow = readonly [
  firstAt: Instant | null,
  lastAt: Instant | null,
  spendAt: Instant | null,
  paidCallAt: Instant | null,
  depletion: UsageRow | null,
  unpriced: readonly (readonly [model: string, at: Instant])[],
  /** Rows from before 2026-11-24 end here: their calls were noted without a cause. */
  causes?: readonly (readonly [latest: UsageRow, hours: readonly (readonly [hour: number, count: number])[]])[],
  paidBy?: readonly (readonly [projectId: string, at: Instant])[],
  tiers?: readonly Sighting[],
]
type LeafRow = readonly [page: string, at: Instant, key: string, notes: NotesRow]

type Body = {
  readonly leaves: readonly LeafRow[]
  readonly series: SeriesRows
  readonly projects: readonly BurnerRow[]
  readonly beaten: readonly UsageRow[]
}

/** Whether it is time: what came since the last checkpoint must be read again by everybody who starts. */
export const isCheckpointDue = (
  book: Book,
  since: { readonly facts: number; readonly commits: number },
  limits: CheckpointLimits = CHECKPOINT_LIMITS,
): boolean =>
  since.facts >= limits.factsMax ||
  since.commits >= limits.commitsMax ||
  book.usage.leaves.filter((leaf) => leaf.dirty).length >= limits.dirtyMax

/** Plans the checkpoint of `version` as of `now`; the book's answers stay the same, before and after `taken`. */
export const planCheckpoint = (
  book: Book,
  version: number,
  now: Instant,
  limits: CheckpointLimits = CHECKPOINT_LIMITS,
): CheckpointPlan => {
  let count = 0
  const newId = (): string => {
    count += 1
    return `${version.toString(36)}-${count.toString(36)}`
  }
  const facts = planFactPages(book.facts, limits.charsMax, newId)
  const leaves = planLeaves(book.usage, limits, newId)
  const body = JSON.stringify(bodyOf(book.usage, leaves.leaves, now))
  const bodyPages = slices(body, limits.charsMax).map((text) => ({ id: newId(), text }))
  const head: Head = {
    format: FORMAT,
    body: bodyPages.map(({ id }) => id),
    facts: facts.next.ids,
    isLastOpen: facts.next.open !== '',
  }
  return {
    head: JSON.stringify(head),
    pages: [...facts.pages, ...leaves.pages, ...bodyPages],
    dropped: [...facts.dropped, ...leaves.dropped, ...book.bodyPages],
    taken: () => take(book, facts, leaves.leaves, head, limits),
  }
}

const take = (book: Book, facts: FactPlan, leaves: Leaf[], head: Head, limits: CheckpointLimits): void => {
  book.facts.pending.length = 0
  Object.assign(book.facts, facts.next)
  book.usage.leaves = leaves
  book.bodyPages = head.body
  for (const leaf of leaves) leaf.dirty = false
  forgetLeaves(leaves, limits.heldMax)
}

type LeafPlan = { readonly leaves: Leaf[]; readonly pages: readonly Page[]; readonly dropped: readonly string[] }

const planLeaves = (usage: UsageBook, limits: LeafLimits, newId: () => string): LeafPlan => {
  const leaves: Leaf[] = []
  const pages: Page[] = []
  const dropped: string[] = []
  for (const leaf of usage.leaves) {
    if (leaf.page !== undefined && !leaf.dirty) {
      leaves.push(leaf)
      continue
    }
    if (leaf.page !== undefined) dropped.push(leaf.page)
    for (const piece of cut(leaf, leaf === usage.leaves.at(-1), limits)) {
      const page = { id: newId(), text: piece.text }
      pages.push(page)
      leaves.push(written(piece, page.id))
    }
  }
  return { leaves, pages, dropped }
}

const written = ({ leaf }: Piece, page: string): Leaf => ({ ...leaf, page })

const bodyOf = (usage: UsageBook, leaves: readonly Leaf[], now: Instant): Body => ({
  leaves: leaves.map(({ page = '', at, key, notes }) => [page, at, key, notesRow(notes)]),
  series: seriesRows(usage.series, now),
  projects: burnerRows(usage.burners, now),
  beaten: latestBeaten(usage, 2 * BEATEN_SHOWN_MAX).map(rowOf),
})

const notesRow = ({ firstAt, lastAt, spendAt, paidCallAt, depletion, ...maps }: UsageNotes): NotesRow => [
  firstAt ?? null,
  lastAt ?? null,
  spendAt ?? null,
  paidCallAt ?? null,
  depletion ? rowOf(depletion) : null,
  [...maps.unpriced],
  [...maps.causes.values()].map(({ latest, hours }) => [rowOf(latest), [...hours]] as const),
  [...maps.paidBy],
  [...maps.tiers.values()],
]

const slices = (text: string, charsMax: number): readonly string[] =>
  Array.from({ length: Math.ceil(text.length / charsMax) }, (_, index) =>
    text.slice(index * charsMax, (index + 1) * charsMax),
  )

/** The pages a head names that a reader needs at once; leaves are read when they are asked. */
export const pagesOfHead = (head: string): readonly string[] => {
  const { body, facts } = parseHead(head)
  return [...body, ...facts]
}

const parseHead = (text: string): Head => {
  const head = JSON.parse(text) as Head
  assert(head.format === FORMAT, `a checkpoint of format ${FORMAT}`)
  return head
}

/** Fills an empty book from a checkpoint; false where a page is missing, because a newer checkpoint dropped it. */
export const restore = (book: Book, headText: string, texts: ReadonlyMap<string, string>): boolean => {
  assert(book.usage.notes.firstAt === undefined && book.facts.ids.length === 0, 'only an empty book is filled')
  const head = parseHead(headText)
  const found = [...head.body, ...head.facts].every((id) => texts.has(id))
  if (!found) return false
  for (const id of head.facts) for (const fact of factsOfPage(texts.get(id) ?? '')) book.add(fact)
  book.facts.pending.length = 0
  book.facts.ids = head.facts
  book.facts.open = head.isLastOpen ? (texts.get(head.facts.at(-1) ?? '') ?? '') : ''
  book.bodyPages = head.body
  restoreUsage(book.usage, JSON.parse(head.body.map((id) => texts.get(id)).join('')) as Body)
  return true
}

const restoreUsage = (usage: UsageBook, body: Body): void => {
  usage.leaves = body.leaves.map(([page, at, key, notes]) => ({
    ...openLeaf(at, key as Leaf['key']),
    page,
    notes: notesOfRow(usage, notes),
  }))
  fillSeries(usage.series, body.series)
  fillBurners(usage.burners, body.projects)
  for (const row of body.beaten) {
    const fact = factOfRow(usage.account, row)
    usage.beaten.set(`${fact.key} ${fact.hash}`, fact)
  }
  usage.notes = joined(usage.leaves)
}

const notesOfRow = (usage: UsageBook, row: NotesRow): UsageNotes => {
  const [firstAt, lastAt, spendAt, paidCallAt, depletion, unpriced, causes = [], paidBy = [], tiers = []] = row
  const notes: UsageNotes = {
    ...openNotes(),
    firstAt: firstAt ?? undefined,
    lastAt: lastAt ?? undefined,
    spendAt: spendAt ?? undefined,
    paidCallAt: paidCallAt ?? undefined,
    depletion: depletion ? factOfRow(usage.account, depletion) : undefined,
    unpriced: new Map(unpriced),
    paidBy: new Map(paidBy),
  }
  for (const [latest, hours] of causes)
    addCause(notes, { latest: factOfRow(usage.account, latest), hours: new Map(hours) })
  for (const sighting of tiers) addSighting(notes.tiers, sighting)
  return notes
}
