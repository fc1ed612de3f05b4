/** Feeds recorded messages through the real pipeline under a virtual clock; nothing is sent. */

import type { Transition } from '../domain/alerts.ts'
import { isObject, type JsonObject, parseJson } from '../domain/json.ts'
import type { AccountId } from '../domain/keys.ts'
import { type Instant, MINUTE_MS, parseInstant } from '../domain/time.ts'
import { arrivalOf } from '../sources/arrival.ts'
import type { RawMessage } from '../sources/source.ts'
import type { Deps } from './deps.ts'
import { type AccountView, openDesk } from './desk.ts'
import { type Arrival, ingest } from './ingest.ts'

/** As the schedule target is triggered. */
const EVALUATE_EVERY_MS = 5 * MINUTE_MS

export type ReplayAlert = { readonly account: AccountId; readonly transition: Transition }
export type Replayed = {
  readonly views: ReadonlyMap<AccountId, AccountView>
  readonly alerts: readonly ReplayAlert[]
  readonly quarantined: readonly { readonly line: number; readonly reason: string }[]
  readonly counts: { readonly lines: number; readonly facts: number; readonly duplicates: number }
}

/** Everything but the clock, which the recording itself provides. */
export type ReplayDeps = Omit<Deps, 'clock'>

/** Lines in order of arrival; the clock is the latest publish time or `now` so far and never goes back. */
export const replay = async (base: ReplayDeps, lines: AsyncIterable<string> | Iterable<string>): Promise<Replayed> => {
  let now: Instant | undefined
  let nextEvaluation = 0
  const alerts: ReplayAlert[] = []
  const quarantined: { line: number; reason: string }[] = []
  const lineOf = new Map<string, number>()
  const seenBad = new Set<string>()
  const counts = { lines: 0, facts: 0, duplicates: 0 }
  const deps: Deps = { ...base, clock: () => now ?? 0 }
  const desk = openDesk(deps)
  const record = (account: AccountId, transitions: readonly Transition[]): void => {
    for (const transition of transitions) if (transition.step !== 'repeat') alerts.push({ account, transition })
  }
  const evaluate = async (): Promise<void> => {
    for (const { id } of deps.accounts) record(id, (await desk.evaluate(id)).transitions)
  }
  /** Evaluates on the way to `to`, at the same five-minute marks the scheduler would. */
  const moveTo = async (to: Instant): Promise<void> => {
    if (now === undefined) {
      now = to
      nextEvaluation = (Math.floor(to / EVALUATE_EVERY_MS) + 1) * EVALUATE_EVERY_MS
      await evaluate()
    }
    for (; nextEvaluation <= to; nextEvaluation += EVALUATE_EVERY_MS) {
      now = nextEvaluation
      await evaluate()
    }
    now = Math.max(now, to)
  }
  const take = async (arrival: Arrival, line: number): Promise<void> => {
    const result = await ingest(deps, desk, arrival)
    if (result.kind === 'ignored') return
    if (result.kind === 'quarantined') {
      if (seenBad.has(arrival.id)) counts.duplicates += 1
      else quarantined.push({ line, reason: result.reason })
      seenBad.add(arrival.id)
    } else {
      const isNew = result.facts.some((fact) => !lineOf.has(`${result.account} ${fact.key} ${fact.hash}`))
      if (!isNew) counts.duplicates += 1
      for (const fact of result.facts) {
        const id = `${result.account} ${fact.key} ${fact.hash}`
        if (lineOf.has(id)) continue
        lineOf.set(id, line)
        counts.facts += 1
      }
      record(result.account, result.receipt.transitions)
      return
    }
    record('unassigned' as AccountId, result.receipt.transitions)
  }

  for await (const text of lines) {
    counts.lines += 1
    if (text.trim() === '') {
      counts.lines -= 1
      continue
    }
    const entry = entryOf(text)
    if (entry.kind === 'now') {
      await moveTo(entry.at)
      continue
    }
    const publishedAt = entry.publishedAt
    if (publishedAt !== undefined && (now === undefined || publishedAt > now)) await moveTo(publishedAt)
    await take(entry.arrivalAt(now ?? 0), counts.lines)
  }

  const views = new Map<AccountId, AccountView>()
  for (const { id } of deps.accounts) {
    const view = await desk.view(id)
    views.set(id, view)
    for (const { fact, reason } of view.standing.setAside)
      quarantined.push({ line: lineOf.get(`${id} ${fact.key} ${fact.hash}`) ?? 0, reason })
  }
  quarantined.sort((a, b) => a.line - b.line)
  return { views, alerts, quarantined, counts }
}

type Entry =
  | { readonly kind: 'now'; readonly at: Instant }
  | {
      readonly kind: 'message'
      readonly publishedAt: Instant | undefined
      readonly arrivalAt: (now: Instant) => Arrival
    }

const TOPICS: readonly RawMessage['topic'][] = ['billing-notifications', 'gemini-usage']

const entryOf = (text: string): Entry => {
  const parsed = parseJson(text)
  const value = parsed.ok && isObject(parsed.value) ? parsed.value : undefined
  const now = typeof value?.['now'] === 'string' ? parseInstant(value['now']) : undefined
  if (now !== undefined) return { kind: 'now', at: now }
  const topic = TOPICS.find((name) => name === value?.['topic'])
  const message = isObject(value?.['message']) ? value['message'] : undefined
  return {
    kind: 'message',
    publishedAt: publishedAt(message),
    arrivalAt: (at) => arrivalOf({ topic, message, text }, at),
  }
}

const publishedAt = (message: JsonObject | undefined): Instant | undefined => {
  const text = message?.['publishTime'] ?? message?.['publish_time']
  return typeof text === 'string' ? parseInstant(text) : undefined
}
