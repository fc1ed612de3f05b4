/** The set of facts as one ordered list of ledger events; the same set gives the same list. */

import type { BalanceReading, Fact, Grant, Plan, Reading, Refund, Void } from '../domain/facts.ts'
import type { Nanos } from '../domain/money.ts'
import type { Instant } from '../domain/time.ts'
import { expiryOf, type Lot, openLot } from './lots.ts'

/** At one instant: late spend of an older period, then grants, refunds, ends, spend, balance readings. */
export const STEP = { late: 0, start: 1, refund: 2, end: 3, spend: 4, seen: 5 } as const

type Sorted = { readonly at: Instant; readonly step: number; readonly tie: string }

export type LedgerEvent = Sorted &
  (
    | { readonly kind: 'start'; readonly lot: Lot }
    | { readonly kind: 'refund'; readonly fact: FactOf<Refund> }
    | { readonly kind: 'void'; readonly fact: FactOf<Void> }
    | { readonly kind: 'expire'; readonly lot: Lot }
    | {
        readonly kind: 'spend'
        readonly delta: Nanos
        readonly from: Instant
        readonly heardAt: Instant
        readonly periodStart: Instant
      }
    | { readonly kind: 'seen'; readonly fact: FactOf<BalanceReading> }
  )

/** A fact whose body is known to be of one kind. */
export type FactOf<Body extends Fact['body']> = Fact & { readonly body: Body }

/** Plans in force by date, oldest first; the configured plan holds before the first. */
export type PlanHistory = {
  readonly configured: Plan
  readonly changes: readonly { readonly at: Instant; readonly plan: Plan }[]
}

export const planAt = (history: PlanHistory, at: Instant): Plan => {
  let plan = history.configured
  for (const change of history.changes) if (change.at <= at) plan = change.plan
  return plan
}

/** When the plan in force at `at` began; `undefined` where it is the configured one. */
export const planSince = (history: PlanHistory, at: Instant): Instant | undefined =>
  history.changes.findLast((change) => change.at <= at)?.at

export const compareEvents = (a: Sorted, b: Sorted): number =>
  a.at - b.at || a.step - b.step || (a.tie < b.tie ? -1 : a.tie > b.tie ? 1 : 0)

/** By source time, to the nanosecond; ties by hash. */
export const compareSource = (a: Fact, b: Fact): number =>
  a.provenance.source.ms - b.provenance.source.ms ||
  a.provenance.source.subNanos - b.provenance.source.subNanos ||
  (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0)

/** The readings of a budget that stand, in source order: one per instant (the greater hash), timed before untimed. */
export const standingReadings = (readings: readonly FactOf<Reading>[]): readonly FactOf<Reading>[] => {
  const firstTimed = new Map<Instant, Instant>()
  for (const { body, provenance } of readings) {
    if (!provenance.timed) continue
    const known = firstTimed.get(body.periodStart)
    if (known === undefined || provenance.source.ms < known) firstTimed.set(body.periodStart, provenance.source.ms)
  }
  const believed = readings.filter(({ body, provenance }) => {
    const timedFrom = firstTimed.get(body.periodStart)
    return provenance.timed || timedFrom === undefined || provenance.source.ms < timedFrom
  })
  return believed.sort(compareSource).filter((fact, index, all) => !sameInstant(fact, all[index + 1]))
}

const sameInstant = (a: FactOf<Reading>, b: FactOf<Reading> | undefined): boolean =>
  b !== undefined &&
  a.body.periodStart === b.body.periodStart &&
  a.provenance.source.ms === b.provenance.source.ms &&
  a.provenance.source.subNanos === b.provenance.source.subNanos

const pad = (value: number): string => String(value).padStart(7, '0')

/** What one budget has told so far; carried on so that a later reading only adds its own event. */
export type BudgetTrail = {
  readonly costs: Map<Instant, Nanos>
  readonly periods: Instant[]
  /** Source time of the latest reading of each period. */
  readonly heard: Map<Instant, Instant>
}

export const openTrail = (): BudgetTrail => ({ costs: new Map(), periods: [], heard: new Map() })

/** The next reading in source order as spend: the difference to the one before, at its own time or before the newer period. */
export const spendEvent = (trail: BudgetTrail, fact: FactOf<Reading>): LedgerEvent | undefined => {
  const { periodStart, cost: reported, budgetId } = fact.body
  const cost = reported < 0n ? 0n : reported
  const before = trail.costs.get(periodStart)
  const newer = trail.periods.find((period) => period > periodStart)
  const heardBefore = trail.heard.get(periodStart)
  trail.costs.set(periodStart, cost)
  trail.heard.set(periodStart, fact.provenance.source.ms)
  if (before === undefined) {
    trail.periods.push(periodStart)
    trail.periods.sort((a, b) => a - b)
  }
  const delta = cost - (before ?? 0n)
  if (delta === 0n) return undefined
  const at = newer ?? fact.provenance.source.ms
  const from = before === undefined && newer === undefined ? Math.min(periodStart, at) : at
  const tie = `${budgetId} ${String(fact.provenance.source.ms).padStart(16, '0')}${pad(fact.provenance.source.subNanos)}`
  return {
    at,
    step: newer === undefined ? STEP.spend : STEP.late,
    tie,
    kind: 'spend',
    delta,
    from,
    heardAt: Math.min(heardBefore ?? from, at),
    periodStart,
  }
}

/** Starts and expiries of a grant. */
export const grantEvents = (grant: FactOf<Grant>, plans: PlanHistory): readonly LedgerEvent[] => {
  const { body } = grant
  const lot = openLot(body, expiryOf(body, planAt(plans, body.effectiveAt)))
  const tie = body.grantId
  const start: LedgerEvent = { at: body.effectiveAt, step: STEP.start, tie, kind: 'start', lot }
  if (lot.expiresAt === undefined) return [start]
  return [start, { at: lot.expiresAt, step: STEP.end, tie: `expire ${tie}`, kind: 'expire', lot }]
}

/** Refunds, voids and balance readings, each at its own time. */
export const operatorEvent = (fact: FactOf<Refund> | FactOf<Void> | FactOf<BalanceReading>): LedgerEvent => {
  const tie = fact.key
  const at = fact.body.at
  switch (fact.body.kind) {
    case 'refund':
      return { at, step: STEP.refund, tie, kind: 'refund', fact: fact as FactOf<Refund> }
    case 'void':
      return { at, step: STEP.end, tie: `void ${tie}`, kind: 'void', fact: fact as FactOf<Void> }
    case 'balance-reading':
      return { at, step: STEP.seen, tie, kind: 'seen', fact: fact as FactOf<BalanceReading> }
  }
}
