/** For each rule one standing that makes it speak, as real as can be: what golden files and the contact sheet show. */

import type { Bounds } from '../../functions/domain/balance.ts'
import type { CauseEvidence, DepletionEvidence } from '../../functions/domain/evidence.ts'
import type { ErrorCause } from '../../functions/domain/facts.ts'
import { type AccountId, type AlertKey, contentHash, factKey } from '../../functions/domain/keys.ts'
import { nanos } from '../../functions/domain/money.ts'
import type { Standing } from '../../functions/domain/standing.ts'
import { DAY_MS, HOUR_MS, type Instant, instant, MINUTE_MS } from '../../functions/domain/time.ts'
import type { RuleContext } from '../../functions/rules/rule.ts'
import { AS_OF, budget, grant, type StandingOverrides } from './standing.ts'

export type RuleCase = { readonly standing: StandingOverrides; readonly context?: Partial<RuleContext> }

const ago = (ms: number): Instant => AS_OF - ms

/** Two weeks of half-day steps that fall from `from` to `to`, with a top-up of `bought` in the middle. */
const burnDown = (from: string, to: string, bought = '0'): Standing['history'] => {
  const [start, end, gift] = [nanos(from), nanos(to), nanos(bought)]
  const steps = 28n
  return Array.from({ length: 29 }, (_, index) => {
    const at = BigInt(index)
    const uneven = index % 2 === 0 ? 0n : (start + gift - end) / 90n
    const fall = ((start + gift - end) * at) / steps + uneven
    return { at: ago((28 - index) * 12 * HOUR_MS), balance: start - fall + (at >= 14n ? gift : 0n) }
  })
}

const bounds = (low: string, value: string, high: string): Bounds => ({
  low: nanos(low),
  value: nanos(value),
  high: nanos(high),
  unbilled: nanos(high) - nanos(value),
  factorMillionths: 980_000n,
  lagMs: 0,
  drift: nanos(value) - nanos(low),
  feedLagMs: 10 * HOUR_MS,
})

const spending = {
  burn: { perDay: nanos('4.01'), spent: nanos('28.04'), coveredMs: 7 * DAY_MS },
  spent: { billed: nanos('50.05'), estimated: nanos('50.90') },
  byProject: [
    { projectId: 'my-app', perDay: nanos('2.78'), models: [{ model: 'gemini-3.5-flash', perDay: nanos('2.78') }] },
    { projectId: 'my-batch', perDay: nanos('1.19'), models: [{ model: 'gemini-2.5-pro', perDay: nanos('1.19') }] },
  ],
  base: nanos('66'),
  feeds: { budget: { lastAt: ago(2 * HOUR_MS), stale: false }, usage: { lastAt: ago(MINUTE_MS), stale: false } },
} satisfies StandingOverrides

/** Credit is almost gone: what most alerts are about. */
const low: StandingOverrides = {
  ...spending,
  balance: bounds('5.83', '9.55', '11.55'),
  runway: { p10Hours: 33.1, p50Hours: 57.2, p90Hours: 71 },
  history: burnDown('42', '9.55', '24'),
}

const plenty: StandingOverrides = {
  ...spending,
  balance: bounds('36.80', '41.20', '42.10'),
  history: burnDown('66', '41.20'),
}

const gone: StandingOverrides = {
  ...spending,
  balance: bounds('-0.80', '-0.40', '0'),
  runway: { p10Hours: 0, p50Hours: 0, p90Hours: 0 },
  history: burnDown('42', '-0.40'),
}

const DEPLETED =
  'Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing.'

const depletion = (more: Partial<DepletionEvidence> = {}): DepletionEvidence => ({
  at: ago(2 * MINUTE_MS),
  code: 402,
  message: DEPLETED,
  projectId: 'my-app',
  nearZero: false,
  since: ago(3 * HOUR_MS),
  requests: 41,
  ...more,
})

const cause = (kind: ErrorCause, message: string, code = 429): CauseEvidence => ({
  cause: kind,
  projectId: 'my-app',
  at: ago(10 * MINUTE_MS),
  code,
  message,
  quotaIds: [],
  count: 128,
})

const autoReload = {
  kind: 'auto-reload',
  enabled: true,
  triggerBalance: nanos('10'),
  reloadAmount: nanos('50'),
  currencyCode: 'USD',
  at: ago(20 * DAY_MS),
} as const

const euros = { currency: 'EUR', locale: 'de-DE', timeZone: 'Europe/Berlin', usdRate: nanos('0.92') } as const

