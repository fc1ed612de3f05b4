/** What the money of an account comes to at an instant: balance, estimate and burn, on which the rest of its standing is judged. */

import { type Nanos, UNIT } from '../domain/money.ts'
import type { AccountSettings, Standing } from '../domain/standing.ts'
import { HOUR_MS, type Instant } from '../domain/time.ts'
import { PLAN_TERMS } from '../policy/plans.ts'
import type { Book } from './book.ts'
import { boundsOf } from './bounds.ts'
import { budgetStandings } from './budgets.ts'
import { type BurnInputs, burnOf } from './burn.ts'
import { burnInputsOf, callsOf } from './burn-inputs.ts'
import { type Estimate, estimateSpend } from './estimate.ts'
import type { FoldState } from './fold-state.ts'
import { FEED_LAG_MS, type Lag, measureLag } from './lag.ts'
import { planAt } from './timeline.ts'

export type Position = {
  readonly now: Instant
  /** Never before the latest reading: a reading from a clock that runs ahead counts. */
  readonly at: Instant
  readonly fold: FoldState
  readonly plan: Standing['plan']
  /** Account currency per USD; `undefined` where the account has another currency and no rate. */
  readonly rate: Nanos | undefined
  readonly lag: Lag | undefined
  readonly estimate: Estimate
  readonly feeds: Standing['feeds']
  /** Whether calls show what the billed feed does not yet. */
  readonly covered: boolean
  readonly burnInputs: BurnInputs
  readonly burn: Standing['burn']
  readonly balance: Standing['balance']
}

/** A drawdown budget that says nothing for this long is stale (design §4.5). */
const BUDGET_STALE_MS = 36 * HOUR_MS
/** Usage younger than the lag it stands in for is fresh. */
const USAGE_STALE_MS = FEED_LAG_MS

/** Pure. Money in nanos of the account's currency, half-even. */
export const positionOf = (book: Book, now: Instant): Position => {
  const at = Math.max(now, book.lastReadingAt ?? now)
  const fold = book.foldAt(at)
  const plan = planAt(book.plans, at)
  const rate = rateOf(book.account)
  const lag = measureLag({ fold, usage: book.usage.series, usageFrom: book.usage.notes.firstAt })
  const estimate = estimateIn(book, { at, fold, plan, rate, lag })
  const covered = isCovered(book, estimate, now)
  const calls = covered ? callsOf(book, estimate, { rate, lag, now: at }) : undefined
  const burnInputs = burnInputsOf(book, fold, estimate, { now: at, calls })
  const burn = burnOf(burnInputs)
  const balance = boundsOf({ fold, plan, estimate, lag, burn, covered })
  return { now, at, fold, plan, rate, lag, estimate, feeds: feedsOf(book, now), covered, burnInputs, burn, balance }
}

const rateOf = (account: AccountSettings): Nanos | undefined =>
  account.usdRate ?? (account.currency === 'USD' ? UNIT : undefined)

const estimateIn = (
  book: Book,
  { at, fold, plan, rate, lag }: Pick<Position, 'at' | 'fold' | 'plan' | 'rate' | 'lag'>,
): Estimate =>
  estimateSpend({
    usage: book.usage.series,
    usageFrom: book.usage.notes.firstAt,
    spendAt: book.usage.notes.spendAt,
    billed: book.billedByPeriod(),
    lastReadingAt: book.lastReadingAt,
    now: at,
    rate,
    anchors: fold.anchors,
    closes: fold.closes,
    lag,
    settledBefore: PLAN_TERMS[plan].belowZero === 'overage' ? fold.latestGrantAt : undefined,
  })

const feedsOf = (book: Book, now: Instant): Standing['feeds'] => {
  const drawdown = budgetStandings(book.budgets, book.account).filter((budget) => budget.role === 'drawdown')
  const budgetAt = drawdown.length === 0 ? undefined : Math.max(...drawdown.map((budget) => budget.lastAt))
  const stale = drawdown.some((budget) => now - budget.lastAt >= BUDGET_STALE_MS)
  const usageAt = book.usage.notes.lastAt
  return {
    ...(budgetAt === undefined ? {} : { budget: { lastAt: budgetAt, stale } }),
    ...(usageAt === undefined ? {} : { usage: { lastAt: usageAt, stale: now - usageAt > USAGE_STALE_MS } }),
  }
}

/** By calls, not errors alone: fresh, in our currency, and without a model of unknown price. */
const isCovered = (book: Book, estimate: Estimate, now: Instant): boolean =>
  book.usage.notes.spendAt !== undefined &&
  now - book.usage.notes.spendAt <= USAGE_STALE_MS &&
  estimate.usable &&
  ![...book.usage.notes.unpriced.values()].some((at) => now - at <= FEED_LAG_MS)
