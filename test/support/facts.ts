/** Facts for tests: short makers, and arbitrary sets of them for laws. */

import fc from 'fast-check'
import type { ErrorCause, Fact, FactBody } from '../../functions/domain/facts.ts'
import { type AccountId, contentHash, factKey } from '../../functions/domain/keys.ts'
import { nanos } from '../../functions/domain/money.ts'
import type { AccountSettings } from '../../functions/domain/standing.ts'
import { DAY_MS, formatInstant, HOUR_MS, type Instant, instant } from '../../functions/domain/time.ts'

export const ACCOUNT = '01D4EE-079462-DFD6EC' as AccountId
export const BUDGET = 'de72f49d-779b-4945-a127-4d6ce8def0bb'
export const BUDGET_TWO = 'a1b2c3d4-0000-4000-8000-000000000002'
export const T0: Instant = instant('2026-11-01T07:00:00Z')

export const settings = (over: Partial<AccountSettings> = {}): AccountSettings => ({
  id: ACCOUNT,
  name: 'Production',
  plan: 'gemini-prepay',
  currency: 'USD',
  projects: ['my-app'],
  budgets: { [BUDGET]: 'drawdown', [BUDGET_TWO]: 'drawdown' },
  thresholds: { percent: [50, 20, 10], amount: [], runwayHours: [168, 72, 24], expiryDays: [30, 7, 1] },
  timeZone: 'UTC',
  ...over,
})

export const fact = (body: FactBody, sourceAt: Instant, keyParts: readonly string[], timed = true): Fact => ({
  account: ACCOUNT,
  key: factKey(body.kind, ...keyParts),
  hash: contentHash(body),
  provenance: { source: { ms: sourceAt, subNanos: 0 }, timed },
  body,
})

export const reading = (
  at: Instant,
  cost: string,
  over: { budgetId?: string; periodStart?: Instant; timed?: boolean } = {},
): Fact => {
  const { budgetId = BUDGET, periodStart = T0, timed = true } = over
  const body: FactBody = {
    kind: 'reading',
    budgetId,
    budgetName: 'Gemini',
    periodStart,
    cost: nanos(cost),
    budgetAmount: nanos('1000'),
    budgetAmountType: 'SPECIFIED_AMOUNT',
    currencyCode: 'USD',
  }
  return fact(body, at, [budgetId, formatInstant(periodStart), timed ? String(at) : contentHash(body)], timed)
}

type GrantOver = {
  kind?: 'prepayment' | 'promotional' | 'free-trial' | 'adjustment'
  expiresAt?: Instant
  priority?: number
  sourceAt?: Instant
}

export const grant = (grantId: string, amount: string, effectiveAt: Instant, over: GrantOver = {}): Fact =>
  fact(
    {
      kind: 'grant',
      grantId,
      grantKind: over.kind ?? 'prepayment',
      amount: nanos(amount),
      currencyCode: 'USD',
      effectiveAt,
      ...(over.expiresAt === undefined ? {} : { expiresAt: over.expiresAt }),
      priority: over.priority ?? 100,
    },
    over.sourceAt ?? effectiveAt,
    [grantId],
  )

export const voidGrant = (grantId: string, at: Instant): Fact =>
  fact({ kind: 'void', grantId, at }, at, [grantId, formatInstant(at)])
export const refund = (grantId: string, amount: string, at: Instant): Fact =>
  fact({ kind: 'refund', grantId, amount: nanos(amount), at }, at, [grantId, formatInstant(at)])
export const balanceReading = (balance: string, at: Instant): Fact =>
  fact({ kind: 'balance-reading', balance: nanos(balance), currencyCode: 'USD', at }, at, [formatInstant(at)])
export const planFact = (plan: 'cloud-credit' | 'gemini-prepay' | 'postpay', at: Instant): Fact =>
  fact({ kind: 'plan', plan, at }, at, [formatInstant(at)])

type UsageOver = {
  projectId?: string
  costUsd?: string | undefined
  error?: ErrorCause
  quotaIds?: readonly string[]
  model?: string
  sourceAt?: Instant
}

