/** Dated terms of the tiers: what qualifies for one, what one may spend in a month, and in ten minutes. */

import { TIERS, type Tier } from '../domain/facts.ts'
import { type Nanos, nanos as usd } from '../domain/money.ts'
import { DAY_MS, type Instant, instant, MINUTE_MS } from '../domain/time.ts'
import { type Dated, type Rows, rowAt } from './dated.ts'
import { BILLING_PAGE, LIMITS_PAGE, PAGE_OF_2025, SINCE_2025, SINCE_PREPAY } from './sources.ts'

/** A tier an account with billing can qualify for; both conditions must hold. */
export type TierTerms = {
  readonly tier: Tier
  /** Paid in all, in USD. */
  readonly paidUsd: Nanos
  /** Since the first successful payment. */
  readonly waitMs: number
}

export type Qualification = Dated & { readonly tiers: readonly [TierTerms, ...(readonly TierTerms[])] }

/** A linked billing account is enough; under the plan of 2025, after the prepayment where one is demanded. */
const PAID: TierTerms = { tier: 'tier-1', paidUsd: 0n, waitMs: 0 }

const QUALIFICATIONS: Rows<Qualification> = [
  /** Free and paid; an Upgrade button is mentioned without its criteria. */
  { ...PAGE_OF_2025, effectiveFrom: SINCE_2025, tiers: [PAID] },
  {
    ...BILLING_PAGE,
    effectiveFrom: SINCE_PREPAY,
    tiers: [
      PAID,
      { tier: 'tier-2', paidUsd: usd('100'), waitMs: 3 * DAY_MS },
      { tier: 'tier-3', paidUsd: usd('1000'), waitMs: 30 * DAY_MS },
    ],
  },
]

/** What qualifies for which tier at `at`, lowest first. */
export const qualificationAt = (at: Instant): Qualification => rowAt(QUALIFICATIONS, at)

/** What an account of a tier may spend in a calendar month; the service pauses until the first of the next. */
export type TierCap = {
  readonly usd: Nanos
  /** The vendor sets the cap per account, from this figure up. */
  readonly orMore?: true
}

type ByTier<Term> = Readonly<Partial<Record<Tier, Term>>>

const TIER_CAPS: Rows<Dated & { readonly caps: ByTier<TierCap> }> = [
  { ...PAGE_OF_2025, effectiveFrom: SINCE_2025, caps: {} },
  {
    ...BILLING_PAGE,
    effectiveFrom: instant('2026-04-01T00:00:00Z'),
    caps: {
      'tier-1': { usd: usd('250') },
      'tier-2': { usd: usd('2000') },
      'tier-3': { usd: usd('20000'), orMore: true },
    },
  },
]

/** The monthly cap in force at `at`; `undefined` where there is none. */
export const tierCapAt = (tier: Tier, at: Instant): TierCap | undefined => rowAt(TIER_CAPS, at).caps[tier]

/** The spend-based rate limit counts over a rolling window of this length. */
export const SPEND_RATE_WINDOW_MS = 10 * MINUTE_MS

/** USD per rolling ten minutes. When the limit began is not known: what is read first holds before. */
const SPEND_RATES: Rows<Dated & { readonly usd: ByTier<Nanos> }> = [
  {
    ...LIMITS_PAGE,
    effectiveFrom: instant('2026-07-01T00:00:00Z'),
    usd: { 'tier-1': usd('10'), 'tier-2': usd('200'), 'tier-3': usd('200') },
  },
  {
    ...LIMITS_PAGE,
    effectiveFrom: instant('2026-08-18T00:00:00Z'),
    usd: { 'tier-1': usd('10'), 'tier-2': usd('50'), 'tier-3': usd('200') },
  },
]

/** USD an account of a tier may spend in any ten minutes at `at`; `undefined` where there is no such limit. */
export const spendRateAt = (tier: Tier, at: Instant): Nanos | undefined => rowAt(SPEND_RATES, at).usd[tier]

/** Below 0: `a` is the lower tier. */
export const compareTiers = (a: Tier, b: Tier): number => TIERS.indexOf(a) - TIERS.indexOf(b)
