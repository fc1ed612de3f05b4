/** What Google's APIs say of a deployment, cut down to what the checks judge; names are full, as the APIs write them. */

/** https://docs.cloud.google.com/iam/docs/reference/rest/v1/Policy */
export type Binding = {
  readonly role: string
  readonly members: readonly string[]
  /** A CEL expression; absent: always. */
  readonly condition?: string
}
export type Policy = readonly Binding[]

/** https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.roles */
export type Role = {
  readonly permissions: readonly string[]
  /** For 7 days it can be had back, and its name cannot be taken; it grants nothing. */
  readonly isDeleted: boolean
}

/** Of `pubsub.googleapis.com/subscription/`: https://docs.cloud.google.com/monitoring/api/metrics_gcp_p_z */
export type SubscriptionMetric = 'num_undelivered_messages' | 'oldest_unacked_message_age'

/** The latest value of a metric: a count, or seconds. It was taken some minutes ago. */
export type Level = { readonly subscription: string; readonly value: number }

/** https://docs.cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions */
export type Subscription = {
  readonly name: string
  readonly topic: string
  readonly ackDeadlineSeconds: number
  readonly retentionSeconds: number
  /** Absent: nobody is called, messages wait to be pulled. */
  readonly push?: { readonly endpoint: string; readonly account?: string; readonly audience?: string }
  readonly hasRetryPolicy: boolean
  readonly deadLetter?: { readonly topic: string; readonly attempts: number }
  /** Idle for so long, it is deleted; absent: never. */
  readonly expiresAfterSeconds?: number
}

/** https://docs.cloud.google.com/billing/docs/reference/budget/rest/v1/billingAccounts.budgets */
export type Budget = {
  /** The last part of its name, as budget messages carry it. */
  readonly id: string
  readonly name: string
  readonly credits: string
  readonly period: 'MONTH' | 'QUARTER' | 'YEAR' | 'CUSTOM'
  readonly services: readonly string[]
  /** `projects/NUMBER`; empty: all of the account. */
  readonly projects: readonly string[]
  /** Whether labels, subaccounts, folders or organisations narrow it. */
  readonly isNarrowed: boolean
  /** Thresholds of what was spent, not of the forecast. */
  readonly thresholds: number
  readonly topic?: string
  /** Whether anybody is mailed: without, messages carry no threshold. */
  readonly isMailed: boolean
  /** States of a spend cap, as the API spells them; absent: an alerts-only budget. */
  readonly spendCap?: { readonly asked: string; readonly state: string }
}

/** https://docs.cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions */
export type DeployedFunction = {
  readonly name: string
  readonly region: string
  /** The entry point. */
  readonly target: string
  readonly state: string
  readonly account: string
  readonly timeoutSeconds: number
  readonly url?: string
  /** Plain variables; never a secret's value. */
  readonly environment: Readonly<Record<string, string>>
  /** Secret variables and the version each is pinned to. */
  readonly secrets: Readonly<Record<string, string>>
  /** Whether a failed event is tried again; absent: it has no trigger of its own. */
  readonly retries?: boolean
}

/** https://docs.cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs */
export type Job = {
  readonly name: string
  /** Absent: it calls something else than a topic. */
  readonly topic?: string
  readonly state: string
  readonly schedule: string
}
