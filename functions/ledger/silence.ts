/** What calls may have cost that nobody has told yet: those since the latest one told. */

import { divideHalfEven, maxNanos, type Nanos } from '../domain/money.ts'
import { HOUR_MS, type Instant, MINUTE_MS } from '../domain/time.ts'
import { spentByHour, type UsageSeries } from './usage-series.ts'

export type Silence = {
  /** In the account's currency: the dearest hour of the last day, for as long as nothing was told. */
  readonly amount: Nanos
  readonly perHour: Nanos
  readonly spanMs: number
}

/** A call is told within minutes; callers that sum up do so every hour at least, and beyond that it is idleness. */
const SPAN_MIN_MS = 5 * MINUTE_MS
const SPAN_MAX_MS = HOUR_MS
const HOURS = 24

type Inputs = {
  readonly usage: UsageSeries
  /** The latest call that could have cost something. */
  readonly spendAt: Instant | undefined
  readonly now: Instant
  /** Calibrated, in the account's currency. */
  readonly scaled: (usd: Nanos) => Nanos
}

/** `undefined` where the latest call is minutes old, or none cost anything for a day. Pure. */
export const silenceOf = ({ usage, spendAt, now, scaled }: Inputs): Silence | undefined => {
  const spanMs = Math.min(now - (spendAt ?? now), SPAN_MAX_MS)
  if (spanMs < SPAN_MIN_MS) return undefined
  const hour = Math.floor(now / HOUR_MS)
  const hours = Array.from({ length: HOURS }, (_, back) => (hour - back) * HOUR_MS)
  const perHour = scaled(hours.map((from) => spentByHour(usage, from, from + HOUR_MS)).reduce(maxNanos, 0n))
  const amount = divideHalfEven(perHour * BigInt(spanMs), BigInt(HOUR_MS))
  return amount === 0n ? undefined : { amount, perHour, spanMs }
}
