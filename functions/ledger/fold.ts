/** Applies ledger events in order: what every instant did to the grants, the overage and the deficit. */

import type { ReasonCode } from '../domain/errors.ts'
import { assert } from '../domain/errors.ts'
import type { BalanceReading, Fact, Plan } from '../domain/facts.ts'
import { maxNanos, minNanos, type Nanos } from '../domain/money.ts'
import { HOUR_MS, type Instant } from '../domain/time.ts'
import { PLAN_TERMS } from '../policy/plans.ts'
import { compareBurnOrder, drawFrom, endLot, giveBack, isApart, type Lot, openLot } from './lots.ts'
import { type LedgerEvent, type PlanHistory, planAt } from './timeline.ts'

/** Billed drawdown of this long after a lower balance reading is the spend the operator saw early. */
const EARLY_MS = 48 * HOUR_MS

/** Spend an operator's balance reading showed before it was billed. */
type Early = { amount: Nanos; readonly until: Instant }

/** One piece of drawdown, newest last: who paid it. `early` marks what a balance reading drew. */
type Draw = { payer: Lot | 'overage' | 'deficit'; amount: Nanos; readonly early?: Early }

/** Spend over a span, for burn rates; a correction is negative. */
export type Segment = { readonly from: Instant; readonly to: Instant; readonly amount: Nanos }

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

/** Applies one event; events must come in the order of `compareEvents`. */
export const applyEvent = (state: FoldState, event: LedgerEvent): void => {
  const plan = planAt(state.plans, event.step === 0 ? event.at - 1 : event.at)
  switch (event.kind) {
    case 'start':
      start(state, event.lot, event.at, plan)
      break
    case 'expire':
      end(state, event.lot, 'expired')
      break
    case 'void':
      voidGrant(state, event.fact)
      break
    case 'refund':
      refund(state, event.fact)
      break
    case 'spend':
      state.billed += event.delta
      if (event.delta > 0n) spend(state, event, plan)
      else correct(state, -event.delta, event.at)
      break
    case 'seen':
      seen(state, event.fact.body, plan)
      break
  }
  state.history.push({ at: event.at, balance: judgedBalance(state, plan) })
}

const start = (state: FoldState, lot: Lot, at: Instant, plan: Plan): void => {
  const before = { balance: judgedBalance(state, plan), base: state.base }
  lot.started = true
  if (lot.ended) return
  lot.remaining = lot.grant.amount
  state.active = [...state.active, lot].sort(compareBurnOrder)
  state.funded = true
  if (isApart(lot, plan)) return
  repay(state, lot)
  if (state.latestGrantAt !== at) state.beforeGrant = before
  state.latestGrantAt = at
  state.grantsStarted += 1
  state.overageAtGrant = state.overage
  state.base = judgedBalance(state, plan)
}

/** A purchase first pays what was owed; the drawdown keeps its place in time and only changes its payer. */
const repay = (state: FoldState, lot: Lot): void => {
  for (let index = 0; index < state.draws.length && state.deficit > 0n && lot.remaining > 0n; index += 1) {
    const draw = state.draws[index]
    if (draw?.payer !== 'deficit') continue
    const paid = drawFrom(lot, draw.amount)
    state.deficit -= paid
    const rest = draw.amount - paid
    const repaid: Draw = { ...draw, payer: lot, amount: paid }
    if (rest === 0n) state.draws[index] = repaid
    else state.draws.splice(index, 1, repaid, { ...draw, amount: rest })
  }
}

const end = (state: FoldState, lot: Lot, how: 'expired' | 'voided'): void => {
  if (lot.ended) return
  if (!lot.started && how === 'voided') lot.remaining = lot.grant.amount
  endLot(lot, how)
  state.active = state.active.filter((other) => other !== lot)
}

const voidGrant = (state: FoldState, fact: Extract<LedgerEvent, { kind: 'void' }>['fact']): void => {
  const lot = state.lots.get(fact.body.grantId)
  if (lot) end(state, lot, 'voided')
  else state.setAside.push({ fact, reason: 'UNKNOWN_GRANT' })
}

const refund = (state: FoldState, fact: Extract<LedgerEvent, { kind: 'refund' }>['fact']): void => {
  const lot = state.lots.get(fact.body.grantId)
  if (!lot) state.setAside.push({ fact, reason: 'UNKNOWN_GRANT' })
  else if (fact.body.amount > lot.remaining) state.setAside.push({ fact, reason: 'REFUND' })
  else {
    lot.remaining -= fact.body.amount
    lot.refunded += fact.body.amount
  }
}

const spend = (
  state: FoldState,
  event: { readonly at: Instant; readonly from: Instant; readonly delta: Nanos },
  plan: Plan,
): void => {
  const seenEarly = takeEarly(state, event.delta, event.at)
  const fresh = event.delta - seenEarly
  if (fresh === 0n) return
  state.segments.push({ from: event.from, to: event.at, amount: fresh })
  const carried = minNanos(fresh, state.carry)
  state.carry -= carried
  draw(state, fresh - carried, plan)
}

