/** A plausible standing for tests: half a month into a 50.00 USD prepayment; override what the test is about. */

import type { Bounds, Burn, Runway } from '../../functions/domain/balance.ts'
import type { GrantKind } from '../../functions/domain/facts.ts'
import type { AccountId } from '../../functions/domain/keys.ts'
import { nanos } from '../../functions/domain/money.ts'
import type { AccountSettings, BudgetStanding, GrantStanding, Standing } from '../../functions/domain/standing.ts'
import { HOUR_MS, instant } from '../../functions/domain/time.ts'
import type { RuleContext } from '../../functions/rules/rule.ts'

export type StandingOverrides = Partial<Omit<Standing, 'account' | 'balance' | 'burn' | 'runway'>> & {
  readonly account?: Partial<AccountSettings>
  readonly balance?: Partial<Bounds>
  readonly burn?: Partial<Burn>
  /** `null` leaves the runway out, as for a burn rate of 0. */
  readonly runway?: Runway | null
}

export const BUDGET_ID = 'de72f49d-779b-4945-a127-4d6ce8def0bb'
/** When the default standing was taken. */
export const AS_OF = instant('2026-11-23T10:00:00Z')

export const account = (overrides: Partial<AccountSettings> = {}): AccountSettings => ({
  id: '01D4EE-079462-DFD6EC' as AccountId,
  name: 'Production',
  plan: 'gemini-prepay',
  currency: 'USD',
  projects: ['my-app', 'my-batch'],
  budgets: { [BUDGET_ID]: 'drawdown' },
  thresholds: { percent: [50, 20, 10], amount: [], runwayHours: [168, 72, 24], expiryDays: [30, 7, 1] },
  timeZone: 'UTC',
  ...overrides,
})

export const grant = (overrides: Partial<GrantStanding> & { readonly kind?: GrantKind } = {}): GrantStanding => ({
  id: 'P1',
  kind: 'prepayment',
  amount: nanos('50.00'),
  remaining: nanos('41.20'),
  drawn: nanos('8.80'),
  expired: 0n,
  refunded: 0n,
  voided: 0n,
  state: 'active',
  effectiveAt: instant('2026-11-01T00:00:00Z'),
  expiresAt: instant('2027-11-01T00:00:00Z'),
  priority: 100,
  ...overrides,
})

export const budget = (overrides: Partial<BudgetStanding> = {}): BudgetStanding => ({
  budgetId: BUDGET_ID,
  name: 'Gemini month',
  role: 'drawdown',
  periodStart: instant('2026-11-01T07:00:00Z'),
  cost: nanos('8.80'),
  amount: nanos('100.00'),
  currencyCode: 'USD',
  lastAt: instant('2026-11-23T08:00:00Z'),
  thresholdsBp: [],
  forecastThresholdsBp: [],
  ...overrides,
})

const BALANCE: Bounds = {
  value: nanos('41.20'),
  low: nanos('36.80'),
  high: nanos('41.20'),
  factorMillionths: 1_000_000n,
  unbilled: 0n,
  lagMs: 24 * HOUR_MS,
  drift: 0n,
}

const BURN: Burn = { perDay: nanos('4.40'), spent: nanos('8.80'), coveredMs: 48 * HOUR_MS }
const RUNWAY: Runway = { p10Hours: 190.1, p50Hours: 224.7, p90Hours: 260 }

/** Overrides of `account`, `balance` and `burn` are merged field by field; everything else replaces the default. */
export const standing = (overrides: StandingOverrides = {}): Standing => {
  const { account: settings, balance, burn, runway = RUNWAY, grants = [grant()], ...rest } = overrides
  return {
    account: account(settings),
    asOf: AS_OF,
    plan: settings?.plan ?? 'gemini-prepay',
    funded: true,
    balance: { ...BALANCE, ...balance },
    overage: 0n,
    overageSinceGrant: 0n,
    spent: { billed: nanos('8.80') },
    burn: { ...BURN, ...burn },
    ...(runway === null ? {} : { runway }),
    grants,
    livingGrants: grants,
    recentGrants: grants,
    base: nanos('50.00'),
    latestGrantAt: instant('2026-11-01T00:00:00Z'),
    grantsStarted: 1,
    corrections: 0n,
    budgets: [budget()],
    feeds: { budget: { lastAt: instant('2026-11-23T08:00:00Z'), stale: false } },
    evidence: {},
    tier: { entitled: 'tier-1' },
    billing: { links: [], refused: [] },
    anomalies: [],
    unpricedModels: [],
    setAside: [],
    byProject: [],
    history: [],
    ...rest,
  }
}

/** The context of an evaluation at the default standing's time, three weeks after the first. */
export const context = (overrides: Partial<RuleContext> = {}): RuleContext => ({
  now: AS_OF,
  firstSeenAt: instant('2026-11-01T00:00:00Z'),
  rejected: [],
  ...overrides,
})
