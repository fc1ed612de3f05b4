/** What the fold carries from event to event, and the sums read off it. */

import type { ReasonCode } from '../domain/errors.ts'
import type { Fact, Plan } from '../domain/facts.ts'
import type { Nanos } from '../domain/money.ts'
import type { Instant } from '../domain/time.ts'
import { isApart, type Lot } from './lots.ts'
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

export type FoldState = {
  readonly plans: PlanHistory
  /** Started or ended lots and those to come, by grant id. */
  readonly lots: Map<string, Lot>
  /** Lots that spend may reach, in burn order. */
  active: Lot[]
  readonly draws: Draw[]
  overage: Nanos
  deficit: Nanos
  billed: Nanos
  readonly billedByPeriod: Map<Instant, Nanos>
  /** The latest balance reading, and what was billed by then. */
  anchor: { readonly at: Instant; readonly billed: ReadonlyMap<Instant, Nanos> } | undefined
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
  readonly segments: Segment[]
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
  billed: 0n,
  billedByPeriod: new Map(),
  anchor: undefined,
  carry: 0n,
  early: [],
  funded: false,
  base: 0n,
  latestGrantAt: undefined,
  grantsStarted: 0,
  overageAtGrant: 0n,
  beforeGrant: undefined,
  corrections: 0n,
  segments: [],
  history: [],
  setAside: [],
})

/** What remains of the active grants the plan judges by, less what the next purchase owes. */
export const judgedBalance = (state: FoldState, plan: Plan): Nanos =>
  state.active.reduce((sum, lot) => (isApart(lot, plan) ? sum : sum + lot.remaining), -state.deficit)

/** What remains of credit that is kept apart from the judged balance. */
export const balanceApart = (state: FoldState, plan: Plan): Nanos =>
  state.active.reduce((sum, lot) => (isApart(lot, plan) ? sum + lot.remaining : sum), 0n)

/** Everything ever drawn, whoever paid. */
export const drawnTotal = (state: FoldState): Nanos => {
  let sum = state.overage + state.deficit
  for (const lot of state.lots.values()) sum += lot.drawn
  return sum
}
