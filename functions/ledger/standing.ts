/** The standing of an account at an instant: a pure function of its set of facts and its settings. */

import { divideHalfEven, type Nanos, UNIT } from '../domain/money.ts'
import type { Standing } from '../domain/standing.ts'
import { DAY_MS, type Instant } from '../domain/time.ts'
import { PLAN_TERMS } from '../policy/plans.ts'
import { anomalyStandings } from './anomalies.ts'
import { billingStanding } from './billing.ts'
import type { Book } from './book.ts'
import { budgetStandings } from './budgets.ts'
import { burnByProject } from './burners.ts'
import { causesOf, depletionSpan } from './causes.ts'
import { enforcementStanding } from './enforcement.ts'
import { evidenceOf } from './evidence.ts'
import type { FoldState } from './fold-state.ts'
import { standingDepletion } from './incidents.ts'
import { grantStandings, isApart, livingStandings, startedWithin } from './lots.ts'
import { monthStanding } from './month.ts'
import { type Position, positionOf } from './position.ts'
import { reachedOf } from './reached.ts'
import { recentSpend } from './recent.ts'
import { runwayOf } from './runway.ts'
import { spendRate } from './spend-rate.ts'
import { tierOf } from './tier-of.ts'
import { planSince } from './timeline.ts'
import { depletionOf } from './usage-notes.ts'
import { weekShape } from './week-shape.ts'

const HISTORY_MS = 35 * DAY_MS
const RECENT_MS = 35 * DAY_MS
const HISTORY_POINTS_MAX = 300

/** Judges a book at `now`. Money in nanos of the account's currency, half-even. */
export const standingOf = (book: Book, now: Instant): Standing => {
  const position = positionOf(book, now)
  const { at, fold, plan, rate } = position
  const evidence = evidenceIn(book, position)
  return {
    account: book.account,
    asOf: now,
    ...moneyIn(book, position),
    get grants() {
      return grantStandings(fold.lots)
    },
    livingGrants: livingStandings(fold.lots, fold.active),
    recentGrants: startedWithin(fold.lots, at - RECENT_MS, at),
    budgets: budgetStandings(book.budgets, book.account),
    evidence,
    tier: tierOf(book, at, { plan, payments: fold.payments, demand: evidence.demand, rate }),
    ...paceIn(book, position),
    billing: billingStanding(book, at),
    anomalies: anomalyStandings(book, at),
    ...given('enforcement', enforcementStanding(book)),
    unpricedModels: [...book.usage.notes.unpriced.keys()].sort(),
    setAside: book.setAside(),
    get byProject() {
      return inCurrency(burnByProject(book.usage.burners, now), rate ?? UNIT)
    },
    get history() {
      return [...historyOf(fold, at), { at, balance: position.balance.value }]
    },
  }
}

/** A field that does not apply is absent. */
const given = <Name extends string, Value>(name: Name, value: Value | undefined): { readonly [K in Name]?: Value } =>
  (value === undefined ? {} : { [name]: value }) as { readonly [K in Name]?: Value }

/** What there is, what was spent of it, and how long it lasts. */
const moneyIn = (book: Book, position: Position) => {
  const { at, fold, plan, feeds, estimate, balance, burn } = position
  const corrected = fold.drawn - fold.billed - fold.carry
  return {
    plan,
    ...given('planSince', planSince(book.plans, at)),
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
    ...given('runway', runwayIn(book, position)),
    base: fold.base,
    ...given('latestGrantAt', fold.latestGrantAt),
    grantsStarted: fold.grantsStarted,
    corrections: fold.corrections,
    feeds,
  }
}

const runwayIn = (book: Book, { at, fold, plan, burnInputs, burn, balance }: Position): Standing['runway'] =>
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

/** What says that credit is gone, or is not. */
const evidenceIn = (book: Book, { at, fold, burn, balance }: Position): Standing['evidence'] =>
  evidenceOf({
    fold,
    low: balance.low,
    margin: balance.high - balance.low,
    burnPerDay: burn.perDay,
    depletion: standingDepletion(depletionOf(book.usage.notes), book, at),
    demand: latest(book.factsOf('prepayment-required'), at),
    paidCallAt: book.usage.notes.paidCallAt,
    payments: fold.payments,
    causes: causesOf(book.usage.notes, at),
    span: depletionSpan(book.usage.notes),
  })

/** How fast it goes: the month against its caps, the last hours against the week, ten minutes against the tier. */
const paceIn = (book: Book, position: Position) => {
  const { at, fold, plan, rate, estimate, covered, balance } = position
  const autoReload = latest(book.factsOf('auto-reload'), at)
  const usage = book.usage.series
  const recent = recentSpend({
    fold,
    usage,
    usageFrom: book.usage.notes.firstAt,
    covered,
    rate: rate ?? UNIT,
    factorMillionths: estimate.factorMillionths,
    now: at,
  })
  return {
    ...given('month', monthStanding(book.usage, { billed: fold.billedByPeriod, estimate, rate, now: at })),
    ...given('recent', recent),
    ...given('spendRate', spendRate(usage, at)),
    ...given('autoReload', autoReload),
    ...given('reached', reachedOf({ fold, plan, balance, usage, rate, autoReload, now: at })),
  }
}

/** Of what operators said, the latest by its own time. */
const latest = <Said extends { readonly at: Instant }>(
  facts: readonly { readonly body: Said }[],
  at: Instant,
): Said | undefined =>
  facts
    .map(({ body }) => body)
    .filter((body) => body.at <= at)
    .sort((a, b) => b.at - a.at)[0]

const inCurrency = (rows: Standing['byProject'], rate: Nanos): Standing['byProject'] => {
  const convert = (perDay: Nanos): Nanos => divideHalfEven(perDay * rate, UNIT)
  return rows.map(({ projectId, perDay, models }) => ({
    projectId,
    perDay: convert(perDay),
    models: models.map((row) => ({ model: row.model, perDay: convert(row.perDay) })),
  }))
}

const historyOf = (fold: FoldState, at: Instant): Standing['history'] => {
  const recent = fold.history.filter((point) => point.at >= at - HISTORY_MS)
  const step = Math.ceil(recent.length / HISTORY_POINTS_MAX)
  return recent.filter((_, index) => index % step === 0 || index === recent.length - 1)
}