/** By the rule's name; a test fails where one is missing, or does not speak. */
export const RULE_CASES: Readonly<Record<string, RuleCase>> = {
  'prepayment-required': {
    standing: {
      ...low,
      balance: bounds('0', '0.12', '0.12'),
      history: burnDown('42', '0.12'),
      evidence: { depletion: depletion({ nearZero: true }), paidCallAt: ago(3 * HOUR_MS) },
    },
  },
  'wrong-bucket': {
    standing: {
      ...plenty,
      history: burnDown('12', '41.20', '50'),
      evidence: { depletion: depletion({ paidAt: ago(45 * MINUTE_MS) }), paidCallAt: ago(4 * HOUR_MS) },
    },
  },
  'false-depletion': {
    standing: { ...plenty, evidence: { depletion: depletion(), paidCallAt: ago(4 * HOUR_MS) } },
  },
  'credit-exhausted': { standing: gone },
  'overage-charging': {
    standing: {
      ...gone,
      account: { plan: 'cloud-credit' },
      balance: bounds('0', '0', '0'),
      history: burnDown('42', '0'),
      overage: nanos('12.50'),
      overageSinceGrant: nanos('3.20'),
    },
  },
  'project-cap': {
    standing: {
      ...plenty,
      evidence: { causes: [cause('project-cap', 'Your project has exceeded its monthly spending cap.')] },
    },
  },
  'billing-refused': {
    standing: {
      ...plenty,
      evidence: {
        causes: [cause('delinquent', 'Lightning dunning decision is deny for project: projects/123456789012', 403)],
      },
    },
  },
  'key-refused': {
    standing: {
      ...plenty,
      evidence: { causes: [cause('key', 'Your API key was reported as leaked. Please use another API key.', 403)] },
    },
  },
  'payment-unrecorded': {
    standing: { ...gone, reached: { zeroAt: ago(90 * MINUTE_MS) }, evidence: { paidCallAt: ago(MINUTE_MS) } },
  },
  'reload-missing': {
    standing: {
      ...low,
      autoReload: { ...autoReload, monthlyLimit: nanos('200') },
      reached: { reloadDueAt: ago(3 * HOUR_MS), readAt: ago(HOUR_MS) },
    },
  },
  'credit-runway': {
    standing: { ...low, account: euros, runway: { p10Hours: 7.4, p50Hours: 19.2, p90Hours: 31 } },
  },
  'credit-low': { standing: low },
  'credit-expiring': {
    standing: {
      ...plenty,
      burn: { perDay: nanos('1.10'), spent: nanos('7.70'), coveredMs: 7 * DAY_MS },
      grants: [grant({ expiresAt: AS_OF + 6 * DAY_MS })],
    },
  },
  'burn-spike': {
    standing: {
      ...low,
      recent: {
        spent: nanos('31.40'),
        confirmed: nanos('30'),
        yesterday: nanos('4'),
        usual: nanos('4.12'),
        peak: nanos('5.60'),
        days: 14,
        by: 'usage',
      },
    },
  },
  'prepayment-received': {
    standing: {
      ...plenty,
      history: burnDown('30', '41.20', '50'),
      grants: [grant({ amount: nanos('50'), effectiveAt: ago(20 * MINUTE_MS) })],
      tier: {
        entitled: 'tier-1',
        next: { tier: 'tier-2', paidStillNeeded: nanos('50'), earliestAt: instant('2026-11-26T00:00:00Z') },
      },
    },
  },
  'budget-threshold': {
    standing: {
      account: { locale: 'ja-JP', timeZone: 'Asia/Tokyo', currency: 'JPY' },
      budgets: [
        budget({ cost: nanos('140321'), amount: nanos('152557'), currencyCode: 'JPY', thresholdsBp: [5000, 9000] }),
      ],
    },
  },
  'budget-forecast': {
    standing: { ...plenty, budgets: [budget({ cost: nanos('78.80'), forecastThresholdsBp: [10000, 12000] })] },
  },
  'cost-anomaly': {
    standing: {
      ...plenty,
      anomalies: [
        {
          anomalyId: 'billingAccounts/01D4EE-079462-DFD6EC/anomalies/aaa',
          detectedAt: ago(26 * HOUR_MS),
          reportedAt: ago(HOUR_MS),
          actual: nanos('196.22'),
          expected: nanos('165.21'),
          deviation: nanos('31.01'),
          where: 'my-app',
          causes: ['Gemini API', 'us-west1'],
        },
      ],
    },
  },
  'tier-cap': {
    standing: {
      ...plenty,
      balance: bounds('990', '1000', '1000'),
      history: burnDown('1190', '1000'),
      tier: { entitled: 'tier-1', observed: 'tier-1', confidence: 'high' },
      month: {
        from: instant('2026-11-01T07:00:00Z'),
        to: instant('2026-12-01T08:00:00Z'),
        spent: nanos('250.18'),
      },
      evidence: { causes: [cause('tier-cap', 'Your billing account has exceeded its monthly spending cap.')] },
    },
  },
  'tier-changed': {
    standing: {
      ...plenty,
      tier: {
        observed: 'tier-1',
        confidence: 'medium',
        entitled: 'tier-3',
        latest: { tier: 'tier-1', at: ago(HOUR_MS), by: 'errors' },
        changed: { from: 'tier-3', to: 'tier-1', since: ago(5 * HOUR_MS), at: ago(HOUR_MS) },
      },
    },
  },
  'tier-upgrade-overdue': {
    standing: {
      ...plenty,
      tier: {
        observed: 'tier-1',
        confidence: 'high',
        entitled: 'tier-2',
        entitledSince: ago(2 * DAY_MS),
        latest: { tier: 'tier-1', at: ago(HOUR_MS), by: 'operator' },
      },
    },
  },
  'tier-progress': {
    standing: {
      ...plenty,
      tier: {
        entitled: 'tier-1',
        since: ago(22 * DAY_MS),
        next: { tier: 'tier-2', paidStillNeeded: nanos('12.50'), earliestAt: AS_OF + DAY_MS },
      },
    },
  },
  'spend-rate': {
    standing: {
      ...plenty,
      tier: { entitled: 'tier-1', observed: 'tier-1', confidence: 'high' },
      spendRate: { usd: nanos('8.40'), at: ago(20 * MINUTE_MS) },
    },
  },
  'plan-mismatch': {
    standing: {
      ...plenty,
      account: { plan: 'postpay' },
      recentGrants: [],
      evidence: { depletion: depletion() },
    },
  },
  'account-closed': {
    standing: { ...plenty, billing: { links: [], refused: [], open: { open: false, since: ago(HOUR_MS) } } },
  },
  'billing-unlinked': {
    standing: {
      ...plenty,
      billing: { links: [{ projectId: 'my-app', billingEnabled: false, since: ago(HOUR_MS) }], refused: [] },
    },
  },
  'billing-unseen': {
    standing: {
      ...plenty,
      billing: { links: [], refused: [{ about: 'projects/my-app', why: 'denied', since: ago(HOUR_MS) }] },
    },
  },
  'enforcement-step': {
    standing: {
      ...plenty,
      enforcement: {
        arms: [],
        record: [
          {
            kind: 'enforcement',
            phase: 'done',
            alertKey: '5b1f0c2d9e7a4f63b8d1' as AlertKey,
            rule: 'credit-exhausted',
            because: 'The credit of Production is used up',
            projectId: 'my-batch',
            step: 'unlink-billing',
            mode: 'act',
            attempt: 1,
            by: 'drawdown',
            armedBy: 'ada@example.com',
            before: '01D4EE-079462-DFD6EC' as AccountId,
            note: 'it is unlinked',
            at: ago(MINUTE_MS),
          },
        ],
      },
    },
  },
  'feed-stale': {
    standing: {
      ...plenty,
      feeds: { budget: { lastAt: ago(40 * HOUR_MS), stale: true } },
      budgets: [budget({ lastAt: ago(40 * HOUR_MS) })],
    },
  },
  'usage-silent': {
    standing: {
      ...plenty,
      feeds: {
        budget: { lastAt: ago(2 * HOUR_MS), stale: false },
        usage: { lastAt: ago(4 * DAY_MS), stale: true },
      },
      recent: {
        spent: nanos('1.90'),
        confirmed: nanos('1.90'),
        yesterday: nanos('4.10'),
        usual: nanos('3.95'),
        peak: nanos('5.20'),
        days: 14,
        by: 'bill',
      },
    },
  },
  'delivery-failed': {
    standing: plenty,
    context: {
      outbox: {
        failing: ['ops-chat'],
        troubles: [
          {
            channel: 'ops-chat',
            dead: 2,
            waiting: 5,
            since: ago(26 * HOUR_MS),
            note: 'HTTP 503 Service Unavailable',
            titles: ['Credit is low: 12.40 USD left on Production', 'The budget feed of Production is silent'],
          },
        ],
        unheard: [],
      },
    },
  },
  'unpriced-model': { standing: { ...plenty, unpricedModels: ['gemini-9-flash'] } },
  'input-rejected': {
    standing: {
      ...plenty,
      setAside: [
        {
          reason: 'UNKNOWN_GRANT',
          fact: {
            account: '01D4EE-079462-DFD6EC' as AccountId,
            key: factKey('void', 'receipt-9'),
            hash: contentHash('receipt-9'),
            provenance: { source: { ms: ago(HOUR_MS), subNanos: 0 }, timed: true },
            body: { kind: 'void', grantId: 'receipt-9', at: ago(HOUR_MS) },
          },
        },
      ],
    },
    context: { rejected: [{ reason: 'JSON', day: '2026-11-23', count: 3, example: 'no closing brace' }] },
  },
}
