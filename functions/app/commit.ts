/** One commit of an account: the work that waits becomes facts, a decision and one write, however many others write too. */

import type { Transition } from '../domain/alerts.ts'
import type { Fact } from '../domain/facts.ts'
import type { OutboxHealth } from '../domain/outbox.ts'
import type { AccountSettings } from '../domain/standing.ts'
import type { Instant } from '../domain/time.ts'
import {
  CHECKPOINT_LIMITS,
  type CheckpointLimits,
  type CheckpointPlan,
  isCheckpointDue,
  planCheckpoint,
} from '../ledger/checkpoint.ts'
import { isUsage } from '../ledger/facts-of.ts'
import { compareSource } from '../ledger/timeline.ts'
import { forgetLeaves, leafOf } from '../ledger/usage-leaves.ts'
import type { AccountState, Quarantined } from '../store/store.ts'
import { decide, takeNews } from './decide.ts'
import type { Deps } from './deps.ts'
import { type Held, openHeld, readPages, refreshHeld } from './held.ts'

/** Characters that the facts of one commit may come to: a store's document holds a little more. */
const BATCH_CHARS_MAX = 700_000
/** Stretches of time that the usage of one commit may touch: each is read, and written at the next checkpoint. */
const LEAVES_MAX = 6
/** Tries against other writers of the same account before the request is handed back for redelivery. */
const CONFLICTS_MAX = 40

export type Work = {
  readonly facts: readonly Fact[]
  readonly quarantined: readonly Quarantined[]
  /** How the outbox stands, from whoever has just looked. */
  readonly outbox?: OutboxHealth | undefined
}

/** `work` waits for its commit, `tick` is judged at the present instant, `look` only wants to see. */
export type Asked = { readonly kind: 'work' | 'tick' | 'look'; readonly work: Work }

/** Where an account is held between commits; empty until it is first needed, and after a failure. */
export type Holder = { held: Held | undefined }

export type Committed = {
  readonly held: Held
  /** What was new of each piece of work, in their order; fewer than were asked where not all fit. */
  readonly news: readonly (readonly Fact[])[]
  readonly transitions: readonly Transition[]
}

/** Too much waits, or too many write: the caller answers 503 and the message comes again. */
export class BusyError extends Error {
  override readonly name = 'BusyError'
}

/** Commits as much of what was asked as fits. Throws when nothing was written: the book in `holder` is then to be dropped. */
export const commitWork = async (
  deps: Deps,
  account: AccountSettings,
  holder: Holder,
  asked: readonly Asked[],
): Promise<Committed> => {
  const present = asked.some(({ kind }) => kind !== 'work')
  const opened = await hold(deps, account, holder, present)
  const batch = asked.slice(0, fitting(opened, asked))
  const work = {
    account,
    quarantined: await unseen(deps, batch),
    isTick: batch.some(({ kind }) => kind === 'tick'),
    outbox: batch.findLast((each) => each.work.outbox !== undefined)?.work.outbox,
  }
  const told = batch.map((each) => each.work.facts)
  let held = await holdFor(deps, account, holder, told.flat())
  let news = newsOf(held, told)
  for (let attempt = 0; attempt < CONFLICTS_MAX; attempt += 1) {
    const step = await write(deps, held, { ...work, facts: news.flat() })
    if (step !== 'conflict') return { held, news, ...step }
    const added = await refreshHeld(deps.store, held)
    if (added) {
      news = withoutKnown(news, added)
      continue
    }
    holder.held = undefined
    held = await holdFor(deps, account, holder, news.flat())
    news = newsOf(held, news)
  }
  throw new BusyError('other writers keep the account busy')
}

type News = readonly (readonly Fact[])[]

const newsOf = ({ book }: Held, told: News): News => told.map((facts) => takeNews(book, facts))

/** A book in step with the store where somebody wants to know the present; a writer finds out by conflict. */
const hold = async (deps: Deps, account: AccountSettings, holder: Holder, present: boolean): Promise<Held> => {
  if (holder.held && present && !(await refreshHeld(deps.store, holder.held))) holder.held = undefined
  holder.held ??= await openHeld(deps.store, account)
  return holder.held
}

/** A book with the leaves these facts belong to; opened anew where a page is gone. */
const holdFor = async (deps: Deps, account: AccountSettings, holder: Holder, facts: readonly Fact[]): Promise<Held> => {
  for (let opening = 0; opening < CONFLICTS_MAX; opening += 1) {
    const held = await hold(deps, account, holder, false)
    if (await readPages(deps.store, held.book, facts)) return held
    holder.held = undefined
  }
  throw new BusyError('other writers keep replacing the account’s pages')
}

