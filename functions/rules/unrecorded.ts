/** Whether a payment nobody recorded explains the ledger better than an empty balance does (design §4.4). */

import type { Standing } from '../domain/standing.ts'
import { billingMonthStart, type Instant, MINUTE_MS } from '../domain/time.ts'
import { judgesCredit } from './words.ts'

/** Metering lags by minutes: calls served longer after zero are paid by something. A reload takes no longer than this. */
export const SETTLES_MS = 30 * MINUTE_MS

/** Calls were served long after the balance was gone, or an auto-reload was due; `since` is when either should have shown. */
export type Unrecorded = { readonly why: 'served' | 'reload'; readonly since: Instant }

/** `undefined` where nothing speaks for a payment, or a depletion error, an operator's word or a later balance speaks against it. */
export const unrecordedPayment = (standing: Standing): Unrecorded | undefined => {
  const { reached, evidence } = standing
  if (!reached || !judgesCredit(standing) || evidence.depletion || evidence.demand) return undefined
  const { zeroAt, readAt = Number.NEGATIVE_INFINITY } = reached
  const { paidCallAt } = evidence
  if (zeroAt !== undefined && paidCallAt !== undefined && paidCallAt - Math.max(zeroAt, readAt) >= SETTLES_MS)
    return { why: 'served', since: zeroAt }
  return reloadExplains(standing)
}

const reloadExplains = (standing: Standing): Unrecorded | undefined => {
  const { zeroAt, reloadDueAt } = standing.reached ?? {}
  if (reloadDueAt === undefined || reloadRefuted(standing) !== undefined) return undefined
  const isTime = zeroAt !== undefined || standing.asOf - reloadDueAt >= SETTLES_MS
  return isTime ? { why: 'reload', since: reloadDueAt } : undefined
}

/** What shows that a reload that was due did not come. */
export type Refuted = 'depleted' | 'read' | 'limit'

/** A depletion error or a demand, a balance read after the reload had had its time, or a monthly limit that leaves no room for it. */
export const reloadRefuted = (standing: Standing): Refuted | undefined => {
  const { reloadDueAt, readAt } = standing.reached ?? {}
  if (reloadDueAt === undefined) return undefined
  if (standing.evidence.depletion || standing.evidence.demand) return 'depleted'
  if (readAt !== undefined && readAt - reloadDueAt >= SETTLES_MS) return 'read'
  return limitLeavesNoRoom(standing) ? 'limit' : undefined
}

/** Recorded prepayments of the month against the limit; purchases made by hand do not count for Google, but nobody can tell them apart. */
const limitLeavesNoRoom = (standing: Standing): boolean => {
  const { autoReload } = standing
  if (autoReload?.monthlyLimit === undefined) return false
  return paidThisMonth(standing) + autoReload.reloadAmount > autoReload.monthlyLimit
}

/** Prepayments that took effect since the 1st, Pacific time. */
export const paidThisMonth = ({ recentGrants, asOf }: Standing): bigint =>
  recentGrants
    .filter(({ kind, effectiveAt }) => kind === 'prepayment' && effectiveAt >= billingMonthStart(asOf))
    .reduce((sum, { amount }) => sum + amount, 0n)