export const usage = (requestId: string, at: Instant, over: UsageOver = {}): Fact => {
  const { projectId = 'my-app', model = 'gemini-3.5-flash' } = over
  const cost = 'costUsd' in over ? over.costUsd : '1'
  const body: FactBody = {
    kind: 'usage',
    requestId,
    projectId,
    at,
    model,
    requests: 1,
    ...(cost === undefined ? {} : { costUsd: over.error ? 0n : nanos(cost) }),
    ...(over.error
      ? {
          error: {
            code: over.error === 'depleted' ? 402 : 429,
            status: 'RESOURCE_EXHAUSTED',
            message: 'no',
            cause: over.error,
            quotaIds: over.quotaIds ?? [],
          },
        }
      : {}),
  }
  return fact(body, over.sourceAt ?? at, [projectId, requestId, formatInstant(at)])
}

/** What Google's own feeds tell; the ledger takes it at its own time. */
const incident = (id: string, state: 'open' | 'closed', openedAt: Instant): Fact =>
  fact(
    { kind: 'incident', incidentId: id, about: 'depletion', state, openedAt, projectId: 'my-app', name: '402 seen' },
    openedAt + (state === 'closed' ? DAY_MS : 0),
    [id, state],
  )
const anomaly = (anomalyId: string, deviation: string, at: Instant): Fact =>
  fact(
    { kind: 'anomaly', anomalyId, detectedAt: T0, actual: nanos('99'), deviation: nanos(deviation), causes: [] },
    at,
    [anomalyId, String(at)],
  )

const hoursIn = fc.integer({ min: 0, max: 60 * 24 }).map((hours) => T0 + hours * HOUR_MS)
const cents = fc.integer({ min: 1, max: 20_000 }).map((value) => (value / 100).toFixed(2))
const grantIds = fc.constantFrom('G1', 'G2', 'G3', 'G4')
const kinds = fc.constantFrom('prepayment', 'promotional', 'free-trial', 'adjustment')
const PERIODS = [T0, instant('2026-12-01T08:00:00Z'), instant('2027-01-01T08:00:00Z')]

/** Any facts that can be read: contradictions, repeats and old periods among them. */
export const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(hoursIn, cents, fc.constantFrom(BUDGET, BUDGET_TWO), fc.boolean())
      .map(([at, cost, budgetId, old]) => reading(at, cost, { budgetId, periodStart: periodAt(at, old) })),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        grantIds,
        cents,
        hoursIn,
        kinds,
        fc.option(fc.integer({ min: 1, max: 50 })),
        fc.constantFrom(50, 100),
        hoursIn,
      )
      .map(([id, amount, at, kind, days, priority, sourceAt]) =>
        grant(id, amount, at, {
          kind,
          priority,
          sourceAt,
          ...(days === null ? {} : { expiresAt: at + days * DAY_MS }),
        }),
      ),
  },
  { weight: 1, arbitrary: fc.tuple(grantIds, hoursIn).map(([id, at]) => voidGrant(id, at)) },
  { weight: 2, arbitrary: fc.tuple(grantIds, cents, hoursIn).map(([id, amount, at]) => refund(id, amount, at)) },
  { weight: 1, arbitrary: fc.tuple(cents, hoursIn).map(([balance, at]) => balanceReading(balance, at)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('cloud-credit', 'gemini-prepay', 'postpay'), hoursIn)
      .map(([plan, at]) => planFact(plan, at)),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.tuple(fc.constantFrom('i1', 'i2'), fc.constantFrom('open', 'closed'), hoursIn).map((it) => incident(...it)),
      fc.tuple(fc.constantFrom('a1', 'a2'), fc.constantFrom('31', '0'), hoursIn).map((it) => anomaly(...it)),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.integer({ min: 0, max: 5 }), hoursIn, cents, hoursIn)
      .map(([id, at, costUsd, sourceAt]) => usage(`r${id}`, at, { costUsd, sourceAt })),
  },
)

const periodAt = (at: Instant, old: boolean): Instant => {
  const running = PERIODS.filter((start) => start <= at)
  return running.at(old && running.length > 1 ? -2 : -1) ?? T0
}
