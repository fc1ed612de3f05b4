/** Burn rate over a trailing window. */

import { divideHalfEven, maxNanos, type Nanos } from '../domain/money.ts'
import type { Burn } from '../domain/standing.ts'
import { DAY_MS, type Instant } from '../domain/time.ts'
import type { Segment } from './fold-state.ts'

const WINDOW_MS = 7 * DAY_MS
const COVERED_MIN_MS = DAY_MS

export type BurnInputs = {
  /** Billed spend in order of `to`: the walk ends at the first segment before the window. */
  readonly segments: readonly Segment[]
  readonly now: Instant
  /** When the spend we know begins: the first period's start, or the first usage. */
  readonly since: Instant | undefined
  /** The latest instant any feed covers. */
  readonly until: Instant | undefined
  /** Estimated spend of the open period that is not billed yet. */
  readonly unbilled: Nanos
}

/** The part of a segment inside `(from, now]`, spread evenly over its span. */
const partWithin = (segment: Pick<Segment, 'from' | 'to' | 'amount'>, from: Instant): Nanos => {
  if (segment.from >= from || segment.to === segment.from) return segment.to > from ? segment.amount : 0n
  if (segment.to <= from) return 0n
  return divideHalfEven(segment.amount * BigInt(segment.to - from), BigInt(segment.to - segment.from))
}

/** Spend of a trailing window over the time it covers, at least 24 hours; never negative. Per day, half-even. */
export const burnOver = (inputs: BurnInputs, windowMs: number, spread = false): Burn => {
  const from = inputs.now - windowMs
  let spent = inputs.unbilled
  for (let index = inputs.segments.length - 1; index >= 0; index -= 1) {
    const segment = inputs.segments[index]
    if (!segment) break
    if (segment.to <= from) break
    spent += partWithin(spread ? { ...segment, from: segment.heardAt } : segment, from)
  }
  const coveredMs = Math.max(0, (inputs.until ?? from) - Math.max(from, inputs.since ?? inputs.now))
  const perDay = divideHalfEven(maxNanos(0n, spent) * BigInt(DAY_MS), BigInt(Math.max(coveredMs, COVERED_MIN_MS)))
  return { perDay, spent: maxNanos(0n, spent), coveredMs }
}

export const burnOf = (inputs: BurnInputs): Burn => burnOver(inputs, WINDOW_MS)
