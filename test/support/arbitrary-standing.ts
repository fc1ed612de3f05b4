/** Any standing a rule may meet, wilder than real ones: extreme amounts, hostile names, gaps everywhere. */

import fc from 'fast-check'
import type { Bounds, RecentSpend } from '../../functions/domain/balance.ts'
import { REASONS, type ReasonCode } from '../../functions/domain/errors.ts'
import { ERROR_CAUSES, GRANT_KINDS, PLANS, REFUSALS, TIERS } from '../../functions/domain/facts.ts'
import { type AccountId, type AlertKey, contentHash, factKey } from '../../functions/domain/keys.ts'
import { NANOS_MAX } from '../../functions/domain/money.ts'
import type { OutboxHealth } from '../../functions/domain/outbox.ts'
import type {
  AnomalyStanding,
  BillingStanding,
  BudgetStanding,
  GrantStanding,
  Standing,
  TierStanding,
} from '../../functions/domain/standing.ts'
import { DAY_MS, instant } from '../../functions/domain/time.ts'
import type { RuleContext } from '../../functions/rules/rule.ts'
import { account, BUDGET_ID } from './standing.ts'

const EPOCH = instant('2026-01-01T00:00:00Z')
/** Bounds sums of many amounts to the stores' range. */
const AMOUNT_MAX = NANOS_MAX / 64n

const time = fc.integer({ min: EPOCH, max: EPOCH + 800 * DAY_MS })
const wide = fc.bigInt({ min: -AMOUNT_MAX, max: AMOUNT_MAX })
const small = fc.bigInt({ min: -2_000_000_000n, max: 200_000_000_000n })
const amount = fc.oneof(small, small, wide, fc.constant(0n))
const positive = amount.map((value) => (value < 0n ? -value : value))
const hostile = fc.constantFrom('<script>', 'a\r\nBcc: x@y', '=1+1', '😀'.repeat(80), 'n'.repeat(10_000), '', '*_@all')
const name = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), hostile)
const hours = fc.oneof(fc.double({ min: 0, max: 10_000, noNaN: true }), fc.constantFrom(0, 24, 1e12, Infinity))
const currency = fc.constantFrom('USD', 'JPY', 'KWD', 'VND', 'CLF')
const basisPoints = fc.uniqueArray(fc.integer({ min: 1, max: 100_000 }), { maxLength: 4 })

const feed = fc.record({ lastAt: time, stale: fc.boolean() })

const bounds: fc.Arbitrary<Bounds> = fc
  .record({
    high: amount,
    unbilled: positive,
    below: positive,
    drift: positive,
    factorMillionths: positive.map((value) => value % 10_000_000n),
    lagMs: fc.integer({ min: 0, max: 3 * DAY_MS }),
  })
  .map(({ high, unbilled, below, ...rest }) => {
    const value = high - unbilled
    return { ...rest, high, value, low: value - below, unbilled }
  })

const recent: fc.Arbitrary<RecentSpend> = fc.record({
  spent: positive,
  confirmed: positive,
  yesterday: positive,
  usual: positive,
  peak: positive,
  days: fc.integer({ min: 7, max: 14 }),
  by: fc.constantFrom('usage', 'bill'),
})

const grantStanding: fc.Arbitrary<GrantStanding> = fc
  .record({
    id: name,
    kind: fc.constantFrom(...GRANT_KINDS),
    amount: positive,
    remaining: positive,
    state: fc.constantFrom('scheduled', 'active', 'exhausted', 'expired', 'voided', 'refunded'),
    effectiveAt: time,
    expiresAt: fc.option(time, { nil: undefined }),
    priority: fc.integer({ min: 0, max: 200 }),
  })
  .map(({ expiresAt, ...rest }) => ({
    ...rest,
    drawn: 0n,
    expired: 0n,
    refunded: 0n,
    voided: 0n,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }))

const budgetStanding: fc.Arbitrary<BudgetStanding> = fc.record({
  budgetId: fc.oneof(fc.constant(BUDGET_ID), fc.uuid()),
  name,
  role: fc.constantFrom('drawdown', 'watch'),
  periodStart: time,
  cost: amount,
  amount,
  currencyCode: currency,
  lastAt: time,
  thresholdsBp: basisPoints,
  forecastThresholdsBp: basisPoints,
})

const settings = fc
  .record({
    name,
    currency,
    projects: fc.array(name, { maxLength: 12 }),
    budgets: fc.dictionary(fc.oneof(fc.constant(BUDGET_ID), fc.uuid()), fc.constantFrom('drawdown', 'watch'), {
      maxKeys: 3,
    }),
    timeZone: fc.constantFrom('UTC', 'America/Los_Angeles', 'Asia/Kathmandu'),
    thresholds: fc.record({
      percent: fc.array(fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constant(12.5)), { maxLength: 5 }),
      amount: fc.array(positive, { maxLength: 4 }),
      runwayHours: fc.array(fc.integer({ min: 1, max: 1_000 }), { maxLength: 4 }),
      expiryDays: fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 4 }),
    }),
  })
  .map(account)

