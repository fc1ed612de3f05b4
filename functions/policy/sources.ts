/** Where the rows of policy come from: page and day read, each written once. */

import { type Instant, instant } from '../domain/time.ts'
import type { Dated } from './dated.ts'

type Origin = Pick<Dated, 'source' | 'read'>

/** The page it all began with: free and paid, a one-time prepayment; it bears no date but the year. */
export const PAGE_OF_2025: Origin = { source: 'the Gemini API billing page of 2025', read: '2026-11-23' }
export const SINCE_2025: Instant = instant('2025-01-01T00:00:00Z')

/** Prepay and Postpay plans, four tiers, caps; the newest full text is of 2026-09-08. */
export const BILLING_PAGE: Origin = { source: 'https://ai.google.dev/gemini-api/docs/billing', read: '2026-11-23' }
export const SINCE_PREPAY: Instant = instant('2026-03-23T00:00:00Z')

/** Rate limits as of 2026-08-18. */
export const LIMITS_PAGE: Origin = { source: 'https://ai.google.dev/gemini-api/docs/rate-limits', read: '2026-11-23' }
