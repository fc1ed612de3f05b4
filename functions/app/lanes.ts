/** What a process knows of its channels from one drain to the next. */

import type { Instant } from '../domain/time.ts'

/** A lane under way; `again` asks it to look once more before it ends. */
export type Running = { again: boolean }

export type Lanes = {
  /** One lane per channel at a time: another drain only asks it to look again. */
  readonly running: Map<string, Running>
  /** Until when a channel that fails is left alone. */
  readonly restUntil: Map<string, Instant>
}

/** Lanes of a process that has sent nothing yet. */
export const openLanes = (): Lanes => ({ running: new Map(), restUntil: new Map() })
