/** An account as an instance holds it between commits: its book, its state, and how far behind the last checkpoint is. */

import { UnavailableError } from '../domain/errors.ts'
import type { Fact } from '../domain/facts.ts'
import type { AccountSettings } from '../domain/standing.ts'
import { Book } from '../ledger/book.ts'
import { pagesOfHead, restore } from '../ledger/checkpoint.ts'
import { supplyPages, unreadPages } from '../ledger/usage-book.ts'
import type { AccountDelta, AccountState, Checkpoint, Store } from '../store/store.ts'

export type Held = {
  readonly book: Book
  version: number
  state: AccountState | undefined
  /** What came since the latest checkpoint we know of. */
  readonly since: { facts: number; commits: number }
}

/** A checkpoint replaced while it is read is read again this often. */
const OPENINGS_MAX = 5

/** Reads an account from the store: its latest checkpoint and what was committed since. */
export const openHeld = async (store: Store, account: AccountSettings): Promise<Held> => {
  for (let opening = 0; opening < OPENINGS_MAX; opening += 1) {
    const held = await tryOpen(store, account)
    if (held) return held
  }
  throw new UnavailableError('the account’s checkpoint changed as fast as it was read')
}

const tryOpen = async (store: Store, account: AccountSettings): Promise<Held | undefined> => {
  const delta = await store.load(account.id, 0)
  const book = new Book(account)
  if (delta.checkpoint && !(await restored(store, book, delta.checkpoint))) return undefined
  const held: Held = {
    book,
    version: delta.checkpoint?.version ?? 0,
    state: undefined,
    since: { facts: 0, commits: 0 },
  }
  return (await take(store, held, delta)) ? held : undefined
}

const restored = async (store: Store, book: Book, { head }: Checkpoint): Promise<boolean> =>
  restore(book, head, await store.pages(book.account.id, pagesOfHead(head)))

/** Takes what others committed; `undefined` where it can only be opened anew, because the log no longer reaches back or a page is gone. */
export const refreshHeld = async (store: Store, held: Held): Promise<readonly Fact[] | undefined> => {
  const delta = await store.load(held.book.account.id, held.version)
  if (delta.checkpoint) return undefined
  return (await take(store, held, delta)) ? delta.facts : undefined
}

const take = async (store: Store, held: Held, { version, facts, state }: AccountDelta): Promise<boolean> => {
  if (!(await readPages(store, held.book, facts))) return false
  for (const fact of facts) held.book.add(fact)
  held.since.facts += facts.length
  held.since.commits += version - held.version
  held.version = version
  held.state = state
  return true
}

/** Reads the leaves that these facts belong to; false where one was dropped: the book is out of date. */
export const readPages = async (store: Store, book: Book, facts: readonly Fact[]): Promise<boolean> => {
  const ids = unreadPages(book.usage, facts)
  if (ids.length === 0) return true
  const texts = await store.pages(book.account.id, ids)
  supplyPages(book.usage, texts)
  return ids.every((id) => texts.has(id))
}
