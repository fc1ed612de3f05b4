/** What is known of stopping projects: who armed it, and what was tried and came of it. */

import type { AccountId, AlertKey } from './keys.ts'
import { DAY_MS, type Instant, MINUTE_MS } from './time.ts'

/** Rungs of the ladder, gentlest first: API keys, then every Gemini call, then everything that is paid. */
export const ENFORCE_STEPS = ['restrict-keys', 'disable-api', 'unlink-billing'] as const
export type EnforceStep = (typeof ENFORCE_STEPS)[number]

/**
 * Google's rights on the project that each step needs, and no more. Sources: the reference of `keys.list` and `keys.patch`
 * (https://docs.cloud.google.com/api-keys/docs/reference/rest/v2/projects.locations.keys), of `services.disable`, and
 * https://docs.cloud.google.com/billing/docs/how-to/modify-project#disable_billing_for_a_project.
 */
export const ENFORCE_RIGHTS: Readonly<Record<EnforceStep, readonly string[]>> = {
  'restrict-keys': ['apikeys.keys.list', 'apikeys.keys.update'],
  'disable-api': ['serviceusage.services.get', 'serviceusage.services.disable'],
  'unlink-billing': ['resourcemanager.projects.get', 'resourcemanager.projects.deleteBillingAssignment'],
}

/** Nobody remembers what was armed longer ago. */
export const ARMED_MAX_MS = 7 * DAY_MS

/** Twice what the function may run: whoever began longer ago and told no end is gone. */
export const IN_FLIGHT_MS = 2 * MINUTE_MS

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

/** The restrictions of an API key before they were changed: what an undo writes back. */
export type KeyBefore = {
  /** The last part of its name; never the key itself. */
  readonly id: string
  /** JSON, as https://docs.cloud.google.com/api-keys/docs/reference/rest/v2/projects.locations.keys#restrictions has them. */
  readonly restrictions: string
}

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
  /** Who armed it and when; absent in a rehearsal. Entries from before 2026-11-28 do not say when. */
  readonly armedBy?: string
  readonly armedAt?: Instant
  /** What the project was billed to before: what an undo links it to. */
  readonly before?: AccountId
  /** Keys that the attempt set out to restrict; of the entry that begins it. */
  readonly keys?: readonly KeyBefore[]
  /** What came of it, in words for people; empty where it has only begun. */
  readonly note: string
  readonly at: Instant
}

export type EnforcementBody = Arm | Disarm | Enforcement

/** What the facts about stopping come to. */
export type EnforcementStanding = {
  /** The latest arming of each project that was not taken back; it may have expired, or not have begun. */
  readonly arms: readonly Omit<Arm, 'kind'>[]
  /** All entries, oldest first. */
  readonly record: readonly Enforcement[]
}