const depletion = fc
  .record({
    at: time,
    code: fc.constantFrom(402, 429),
    message: name,
    projectId: name,
    nearZero: fc.boolean(),
    paidAt: fc.option(time, { nil: undefined }),
  })
  .map(({ paidAt, ...rest }) => (paidAt === undefined ? rest : { ...rest, paidAt }))

const cause = fc
  .record({
    cause: fc.constantFrom(...ERROR_CAUSES),
    projectId: name,
    at: time,
    code: fc.constantFrom(0, 403, 429, 503),
    message: name,
    quotaIds: fc.array(name, { maxLength: 3 }),
    count: fc.integer({ min: 1, max: 1_000_000 }),
    paidAt: fc.option(time, { nil: undefined }),
  })
  .map(({ paidAt, ...rest }) => (paidAt === undefined ? rest : { ...rest, paidAt }))
/** As the ledger gives them: one for a project and cause. */
const causes = fc.uniqueArray(cause, {
  maxLength: 6,
  selector: (each) => JSON.stringify([each.cause, each.projectId]),
})

const autoReload = fc
  .record(
    { enabled: fc.boolean(), triggerBalance: positive, reloadAmount: positive, monthlyLimit: positive, at: time },
    { requiredKeys: ['enabled', 'triggerBalance', 'reloadAmount', 'at'] },
  )
  .map((body) => ({ kind: 'auto-reload' as const, currencyCode: 'USD', ...body }))
const reached = fc.record({ zeroAt: time, reloadDueAt: time, readAt: time }, { requiredKeys: [] })
/** Where there is one, the other is not far. */
const reloading = fc.oneof(
  fc.constant({}),
  fc.record({ reached }),
  fc.record({ autoReload }),
  fc.record({ autoReload, reached }),
)

const demand = fc
  .record(
    { projectId: name, amount: positive, currencyCode: currency, dueAt: time, reason: name, at: time },
    { requiredKeys: ['at'] },
  )
  .map((body) => ({ kind: 'prepayment-required' as const, ...body }))

const setAside = fc
  .record({ at: time, reason: fc.constantFrom(...(Object.keys(REASONS) as ReasonCode[])), id: name })
  .map(({ at, reason, id }) => {
    const body = { kind: 'void' as const, grantId: id, at }
    const provenance = { source: { ms: at, subNanos: 0 }, timed: true }
    const fact = { account: '01D4EE-079462-DFD6EC' as AccountId, key: factKey('void', id), hash: contentHash(id) }
    return { reason, fact: { ...fact, provenance, body } }
  })

const accountId = fc.constantFrom('01D4EE-079462-DFD6EC' as AccountId, '0A0A0A-0B0B0B-0C0C0C' as AccountId)

const link = fc
  .record({
    projectId: name,
    linkedTo: fc.option(accountId, { nil: undefined }),
    billingEnabled: fc.boolean(),
    since: time,
  })
  .map(({ linkedTo, ...rest }) => (linkedTo === undefined ? rest : { ...rest, linkedTo }))

const refused = fc.record({
  about: fc.oneof(
    name.map((id) => `projects/${id}` as const),
    accountId.map((id) => `billingAccounts/${id}` as const),
  ),
  why: fc.constantFrom(...REFUSALS),
  since: time,
})

const billing: fc.Arbitrary<BillingStanding> = fc
  .record({
    links: fc.uniqueArray(link, { maxLength: 5, selector: (each) => each.projectId }),
    open: fc.option(fc.record({ open: fc.boolean(), since: time }), { nil: undefined }),
    refused: fc.uniqueArray(refused, { maxLength: 8, selector: (each) => each.about }),
  })
  .map(({ open, ...rest }) => (open === undefined ? rest : { ...rest, open }))

const anomaly: fc.Arbitrary<AnomalyStanding> = fc.record(
  {
    anomalyId: name,
    detectedAt: time,
    reportedAt: time,
    actual: amount,
    expected: amount,
    deviation: amount,
    where: name,
    causes: fc.array(name, { maxLength: 5 }),
    over: fc.constantFrom('settled', 'silent'),
  },
  { requiredKeys: ['anomalyId', 'detectedAt', 'reportedAt', 'actual', 'causes'] },
)

