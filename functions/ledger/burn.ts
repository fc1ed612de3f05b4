/** Burn rate over trailing windows, and the runway it leaves. */

import { divideHalfEven, maxNanos, type Nanos } from '../domain/money.ts'
import type { Burn, Runway } from '../domain/standing.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../domain/time.ts'
import type { Segment } from './fold-state.ts'

const WINDOW_MS = 7 * DAY_MS
/** Shorter windows bound the runway: a fresh rush shortens p10, a quiet day lengthens p90. */
const WINDOWS_MS = [DAY_MS, 3 * DAY_MS, WINDOW_MS] as const
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

/** Hours until `balance` is gone at `perDay`; 0 when it already is. Floats are fine: hours are no money. */
const hoursLeft = (balance: Nanos, perDay: Nanos): number =>
  balance <= 0n ? 0 : Number((balance * BigInt(DAY_MS)) / perDay) / HOUR_MS

/**
 * What is not billed yet belongs to the week alone: in a shorter window it would stand beside the bill of the day before.
 * p50 at the week's burn (`burnOf` the same inputs) from `value`; p10 from `low` at the fastest window, p90 from `high` at the slowest.
 */
export const runwayOf = (
  inputs: BurnInputs,
  week: Burn,
  balance: { readonly low: Nanos; readonly value: Nanos; readonly high: Nanos },
): Runway | undefined => {
  if (week.perDay === 0n) return undefined
  const rates = WINDOWS_MS.filter((windowMs) => windowMs < week.coveredMs)
    .map((windowMs) => burnOver({ ...inputs, unbilled: 0n }, windowMs, true).perDay)
    .filter((rate) => rate > 0n)
  const fastest = rates.reduce(maxNanos, week.perDay)
  const slowest = rates.reduce((a, b) => (a < b ? a : b), week.perDay)
  return {
    p10Hours: hoursLeft(balance.low, fastest),
    p50Hours: hoursLeft(balance.value, week.perDay),
    p90Hours: hoursLeft(balance.high, slowest),
  }
}
