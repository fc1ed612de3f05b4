/** Estimated spend by hour, and by minute while it is young; answers "how much between two instants" by binary search. */

import type { Nanos } from '../domain/money.ts'
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from '../domain/time.ts'
import { addTo, amountAt, amountsOf, indexFrom, openSum, type RunningSum, sumBefore } from './running-sum.ts'

/** Minutes count for this long before the instant of asking; older spend is known by the hour, where billing periods begin. */
const BY_MINUTE_MS = 8 * DAY_MS
/** Minutes are kept a little longer, for whoever asks with a clock that is behind. */
const MINUTES_KEPT_MS = BY_MINUTE_MS + DAY_MS
const MINUTES = HOUR_MS / MINUTE_MS

/** Spend in USD nanos by the call's own time (UTC). */
export type UsageSeries = {
  /** By hour since 1970. */
  readonly hours: RunningSum
  /** By minute since 1970, of each hour that is young. */
  readonly minutes: Map<number, RunningSum>
  /** Grows whenever an hour changes that is not the latest one. */
  rewrites: number
}

export const openSeries = (): UsageSeries => ({ hours: openSum(), minutes: new Map(), rewrites: 0 })

/** Adds (or, negative, takes back) spend at an instant. */
export const addUsage = (series: UsageSeries, at: Instant, amount: Nanos): void => {
  const hour = Math.floor(at / HOUR_MS)
  addTo(minutesOf(series, hour), Math.floor(at / MINUTE_MS), amount)
  addToHour(series, hour, amount)
}

const minutesOf = ({ minutes }: UsageSeries, hour: number): RunningSum => {
  const known = minutes.get(hour)
  if (known) return known
  const opened = openSum()
  minutes.set(hour, opened)
  return opened
}

const addToHour = (series: UsageSeries, hour: number, amount: Nanos): void => {
  addTo(series.hours, hour, amount)
  if (hour < (series.hours.keys.at(-1) ?? hour)) series.rewrites += 1
}

/**
 * Spend before `at` as told at `now`: of all minutes that begin before it, or of all hours where it is older than 8 days.
 * What is forgotten of old minutes therefore never changes an answer.
 */
const spentBefore = ({ hours, minutes }: UsageSeries, at: Instant, now: Instant): Nanos => {
  if (at < now - BY_MINUTE_MS) return sumBefore(hours, Math.ceil(at / HOUR_MS))
  const hour = Math.floor(at / HOUR_MS)
  const young = minutes.get(hour)
  return sumBefore(hours, hour) + (young ? sumBefore(young, Math.ceil(at / MINUTE_MS)) : 0n)
}

/** Spend of the minutes (hours, where older than 8 days) that begin in `[from, to)`, as told at `now`. */
export const spentBetween = (series: UsageSeries, from: Instant, to: Instant, now: Instant): Nanos =>
  spentBefore(series, to, now) - spentBefore(series, from, now)

/** Spend of the whole hours that begin in `[from, to)`. */
export const spentByHour = ({ hours }: UsageSeries, from: Instant, to: Instant): Nanos =>
  sumBefore(hours, Math.ceil(to / HOUR_MS)) - sumBefore(hours, Math.ceil(from / HOUR_MS))

/** When the hour ended by whose end so much had been spent since `from`; the last hour's end where it never was. */
export const spentUntil = ({ hours }: UsageSeries, from: Instant, amount: Nanos): Instant => {
  const { keys, before, total } = hours
  const wanted = sumBefore(hours, Math.ceil(from / HOUR_MS)) + amount
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((before[middle + 1] ?? total) < wanted) low = middle + 1
    else high = middle
  }
  return ((keys[low] ?? keys.at(-1) ?? 0) + 1) * HOUR_MS
}

/** Spend of each minute since 1970 from `first` to `last`, 0 where it is no longer known by the minute. */
export const minuteSpends = (series: UsageSeries, first: number, last: number): readonly Nanos[] => {
  const spends = new Array<Nanos>(last - first + 1).fill(0n)
  for (let hour = Math.floor(first / MINUTES); hour <= Math.floor(last / MINUTES); hour += 1) {
    const young = series.minutes.get(hour)
    if (!young) continue
    const end = indexFrom(young, last + 1)
    for (let index = indexFrom(young, first); index < end; index += 1)
      spends[(young.keys[index] ?? first) - first] = amountAt(young, index)
  }
  return spends
}

/** Hours with their total and, while they are young, their minutes: what `fillSeries` reads back. Amounts as decimal text. */
export type SeriesRows = readonly (readonly [hour: number, total: string, minutes: readonly (number | string)[]])[]

/** Everything the series must remember at `now`; older minutes are left out, and forgotten in the series itself. */
export const seriesRows = ({ hours, minutes }: UsageSeries, now: Instant): SeriesRows => {
  for (const hour of minutes.keys()) if ((hour + 1) * HOUR_MS <= now - MINUTES_KEPT_MS) minutes.delete(hour)
  return amountsOf(hours).map(([hour, total]) => [hour, String(total), minuteRow(minutes.get(hour))])
}

const minuteRow = (minutes: RunningSum | undefined): readonly (number | string)[] =>
  minutes ? amountsOf(minutes).flatMap(([minute, sum]) => [minute, String(sum)]) : []

/** Fills an empty series with the rows of another. */
export const fillSeries = (series: UsageSeries, rows: SeriesRows): void => {
  for (const [hour, total, minutes] of rows) {
    for (let index = 0; index < minutes.length; index += 2)
      addTo(minutesOf(series, hour), Number(minutes[index]), BigInt(minutes[index + 1] ?? 0))
    addToHour(series, hour, BigInt(total))
  }
}
