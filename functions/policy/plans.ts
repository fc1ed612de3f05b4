/** What a prepayment is and what happens at zero, by plan (design §4.1; facts of the vendor's billing page). */

import type { Plan } from '../domain/facts.ts'

export type PlanTerms = {
  /** Below zero: the excess is charged (`overage`), or owed by the next purchase (`deficit`). */
  readonly belowZero: 'overage' | 'deficit'
  /** Whether reaching zero is news: postpay has no credit to run out of. */
  readonly creditMatters: boolean
  /** Months after which a prepayment expires where the operator stated nothing. */
  readonly prepaymentMonths?: number
  /** Promotional credit burns first, only while prepaid credit remains, and is no part of the judged balance. */
  readonly promotionalApart: boolean
  readonly source: string
  readonly read: string
}

/** One row per plan; the day a term changes it becomes a second row with its own date. */
export const PLAN_TERMS: Readonly<Record<Plan, PlanTerms>> = {
  'cloud-credit': {
    belowZero: 'overage',
    creditMatters: true,
    promotionalApart: false,
    source: 'the Gemini API billing page of 2025: one-time prepayment',
    read: '2026-11-23',
  },
  'gemini-prepay': {
    belowZero: 'deficit',
    creditMatters: true,
    prepaymentMonths: 12,
    promotionalApart: true,
    source: 'https://ai.google.dev/gemini-api/docs/billing, in force since 2026-03-23',
    read: '2026-11-23',
  },
  postpay: {
    belowZero: 'overage',
    creditMatters: false,
    promotionalApart: false,
    source: 'https://ai.google.dev/gemini-api/docs/billing',
    read: '2026-11-23',
  },
}
