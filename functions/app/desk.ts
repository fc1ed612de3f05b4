/** One desk per instance, one seat per account: whatever waits while a commit is in flight joins the next one. */

import type { Episode, Transition } from '../domain/alerts.ts'
import type { Fact } from '../domain/facts.ts'
import { type AccountId, UNASSIGNED } from '../domain/keys.ts'
import type { AccountSettings, Standing } from '../domain/standing.ts'
import type { Instant } from '../domain/time.ts'
import { Book } from '../ledger/book.ts'
import { standingOf } from '../ledger/standing.ts'
import type { AccountState, Quarantined } from '../store/store.ts'
import { answersOf, decide, takeNews } from './decide.ts'
import type { Deps } from './deps.ts'

/** Events of one commit; more wait for the next. */
const BATCH_MAX = 500
/** Waiting events an instance holds before it asks Pub/Sub to come again. */
const WAITING_MAX = 5_000
/** Tries against other writers of the same account before the request is handed back for redelivery. */
const CONFLICTS_MAX = 40

export type Work = { readonly facts: readonly Fact[]; readonly quarantined: readonly Quarantined[] }
export type Receipt = { readonly news: readonly Fact[]; readonly transitions: readonly Transition[] }
export type AccountView = { readonly standing: Standing; readonly episodes: readonly Episode[] }

/** Too much waits: the caller answers 503 and the message comes again. */
export class BusyError extends Error {
  override readonly name = 'BusyError'
}

type Held = { readonly book: Book; version: number; state: AccountState | undefined }
type Waiting = {
  readonly work: Work
  readonly tick: boolean
  readonly done: (receipt: Receipt) => void
  readonly failed: (error: unknown) => void
}
type Seat = { held: Held | undefined; readonly queue: Waiting[]; running: boolean }

export type Desk = {
  /** Resolves once the work is durable; rejects when it is not, and the message must come again. */
  readonly submit: (account: AccountId, work: Work) => Promise<Receipt>
  /** Judges the account at the present instant; writes only if something changed. */
  readonly evaluate: (account: AccountId) => Promise<Receipt>
  readonly view: (account: AccountId) => Promise<AccountView>
  /** Resolves when nothing is in flight. */
  readonly settled: () => Promise<void>
}

const unassigned: AccountSettings = {
  id: UNASSIGNED,
  name: 'Messages of no listed account',
  plan: 'postpay',
  currency: 'USD',
  projects: [],
  budgets: {},
  thresholds: { percent: [], amount: [], runwayHours: [], expiryDays: [] },
  timeZone: 'UTC',
}

