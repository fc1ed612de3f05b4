/** The standing of an account at an instant: a pure function of its set of facts and its settings. */

import { divideHalfEven, type Nanos, UNIT } from '../domain/money.ts'
import type { AccountSettings, Standing } from '../domain/standing.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../domain/time.ts'
import { PLAN_TERMS } from '../policy/plans.ts'
import { anomalyStandings } from './anomalies.ts'
import { billingStanding } from './billing.ts'
import type { Book } from './book.ts'
import { boundsOf } from './bounds.ts'
import { budgetStandings } from './budgets.ts'
import { burnOf } from './burn.ts'
import { burnInputsOf, callsOf } from './burn-inputs.ts'
import { burnByProject } from './burners.ts'
import { causesOf, depletionSpan } from './causes.ts'
import { enforcementStanding } from './enforcement.ts'
import { type Estimate, estimateSpend } from './estimate.ts'
import { evidenceOf } from './evidence.ts'
import type { FoldState } from './fold-state.ts'
import { standingDepletion } from './incidents.ts'
import { FEED_LAG_MS, measureLag } from './lag.ts'
import { grantStandings, isApart, livingStandings, startedWithin } from './lots.ts'
import { monthStanding } from './month.ts'
import { reachedOf } from './reached.ts'
import { recentSpend } from './recent.ts'
import { runwayOf } from './runway.ts'
import { spendRate } from './spend-rate.ts'
import { tierOf } from './tier-of.ts'
import { planAt, planSince } from './timeline.ts'
import { depletionOf } from './usage-notes.ts'
import { weekShape } from './week-shape.ts'

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
  const lag = measureLag({ fold, usage: book.usage.series, usageFrom: book.usage.notes.firstAt })
  const estimate = estimateSpend({
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
  const feeds = feedsOf(book, now)
  const covered = isCovered(book, estimate, now)
  const burnInputs = burnInputsOf(book, fold, estimate, {
    now: at,
    calls: covered ? callsOf(book, estimate, { rate, lag, now: at }) : undefined,
  })
  const burn = burnOf(burnInputs)
  const balance = boundsOf({ fold, plan, estimate, lag, burn, covered })
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
  const runway =
    fold.funded && PLAN_TERMS[plan].creditMatters
      ? runwayOf({
          burn: burnInputs,
          week: burn,
          balance,
          lots: fold.active.filter((lot) => !isApart(lot, plan)),
          closes: fold.closes,
          shape: weekShape({ usage: book.usage.series, calls: burnInputs.calls, now: at }),
        })
      : undefined
  const evidence = evidenceOf({
    fold,
    low: balance.low,
    margin: balance.high - balance.low,
    burnPerDay: burn.perDay,
    depletion: standingDepletion(depletionOf(book.usage.notes), book, at),
    demand,
    paidCallAt: book.usage.notes.paidCallAt,
    payments,
    causes: causesOf(book.usage.notes, at),
    span: depletionSpan(book.usage.notes),
  })
  const since = planSince(book.plans, at)
  const enforcement = enforcementStanding(book)
  const reached = reachedOf({ fold, plan, balance, usage: book.usage.series, rate, autoReload: reload, now: at })
  const month = monthStanding(book.usage, { billed: fold.billedByPeriod, estimate, rate, now: at })
  const recent = recentSpend({
    fold,
    usage: book.usage.series,
    usageFrom: book.usage.notes.firstAt,
    covered,
    rate: rate ?? UNIT,
    factorMillionths: estimate.factorMillionths,
    now: at,
  })
  const peak = spendRate(book.usage.series, at)
  return {
    account: book.account,
    asOf: now,
    plan,
    ...(since === undefined ? {} : { planSince: since }),
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
    livingGrants: livingStandings(fold.lots, fold.active),
    recentGrants: startedWithin(fold.lots, at - RECENT_MS, at),
    base: fold.base,
    ...(fold.latestGrantAt === undefined ? {} : { latestGrantAt: fold.latestGrantAt }),
    grantsStarted: fold.grantsStarted,
    corrections: fold.corrections,
    budgets: budgetStandings(book.budgets, book.account),
    feeds,
    evidence,
    tier: tierOf(book, at, { plan, payments, demand: evidence.demand, rate }),
    ...(month ? { month } : {}),
    ...(recent ? { recent } : {}),
    ...(peak ? { spendRate: peak } : {}),
    ...(reload ? { autoReload: reload } : {}),
    ...(reached ? { reached } : {}),
    billing: billingStanding(book, at),
    anomalies: anomalyStandings(book, at),
    ...(enforcement ? { enforcement } : {}),
    unpricedModels: [...book.usage.notes.unpriced.keys()].sort(),
    setAside: book.setAside(),
    get byProject() {
      return inCurrency(burnByProject(book.usage.burners, now), rate ?? UNIT)
    },
    get history() {
      return [...historyOf(fold, at), { at, balance: balance.value }]
    },
  }
}

const inCurrency = (rows: Standing['byProject'], rate: Nanos): Standing['byProject'] => {
  const convert = (perDay: Nanos): Nanos => divideHalfEven(perDay * rate, UNIT)
  return rows.map(({ projectId, perDay, models }) => ({
    projectId,
    perDay: convert(perDay),
    models: models.map((row) => ({ model: row.model, perDay: convert(row.perDay) })),
  }))
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

const historyOf = (fold: FoldState, at: Instant): Standing['history'] => {
  const recent = fold.history.filter((point) => point.at >= at - HISTORY_MS)
  const step = Math.ceil(recent.length / HISTORY_POINTS_MAX)
  return recent.filter((_, index) => index % step === 0 || index === recent.length - 1)
}