/** Recorded once, however often it arrives, and counted once. */
const unseen = async (deps: Deps, batch: readonly Asked[]): Promise<readonly Quarantined[]> => {
  const all = batch.flatMap(({ work }) => work.quarantined)
  const byId = new Map(all.map((entry) => [entry.id, entry]))
  for (const id of byId.keys()) if (await deps.store.isQuarantined(id)) byId.delete(id)
  return [...byId.values()]
}

type Step = Pick<Committed, 'transitions'>
type Batch = Work & { readonly account: AccountSettings; readonly isTick: boolean }

/** One attempt to write; the book holds the facts already. */
const write = async (deps: Deps, held: Held, batch: Batch): Promise<Step | 'conflict'> => {
  const { facts, quarantined, isTick, outbox } = batch
  const isNothing = facts.length === 0 && quarantined.length === 0
  if (isNothing && !isTick) return { transitions: [] }
  const now = deps.clock()
  const { book, state: before, version: baseVersion } = held
  const { routes, recipients, links } = deps
  const told = { routes, recipients, links: links?.make }
  const decision = decide({ book, state: before, quarantined, ...told, now, hasNews: !isNothing, outbox })
  const { state, deliveries, transitions } = decision
  const isQuiet = transitions.length === 0 && deliveries.length === 0 && remembered(before) === remembered(state)
  if (isNothing && isQuiet) return { transitions }
  const limits = deps.checkpoints ?? CHECKPOINT_LIMITS
  const plan = planIfDue(held, facts.length, now, limits)
  const checkpoint = plan && { head: plan.head, pages: plan.pages, dropped: plan.dropped }
  const account = batch.account.id
  const head = { account, baseVersion, marker: deps.newId(), at: now }
  const result = await deps.store.commit({
    ...head,
    facts,
    state,
    deliveries,
    quarantined,
    ...(checkpoint && { checkpoint }),
  })
  if (result === 'conflict') return 'conflict'
  keep(held, state, facts.length, plan, limits)
  if (deliveries.length > 0) deps.announce(account, deliveries)
  return { transitions }
}

/** How much of what was asked fits into one commit; at least one. */
const fitting = (held: Held, asked: readonly Asked[]): number => {
  const leaves = new Set<object>()
  let chars = 0
  for (const [index, { work }] of asked.entries()) {
    for (const fact of work.facts) {
      chars += charsOf(fact)
      if (isUsage(fact)) leaves.add(leafOf(held.book.usage.leaves, fact))
    }
    if (index > 0 && (chars > BATCH_CHARS_MAX || leaves.size > LEAVES_MAX)) return index
  }
  return asked.length
}

/** A rough upper bound of a fact's stored text: its texts are bounded where they are read. */
const charsOf = ({ key, body }: Fact): number =>
  600 + 3 * key.length + (body.kind === 'usage' && body.error ? 2_500 : 0)

const planIfDue = (held: Held, facts: number, now: Instant, limits: CheckpointLimits): CheckpointPlan | undefined => {
  const since = { facts: held.since.facts + facts, commits: held.since.commits + 1 }
  return isCheckpointDue(held.book, since, limits)
    ? planCheckpoint(held.book, held.version + 1, now, limits)
    : undefined
}

const keep = (
  held: Held,
  state: AccountState,
  facts: number,
  plan: CheckpointPlan | undefined,
  limits: CheckpointLimits,
): void => {
  held.version += 1
  held.state = state
  held.since.facts = plan ? 0 : held.since.facts + facts
  held.since.commits = plan ? 0 : held.since.commits + 1
  plan?.taken()
  forgetLeaves(held.book.usage.leaves, limits.heldMax)
}

/** News that somebody else committed meanwhile, published no later, is none any more. */
const withoutKnown = (news: News, added: readonly Fact[]): News => {
  const known = new Map(added.map((fact) => [`${fact.key} ${fact.hash}`, fact]))
  const isNews = (fact: Fact): boolean => {
    const other = known.get(`${fact.key} ${fact.hash}`)
    return other === undefined || compareSource(fact, other) < 0
  }
  return news.map((facts) => facts.filter(isNews))
}

/** What must be kept even when nothing is told: what episodes saw of grants, and which channels fail; `undefined` before the first commit. */
const remembered = (state: AccountState | undefined): string | undefined =>
  state && [...state.episodes.map((episode) => episode.grantsSeen), ...(state.outbox?.failing ?? [])].join()
