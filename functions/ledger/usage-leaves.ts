/** Usage facts in leaves ordered by the call's own time, so that a repeated call finds its own leaf; leaves are read when needed. */

import { assert } from '../domain/errors.ts'
import type { AccountId, FactKey } from '../domain/keys.ts'
import type { Instant } from '../domain/time.ts'
import { compareSource } from './timeline.ts'
import { join, note, openNotes, type UsageNotes } from './usage-notes.ts'
import { factOfRow, rowOf, type UsageFact, type UsageRow } from './usage-row.ts'

/** Of one key the earliest content by source time stands; the others are kept to be recognised. */
export type Entry = { winner: UsageFact; readonly beaten: UsageFact[] }

export type Leaf = {
  /** The page it was last written to. */
  page: string | undefined
  /** Its first call's own time and key; the first leaf begins before everything. */
  readonly at: Instant
  readonly key: FactKey | ''
  /** `undefined` while it is not read. */
  entries: Map<FactKey, Entry> | undefined
  /** Of the winners. */
  notes: UsageNotes
  /** Whether it holds more than its page. */
  dirty: boolean
}

export type LeafLimits = {
  /** Calls of one leaf when it is written; a fuller one is cut. */
  readonly keysMax: number
  /** Characters of one page. */
  readonly charsMax: number
  /** Clean leaves kept in memory. */
  readonly heldMax: number
}

export const LEAF_LIMITS: LeafLimits = { keysMax: 2_000, charsMax: 300_000, heldMax: 8 }

export const openLeaf = (at: Instant, key: FactKey | '', entries?: Map<FactKey, Entry>): Leaf => ({
  page: undefined,
  at,
  key,
  entries,
  notes: openNotes(),
  dirty: false,
})

const isBefore = (at: Instant, key: string, leaf: Leaf): boolean => at < leaf.at || (at === leaf.at && key < leaf.key)

/** The leaf a call belongs to, by the time it says of itself. */
export const leafOf = (leaves: readonly Leaf[], { key, body }: UsageFact): Leaf => {
  let low = 0
  let high = leaves.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    const leaf = leaves[middle]
    if (leaf && isBefore(body.at, key, leaf)) high = middle
    else low = middle
  }
  const leaf = leaves[low]
  assert(leaf !== undefined, 'there is always a first leaf')
  return leaf
}

/** The entries of a leaf that was read. */
export const entriesOf = (leaf: Leaf): Map<FactKey, Entry> => {
  assert(leaf.entries !== undefined, 'a leaf is read before it is asked')
  return leaf.entries
}

/** Reads a leaf from its page; facts of one key find their order again. */
export const readLeaf = (leaf: Leaf, account: AccountId, text: string): void => {
  const entries = new Map<FactKey, Entry>()
  for (const row of JSON.parse(text) as readonly UsageRow[]) putInto(entries, factOfRow(account, row))
  leaf.entries = entries
}

/** How a fact changed its entry: a new key, a content that beat the one before, or one that was beaten. */
export type Put =
  | { readonly kind: 'first' }
  | { readonly kind: 'won'; readonly before: UsageFact }
  | { readonly kind: 'lost' }

export const putInto = (entries: Map<FactKey, Entry>, fact: UsageFact): Put => {
  const known = entries.get(fact.key)
  if (!known) {
    entries.set(fact.key, { winner: fact, beaten: [] })
    return { kind: 'first' }
  }
  const others = known.beaten.filter((other) => other.hash !== fact.hash)
  const before = known.winner
  const won = compareSource(fact, before) < 0
  const kept = won ? (before.hash === fact.hash ? others : [...others, before]) : [...others, fact]
  entries.set(fact.key, { winner: won ? fact : before, beaten: kept })
  return won ? { kind: 'won', before } : { kind: 'lost' }
}

export const notesOf = (entries: Iterable<Entry>): UsageNotes => {
  const notes = openNotes()
  for (const { winner } of entries) note(notes, winner)
  return notes
}

/** What all leaves show together. */
export const joined = (leaves: readonly Leaf[]): UsageNotes => {
  const notes = openNotes()
  for (const leaf of leaves) join(notes, leaf.notes)
  return notes
}

/** Lets go of clean leaves beyond `heldMax`, oldest calls first: most repeats are of the latest. */
export const forgetLeaves = (leaves: readonly Leaf[], heldMax: number): void => {
  const held = leaves.filter((leaf) => leaf.entries !== undefined && leaf.page !== undefined && !leaf.dirty)
  for (const leaf of held.slice(0, Math.max(0, held.length - heldMax))) leaf.entries = undefined
}

/** A piece of a leaf as it will be written. */
export type Piece = { readonly leaf: Leaf; readonly text: string }

/**
 * Cuts a leaf into pieces within the limits; the facts of one key stay together. The last leaf grows at its end, so its
 * pieces are filled; another one is cut evenly, so that each piece has room for late calls.
 */
export const cut = (leaf: Leaf, isLast: boolean, limits: LeafLimits): readonly Piece[] => {
  const { size } = entriesOf(leaf)
  const keysMax = isLast ? limits.keysMax : Math.ceil(size / Math.ceil(size / limits.keysMax))
  const pieces: Piece[] = []
  let rows: string[] = []
  let entries = new Map<FactKey, Entry>()
  let chars = 0
  const close = (): void => {
    const [first] = entries.values()
    const { at, key } = pieces.length === 0 || !first ? leaf : { at: first.winner.body.at, key: first.winner.key }
    const piece = openLeaf(at, key, entries)
    piece.notes = notesOf(entries.values())
    pieces.push({ leaf: piece, text: `[${rows.join(',')}]` })
    rows = []
    entries = new Map()
    chars = 0
  }
  for (const entry of [...entriesOf(leaf).values()].sort(byCall)) {
    const added = [entry.winner, ...entry.beaten].map((fact) => JSON.stringify(rowOf(fact)))
    const length = added.reduce((sum, row) => sum + row.length + 1, 0)
    if (entries.size > 0 && (entries.size >= keysMax || chars + length > limits.charsMax)) close()
    rows.push(...added)
    entries.set(entry.winner.key, entry)
    chars += length
  }
  close()
  return pieces
}

const byCall = ({ winner: a }: Entry, { winner: b }: Entry): number => a.body.at - b.body.at || (a.key < b.key ? -1 : 1)
