/** Applies ledger events in order: what every instant did to the grants, the overage and the deficit. */

import type { Plan } from '../domain/facts.ts'
import { minNanos } from '../domain/money.ts'
import type { Instant } from '../domain/time.ts'
import { correct, draw, repay, takeEarly } from './draws.ts'
import { closeDay, enter, type FoldState, judgedBalance, leave } from './fold-state.ts'
import { endLot, isApart, type Lot } from './lots.ts'
import { seen } from './seen.ts'
import { type LedgerEvent, planAt, STEP } from './timeline.ts'

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
      state.billedByPeriod.set(event.periodStart, (state.billedByPeriod.get(event.periodStart) ?? 0n) + event.delta)
      if (event.delta > 0n) spend(state, event, plan)
      else correct(state, -event.delta, event.at)
      if (event.step !== STEP.late) closeDay(state, event)
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
  if (lot.grant.grantKind === 'prepayment')
    state.payments.push({ at, total: (state.payments.at(-1)?.total ?? 0n) + lot.grant.amount })
  if (lot.ended) return
  lot.remaining = lot.grant.amount
  enter(state, lot)
  state.funded = true
  if (isApart(lot, plan)) return
  repay(state, lot)
  leave(state)
  if (state.latestGrantAt !== at) state.beforeGrant = before
  state.latestGrantAt = at
  state.grantsStarted += 1
  state.overageAtGrant = state.overage
  state.base = judgedBalance(state, plan)
}

const end = (state: FoldState, lot: Lot, how: 'expired' | 'voided'): void => {
  if (lot.ended) return
  if (!lot.started && how === 'voided') lot.remaining = lot.grant.amount
  endLot(lot, how)
  leave(state)
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
    leave(state)
  }
}

const spend = (state: FoldState, event: Extract<LedgerEvent, { kind: 'spend' }>, plan: Plan): void => {
  const seenEarly = takeEarly(state, event.delta, event.at)
  const early = state.anchors.at(-1)?.early
  early?.set(event.periodStart, (early.get(event.periodStart) ?? 0n) + seenEarly)
  const fresh = event.delta - seenEarly
  if (fresh === 0n) return
  state.segments.push({ from: event.from, to: event.at, amount: fresh, heardAt: event.heardAt })
  const carried = minNanos(fresh, state.carry)
  state.carry -= carried
  draw(state, fresh - carried, plan)
}
