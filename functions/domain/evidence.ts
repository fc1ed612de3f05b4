/** What failed calls and operators' readings say, beside the ledger's own figures. */

import type { ErrorCause } from './facts.ts'
import type { Instant } from './time.ts'

/** The latest call that failed as depleted, or open incident that says so, which no paid call has answered. */
export type DepletionEvidence = {
  readonly at: Instant
  readonly code: number
  readonly message: string
  readonly projectId: string
  /** Whether the ledger agreed that credit was (almost) gone when the evidence came. */
  readonly nearZero: boolean
  /** The hour of the first such failure since the last paid call, and requests that failed so; of at most 7 days. */
  readonly since?: Instant
  readonly requests?: number
  /** The latest payment in force 30 minutes before the evidence, none older than 7 days. */
  readonly paidAt?: Instant
}

/** Calls of one project that failed for one cause, whether or not others were served since. */
export type CauseEvidence = {
  readonly cause: ErrorCause
  readonly projectId: string
  /** When the latest of them failed, and what it said. */
  readonly at: Instant
  readonly code: number
  readonly message: string
  readonly quotaIds: readonly string[]
  /** Requests that failed so in the 24 h up to `at`, by whole hours. */
  readonly count: number
  /** The latest call of the project that was served and cost something; after `at`, the cause has passed. */
  readonly paidAt?: Instant
}

/** What a payment nobody recorded would explain; only where the plan stops at zero. */
export type ReachedStanding = {
  /** Since when the balance has been zero or below, by the ledger's own time; not before the latest grant. */
  readonly zeroAt?: Instant
  /** Since when it has been below the trigger of an auto-reload that is on. */
  readonly reloadDueAt?: Instant
  /** The latest balance an operator read. */
  readonly readAt?: Instant
}
