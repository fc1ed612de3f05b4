/** The standing of an account at one instant: everything rules, alerts and pages may know. */

import type { Bounds, Burn, ProjectBurn, RecentSpend, Runway } from './balance.ts'
import type { EnforcementStanding } from './enforcement.ts'
import type { ReasonCode } from './errors.ts'
import type { CauseEvidence, DepletionEvidence, ReachedStanding } from './evidence.ts'
import type {
  Anomaly,
  AutoReload,
  Fact,
  GrantKind,
  LookUpSubject,
  Plan,
  PrepaymentDemand,
  Refusal,
  Tier,
} from './facts.ts'
import type { AccountId } from './keys.ts'
import type { Nanos } from './money.ts'
import type { Instant } from './time.ts'

/** Settings of an account that give facts their meaning; changing them re-judges the same facts. */
export type AccountSettings = {
  readonly id: AccountId
  readonly name: string
  /** In force before the first plan fact, at any date. */
  readonly plan: Plan
  readonly currency: string
  readonly projects: readonly string[]
  readonly budgets: Readonly<Record<string, 'drawdown' | 'watch'>>
  readonly thresholds: Thresholds
  /** Account currency per USD, for pricing usage; absent and not USD: usage shapes burn only. */
  readonly usdRate?: Nanos
  /** IANA zone for times in alerts. */
  readonly timeZone: string
  /** BCP 47 tag for the numbers people read; absent: `en`. */
  readonly locale?: string
}

export type Thresholds = {
  /** Percent of the balance right after the latest grant, e.g. 50. */
  readonly percent: readonly number[]
  /** Amounts in the account's currency. */
  readonly amount: readonly Nanos[]
  readonly runwayHours: readonly number[]
  /** Days before a grant expires. */
  readonly expiryDays: readonly number[]
}

export type GrantState = 'scheduled' | 'active' | 'exhausted' | 'expired' | 'voided' | 'refunded'

export type GrantStanding = {
  readonly id: string
  readonly kind: GrantKind
  readonly amount: Nanos
  readonly remaining: Nanos
  readonly drawn: Nanos
  readonly expired: Nanos
  readonly refunded: Nanos
  readonly voided: Nanos
  readonly state: GrantState
  readonly effectiveAt: Instant
  readonly expiresAt?: Instant
  readonly priority: number
}

export type BudgetStanding = {
  readonly budgetId: string
  readonly name: string
  readonly role: 'drawdown' | 'watch'
  readonly periodStart: Instant
  readonly cost: Nanos
  readonly amount: Nanos
  readonly currencyCode: string
  readonly lastAt: Instant
  /** Highest thresholds reached in this period, in basis points, lowest first; a later fall does not unreach them. */
  readonly thresholdsBp: readonly number[]
  readonly forecastThresholdsBp: readonly number[]
}

export type Feed = { readonly lastAt: Instant; readonly stale: boolean }

/** A set-aside fact: read, but contradicted by the others. */
export type SetAside = { readonly fact: Fact; readonly reason: ReasonCode }

export type TierStanding = {
  /** Believed from observations; absent where there are none. */
  readonly observed?: Tier
  /** How well `observed` is founded: an operator saw it, errors named it, or errors only fit it. */
  readonly confidence?: 'low' | 'medium' | 'high'
  /** By payments and days, by the policy in force. */
  readonly entitled: Tier
  /** Of the observed tier, else of the entitled one. */
  readonly since?: Instant
  /** The entitled tier's own, beside that of an observed one. */
  readonly entitledSince?: Instant
  /** What it was entitled to before that; absent where it was never less. */
  readonly entitledBefore?: Tier
  /** The latest observation, believed or not. */
  readonly latest?: { readonly tier: Tier; readonly at: Instant; readonly by: 'operator' | 'errors' }
  /** The latest change of the observed tier: first seen `since`, believed `at`. */
  readonly changed?: { readonly from: Tier; readonly to: Tier; readonly since: Instant; readonly at: Instant }
  readonly next?: { readonly tier: Tier; readonly paidStillNeeded: Nanos; readonly earliestAt?: Instant }
}

/** The running calendar month (Pacific, as billing has it), in the account's currency. */
export type MonthStanding = {
  readonly from: Instant
  /** The first instant of the next month. */
  readonly to: Instant
  /** The larger of billed spend and calibrated estimate. */
  readonly spent: Nanos
}

