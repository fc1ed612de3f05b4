/** What an operator saw as the balance: the ledger moves to it, visibly. */

import { assert } from '../domain/errors.ts'
import type { BalanceReading, Plan } from '../domain/facts.ts'
import type { Nanos } from '../domain/money.ts'
import { HOUR_MS, type Instant } from '../domain/time.ts'
import { PLAN_TERMS } from '../policy/plans.ts'
import { draw, undo } from './draws.ts'
import { anchorAt, type Draw, type Early, enter, type FoldState, judgedBalance } from './fold-state.ts'
import { isApart, openLot } from './lots.ts'

/** Billed drawdown of this long after a lower balance reading is the spend the operator saw early. */
const EARLY_MS = 48 * HOUR_MS

/** Lower is spend seen early; higher undoes drawdown, then adds an adjustment. The first one funds an account. */
export const seen = (state: FoldState, body: BalanceReading, plan: Plan): void => {
  const difference = body.balance - judgedBalance(state, plan)
  if (difference < 0n) seenLower(state, -difference, body.at, plan)
  else if (difference > 0n) seenHigher(state, difference, body, plan)
  if (state.latestGrantAt === undefined && !state.funded) state.base = body.balance
  state.funded = true
  anchorAt(state, body.at, -difference)
  assert(
    judgedBalance(state, plan) === body.balance || PLAN_TERMS[plan].belowZero === 'overage',
    'the ledger stands at the balance that was seen',
  )
}

const seenLower = (state: FoldState, amount: Nanos, at: Instant, plan: Plan): void => {
  const early: Early = { amount, until: at + EARLY_MS }
  state.early.push(early)
  const heardAt = state.segments.at(-1)?.to ?? state.latestGrantAt ?? at
  state.segments.push({ from: heardAt, to: at, amount, heardAt })
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
  enter(state, lot)
}
