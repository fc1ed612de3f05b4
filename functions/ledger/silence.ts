/** What calls may have cost that nobody has told yet: those since the latest one told. */

import { divideHalfEven, type Nanos } from '../domain/money.ts'
import { HOUR_MS, type Instant, MINUTE_MS } from '../domain/time.ts'
import { spentByHour, type UsageSeries } from './usage-series.ts'

export type Silence = {
  /** In the account's currency: the second dearest hour of the last day, for as long as nothing was told. */
  readonly amount: Nanos
  readonly perHour: Nanos
  readonly spanMs: number
}

/** A call is told within minutes; callers that sum up do so every hour at least, and beyond that it is idleness. */
const SPAN_MIN_MS = 5 * MINUTE_MS
const SPAN_MAX_MS = HOUR_MS
const HOURS = 24
/** Fewer hours with calls are no flow that could have gone on. */
const BUSY_HOURS_MIN = 6

type Inputs = {
  readonly usage: UsageSeries
  /** The latest call that could have cost something. */
  readonly spendAt: Instant | undefined
  readonly now: Instant
  /** Calibrated, in the account's currency. */
  readonly scaled: (usd: Nanos) => Nanos
}

/** `undefined` where the latest call is minutes old, or calls do not come hour by hour. Pure. */
export const silenceOf = ({ usage, spendAt, now, scaled }: Inputs): Silence | undefined => {
  const spanMs = Math.min(now - (spendAt ?? now), SPAN_MAX_MS)
  if (spanMs < SPAN_MIN_MS) return undefined
  const hour = Math.floor(now / HOUR_MS)
  const hours = Array.from({ length: HOURS }, (_, back) => (hour - back) * HOUR_MS)
  const busy = hours.map((from) => spentByHour(usage, from, from + HOUR_MS)).filter((spent) => spent > 0n)
  if (busy.length < BUSY_HOURS_MIN) return undefined
  const [, dear = 0n] = busy.sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))
  const perHour = scaled(dear)
  return { amount: divideHalfEven(perHour * BigInt(spanMs), BigInt(HOUR_MS)), perHour, spanMs }
}