export const openDesk = (deps: Deps): Desk => {
  const seats = new Map<AccountId, Seat>()
  const settings = new Map(deps.accounts.map((account) => [account.id, account]))
  const flights = new Set<Promise<void>>()
  let waiting = 0

  const seatOf = (account: AccountId): Seat => {
    const seat = seats.get(account) ?? { held: undefined, queue: [], running: false }
    seats.set(account, seat)
    return seat
  }
  const enqueue = (account: AccountId, work: Work, tick: boolean): Promise<Receipt> => {
    if (waiting >= WAITING_MAX) return Promise.reject(new BusyError('too many events wait in this instance'))
    waiting += 1
    const seat = seatOf(account)
    return new Promise<Receipt>((done, failed) => {
      seat.queue.push({ work, tick, done, failed })
      if (seat.running) return
      const flight = run(account, seat).finally(() => flights.delete(flight))
      flights.add(flight)
    })
  }
  const run = async (account: AccountId, seat: Seat): Promise<void> => {
    seat.running = true
    while (seat.queue.length > 0) {
      const batch = seat.queue.splice(0, BATCH_MAX)
      waiting -= batch.length
      await commitBatch(account, seat, batch)
    }
    seat.running = false
  }
  /** An event that cannot be decided or stored must not take its neighbours with it. */
  const commitBatch = async (account: AccountId, seat: Seat, batch: readonly Waiting[]): Promise<void> => {
    try {
      const receipts = await commit(account, seat, batch)
      for (const [index, { done }] of batch.entries()) done(receipts[index] ?? { news: [], transitions: [] })
    } catch (error) {
      seat.held = undefined
      const [first] = batch
      if (batch.length === 1 && first) first.failed(error)
      else for (const single of batch) await commitBatch(account, seat, [single])
    }
  }
  const refresh = async (account: AccountId, seat: Seat): Promise<{ held: Held; added: readonly Fact[] }> => {
    const held = seat.held ?? { book: new Book(settings.get(account) ?? unassigned), version: 0, state: undefined }
    const delta = await deps.store.load(account, held.version)
    for (const fact of delta.facts) held.book.add(fact)
    held.version = delta.version
    held.state = delta.state
    seat.held = held
    return { held, added: delta.facts }
  }
  const commit = async (account: AccountId, seat: Seat, batch: readonly Waiting[]): Promise<readonly Receipt[]> => {
    const quarantined = await unseen(batch.flatMap(({ work }) => work.quarantined))
    const { held } = await refresh(account, seat)
    const news = batch.map(({ work }) => takeNews(held.book, work.facts))
    let fresh = news.flat()
    for (let attempt = 0; attempt < CONFLICTS_MAX; attempt += 1) {
      const now = deps.clock()
      const isTick = batch.some(({ tick }) => tick)
      if (fresh.length === 0 && quarantined.length === 0 && !isTick)
        return news.map((facts) => ({ news: facts, transitions: [] }))
      const decision = decide({
        book: held.book,
        state: held.state,
        quarantined,
        routes: deps.routes,
        recipients: deps.recipients,
        now,
      })
      const receipts = news.map((facts, index) => ({
        news: facts,
        transitions: index === 0 ? decision.transitions : [],
      }))
      const isQuiet = decision.transitions.length === 0 && sawGrants(held.state) === sawGrants(decision.state)
      if (fresh.length === 0 && quarantined.length === 0 && isQuiet) return receipts
      const { state, deliveries } = decision
      const result = await deps.store.commit({
        account,
        baseVersion: held.version,
        marker: deps.newId(),
        at: now,
        facts: fresh,
        state,
        deliveries,
        quarantined,
      })
      if (result === 'committed') {
        held.version += 1
        held.state = state
        if (deliveries.length > 0) deps.announce(account, deliveries)
        return receipts
      }
      const { added } = await refresh(account, seat)
      fresh = fresh.filter((fact) => !added.some((other) => other.key === fact.key && other.hash === fact.hash))
    }
    throw new BusyError('other writers keep the account busy')
  }
  /** Recorded once, however often it arrives, and counted once. */
  const unseen = async (all: readonly Quarantined[]): Promise<readonly Quarantined[]> => {
    const byId = new Map(all.map((entry) => [entry.id, entry]))
    for (const id of byId.keys()) if (await deps.store.isQuarantined(id)) byId.delete(id)
    return [...byId.values()]
  }

  return {
    submit: (account, work) => enqueue(account, work, false),
    evaluate: (account) => enqueue(account, { facts: [], quarantined: [] }, true),
    view: async (account) => viewOf(await heldFor(account), deps.clock()),
    settled: async () => {
      while (flights.size > 0) await Promise.all(flights)
    },
  }

  /** A reader's own look: it must not disturb a seat whose commit is in flight. */
  async function heldFor(account: AccountId): Promise<Held> {
    const seat = seatOf(account)
    if (!seat.running) return (await refresh(account, seat)).held
    await enqueue(account, { facts: [], quarantined: [] }, false)
    return (await refresh(account, seat)).held
  }
}

/** What episodes remember of grants must be kept even when nothing is told; `undefined` before the first commit. */
const sawGrants = (state: AccountState | undefined): string | undefined =>
  state?.episodes.map((episode) => episode.grantsSeen).join()

const viewOf = (held: Held, now: Instant): AccountView => {
  const standing = standingOf(held.book, now)
  const { acknowledged, snoozed } = answersOf(held.book, now)
  const episodes = (held.state?.episodes ?? []).map((episode) => {
    const ack = acknowledged.get(episode.key)
    const until = snoozed.get(episode.key)
    return { ...episode, ...(ack ? { ackedBy: ack.by } : {}), ...(until === undefined ? {} : { snoozedUntil: until }) }
  })
  return { standing, episodes }
}
