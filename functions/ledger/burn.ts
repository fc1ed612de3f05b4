/** Burn rate over a trailing window: by calls where they show everything, else by bills and what calls are ahead of them. */

import type { Burn } from '../domain/balance.ts'
import { divideHalfEven, maxNanos, type Nanos } from '../domain/money.ts'
import { DAY_MS, type Instant } from '../domain/time.ts'
import type { Segment } from './fold-state.ts'

export const WEEK_MS = 7 * DAY_MS
const COVERED_MIN_MS = DAY_MS

/** Calls that show all spend from an instant on, calibrated by the bill, in the account's currency. */
export type Calls = { readonly from: Instant; readonly spent: (from: Instant, to: Instant) => Nanos }

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
  /** A bill that is behind tells of a week that is over; calls tell of this one. */
  readonly calls: Calls | undefined
}

/** The part inside `(from, now]` of a segment that ends after `from`, spread evenly since it began. */
const partWithin = ({ amount, to }: Segment, began: Instant, from: Instant): Nanos =>
  began >= from || to === began ? amount : divideHalfEven(amount * BigInt(to - from), BigInt(to - began))

/** Spend of a trailing window over the time it covers, at least 24 hours; never negative. Per day, half-even. */
export const burnOver = (inputs: BurnInputs, windowMs: number, spread = false): Burn =>
  burnByCalls(inputs, windowMs) ?? burnByBill(inputs, windowMs, spread)

/** `undefined` where calls do not show the whole window, or everything there is to know. */
const burnByCalls = ({ calls, now, since }: BurnInputs, windowMs: number): Burn | undefined => {
  const from = Math.max(now - windowMs, since ?? now)
  if (!calls || calls.from > from) return undefined
  return rateOf(calls.spent(now - windowMs + 1, now + 1), now - from)
}

const burnByBill = (inputs: BurnInputs, windowMs: number, spread: boolean): Burn => {
  const from = inputs.now - windowMs
  let spent = inputs.unbilled
  for (let index = inputs.segments.length - 1; index >= 0; index -= 1) {
    const segment = inputs.segments[index]
    if (!segment) break
    if (segment.to <= from) break
    spent += partWithin(segment, spread ? segment.heardAt : segment.from, from)
  }
  return rateOf(spent, Math.max(0, (inputs.until ?? from) - Math.max(from, inputs.since ?? inputs.now)))
}

const rateOf = (spent: Nanos, coveredMs: number): Burn => ({
  perDay: divideHalfEven(maxNanos(0n, spent) * BigInt(DAY_MS), BigInt(Math.max(coveredMs, COVERED_MIN_MS))),
  spent: maxNanos(0n, spent),
  coveredMs,
})

export const burnOf = (inputs: BurnInputs): Burn => burnOver(inputs, WEEK_MS)