const tier = fc.constantFrom(...TIERS)
const tierStanding: fc.Arbitrary<TierStanding> = fc.record(
  {
    observed: tier,
    confidence: fc.constantFrom('low', 'medium', 'high'),
    entitled: tier,
    since: time,
    entitledSince: time,
    entitledBefore: tier,
    latest: fc.record({ tier, at: time, by: fc.constantFrom('operator', 'errors') }),
    changed: fc.record({ from: tier, to: tier, since: time, at: time }),
    next: fc.record(
      { tier, paidStillNeeded: positive, earliestAt: time },
      { requiredKeys: ['tier', 'paidStillNeeded'] },
    ),
  },
  { requiredKeys: ['entitled'] },
)
const month = fc
  .record({ from: time, spent: amount })
  .map(({ from, spent }) => ({ from, to: from + 30 * DAY_MS, spent }))

const trouble = fc.record({
  channel: name,
  dead: fc.nat({ max: 1_000 }),
  waiting: fc.nat({ max: 1_000 }),
  since: time,
  note: name,
  titles: fc.array(name, { maxLength: 5 }),
})
const unheard = fc.record({ alertKey: name.map((key) => key as AlertKey), title: name, figure: name, since: time })
const outbox: fc.Arbitrary<OutboxHealth> = fc.record(
  {
    oldestDueAt: time,
    failing: fc.uniqueArray(name, { maxLength: 3 }),
    troubles: fc.uniqueArray(trouble, { maxLength: 3, selector: (each) => each.channel }),
    unheard: fc.uniqueArray(unheard, { maxLength: 3, selector: (each) => each.alertKey }),
  },
  { requiredKeys: ['failing', 'troubles', 'unheard'] },
)

/** A standing and the context of its evaluation; `now` is the standing's own time, as everywhere in the product. */
export const arbitraryEvaluation: fc.Arbitrary<{ readonly standing: Standing; readonly context: RuleContext }> = fc
  .record({
    account: settings,
    asOf: time,
    plan: fc.constantFrom(...PLANS),
    funded: fc.boolean(),
    balance: bounds,
    overage: positive,
    overageSinceGrant: positive,
    spent: fc.record({ billed: amount, estimated: positive, corrected: amount }, { requiredKeys: ['billed'] }),
    burn: fc.record({ perDay: positive, spent: positive, coveredMs: fc.integer({ min: 0, max: 7 * DAY_MS }) }),
    runway: fc.option(
      fc.tuple(hours, hours, hours).map((all) => {
        const [p10Hours = 0, p50Hours = 0, p90Hours = 0] = [...all].sort((a, b) => a - b)
        return { p10Hours, p50Hours, p90Hours }
      }),
      { nil: undefined },
    ),
    recent: fc.option(recent, { nil: undefined }),
    grants: fc.uniqueArray(grantStanding, { maxLength: 6, selector: (each) => each.id }),
    base: amount,
    grantsStarted: fc.nat({ max: 10 }),
    corrections: positive,
    budgets: fc.uniqueArray(budgetStanding, { maxLength: 3, selector: (each) => each.budgetId }),
    feeds: fc.record({ budget: feed, usage: feed }, { requiredKeys: [] }),
    reloading,
    evidence: fc.record({ depletion, demand, paidCallAt: time, causes }, { requiredKeys: [] }),
    tier: tierStanding,
    month: fc.option(month, { nil: undefined }),
    spendRate: fc.option(fc.record({ usd: positive, at: time }), { nil: undefined }),
    planSince: fc.option(time, { nil: undefined }),
    billing,
    anomalies: fc.uniqueArray(anomaly, { maxLength: 3, selector: (each) => each.anomalyId }),
    unpricedModels: fc.array(name, { maxLength: 3 }),
    setAside: fc.array(setAside, { maxLength: 4 }),
    byProject: fc.array(
      fc.record({
        projectId: name,
        perDay: positive,
        models: fc.array(fc.record({ model: name, perDay: positive }), { maxLength: 4 }),
      }),
      { maxLength: 8 },
    ),
    firstSeenAt: time,
    rejected: fc.array(
      fc.record({
        reason: fc.constantFrom('JSON', 'UNKNOWN_ACCOUNT', 'SOMETHING_NEW'),
        day: fc.constantFrom('2026-11-22', '2026-11-23'),
        count: fc.integer({ min: 1, max: 1_000 }),
        example: name,
      }),
      { maxLength: 3 },
    ),
    outbox: fc.option(outbox, { nil: undefined }),
  })
  .map(({ runway, planSince, firstSeenAt, rejected, outbox: health, reloading, ...rest }) => ({
    standing: {
      ...rest,
      ...reloading,
      livingGrants: rest.grants,
      recentGrants: rest.grants,
      history: [],
      ...(runway ? { runway } : {}),
      ...(planSince === undefined ? {} : { planSince }),
    },
    context: { now: rest.asOf, firstSeenAt, rejected, ...(health && { outbox: health }) },
  }))
