/** Estimated spend by minute, summed exactly; answers "how much between two instants" by binary search. */

import type { Nanos } from '../domain/money.ts'
import { type Instant, MINUTE_MS } from '../domain/time.ts'

/** Spend in USD nanos, grouped by the minute of the call's own time (UTC). */
export type UsageSeries = {
  readonly byMinute: Map<number, Nanos>
  /** Sorted minutes and running sums before each; rebuilt when something was added out of order. */
  minutes: number[]
  sumsBefore: Nanos[]
  total: Nanos
  stale: boolean
}

export const openSeries = (): UsageSeries => ({
  byMinute: new Map(),
  minutes: [],
  sumsBefore: [],
  total: 0n,
  stale: false,
})

const minuteOf = (at: Instant): number => Math.floor(at / MINUTE_MS)

/** Adds (or, negative, takes back) spend at an instant. */
export const addUsage = (series: UsageSeries, at: Instant, amount: Nanos): void => {
  const minute = minuteOf(at)
  series.byMinute.set(minute, (series.byMinute.get(minute) ?? 0n) + amount)
  const last = series.minutes.at(-1)
  if (last === undefined || minute > last) {
    series.minutes.push(minute)
    series.sumsBefore.push(series.total)
  } else if (minute < last) series.stale = true
  series.total += amount
}

const refresh = (series: UsageSeries): void => {
  if (!series.stale) return
  series.minutes = [...series.byMinute.keys()].sort((a, b) => a - b)
  let sum = 0n
  series.sumsBefore = series.minutes.map((minute) => {
    const before = sum
    sum += series.byMinute.get(minute) ?? 0n
    return before
  })
  series.stale = false
}

/** Spend of all minutes that begin before `at`. */
export const spentBefore = (series: UsageSeries, at: Instant): Nanos => {
  refresh(series)
  let low = 0
  let high = series.minutes.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((series.minutes[middle] ?? 0) * MINUTE_MS < at) low = middle + 1
    else high = middle
  }
  return series.sumsBefore[low] ?? series.total
}

/** Spend of the minutes that begin in `[from, to)`. */
export const spentBetween = (series: UsageSeries, from: Instant, to: Instant): Nanos =>
  spentBefore(series, to) - spentBefore(series, from)

export const firstUsageAt = (series: UsageSeries): Instant | undefined => {
  refresh(series)
  const first = series.minutes[0]
  return first === undefined ? undefined : first * MINUTE_MS
}
