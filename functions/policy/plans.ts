/** What a plan is, and the dated terms of a prepayment under it (design §4.1; facts of the vendor's billing page). */

import type { Plan, Tier } from '../domain/facts.ts'
import { type Nanos, nanos as usd } from '../domain/money.ts'
import { type Instant, instant } from '../domain/time.ts'
import { type Dated, type Rows, rowAt } from './dated.ts'
import { BILLING_PAGE, PAGE_OF_2025, SINCE_2025, SINCE_PREPAY } from './sources.ts'

/** What makes a plan that plan, at any date: with other terms at zero it would be another one. */
export type PlanTerms = {
  /** Below zero: the excess is charged (`overage`), or owed by the next purchase (`deficit`). */
  readonly belowZero: 'overage' | 'deficit'
  /** Whether reaching zero is news: postpay has no credit to run out of. */
  readonly creditMatters: boolean
  /** Promotional credit burns first, only while prepaid credit remains, and is no part of the judged balance. */
  readonly promotionalApart: boolean
  /** The tier of an account that was asked for its first prepayment and has not made it; elsewhere a demand moves no tier. */
  readonly unpaidTier?: Tier
}

/** By plan. */
export const PLAN_TERMS: Readonly<Record<Plan, PlanTerms>> = {
  'cloud-credit': { belowZero: 'overage', creditMatters: true, promotionalApart: false, unpaidTier: 'free' },
  'gemini-prepay': { belowZero: 'deficit', creditMatters: true, promotionalApart: true },
  postpay: { belowZero: 'overage', creditMatters: false, promotionalApart: false },
}

/** Terms of a purchase. */
export type PrepaymentTerms = Dated & {
  /** Whether other services of Google Cloud draw on it too; the drawdown budget then counts them all. */
  readonly paysFor: 'any-service' | 'gemini-api'
  readonly refundable: boolean
  /** Months after which it expires where the operator stated nothing; absent: never. */
  readonly expiresAfterMonths?: number
  /** Smallest purchase in USD, and largest purchase or balance; absent where no page states one. */
  readonly minimumUsd?: Nanos
  readonly maximumUsd?: Nanos
}

const GEMINI_PREPAY = {
  paysFor: 'gemini-api',
  refundable: false,
  expiresAfterMonths: 12,
  maximumUsd: usd('5000'),
} as const

/** Under postpay nothing is prepaid. */
const PREPAYMENT_ROWS: Readonly<Record<Exclude<Plan, 'postpay'>, Rows<PrepaymentTerms>>> = {
  'cloud-credit': [{ ...PAGE_OF_2025, effectiveFrom: SINCE_2025, paysFor: 'any-service', refundable: true }],
  'gemini-prepay': [
    { ...BILLING_PAGE, effectiveFrom: SINCE_PREPAY, ...GEMINI_PREPAY, minimumUsd: usd('10') },
    /** The text of September has 5; that of August still had 10. */
    { ...BILLING_PAGE, effectiveFrom: instant('2026-09-01T00:00:00Z'), ...GEMINI_PREPAY, minimumUsd: usd('5') },
  ],
}

/** The terms of a prepayment made at `at` under a plan; `undefined` where the plan knows none. */
export const prepaymentTerms = (plan: Plan, at: Instant): PrepaymentTerms | undefined =>
  plan === 'postpay' ? undefined : rowAt(PREPAYMENT_ROWS[plan], at)
