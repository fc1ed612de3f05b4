/** What callers and operators say about money, held against the ledger (design §4.4). */

import type { CauseEvidence, DepletionEvidence } from '../domain/evidence.ts'
import type { PrepaymentDemand, Usage } from '../domain/facts.ts'
import type { Nanos } from '../domain/money.ts'
import type { Standing } from '../domain/standing.ts'
import { DAY_MS, type Instant, MINUTE_MS } from '../domain/time.ts'
import type { FoldState } from './fold-state.ts'

/** A payment needs this long to reach the keys; later failures no longer wait for it. */
const PAYMENT_SETTLES_MS = 30 * MINUTE_MS
const PAYMENT_RECENT_MS = 7 * DAY_MS
/** Credit is near zero at a twentieth of the balance after the latest grant, or at one day's burn. */
const NEAR_ZERO_DIVISOR = 20n

type Inputs = {
  readonly fold: FoldState
  /** `low` of the present standing, and what was taken off `high` for it. */
  readonly low: Nanos
  readonly margin: Nanos
  readonly burnPerDay: Nanos
  readonly depletion: Usage | undefined
  readonly demand: PrepaymentDemand | undefined
  readonly paidCallAt: Instant | undefined
  /** When prepayments took effect, oldest first. */
  readonly payments: readonly { readonly at: Instant }[]
  readonly causes: readonly CauseEvidence[]
  readonly span: Pick<DepletionEvidence, 'since' | 'requests'>
}

const isNearZero = (low: Nanos, base: Nanos, burnPerDay: Nanos): boolean =>
  low * NEAR_ZERO_DIVISOR <= base || low <= burnPerDay

/** Judged as the ledger stood when the evidence came: a grant since then does not make it a false alarm. */
const wasNearZero = (inputs: Inputs, at: Instant): boolean => {
  const { fold, low, margin, burnPerDay } = inputs
  const before = fold.beforeGrant
  if (before && fold.latestGrantAt !== undefined && at < fold.latestGrantAt)
    return isNearZero(before.balance - margin, before.base, burnPerDay)
  return isNearZero(low, fold.base, burnPerDay)
}

const describe = (inputs: Inputs, usage: Usage): DepletionEvidence => {
  const [from, to] = [usage.at - PAYMENT_RECENT_MS, usage.at - PAYMENT_SETTLES_MS]
  const paidAt = inputs.payments.findLast(({ at }) => at >= from && at <= to)?.at
  return {
    at: usage.at,
    code: usage.error?.code ?? 0,
    message: usage.error?.message ?? '',
    projectId: usage.projectId,
    nearZero: wasNearZero(inputs, usage.at),
    ...inputs.span,
    ...(paidAt === undefined ? {} : { paidAt }),
  }
}

/** Evidence that still stands: a paid call served later ends it, and a later prepayment ends an operator's word. */
export const evidenceOf = (inputs: Inputs): Standing['evidence'] => {
  const { depletion, demand, paidCallAt, payments, causes } = inputs
  const served = (at: Instant): boolean => paidCallAt !== undefined && paidCallAt > at
  const met = demand !== undefined && (served(demand.at) || payments.some(({ at }) => at >= demand.at))
  return {
    ...(depletion && !served(depletion.at) ? { depletion: describe(inputs, depletion) } : {}),
    ...(demand && !met ? { demand } : {}),
    ...(paidCallAt === undefined ? {} : { paidCallAt }),
    ...(causes.length === 0 ? {} : { causes }),
  }
}
