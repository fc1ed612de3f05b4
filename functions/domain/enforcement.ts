/** What is known of stopping projects: who armed it, and what was tried and came of it. */

import type { AccountId, AlertKey } from './keys.ts'
import { DAY_MS, type Instant } from './time.ts'

/** Rungs of the ladder, gentlest first: the first stops Gemini calls, the second everything that is paid. */
export const ENFORCE_STEPS = ['disable-api', 'unlink-billing'] as const
export type EnforceStep = (typeof ENFORCE_STEPS)[number]

/**
 * The rights that each step asks of the project, to look and to act. https://docs.cloud.google.com/service-usage/docs/access-control
 * and https://docs.cloud.google.com/billing/docs/how-to/modify-project#disable_billing_for_a_project
 */
export const ENFORCE_RIGHTS: Readonly<Record<EnforceStep, readonly string[]>> = {
  'disable-api': ['serviceusage.services.get', 'serviceusage.services.disable'],
  'unlink-billing': ['resourcemanager.projects.deleteBillingAssignment'],
}

/** Nobody remembers what was armed longer ago. */
export const ARMED_MAX_MS = 7 * DAY_MS

/** An operator lets a project be stopped, for a while. */
export type Arm = {
  readonly kind: 'arm'
  readonly projectId: string
  readonly by: string
  readonly at: Instant
  readonly until: Instant
}

/** An operator takes that back. */
export type Disarm = { readonly kind: 'disarm'; readonly projectId: string; readonly by: string; readonly at: Instant }

/** `rehearse` reads and asks, and changes nothing. */
export type EnforceMode = 'rehearse' | 'act'

/**
 * `begun` is written before anything is touched; each attempt that lives on ends in one of the others: `done` is seen to
 * be so, `refused` needs a person, `failed` may pass by itself. `undone` is an operator's.
 */
export type EnforcePhase = 'begun' | 'done' | 'refused' | 'failed' | 'undone'

/** One entry of the record of what was tried; no operator and no message can bring it. */
export type Enforcement = {
  readonly kind: 'enforcement'
  readonly phase: EnforcePhase
  /** The alert it answers, its rule and its title when it was decided. */
  readonly alertKey: AlertKey
  readonly rule: string
  readonly because: string
  readonly projectId: string
  readonly step: EnforceStep
  readonly mode: EnforceMode
  /** From 1; the same alert, project, step and mode. */
  readonly attempt: number
  /** `drawdown`, or the operator who undid it. */
  readonly by: string
  /** Who armed it; absent in a rehearsal. */
  readonly armedBy?: string
  /** What the project was billed to before: what an undo links it to. */
  readonly before?: AccountId
  /** What came of it, in words for people; empty where it has only begun. */
  readonly note: string
  readonly at: Instant
}

export type EnforcementBody = Arm | Disarm | Enforcement

/** What the facts about stopping come to. */
export type EnforcementStanding = {
  /** The latest arming of each project that was not taken back; it may have expired. */
  readonly arms: readonly Omit<Arm, 'kind'>[]
  /** All entries, oldest first. */
  readonly record: readonly Enforcement[]
}
