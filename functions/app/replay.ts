/** Feeds recorded messages through the real pipeline under a virtual clock; nothing is sent. */

import type { Transition } from '../domain/alerts.ts'
import type { Fact } from '../domain/facts.ts'
import type { AccountId } from '../domain/keys.ts'
import { type Instant, MINUTE_MS } from '../domain/time.ts'
import { CHECKPOINT_LIMITS, type CheckpointLimits } from '../ledger/checkpoint.ts'
import type { Deps } from './deps.ts'
import { type AccountView, type Desk, openDesk } from './desk.ts'
import { type Arrival, ingest } from './ingest.ts'
import { entryOf } from './recording.ts'

/** Nobody but the replay reads its ledger: a checkpoint only lets go of old calls, and may come as rarely as they fill a page. */
const CHECKPOINTS: CheckpointLimits = { ...CHECKPOINT_LIMITS, commitsMax: CHECKPOINT_LIMITS.factsMax }
/** As the schedule target is triggered. */
const EVALUATE_EVERY_MS = 5 * MINUTE_MS
/** Evaluations of one leap of the clock, 400 days' worth; a longer leap, sane or not, is looked at in wider steps. */
const MARKS_MAX = 115_200
/** Lines kept back until the first time is known; a recording without any time is then taken at the epoch. */
const HELD_MAX = 10_000

export type ReplayAlert = { readonly account: AccountId; readonly transition: Transition }
export type Replayed = {
  /** By account, in the configuration's order, as of the clock's last instant. */
  readonly views: ReadonlyMap<AccountId, AccountView>
  /** Openings and resolutions in the order they happened. */
  readonly alerts: readonly ReplayAlert[]
  /** `line` counts every physical line from 1, blank ones too. */
  readonly quarantined: readonly { readonly line: number; readonly reason: string }[]
  /** `lines` leaves blank ones out; `facts` are distinct; a message that told nothing new is a duplicate. */
  readonly counts: { readonly lines: number; readonly facts: number; readonly duplicates: number }
}

/** Everything but the clock, which the recording itself provides. */
export type ReplayDeps = Omit<Deps, 'clock'>

/** Lines in order of arrival; the clock is the latest publish time or `now` so far and never goes back. */
export const replay = async (base: ReplayDeps, lines: AsyncIterable<string> | Iterable<string>): Promise<Replayed> => {
  const run = openRun(base)
  let line = 0
  for await (const text of lines) {
    line += 1
    if (text.trim() !== '') await takeLine(run, text.trim(), line)
  }
  await takeHeld(run)
  return resultOf(run)
}

type Held = { readonly line: number; readonly arrivalAt: (now: Instant) => Arrival }

type Run = {
  readonly deps: Deps
  readonly desk: Desk
  readonly alerts: ReplayAlert[]
  readonly quarantined: { readonly line: number; readonly reason: string }[]
  readonly counts: { lines: number; facts: number; duplicates: number }
  /** Where each fact was first told. */
  readonly lineOf: Map<string, number>
  readonly seenBad: Set<string>
  readonly held: Held[]
  now: Instant | undefined
}

const openRun = (base: ReplayDeps): Run => {
  const alerts: ReplayAlert[] = []
  const deps: Deps = { checkpoints: CHECKPOINTS, ...base, clock: () => run.now ?? 0 }
  const run: Run = {
    deps,
    desk: recording(openDesk(deps), alerts),
    alerts,
    quarantined: [],
    counts: { lines: 0, facts: 0, duplicates: 0 },
    lineOf: new Map(),
    seenBad: new Set(),
    held: [],
    now: undefined,
  }
  return run
}

/** The same desk, keeping what every commit opened or resolved. */
const recording = (desk: Desk, alerts: ReplayAlert[]): Desk => {
  const keep = (account: AccountId, transitions: readonly Transition[]): void => {
    for (const transition of transitions) {
      if (transition.step === 'firing' || transition.step === 'resolved') alerts.push({ account, transition })
    }
  }
  return {
    ...desk,
    submit: async (account, work) => {
      const receipt = await desk.submit(account, work)
      keep(account, receipt.transitions)
      return receipt
    },
    evaluate: async (account) => {
      const receipt = await desk.evaluate(account)
      keep(account, receipt.transitions)
      return receipt
    },
  }
}

const takeLine = async (run: Run, text: string, line: number): Promise<void> => {
  run.counts.lines += 1
  const entry = entryOf(text)
  if (entry.movesTo !== undefined) await moveTo(run, entry.movesTo)
  if (entry.kind === 'now') return
  const held = { line, arrivalAt: entry.arrivalAt }
  if (run.now !== undefined) return take(run, held)
  run.held.push(held)
  if (run.held.length >= HELD_MAX) await moveTo(run, 0)
}

/** Evaluates on the way to `to`, at the same five-minute marks the scheduler would; an earlier time changes nothing. */
const moveTo = async (run: Run, to: Instant): Promise<void> => {
  if (run.now === undefined) {
    run.now = to
    await evaluate(run)
    await takeHeld(run)
  }
  const from = run.now
  if (to <= from) return
  const stride = EVALUATE_EVERY_MS * Math.ceil((to - from) / (EVALUATE_EVERY_MS * MARKS_MAX))
  const firstMark = (Math.floor(from / EVALUATE_EVERY_MS) + 1) * EVALUATE_EVERY_MS
  for (let mark = firstMark; mark <= to; mark += stride) {
    run.now = mark
    await evaluate(run)
  }
  run.now = to
}

const evaluate = async (run: Run): Promise<void> => {
  for (const { id } of run.deps.accounts) await run.desk.evaluate(id)
}

const takeHeld = async (run: Run): Promise<void> => {
  for (const held of run.held.splice(0)) await take(run, held)
}

const take = async (run: Run, { line, arrivalAt }: Held): Promise<void> => {
  const arrival = arrivalAt(run.now ?? 0)
  const result = await ingest(run.deps, run.desk, arrival)
  if (result.kind === 'ignored') return
  const isNew =
    result.kind === 'facts' ? takeFacts(run, result.facts, line) : takeBad(run, arrival.id, result.reason, line)
  if (!isNew) run.counts.duplicates += 1
}

const takeFacts = (run: Run, facts: readonly Fact[], line: number): boolean => {
  const news = facts.filter((fact) => !run.lineOf.has(identity(fact)))
  for (const fact of news) run.lineOf.set(identity(fact), line)
  run.counts.facts += news.length
  return news.length > 0
}

const takeBad = (run: Run, id: string, reason: string, line: number): boolean => {
  if (run.seenBad.has(id)) return false
  run.seenBad.add(id)
  run.quarantined.push({ line, reason })
  return true
}

const identity = ({ account, key, hash }: Fact): string => `${account} ${key} ${hash}`

/** What the fold sets aside counts as quarantined too, at the line that told it. */
const resultOf = async (run: Run): Promise<Replayed> => {
  const views = new Map<AccountId, AccountView>()
  const quarantined = [...run.quarantined]
  for (const { id } of run.deps.accounts) {
    const view = await run.desk.view(id)
    views.set(id, view)
    for (const { fact, reason } of view.standing.setAside)
      quarantined.push({ line: run.lineOf.get(identity(fact)) ?? 0, reason })
  }
  quarantined.sort((a, b) => a.line - b.line)
  return { views, alerts: run.alerts, quarantined, counts: run.counts }
}
