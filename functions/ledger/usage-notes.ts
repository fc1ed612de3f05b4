/** What the calls of a stretch of time show beside their cost: when they were last served, failed or had no price. */

import type { Usage } from '../domain/facts.ts'
import { HOUR_MS, type Instant, MINUTE_MS } from '../domain/time.ts'
import { addSighting, type Sightings, sightingOf } from './tier-sightings.ts'
import type { UsageFact } from './usage-row.ts'

/** Failed requests are known by the hour for this long up to the latest. */
const CAUSE_HOURS = 7 * 24

/** Failures of one project for one cause: the latest call, and failed requests by hour. */
export type CauseNote = { latest: UsageFact; readonly hours: Map<number, number> }

export type UsageNotes = {
  /** The minute of the first call. */
  firstAt: Instant | undefined
  lastAt: Instant | undefined
  /** The latest call that could have cost something: errors show no spend. */
  spendAt: Instant | undefined
  paidCallAt: Instant | undefined
  depletion: UsageFact | undefined
  /** Models without a price and when they were last used. */
  readonly unpriced: Map<string, Instant>
  /** By cause and project; `other` has none. */
  readonly causes: Map<string, CauseNote>
  /** The latest call of each project that was served and cost something. */
  readonly paidBy: Map<string, Instant>
  /** Tiers that errors named. */
  readonly tiers: Sightings
}

export const openNotes = (): UsageNotes => ({
  firstAt: undefined,
  lastAt: undefined,
  spendAt: undefined,
  paidCallAt: undefined,
  depletion: undefined,
  unpriced: new Map(),
  causes: new Map(),
  paidBy: new Map(),
  tiers: new Map(),
})

/** A call cannot have happened after it was told: a caller's clock that runs ahead must not hide what comes next. */
export const calledAt = ({ body, provenance }: UsageFact): Instant => Math.min(body.at, provenance.source.ms)

/** Notes one standing fact. */
export const note = (notes: UsageNotes, fact: UsageFact): void => {
  const { body } = fact
  const at = calledAt(fact)
  notes.firstAt = least(notes.firstAt, Math.floor(at / MINUTE_MS) * MINUTE_MS)
  notes.lastAt = latest(notes.lastAt, at)
  if (body.error?.cause === 'depleted') notes.depletion = laterOf(notes.depletion, fact)
  if (body.error) {
    noteCause(notes, fact)
    const sighting = sightingOf(body, at)
    if (sighting) addSighting(notes.tiers, sighting)
    return
  }
  notes.spendAt = latest(notes.spendAt, at)
  if (body.costUsd === undefined) notes.unpriced.set(body.model, Math.max(notes.unpriced.get(body.model) ?? 0, at))
  if (body.costUsd === 0n) return
  notes.paidCallAt = latest(notes.paidCallAt, at)
  notes.paidBy.set(body.projectId, Math.max(notes.paidBy.get(body.projectId) ?? 0, at))
}

const noteCause = (notes: UsageNotes, fact: UsageFact): void => {
  const { body } = fact
  const hour = Math.floor(calledAt(fact) / HOUR_MS)
  if (body.error?.cause !== 'other') addCause(notes, { latest: fact, hours: new Map([[hour, body.requests]]) })
}

/** Adds a note to the one of the same cause and project; hours too old to count are forgotten, in whatever order they come. */
export const addCause = ({ causes }: UsageNotes, added: CauseNote): void => {
  const { projectId, error } = added.latest.body
  const name = JSON.stringify([error?.cause, projectId])
  const known = causes.get(name)
  const latest = laterOf(known?.latest, added.latest)
  const from = Math.floor(calledAt(latest) / HOUR_MS) - CAUSE_HOURS
  const hours = new Map<number, number>()
  for (const [hour, count] of [...(known?.hours ?? []), ...added.hours])
    if (hour > from) hours.set(hour, (hours.get(hour) ?? 0) + count)
  causes.set(name, { latest, hours })
}

/** Adds what another stretch of time shows. */
export const join = (notes: UsageNotes, other: UsageNotes): void => {
  notes.firstAt = least(notes.firstAt, other.firstAt)
  notes.lastAt = latest(notes.lastAt, other.lastAt)
  notes.spendAt = latest(notes.spendAt, other.spendAt)
  notes.paidCallAt = latest(notes.paidCallAt, other.paidCallAt)
  if (other.depletion) notes.depletion = laterOf(notes.depletion, other.depletion)
  for (const [model, at] of other.unpriced) notes.unpriced.set(model, Math.max(notes.unpriced.get(model) ?? 0, at))
  for (const cause of other.causes.values()) addCause(notes, cause)
  for (const sighting of other.tiers.values()) addSighting(notes.tiers, sighting)
  for (const [project, at] of other.paidBy) notes.paidBy.set(project, Math.max(notes.paidBy.get(project) ?? 0, at))
}

/** The depleted call as the evidence sees it: at the time it can have happened. */
export const depletionOf = ({ depletion }: UsageNotes): Usage | undefined =>
  depletion && { ...depletion.body, at: calledAt(depletion) }

const latest = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b)
const least = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b)

/** By the call's own time; ties by key, so that any order of arrival remembers the same one. */
const laterOf = (a: UsageFact | undefined, b: UsageFact): UsageFact => {
  if (!a) return b
  const difference = calledAt(b) - calledAt(a)
  return difference > 0 || (difference === 0 && b.key > a.key) ? b : a
}
