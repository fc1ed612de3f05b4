/** A lot is a grant on its way: amount = remaining + drawn + expired + refunded + voided, always. */

import { assert } from '../domain/errors.ts'
import type { Grant, Plan } from '../domain/facts.ts'
import type { Nanos } from '../domain/money.ts'
import { maxNanos, minNanos } from '../domain/money.ts'
import type { GrantStanding, GrantState } from '../domain/standing.ts'
import { addMonths, type Instant } from '../domain/time.ts'
import { PLAN_TERMS, prepaymentTerms } from '../policy/plans.ts'

/** The only mutable thing of a grant: where its amount went. */
export type Lot = {
  readonly grant: Grant
  readonly expiresAt: Instant | undefined
  remaining: Nanos
  drawn: Nanos
  expired: Nanos
  refunded: Nanos
  voided: Nanos
  started: boolean
  ended: 'expired' | 'voided' | undefined
}

/** A lot that has not started: its whole amount is still to come. */
export const openLot = (grant: Grant, expiresAt: Instant | undefined): Lot => ({
  grant,
  expiresAt,
  remaining: 0n,
  drawn: 0n,
  expired: 0n,
  refunded: 0n,
  voided: 0n,
  started: false,
  ended: undefined,
})

/** The stated expiry, else the plan's own term for prepayments. */
export const expiryOf = (grant: Grant, plan: Plan): Instant | undefined => {
  if (grant.expiresAt !== undefined) return grant.expiresAt
  const months = prepaymentTerms(plan, grant.effectiveAt)?.expiresAfterMonths
  return months !== undefined && grant.grantKind === 'prepayment' ? addMonths(grant.effectiveAt, months) : undefined
}

/** Burn order: lower priority number, earlier expiry (none last), earlier effective time, id; total. */
export const compareBurnOrder = (a: Lot, b: Lot): number =>
  a.grant.priority - b.grant.priority ||
  compareExpiry(a.expiresAt, b.expiresAt) ||
  a.grant.effectiveAt - b.grant.effectiveAt ||
  (a.grant.grantId < b.grant.grantId ? -1 : 1)

const compareExpiry = (a: Instant | undefined, b: Instant | undefined): number => {
  if (a === b) return 0
  if (a === undefined) return 1
  return b === undefined ? -1 : a - b
}

/** Credit of Google's own that a plan keeps apart from the judged balance. */
export const isApart = (lot: Lot, plan: Plan): boolean =>
  PLAN_TERMS[plan].promotionalApart && lot.grant.grantKind === 'promotional'

/** Takes up to `amount` out of what remains; returns what was taken. */
export const drawFrom = (lot: Lot, amount: Nanos): Nanos => {
  const taken = minNanos(maxNanos(amount, 0n), lot.remaining)
  lot.remaining -= taken
  lot.drawn += taken
  return taken
}

/** Gives drawdown back; what returns to an ended grant ends with it. */
export const giveBack = (lot: Lot, amount: Nanos): void => {
  lot.drawn -= amount
  if (lot.ended === 'expired') lot.expired += amount
  else if (lot.ended === 'voided') lot.voided += amount
  else lot.remaining += amount
  assert(lot.drawn >= 0n, 'a grant gives back no more than was drawn from it')
}

/** Moves what remains to `expired` or `voided`; an ended lot stays as it ended first. */
export const endLot = (lot: Lot, how: 'expired' | 'voided'): void => {
  if (lot.ended) return
  lot.ended = how
  if (how === 'expired') lot.expired += lot.remaining
  else lot.voided += lot.remaining
  lot.remaining = 0n
}

const stateOf = (lot: Lot): GrantState => {
  if (lot.ended) return lot.ended
  if (!lot.started) return 'scheduled'
  if (lot.remaining > 0n) return 'active'
  return lot.refunded > 0n && lot.drawn === 0n ? 'refunded' : 'exhausted'
}

/** What was last told of a lot, and of which state: most grants ended long ago and say the same for ever. */
type Told = { readonly of: Lot; readonly standing: GrantStanding }
const told = new WeakMap<Lot, Told>()
const ordered = new WeakMap<ReadonlyMap<string, Lot>, readonly Lot[]>()

/** By the time they take effect (tie: id); lots are only ever added to a map. */
const inOrder = (lots: ReadonlyMap<string, Lot>): readonly Lot[] => {
  const known = ordered.get(lots)
  if (known?.length === lots.size) return known
  const order = [...lots.values()].sort(
    (a, b) => a.grant.effectiveAt - b.grant.effectiveAt || (a.grant.grantId < b.grant.grantId ? -1 : 1),
  )
  ordered.set(lots, order)
  return order
}

/** The lots as the world sees them, by the time they take effect. */
export const grantStandings = (lots: ReadonlyMap<string, Lot>): readonly GrantStanding[] =>
  inOrder(lots).map(lotStanding)

/** Of these, the ones that run with something left (`active`, in burn order), then those still to start. */
export const livingStandings = (lots: ReadonlyMap<string, Lot>, active: readonly Lot[]): readonly GrantStanding[] => {
  const order = inOrder(lots)
  let first = order.length
  while (first > 0 && !order[first - 1]?.started) first -= 1
  const scheduled = order.slice(first).filter((lot) => !lot.ended)
  return [...active, ...scheduled].map(lotStanding)
}

/** Of these, the ones that took effect in `[from, to]`. */
export const startedWithin = (lots: ReadonlyMap<string, Lot>, from: Instant, to: Instant): readonly GrantStanding[] => {
  const order = inOrder(lots)
  let first = order.length
  while (first > 0 && (order[first - 1]?.grant.effectiveAt ?? 0) >= from) first -= 1
  return order
    .slice(first)
    .filter(({ grant }) => grant.effectiveAt <= to)
    .map(lotStanding)
}

const lotStanding = (lot: Lot): GrantStanding => {
  const known = told.get(lot)
  if (known && isUnchanged(known.of, lot)) return known.standing
  const standing = standingOfLot(lot)
  told.set(lot, { of: { ...lot }, standing })
  return standing
}

const isUnchanged = (a: Lot, b: Lot): boolean =>
  a.remaining === b.remaining &&
  a.drawn === b.drawn &&
  a.started === b.started &&
  a.ended === b.ended &&
  a.expired === b.expired &&
  a.refunded === b.refunded &&
  a.voided === b.voided

/** A scheduled grant's amount still remains, though no spend can reach it yet. */
const standingOfLot = (lot: Lot): GrantStanding => ({
  id: lot.grant.grantId,
  kind: lot.grant.grantKind,
  amount: lot.grant.amount,
  remaining: lot.started || lot.ended ? lot.remaining : lot.grant.amount,
  drawn: lot.drawn,
  expired: lot.expired,
  refunded: lot.refunded,
  voided: lot.voided,
  state: stateOf(lot),
  effectiveAt: lot.grant.effectiveAt,
  ...(lot.expiresAt === undefined ? {} : { expiresAt: lot.expiresAt }),
  priority: lot.grant.priority,
})
