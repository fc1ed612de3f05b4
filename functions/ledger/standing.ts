/** The standing of an account at an instant: a pure function of its set of facts and its settings. */

import { assert } from '../domain/errors.ts'
import type { Plan } from '../domain/facts.ts'
import { divideHalfEven, maxNanos, minNanos, type Nanos, UNIT } from '../domain/money.ts'
import type { AccountSettings, Bounds, Burn, Standing } from '../domain/standing.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../domain/time.ts'
import { PLAN_TERMS } from '../policy/plans.ts'
import { billingStanding } from './billing.ts'
import type { Book } from './book.ts'
import { budgetStandings } from './budgets.ts'
import { type BurnInputs, burnOf, runwayOf } from './burn.ts'
import { type Estimate, estimateSpend, FEED_LAG_MS } from './estimate.ts'
import { evidenceOf } from './evidence.ts'
import { balanceApart, type FoldState, judgedBalance } from './fold-state.ts'
import { grantStandings, livingStandings, startedWithin } from './lots.ts'
import { tierStanding } from './tier.ts'
import { planAt } from './timeline.ts'
import { burnByProject } from './usage-book.ts'
import { depletionOf } from './usage-notes.ts'

/** A drawdown budget that says nothing for this long is stale (design §4.5). */
const BUDGET_STALE_MS = 36 * HOUR_MS
/** Usage younger than the lag it stands in for is fresh. */
const USAGE_STALE_MS = FEED_LAG_MS
const HISTORY_MS = 35 * DAY_MS
const RECENT_MS = 35 * DAY_MS
const HISTORY_POINTS_MAX = 300

/** Account currency per USD; `undefined` where the account has another currency and no rate. */
const rateOf = (account: AccountSettings): Nanos | undefined =>
  account.usdRate ?? (account.currency === 'USD' ? UNIT : undefined)

/** Judges a book at `now`. Money in nanos of the account's currency, half-even. */
export const standingOf = (book: Book, now: Instant): Standing => {
  const at = Math.max(now, book.lastReadingAt ?? now)
  const fold = book.foldAt(at)
  const plan = planAt(book.plans, at)
  const rate = rateOf(book.account)
  const estimate = estimateSpend({
    usage: book.usage.series,
    hasUsage: book.usage.notes.firstAt !== undefined,
    billed: book.billedByPeriod(),
    lastReadingAt: book.lastReadingAt,
    now: at,
    rate,
    anchor: fold.anchor,
    settledBefore: PLAN_TERMS[plan].belowZero === 'overage' ? fold.latestGrantAt : undefined,
  })
  const feeds = feedsOf(book, now)
  const burnInputs = burnInputsOf(book, fold, estimate, at)
  const burn = burnOf(burnInputs)
  const balance = boundsOf({ fold, plan, estimate, burn, covered: isCovered(book, estimate, now) })
  const { payments } = fold
  const demand = book
    .factsOf('prepayment-required')
    .filter(({ body }) => body.at <= at)
    .sort((a, b) => b.body.at - a.body.at)[0]?.body
  const reload = book
    .factsOf('auto-reload')
    .filter(({ body }) => body.at <= at)
    .sort((a, b) => b.body.at - a.body.at)[0]?.body
  const corrected = fold.drawn - fold.billed - fold.carry
  const runway = fold.funded && PLAN_TERMS[plan].creditMatters ? runwayOf(burnInputs, burn, balance) : undefined
  let living: Standing['livingGrants'] | undefined
  return {
    account: book.account,
    asOf: now,
    plan,
    funded: fold.funded,
    balance,
    overage: PLAN_TERMS[plan].belowZero === 'overage' ? fold.overage : 0n,
    overageSinceGrant: fold.overage - fold.overageAtGrant,
    spent: {
      billed: fold.billed,
      ...(feeds.usage && estimate.usable ? { estimated: estimate.estimated } : {}),
      ...(corrected === 0n ? {} : { corrected }),
    },
    burn,
    ...(runway ? { runway } : {}),
    get grants() {
      return grantStandings(fold.lots)
    },
    get livingGrants() {
      living ??= livingStandings(fold.lots, fold.active)
      return living
    },
    get recentGrants() {
      return startedWithin(fold.lots, at - RECENT_MS, at)
    },
    base: fold.base,
    ...(fold.latestGrantAt === undefined ? {} : { latestGrantAt: fold.latestGrantAt }),
    grantsStarted: fold.grantsStarted,
    corrections: fold.corrections,
    budgets: budgetStandings(book.budgets, book.account),
    feeds,
    evidence: evidenceOf({
      fold,
      low: balance.low,
      margin: balance.high - balance.low,
      burnPerDay: burn.perDay,
      depletion: depletionOf(book.usage.notes),
      demand,
      paidCallAt: book.usage.notes.paidCallAt,
      payments,
    }),
    tier: tierStanding({
      payments,
      observations: book
        .factsOf('tier')
        .map(({ body }) => body)
        .sort((a, b) => a.at - b.at),
      rate,
      now: at,
    }),
    ...(reload ? { autoReload: reload } : {}),
    billing: billingStanding(book, at),
    unpricedModels: [...book.usage.notes.unpriced.keys()].sort(),
    get setAside() {
      return book.setAside()
    },
    get byProject() {
      const inAccount = rate ?? UNIT
      return burnByProject(book.usage, now).map((row) => ({
        ...row,
        perDay: divideHalfEven(row.perDay * inAccount, UNIT),
      }))
    },
    get history() {
      return [...historyOf(fold, at), { at, balance: balance.value }]
    },
  }
}

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

