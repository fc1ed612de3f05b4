/** Dated tier qualification: what an account must have paid, and since when, to be entitled to a tier. */

import type { Tier } from '../domain/facts.ts'
import { type Nanos, nanos } from '../domain/money.ts'
import { DAY_MS, type Instant, instant } from '../domain/time.ts'

export type TierRow = {
  readonly tier: Tier
  readonly paidUsd: Nanos
  readonly waitMs: number
  readonly effectiveFrom: Instant
  readonly source: string
}

const BILLING_PAGE = 'https://ai.google.dev/gemini-api/docs/billing, read 2026-11-23'

/** Lowest first. Before the first row's date, that row holds (design §4.1). */
export const TIER_ROWS: readonly TierRow[] = [
  { tier: 'tier-1', paidUsd: 0n, waitMs: 0, effectiveFrom: instant('2026-03-23T00:00:00Z'), source: BILLING_PAGE },
  {
    tier: 'tier-2',
    paidUsd: nanos('100'),
    waitMs: 3 * DAY_MS,
    effectiveFrom: instant('2026-03-23T00:00:00Z'),
    source: BILLING_PAGE,
  },
  {
    tier: 'tier-3',
    paidUsd: nanos('1000'),
    waitMs: 30 * DAY_MS,
    effectiveFrom: instant('2026-03-23T00:00:00Z'),
    source: BILLING_PAGE,
  },
]