/** The ten minutes of the last hour that cost most, by estimate. */
export type SpendRate = {
  /** In USD at list price: the vendor's limit is in USD. */
  readonly usd: Nanos
  /** The end of those ten minutes. */
  readonly at: Instant
}

/** What a project is billed to, as last looked up; `since` is when it was first seen so. */
export type LinkStanding = {
  readonly projectId: string
  readonly linkedTo?: AccountId
  readonly billingEnabled: boolean
  readonly since: Instant
}

/** What look-ups came to. What was never answered is absent: silence is neither an alarm nor an all-clear. */
export type BillingStanding = {
  /** Of the projects listed under the account, in that order. */
  readonly links: readonly LinkStanding[]
  readonly open?: { readonly open: boolean; readonly since: Instant }
  /** Refused and not answered since, projects first. */
  readonly refused: readonly { readonly about: LookUpSubject; readonly why: Refusal; readonly since: Instant }[]
}

/** A cost anomaly by its latest report; amounts in the account's currency. */
export type AnomalyStanding = Omit<Anomaly, 'kind'> & {
  readonly reportedAt: Instant
  /** Why it is over, where it is: the vendor reports no excess any more, or has been silent about it. */
  readonly over?: 'settled' | 'silent'
}

export type Standing = {
  readonly account: AccountSettings
  readonly asOf: Instant
  readonly plan: Plan
  /** False until the first grant or balance reading; credit rules are then silent. */
  readonly funded: boolean
  readonly balance: Bounds
  readonly overage: Nanos
  /** Overage that came after the latest grant took effect. */
  readonly overageSinceGrant: Nanos
  readonly spent: { readonly billed: Nanos; readonly estimated?: Nanos; readonly corrected?: Nanos }
  readonly burn: Burn
  readonly runway?: Runway
  /** Absent with less than a week of history. */
  readonly recent?: RecentSpend | undefined
  /** All of them, by the time they take effect. */
  readonly grants: readonly GrantStanding[]
  /** Those that run with something left, in burn order, then those still to start: years of spent ones cost a rule nothing. */
  readonly livingGrants: readonly GrantStanding[]
  /** Those that took effect within the last 35 days, whatever became of them. */
  readonly recentGrants: readonly GrantStanding[]
  /** The judged balance right after the latest grant took effect: what percent levels are percent of. */
  readonly base: Nanos
  readonly latestGrantAt?: Instant
  /** Grants that have taken effect; it grows when one does, however late it was told. */
  readonly grantsStarted: number
  /** Every correction ever taken from drawdown, by readings and by operators; it only grows. */
  readonly corrections: Nanos
  readonly budgets: readonly BudgetStanding[]
  readonly feeds: { readonly budget?: Feed; readonly usage?: Feed }
  readonly evidence: {
    readonly depletion?: DepletionEvidence
    readonly demand?: PrepaymentDemand
    /** The latest call that was served and cost something. */
    readonly paidCallAt?: Instant
    /** Calls of the last 35 days that failed for a cause that is neither `depleted` nor `other`, latest first; absent where there are none. */
    readonly causes?: readonly CauseEvidence[]
  }
  readonly tier: TierStanding
  /** Absent where no feed tells of a month. */
  readonly month?: MonthStanding | undefined
  /** Absent without usage in the last hour. */
  readonly spendRate?: SpendRate | undefined
  /** When the latest plan fact took effect; absent where the configured plan holds. */
  readonly planSince?: Instant
  readonly autoReload?: AutoReload
  readonly reached?: ReachedStanding
  readonly billing: BillingStanding
  /** Reported within the last weeks, by when they were detected. */
  readonly anomalies: readonly AnomalyStanding[]
  /** Absent until a project was armed or one was tried to be stopped. */
  readonly enforcement?: EnforcementStanding
  readonly unpricedModels: readonly string[]
  readonly setAside: readonly SetAside[]
  /** Who burns it: estimated spend of the last 7 days by project, largest first. */
  readonly byProject: readonly ProjectBurn[]
  /** Judged balance over time, oldest first, for the burn-down chart; at most a few hundred points. */
  readonly history: readonly { readonly at: Instant; readonly balance: Nanos }[]
}
