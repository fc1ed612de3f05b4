/** Estimated spend by hour, and by minute while it is young; answers "how much between two instants" by binary search. */

import type { Nanos } from '../domain/money.ts'
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from '../domain/time.ts'

/** Minutes count for this long before the instant of asking; older spend is known by the hour, where billing periods begin. */
const BY_MINUTE_MS = 8 * DAY_MS
/** Minutes are kept a little longer, for whoever asks with a clock that is behind. */
const MINUTES_KEPT_MS = BY_MINUTE_MS + DAY_MS

type Hour = { total: Nanos; readonly minutes: Map<number, Nanos> }

/** Spend in USD nanos by the call's own time (UTC). */
export type UsageSeries = {
  readonly hours: Map<number, Hour>
  /** Hours in order, and the sum before each. */
  readonly order: number[]
  readonly sumsBefore: Nanos[]
  total: Nanos
  /** Grows whenever an hour changes that is not the latest one. */
  rewrites: number
}

export const openSeries = (): UsageSeries => ({ hours: new Map(), order: [], sumsBefore: [], total: 0n, rewrites: 0 })

/** The first index whose hour is not before `hour`. */
const indexOf = (series: UsageSeries, hour: number): number => {
  let low = 0
  let high = series.order.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((series.order[middle] ?? 0) < hour) low = middle + 1
    else high = middle
  }
  return low
}

/** Adds (or, negative, takes back) spend at an instant. */
export const addUsage = (series: UsageSeries, at: Instant, amount: Nanos): void => {
  const hour = hourAt(series, Math.floor(at / HOUR_MS))
  const minute = Math.floor(at / MINUTE_MS)
  hour.minutes.set(minute, (hour.minutes.get(minute) ?? 0n) + amount)
  addToHour(series, Math.floor(at / HOUR_MS), amount)
}

const hourAt = (series: UsageSeries, number: number): Hour => {
  const known = series.hours.get(number)
  if (known) return known
  const hour: Hour = { total: 0n, minutes: new Map() }
  const index = indexOf(series, number)
  const before = series.sumsBefore[index] ?? series.total
  series.hours.set(number, hour)
  series.order.splice(index, 0, number)
  series.sumsBefore.splice(index, 0, before)
  return hour
}

const addToHour = (series: UsageSeries, number: number, amount: Nanos): void => {
  hourAt(series, number).total += amount
  series.total += amount
  if (number < (series.order.at(-1) ?? number)) series.rewrites += 1
  for (let index = series.order.length - 1; (series.order[index] ?? 0) > number; index -= 1) {
    series.sumsBefore[index] = (series.sumsBefore[index] ?? 0n) + amount
  }
}

/**
 * Spend before `at` as told at `now`: of all minutes that begin before it, or of all hours where it is older than 8 days.
 * What is forgotten of old minutes therefore never changes an answer.
 */
const spentBefore = (series: UsageSeries, at: Instant, now: Instant): Nanos => {
  if (at < now - BY_MINUTE_MS) return sumBefore(series, Math.ceil(at / HOUR_MS))
  const number = Math.floor(at / HOUR_MS)
  let sum = sumBefore(series, number)
  for (const [minute, amount] of series.hours.get(number)?.minutes ?? []) if (minute * MINUTE_MS < at) sum += amount
  return sum
}

const sumBefore = (series: UsageSeries, hour: number): Nanos => series.sumsBefore[indexOf(series, hour)] ?? series.total

/** Spend of the minutes (hours, where older than 8 days) that begin in `[from, to)`, as told at `now`. */
export const spentBetween = (series: UsageSeries, from: Instant, to: Instant, now: Instant): Nanos =>
  spentBefore(series, to, now) - spentBefore(series, from, now)

/** Spend of the whole hours that begin in `[from, to)`. */
export const spentByHour = (series: UsageSeries, from: Instant, to: Instant): Nanos =>
  sumBefore(series, Math.ceil(to / HOUR_MS)) - sumBefore(series, Math.ceil(from / HOUR_MS))

/** When the hour ended by whose end so much had been spent since `from`; the last hour's end where it never was. */
export const spentUntil = (series: UsageSeries, from: Instant, amount: Nanos): Instant => {
  const wanted = sumBefore(series, Math.ceil(from / HOUR_MS)) + amount
  let low = 0
  let high = series.order.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((series.sumsBefore[middle + 1] ?? series.total) < wanted) low = middle + 1
    else high = middle
  }
  return ((series.order[low] ?? series.order.at(-1) ?? 0) + 1) * HOUR_MS
}

/** Spend of one minute since 1970, 0 where it is no longer known by the minute. */
export const minuteSpend = (series: UsageSeries, minute: number): Nanos =>
  series.hours.get(Math.floor((minute * MINUTE_MS) / HOUR_MS))?.minutes.get(minute) ?? 0n

/** Hours with their total and, while they are young, their minutes: what `fillSeries` reads back. Amounts as decimal text. */
export type SeriesRows = readonly (readonly [hour: number, total: string, minutes: readonly (number | string)[]])[]

/** Everything the series must remember at `now`; older minutes are left out, and forgotten in the series itself. */
export const seriesRows = (series: UsageSeries, now: Instant): SeriesRows =>
  series.order.map((number) => {
    const hour = hourAt(series, number)
    if ((number + 1) * HOUR_MS <= now - MINUTES_KEPT_MS) hour.minutes.clear()
    return [number, String(hour.total), [...hour.minutes].flatMap(([minute, sum]) => [minute, String(sum)])]
  })

/** Fills an empty series with the rows of another. */
export const fillSeries = (series: UsageSeries, rows: SeriesRows): void => {
  for (const [number, total, minutes] of rows) {
    const hour = hourAt(series, number)
    for (let index = 0; index < minutes.length; index += 2)
      hour.minutes.set(Number(minutes[index]), BigInt(minutes[index + 1] ?? 0))
    addToHour(series, number, BigInt(total))
  }
}