/** Whether calls (not errors alone) show what the billed feed does not yet: fresh, in our currency, and without a model of unknown price. */
const isCovered = (book: Book, estimate: Estimate, now: Instant): boolean =>
  book.usage.notes.spendAt !== undefined &&
  now - book.usage.notes.spendAt <= USAGE_STALE_MS &&
  estimate.usable &&
  ![...book.usage.notes.unpriced.values()].some((at) => now - at <= FEED_LAG_MS)

const burnInputsOf = (book: Book, fold: FoldState, estimate: Estimate, now: Instant): BurnInputs => {
  const usageFrom = book.usage.notes.firstAt
  const usageUntil = estimate.unbilledWeek > 0n ? book.usage.notes.spendAt : undefined
  const starts = [
    book.firstSpendFrom,
    fold.segments[0]?.from,
    estimate.unbilledWeek > 0n ? usageFrom : undefined,
  ].filter((at) => at !== undefined)
  const ends = [book.lastReadingAt, fold.segments.at(-1)?.to, usageUntil].filter((at) => at !== undefined)
  return {
    segments: fold.segments,
    now,
    since: starts.length === 0 ? undefined : Math.min(...starts),
    until: ends.length === 0 ? undefined : Math.min(now, Math.max(...ends)),
    unbilled: estimate.unbilledWeek,
  }
}

type BoundsInputs = {
  readonly fold: FoldState
  readonly plan: Plan
  readonly estimate: Estimate
  readonly burn: Burn
  readonly covered: boolean
}

const boundsOf = ({ fold, plan, estimate, burn, covered }: BoundsInputs): Bounds => {
  const high = judgedBalance(fold, plan)
  const { unbilled } = estimate
  const apart = high > 0n ? minNanos(unbilled, balanceApart(fold, plan)) : 0n
  const value = floored(high - (unbilled - apart), plan, high)
  const lagMs = covered || burn.perDay === 0n ? 0 : FEED_LAG_MS
  const drift = 0n
  const low = floored(value - divideHalfEven(burn.perDay * BigInt(lagMs), BigInt(DAY_MS)) - drift, plan, value)
  assert(low <= value, 'low never exceeds value')
  assert(value <= high, 'value never exceeds high')
  return { value, low, high, factorMillionths: estimate.factorMillionths, unbilled, lagMs, drift }
}

/** Where the excess is charged instead of owed, a balance ends at 0. */
const floored = (amount: Nanos, plan: Plan, ceiling: Nanos): Nanos =>
  PLAN_TERMS[plan].belowZero === 'overage' ? minNanos(maxNanos(amount, 0n), ceiling) : amount

const historyOf = (fold: FoldState, at: Instant): Standing['history'] => {
  const recent = fold.history.filter((point) => point.at >= at - HISTORY_MS)
  const step = Math.ceil(recent.length / HISTORY_POINTS_MAX)
  return recent.filter((_, index) => index % step === 0 || index === recent.length - 1)
}
