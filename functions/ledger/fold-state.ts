/** What the fold carries from event to event, and the sums read off it. */

import type { ReasonCode } from '../domain/errors.ts'
import type { Fact, Plan } from '../domain/facts.ts'
import type { Nanos } from '../domain/money.ts'
import { DAY_MS, type Instant } from '../domain/time.ts'
import { compareBurnOrder, isApart, type Lot } from './lots.ts'
import type { PlanHistory } from './timeline.ts'

/** Spend an operator's balance reading showed before it was billed. */
export type Early = { amount: Nanos; readonly until: Instant }

/** One piece of drawdown, newest last: who paid it. `early` marks what a balance reading drew. */
export type Draw = { payer: Lot | 'overage' | 'deficit'; amount: Nanos; readonly early?: Early }

/** Spend over a span, for burn rates; a correction is negative. */
export type Segment = {
  readonly from: Instant
  readonly to: Instant
  readonly amount: Nanos
  /** When the feed was heard before: the spend lies somewhere between then and `to`. */
  readonly heardAt: Instant
}

/** What had been billed until the last change of a UTC day, over all drawdown budgets: in all, and of the running period. */
export type Close = {
  readonly at: Instant
  readonly billed: Nanos
  readonly periodStart: Instant
  readonly ofPeriod: Nanos
}

/** When an operator saw the balance, and what had been billed by then: it has seen all spend before it. */
export type Anchor = {
  readonly at: Instant
  /** The judged balance just before, less what was seen: above 0 the ledger was too high. */
  readonly over: Nanos
  readonly billed: ReadonlyMap<Instant, Nanos>
  /** What has been billed since of spend it had already seen, by period. */
  readonly early: Map<Instant, Nanos>
}

/** Older ones say nothing of how the ledger errs now. */
const ANCHORS_MAX = 4

/** Remembers a balance reading as the latest. */
export const anchorAt = (state: FoldState, at: Instant, over: Nanos): void => {
  state.anchors.push({ at, over, billed: new Map(state.billedByPeriod), early: new Map() })
  if (state.anchors.length > ANCHORS_MAX) state.anchors.shift()
}

/** Where a period's closes begin, and since when the feed had been heard before it first moved. */
export type Origin = { readonly heardAt: Instant; readonly first: number }

export type FoldState = {
  readonly plans: PlanHistory
  /** Started or ended lots and those to come, by grant id. */
  readonly lots: Map<string, Lot>
  /** Lots that spend may reach and that have something left, in burn order. */
  active: Lot[]
  readonly draws: Draw[]
  overage: Nanos
  deficit: Nanos
  /** Everything ever drawn, whoever paid. */
  drawn: Nanos
  billed: Nanos
  readonly billedByPeriod: Map<Instant, Nanos>
  /** The latest balance readings, newest last. */
  readonly anchors: Anchor[]
  /** Corrections beyond everything ever drawn; the next spend pays it off. Only out-of-order months make one. */
  carry: Nanos
  early: Early[]
  funded: boolean
  base: Nanos
  latestGrantAt: Instant | undefined
  grantsStarted: number
  overageAtGrant: Nanos
  /** Judged balance and base just before the latest grant took effect. */
  beforeGrant: { readonly balance: Nanos; readonly base: Nanos } | undefined
  corrections: Nanos
  /** Prepayments that took effect, oldest first, and their sum so far. */
  readonly payments: { readonly at: Instant; readonly total: Nanos }[]
  readonly segments: Segment[]
  readonly closes: Close[]
  /** By period start, in the order in which the periods were first billed. */
  readonly origins: Map<Instant, Origin>
  readonly history: { readonly at: Instant; readonly balance: Nanos }[]
  readonly setAside: { readonly fact: Fact; readonly reason: ReasonCode }[]
}

export const openFold = (plans: PlanHistory, lots: readonly Lot[]): FoldState => ({
  plans,
  lots: new Map(lots.map((lot) => [lot.grant.grantId, lot])),
  active: [],
  draws: [],
  overage: 0n,
  deficit: 0n,
  drawn: 0n,
  billed: 0n,
  billedByPeriod: new Map(),
  anchors: [],
  carry: 0n,
  early: [],
  funded: false,
  base: 0n,
  latestGrantAt: undefined,
  grantsStarted: 0,
  overageAtGrant: 0n,
  beforeGrant: undefined,
  corrections: 0n,
  payments: [],
  segments: [],
  closes: [],
  origins: new Map(),
  history: [],
  setAside: [],
})

/** What remains of the active grants the plan judges by, less what the next purchase owes. */
export const judgedBalance = (state: FoldState, plan: Plan): Nanos =>
  state.active.reduce((sum, lot) => (isApart(lot, plan) ? sum : sum + lot.remaining), -state.deficit)

/** What remains of credit that is kept apart from the judged balance. */
export const balanceApart = (state: FoldState, plan: Plan): Nanos =>
  state.active.reduce((sum, lot) => (isApart(lot, plan) ? sum + lot.remaining : sum), 0n)

/** Puts a lot that has something left where spend will find it. */
export const enter = (state: FoldState, lot: Lot): void => {
  const index = state.active.findIndex((other) => compareBurnOrder(lot, other) < 0)
  state.active.splice(index < 0 ? state.active.length : index, 0, lot)
}

/** Takes away the lots that have nothing left, or have ended. */
export const leave = (state: FoldState): void => {
  if (state.active.some(isSpent)) state.active = state.active.filter((lot) => !isSpent(lot))
}

const isSpent = (lot: Lot): boolean => lot.remaining === 0n || lot.ended !== undefined

type Billed = { readonly at: Instant; readonly periodStart: Instant; readonly heardAt: Instant }

/** Remembers what is billed now as the latest of its day and period; late spend of an older period is left out. */
export const closeDay = (state: FoldState, { at, periodStart, heardAt }: Billed): void => {
  const last = state.closes.at(-1)
  if (!state.origins.has(periodStart)) state.origins.set(periodStart, { heardAt, first: state.closes.length })
  else if (last?.periodStart === periodStart && Math.floor(last.at / DAY_MS) === Math.floor(at / DAY_MS))
    state.closes.pop()
  state.closes.push({ at, billed: state.billed, periodStart, ofPeriod: state.billedByPeriod.get(periodStart) ?? 0n })
}
