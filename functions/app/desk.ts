/** One desk per instance, one seat per account: whatever waits while a commit is in flight joins the next one. */

import type { Episode, Transition } from '../domain/alerts.ts'
import { ConfigError, OutOfRangeError, UnavailableError } from '../domain/errors.ts'
import type { Fact } from '../domain/facts.ts'
import { type AccountId, UNASSIGNED } from '../domain/keys.ts'
import type { OutboxHealth } from '../domain/outbox.ts'
import type { AccountSettings, Standing } from '../domain/standing.ts'
import type { Instant } from '../domain/time.ts'
import { standingOf } from '../ledger/standing.ts'
import { type Asked, BusyError, type Committed, commitWork, type Holder, type Work } from './commit.ts'
import { answersOf } from './decide.ts'
import type { Deps } from './deps.ts'
import type { Held } from './held.ts'

/** Events of one commit; more wait for the next. */
const BATCH_MAX = 500
/** Waiting events an instance holds before it asks Pub/Sub to come again. */
const WAITING_MAX = 5_000
/** Events that fail one after the other before their neighbours are handed back untried. */
const FAILURES_MAX = 3
/** Breaths before a commit, as long as each brings more: a store that commits at once would else commit each event alone. */
const BREATHS_MAX = 4
/** Accounts an instance holds; beyond, those that were quiet longest are read again when needed. */
const HELD_MAX = 200

export type Receipt = { readonly news: readonly Fact[]; readonly transitions: readonly Transition[] }
export type AccountView = { readonly standing: Standing; readonly episodes: readonly Episode[] }

type Answer = { readonly receipt: Receipt; readonly view: () => AccountView }
type Waiting = Asked & {
  readonly done: (answer: Answer) => void
  readonly failed: (error: unknown) => void
}
type Seat = Holder & { readonly queue: Waiting[]; running: boolean }

export type Desk = {
  /** Resolves once the work is durable; rejects when it is not, and the message must come again. `OutOfRangeError`: it never can be. */
  readonly submit: (account: AccountId, work: Work) => Promise<Receipt>
  /** Judges the account at the present instant, by how the outbox stands where that is told; writes only if something changed. */
  readonly evaluate: (account: AccountId, outbox?: OutboxHealth) => Promise<Receipt>
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

const NO_WORK: Work = { facts: [], quarantined: [] }

/** Opens a desk that holds nothing yet; one per process is enough, and several share a store safely. */
export const openDesk = (deps: Deps): Desk => {
  const seats = new Map<AccountId, Seat>()
  const settings = new Map(deps.accounts.map((account) => [account.id, account]))
  const flights = new Set<Promise<void>>()
  let waiting = 0

  const seatOf = (account: AccountId): Seat => {
    const seat = seats.get(account) ?? { held: undefined, queue: [], running: false }
    seats.delete(account)
    seats.set(account, seat)
    return seat
  }
  const ask = (account: AccountId, kind: Asked['kind'], work: Work): Promise<Answer> => {
    if (waiting >= WAITING_MAX) return Promise.reject(new BusyError('too many events wait in this instance'))
    waiting += 1
    const seat = seatOf(account)
    return new Promise<Answer>((done, failed) => {
      seat.queue.push({ kind, work, done, failed })
      if (seat.running) return
      const flight = run(account, seat).finally(() => flights.delete(flight))
      flights.add(flight)
    })
  }
  const run = async (account: AccountId, seat: Seat): Promise<void> => {
    seat.running = true
    while (seat.queue.length > 0) {
      await gather(seat)
      const batch = seat.queue.splice(0, BATCH_MAX)
      waiting -= batch.length
      await serve(account, seat, batch)
    }
    seat.running = false
    letGo()
  }
  const gather = async (seat: Seat): Promise<void> => {
    if (!deps.breath) return
    for (let breath = 0, before = 0; breath < BREATHS_MAX && seat.queue.length > before; breath += 1) {
      before = seat.queue.length
      await deps.breath()
    }
  }
  /** An event that cannot be decided or stored must not take its neighbours with it; where nothing can be stored, none is tried alone. */
  const serve = async (account: AccountId, seat: Seat, batch: readonly Waiting[]): Promise<void> => {
    const failure = await tryBatch(account, seat, batch)
    if (!failure) return
    if (batch.length === 1 || isOutside(failure.error)) return fail(batch, failure.error)
    let inARow = 0
    for (const [index, single] of batch.entries()) {
      const alone = await tryBatch(account, seat, [single])
      if (alone) fail([single], alone.error)
      inARow = alone && !(alone.error instanceof OutOfRangeError) ? inARow + 1 : 0
      if (inARow === FAILURES_MAX) return fail(batch.slice(index + 1), failure.error)
    }
  }
  const tryBatch = async (
    account: AccountId,
    seat: Seat,
    batch: readonly Waiting[],
  ): Promise<{ readonly error: unknown } | undefined> => {
    try {
      answer(seat, batch, await commitWork(deps, settings.get(account) ?? unassigned, seat, batch))
      return undefined
    } catch (error) {
      seat.held = undefined
      return { error }
    }
  }
  const answer = (seat: Seat, batch: readonly Waiting[], committed: Committed): void => {
    const { held, news, transitions } = committed
    const rest = batch.slice(news.length)
    seat.queue.unshift(...rest)
    waiting += rest.length
    const now = deps.clock()
    for (const [index, facts] of news.entries()) {
      const receipt = { news: facts, transitions: index === 0 ? transitions : [] }
      batch[index]?.done({ receipt, view: () => viewOf(held, now) })
    }
  }
  const letGo = (): void => {
    for (const [account, seat] of seats) {
      if (seats.size <= HELD_MAX) return
      if (!seat.running) seats.delete(account)
    }
  }

  return {
    submit: async (account, work) => (await ask(account, 'work', work)).receipt,
    evaluate: async (account, outbox) => (await ask(account, 'tick', { ...NO_WORK, outbox })).receipt,
    view: async (account) => (await ask(account, 'look', NO_WORK)).view(),
    settled: async () => {
      while (flights.size > 0) await Promise.all(flights)
    },
  }
}

/** Nothing is wrong with the events themselves: to try each alone would only take longer. */
const isOutside = (error: unknown): boolean =>
  error instanceof UnavailableError || error instanceof ConfigError || error instanceof BusyError

const fail = (batch: readonly Waiting[], error: unknown): void => {
  for (const { failed } of batch) failed(error)
}

const viewOf = (held: Held, now: Instant): AccountView => {
  const standing = standingOf(held.book, now)
  const { acknowledged, snoozed } = answersOf(held.book, now)
  const episodes = (held.state?.episodes ?? []).map((episode) => {
    const ack = acknowledged.get(episode.key)
    const until = snoozed.get(episode.key)
    return {
      ...episode,
      ...(ack ? { ackedBy: ack.by, ackedAt: ack.at } : {}),
      ...(until === undefined ? {} : { snoozedUntil: until }),
    }
  })
  return { standing, episodes }
}
