/** The most that usage may have spent and no bill shows yet: what lowers `low` where a fresh usage feed covers the lag. */

import { divideHalfEven, maxNanos, type Nanos, UNIT } from '../domain/money.ts'
import type { Instant } from '../domain/time.ts'
import type { Close } from './fold-state.ts'
import { FEED_LAG_MAX_MS, growthRatios, type Lag } from './lag.ts'
import { spentBetween, type UsageSeries } from './usage-series.ts'

/** Until the bill has moved on so many days there is nothing to measure an estimate by, and it is taken at its word. */
const CLOSES_MIN = 3
/** The factor of the last days: growth over a week, from each of the last seven closes. */
const RECENT_SPAN = 7
const RECENT_CLOSES = 2 * RECENT_SPAN
/** Of what lies between the measured worst lag and the longest ever, this part may still come. */
const TAIL_DIVISOR = 4n
const MILLION = 1_000_000n

type Inputs = {
  readonly closes: readonly Close[]
  readonly usage: UsageSeries
  readonly lag: Lag | undefined
  readonly lastReadingAt: Instant | undefined
  /** A balance reading has seen everything before it. */
  readonly anchorAt: Instant | undefined
  /** Account currency per USD, 1 where only the factor tells. */
  readonly rate: Nanos
  /** Billed over estimated, as `value` uses it. */
  readonly factorMillionths: bigint
  readonly now: Instant
}

export type MostUnbilled = {
  /** In the account's currency. */
  readonly amount: Nanos
  /** The larger of the factor and the upper quartile of the last days'. */
  readonly factorMillionths: bigint
  /** The usage that may be unbilled began so long before now. */
  readonly spanMs: number
}

/** `undefined` until both feeds have been heard for some days. Pure; half-even. */
export const mostUnbilled = (inputs: Inputs): MostUnbilled | undefined => {
  const { closes, usage, lag, lastReadingAt, now, rate } = inputs
  if (closes.length < CLOSES_MIN || lastReadingAt === undefined) return undefined
  const seenAt = inputs.anchorAt ?? 0
  const tailFrom = Math.max(lastReadingAt - FEED_LAG_MAX_MS, seenAt)
  const from = Math.max(lastReadingAt - (lag?.worstMs ?? FEED_LAG_MAX_MS), seenAt)
  const usd = spentBetween(usage, from, now + 1, now) + spentBetween(usage, tailFrom, from, now) / TAIL_DIVISOR
  const ratios = growthRatios(closes.slice(-RECENT_CLOSES), RECENT_SPAN, usage)
  const recent = ((ratios[(ratios.length * 3) >> 2] ?? 0n) * UNIT) / rate
  const factorMillionths = maxNanos(inputs.factorMillionths, recent)
  return { amount: divideHalfEven(usd * rate * factorMillionths, UNIT * MILLION), factorMillionths, spanMs: now - from }
}
