/** Facts: what arrived, immutable, with its own time and a key made of its content. */

import type { EnforcementBody } from './enforcement.ts'
import type { AccountId, AlertKey, FactKey } from './keys.ts'
import type { Nanos } from './money.ts'
import type { Instant, SourceTime } from './time.ts'

/** What happens at zero; see `policy/plans.ts`. */
export const PLANS = ['cloud-credit', 'gemini-prepay', 'postpay'] as const
export type Plan = (typeof PLANS)[number]

export const GRANT_KINDS = ['prepayment', 'promotional', 'free-trial', 'adjustment'] as const
export type GrantKind = (typeof GRANT_KINDS)[number]

export const TIERS = ['free', 'tier-1', 'tier-2', 'tier-3'] as const
export type Tier = (typeof TIERS)[number]

/** One cumulative cost of a budget for its period, as the vendor reported it. */
export type Reading = {
  readonly kind: 'reading'
  readonly budgetId: string
  readonly budgetName: string
  readonly periodStart: Instant
  /** Cost since `periodStart`; below 0 the ledger counts it as 0. */
  readonly cost: Nanos
  readonly budgetAmount: Nanos
  readonly budgetAmountType: string
  readonly currencyCode: string
  /** Highest threshold passed, in basis points of the budget amount (0.9 = 9000); absent if none. */
  readonly thresholdBp?: number
  readonly forecastThresholdBp?: number
}

/** An allocation of credit; `amount` is above 0. */
export type Grant = {
  readonly kind: 'grant'
  readonly grantId: string
  readonly grantKind: GrantKind
  readonly amount: Nanos
  readonly currencyCode: string
  readonly effectiveAt: Instant
  readonly expiresAt?: Instant
  /** Lower burns first. */
  readonly priority: number
}

/** Ends a grant early: what remained at `at` is voided. */
export type Void = { readonly kind: 'void'; readonly grantId: string; readonly at: Instant }

/** Credit paid back out of what remained of a grant at `at`. */
export type Refund = { readonly kind: 'refund'; readonly grantId: string; readonly amount: Nanos; readonly at: Instant }

/** What an operator saw as the balance in AI Studio at `at`; may be negative. */
export type BalanceReading = {
  readonly kind: 'balance-reading'
  readonly balance: Nanos
  readonly currencyCode: string
  readonly at: Instant
}

/** An operator's word that Google demands a prepayment. */
export type PrepaymentDemand = {
  readonly kind: 'prepayment-required'
  readonly projectId?: string
  readonly amount?: Nanos
  readonly currencyCode?: string
  readonly dueAt?: Instant
  readonly reason?: string
  readonly at: Instant
}

export type PlanFact = { readonly kind: 'plan'; readonly plan: Plan; readonly at: Instant }
export type TierFact = { readonly kind: 'tier'; readonly tier: Tier; readonly projectId?: string; readonly at: Instant }

export type AutoReload = {
  readonly kind: 'auto-reload'
  readonly enabled: boolean
  readonly triggerBalance: Nanos
  readonly reloadAmount: Nanos
  readonly monthlyLimit?: Nanos
  readonly currencyCode: string
  readonly at: Instant
}

export type Acknowledge = {
  readonly kind: 'acknowledge'
  readonly alertKey: AlertKey
  readonly by: string
  readonly until?: Instant
}
export type Snooze = {
  readonly kind: 'snooze'
  readonly alertKey: AlertKey
  readonly by: string
  readonly until?: Instant
}

/** Why a call failed, as its error tells (`policy/causes.ts`); facts from before 2026-11-24 know `depleted` and `other` alone. */
export const ERROR_CAUSES = [
  'depleted',
  'project-cap',
  'tier-cap',
  'spend-rate',
  'quota',
  'capacity',
  'delinquent',
  'plan-mismatch',
  'key',
  'other',
] as const
export type ErrorCause = (typeof ERROR_CAUSES)[number]