/** Billed spend that a balance reading of the last 48 hours already drew. */
const takeEarly = (state: FoldState, amount: Nanos, at: Instant): Nanos => {
  state.early = state.early.filter((early) => early.until >= at && early.amount > 0n)
  let rest = amount
  for (const early of state.early) {
    const taken = minNanos(rest, early.amount)
    early.amount -= taken
    rest -= taken
  }
  return amount - rest
}

/** What of `amount` a balance reading already drew, without consuming it. */
export const earlyAt = (state: FoldState, at: Instant): Nanos =>
  state.early.reduce((sum, early) => (early.until >= at ? sum + early.amount : sum), 0n)

const prepaidRemaining = (state: FoldState, plan: Plan): Nanos =>
  state.active.reduce((sum, lot) => (isApart(lot, plan) ? sum : sum + lot.remaining), 0n)

const draw = (state: FoldState, amount: Nanos, plan: Plan, early?: Early): void => {
  const mark = early ? { early } : {}
  let rest = amount
  const push = (payer: Draw['payer'], part: Nanos): void => {
    if (part > 0n) state.draws.push({ payer, amount: part, ...mark })
    rest -= part
  }
  if (!early && prepaidRemaining(state, plan) > 0n) {
    for (const lot of state.active) if (isApart(lot, plan)) push(lot, drawFrom(lot, rest))
  }
  for (const lot of state.active) if (!isApart(lot, plan)) push(lot, drawFrom(lot, rest))
  const below = PLAN_TERMS[plan].belowZero
  state[below] += rest
  push(below, rest)
}

/** Undoes the newest drawdown first; within one drawdown the overage before the grants. */
const correct = (state: FoldState, amount: Nanos, at: Instant): void => {
  state.corrections += amount
  state.segments.push({ from: at, to: at, amount: -amount })
  let rest = amount
  while (rest > 0n) {
    const newest = state.draws.at(-1)
    if (!newest) break
    rest -= undo(state, newest, rest)
    if (newest.amount === 0n) state.draws.pop()
  }
  state.carry += rest
}

const undo = (state: FoldState, draw: Draw, amount: Nanos): Nanos => {
  const part = minNanos(draw.amount, amount)
  draw.amount -= part
  if (draw.early) draw.early.amount = maxNanos(0n, draw.early.amount - part)
  if (draw.payer === 'overage' || draw.payer === 'deficit') state[draw.payer] -= part
  else giveBack(draw.payer, part)
  return part
}

const seen = (state: FoldState, body: BalanceReading, plan: Plan): void => {
  const difference = body.balance - judgedBalance(state, plan)
  if (difference < 0n) seenLower(state, -difference, body.at, plan)
  else if (difference > 0n) seenHigher(state, difference, body, plan)
  if (state.latestGrantAt === undefined && !state.funded) state.base = body.balance
  state.funded = true
  assert(
    judgedBalance(state, plan) === body.balance || PLAN_TERMS[plan].belowZero === 'overage',
    'the ledger stands at the balance that was seen',
  )
}

const seenLower = (state: FoldState, amount: Nanos, at: Instant, plan: Plan): void => {
  const early: Early = { amount, until: at + EARLY_MS }
  state.early.push(early)
  state.segments.push({ from: at, to: at, amount })
  draw(state, amount, plan, early)
}

/** First the newest drawdown is undone as far as it lifts the balance; the rest is credit nobody told us of. */
const seenHigher = (state: FoldState, difference: Nanos, body: BalanceReading, plan: Plan): void => {
  let rest = difference
  for (let index = state.draws.length - 1; index >= 0 && rest > 0n; index -= 1) {
    const newest = state.draws[index]
    if (!newest || !lifts(newest.payer, plan)) continue
    const part = undo(state, newest, newest.payer === 'overage' ? newest.amount : rest)
    if (newest.payer !== 'overage') rest -= part
    state.corrections += part
  }
  for (let index = state.draws.length - 1; index >= 0; index -= 1)
    if (state.draws[index]?.amount === 0n) state.draws.splice(index, 1)
  if (rest > 0n) adjust(state, rest, body)
}

/** Undoing overage lifts nothing by itself, but nobody overspends with a balance above what we thought. */
const lifts = (payer: Draw['payer'], plan: Plan): boolean =>
  typeof payer === 'string' || (!payer.ended && !isApart(payer, plan))

const adjust = (state: FoldState, amount: Nanos, body: BalanceReading): void => {
  const grantId = `adjustment-${body.at}`
  const lot = openLot(
    {
      kind: 'grant',
      grantId,
      grantKind: 'adjustment',
      amount,
      currencyCode: body.currencyCode,
      effectiveAt: body.at,
      priority: 100,
    },
    undefined,
  )
  lot.started = true
  lot.remaining = amount
  state.lots.set(grantId, lot)
  state.active = [...state.active, lot].sort(compareBurnOrder)
}
