/** Drawdown and its undoing: who pays, in burn order, and who is paid back, newest first. */

import type { Plan } from '../domain/facts.ts'
import { maxNanos, minNanos, type Nanos } from '../domain/money.ts'
import type { Instant } from '../domain/time.ts'
import { PLAN_TERMS } from '../policy/plans.ts'
import { type Draw, type Early, enter, type FoldState, leave } from './fold-state.ts'
import { drawFrom, giveBack, isApart, type Lot } from './lots.ts'

/** Draws spend: promotional credit only beside prepaid credit, then grants in burn order, then overage or deficit. */
export const draw = (state: FoldState, amount: Nanos, plan: Plan, early?: Early): void => {
  const mark = early ? { early } : {}
  let rest = amount
  let isOneSpent = false
  const push = (payer: Draw['payer'], part: Nanos): void => {
    if (part > 0n) state.draws.push({ payer, amount: part, ...mark })
    rest -= part
    isOneSpent ||= typeof payer !== 'string' && payer.remaining === 0n
  }
  const drawAll = (apart: boolean): void => {
    for (const lot of state.active) {
      if (rest === 0n) return
      if (isApart(lot, plan) === apart) push(lot, drawFrom(lot, rest))
    }
  }
  if (!early && state.active.some((lot) => !isApart(lot, plan))) drawAll(true)
  drawAll(false)
  const below = PLAN_TERMS[plan].belowZero
  state[below] += rest
  push(below, rest)
  state.drawn += amount
  if (isOneSpent) leave(state)
}

/** Undoes the newest drawdown first; within one drawdown the overage before the grants. */
export const correct = (state: FoldState, amount: Nanos, at: Instant): void => {
  state.corrections += amount
  state.segments.push({ from: at, to: at, amount: -amount, heardAt: at })
  let rest = amount
  while (rest > 0n) {
    const newest = state.draws.at(-1)
    if (!newest) break
    rest -= undo(state, newest, rest)
    if (newest.amount === 0n) state.draws.pop()
  }
  state.carry += rest
}

/** Takes back up to `amount` of one draw; returns how much. */
export const undo = (state: FoldState, draw: Draw, amount: Nanos): Nanos => {
  const part = minNanos(draw.amount, amount)
  draw.amount -= part
  if (draw.early) draw.early.amount = maxNanos(0n, draw.early.amount - part)
  state.drawn -= part
  if (draw.payer === 'overage' || draw.payer === 'deficit') state[draw.payer] -= part
  else returnTo(state, draw.payer, part)
  return part
}

const returnTo = (state: FoldState, lot: Lot, part: Nanos): void => {
  const wasSpent = lot.remaining === 0n
  giveBack(lot, part)
  if (wasSpent && lot.remaining > 0n) enter(state, lot)
}

/** A purchase first pays what was owed; the drawdown keeps its place in time and only changes its payer. */
export const repay = (state: FoldState, lot: Lot): void => {
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

/** Billed spend that a balance reading of the last 48 hours already drew. */
export const takeEarly = (state: FoldState, amount: Nanos, at: Instant): Nanos => {
  state.early = state.early.filter((early) => early.until >= at && early.amount > 0n)
  let rest = amount
  for (const early of state.early) {
    const taken = minNanos(rest, early.amount)
    early.amount -= taken
    rest -= taken
  }
  return amount - rest
}
