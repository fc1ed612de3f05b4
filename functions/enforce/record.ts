/** Entries of the record as facts: written before anything is touched and after, and never twice. */

import type { Enforcement } from '../domain/enforcement.ts'
import type { Fact } from '../domain/facts.ts'
import { type AccountId, contentHash, factKey } from '../domain/keys.ts'
import type { Instant } from '../domain/time.ts'
import type { Order } from './decide.ts'

/** Longer notes would be somebody else's text. */
export const NOTE_MAX = 300

export type Entry = Pick<Enforcement, 'phase' | 'by' | 'note' | 'at' | 'before' | 'keys'>

/**
 * The fact of one entry. It is dated by the alert, and its hash is that of its key: of several that write the same entry
 * at different times one is news and the others are duplicates, whatever order they come in.
 */
export const recordFact = (account: AccountId, order: Order, entry: Entry): Fact => {
  const { openedAt, ...rest } = order
  const { phase, by, note, at, before, keys } = entry
  const body: Enforcement = {
    kind: 'enforcement',
    ...rest,
    ...{ phase, by, note: note.slice(0, NOTE_MAX), at, ...(before !== undefined && { before }) },
    ...(keys !== undefined && { keys }),
  }
  return factOf(account, body, openedAt)
}

/** The fact that an operator undid what an attempt did; one that came to its end after that may be undone once more. */
export const undoneFact = (account: AccountId, done: Enforcement, entry: Omit<Entry, 'phase'>): Fact => {
  const { before: _, keys: __, ...rest } = done
  return factOf(account, { ...rest, ...entry, phase: 'undone' }, done.at, String(entry.at))
}

const factOf = (account: AccountId, body: Enforcement, source: Instant, ...more: readonly string[]): Fact => {
  const { alertKey, projectId, step, mode, attempt, phase } = body
  const key = factKey(body.kind, alertKey, projectId, step, mode, String(attempt), phase, ...more)
  return {
    account,
    key,
    hash: contentHash(key),
    provenance: { source: { ms: source, subNanos: 0 }, timed: true },
    body,
  }
}
