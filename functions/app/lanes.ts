/** What a process knows of its channels from one drain to the next. */

import type { Instant } from '../domain/time.ts'

/** A lane under way; `again` asks it to look once more before it ends. */
export type Running = { again: boolean }

/** A channel that fails: since when, and until when it is left alone. */
export type Failing = { readonly since: Instant; readonly restUntil: Instant }

export type Lanes = {
  /** One lane per channel at a time: another drain only asks it to look again. */
  readonly running: Map<string, Running>
  readonly failing: Map<string, Failing>
}

/** Lanes of a process that has sent nothing yet. */
export const openLanes = (): Lanes => ({ running: new Map(), failing: new Map() })
