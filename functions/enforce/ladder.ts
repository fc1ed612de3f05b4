/** The settings of enforcement: which projects may be stopped, by which steps, and for which alerts. */

import type { Severity } from '../domain/alerts.ts'
import type { EnforceStep } from '../domain/enforcement.ts'

/** What may stop one project. */
export type ProjectLadder = {
  /** Taken in the ladder's own order, the gentlest first, whatever order they are written in. */
  readonly steps: readonly EnforceStep[]
  /** Ids or uids of the only API keys that may be restricted; absent: every key whose API restriction names Gemini. */
  readonly keys?: readonly string[]
  readonly when: { readonly rule: readonly string[]; readonly severity: readonly Severity[] }
}

export type EnforceSettings = {
  /** The configuration's half of arming; without it everything is rehearsed. */
  readonly armed: boolean
  /** The allow-list, by project id. */
  readonly projects: Readonly<Record<string, ProjectLadder>>
}

/**
 * Alerts about money that is being spent. Anomaly reports, forecasts, silence and advice are left out: none of them alone
 * proves enough to stop a project.
 */
export const ENFORCEABLE: readonly string[] = [
  'prepayment-required',
  'credit-exhausted',
  'credit-runway',
  'credit-low',
  'overage-charging',
  'burn-spike',
  'spend-rate',
  'project-cap',
  'tier-cap',
  'budget-threshold',
]