/** One call (or `requests` calls already summed) to the Gemini API. */
export type Usage = {
  readonly kind: 'usage'
  readonly requestId: string
  readonly projectId: string
  readonly at: Instant
  /** Without a leading `models/`. */
  readonly model: string
  readonly requests: number
  /** List price in USD; absent when the model or its modality has no known price. A failed call costs 0. */
  readonly costUsd?: Nanos
  readonly error?: {
    readonly code: number
    readonly status: string
    readonly message: string
    readonly cause: ErrorCause
    readonly quotaIds: readonly string[]
  }
}

/**
 * A cost anomaly as Google reported it; of several reports of one anomaly the latest stands.
 * https://docs.cloud.google.com/billing/docs/how-to/notify (Preview, 2026-04-08)
 */
export type Anomaly = {
  readonly kind: 'anomaly'
  /** Resource name, `billingAccounts/…/anomalies/…`. */
  readonly anomalyId: string
  /** The day it was found, at the vendor's midnight. */
  readonly detectedAt: Instant
  /** Cost of what it is about; the currency is the account's own. */
  readonly actual: Nanos
  /** Absent where the message states none. */
  readonly expected?: Nanos
  /** How far `actual` is above what was expected; not above 0: nothing is wrong any more. */
  readonly deviation?: Nanos
  /** The project it is in, as people know it; absent where it is the whole account's. */
  readonly where?: string
  /** What caused it, as the vendor names it. */
  readonly causes: readonly string[]
}

/** What a Monitoring incident is about; incidents about anything else are no facts. */
export type IncidentSubject = 'depletion'

/** One state of a Monitoring incident; once closed it stays closed. https://docs.cloud.google.com/monitoring/support/notification-options */
export type Incident = {
  readonly kind: 'incident'
  readonly incidentId: string
  readonly about: IncidentSubject
  readonly state: 'open' | 'closed'
  readonly openedAt: Instant
  /** Absent where a closed one states none: then it closed when it was told. */
  readonly closedAt?: Instant
  readonly projectId: string
  /** Policy and condition by name, for people. */
  readonly name: string
}

/** To which billing account Google says a project is linked; https://cloud.google.com/billing/docs/reference/rest/v1/ProjectBillingInfo */
export type BillingLink = {
  readonly kind: 'billing-link'
  readonly projectId: string
  /** Absent where it is linked to none. */
  readonly linkedTo?: AccountId
  /** False without an open billing account behind it: nothing paid runs. */
  readonly billingEnabled: boolean
  readonly at: Instant
}

/** Whether Google says the billing account is open; a closed one pays for nothing. */
export type AccountOpen = { readonly kind: 'account-open'; readonly open: boolean; readonly at: Instant }

/** What a look-up may be about, by its resource name. */
export type LookUpSubject = `projects/${string}` | `billingAccounts/${string}`

/** Why Google would not answer; a failure that may pass by itself is none of these. */
export const REFUSALS = ['denied', 'not-found', 'unauthenticated', 'api-disabled'] as const
export type Refusal = (typeof REFUSALS)[number]

/** A look-up Google refused; it stands until a later answer about the same subject. */
export type LookUpRefused = {
  readonly kind: 'look-up-refused'
  readonly about: LookUpSubject
  readonly why: Refusal
  readonly at: Instant
}

/** What Google says of links and accounts, asked for or told by its own feeds; no operator can bring it. */
export type LookedUpBody = BillingLink | AccountOpen | LookUpRefused

export type FactBody =
  | Reading
  | Grant
  | Void
  | Refund
  | BalanceReading
  | PrepaymentDemand
  | PlanFact
  | TierFact
  | AutoReload
  | Acknowledge
  | Snooze
  | Usage
  | Anomaly
  | Incident
  | LookedUpBody
  | EnforcementBody

/** When the fact was published; `timed` is false where only the time of receipt is known. */
export type Provenance = { readonly source: SourceTime; readonly timed: boolean }

export type Fact = {
  readonly account: AccountId
  readonly key: FactKey
  /** Of the body alone: same key and same hash is a duplicate, same key and another hash a conflict. */
  readonly hash: string
  readonly provenance: Provenance
  readonly body: FactBody
}
