/** How spend is spread over the hours of a week, where calls have shown some whole weeks of it. */

import type { Nanos } from '../domain/money.ts'
import { HOUR_MS, type Instant } from '../domain/time.ts'
import type { Calls } from './burn.ts'
import { spentByHour, type UsageSeries } from './usage-series.ts'

export type WeekShape = {
  /** What an hour of the week costs over what the mean one does, by the hour since 1970 modulo 168 (UTC); the mean is 1. */
  readonly weights: readonly number[]
  /** Whole weeks it was read from. */
  readonly weeks: number
}

const HOURS = 7 * 24
const WEEKS_MIN = 3
const WEEKS_MAX = 4
/** Medians that leave out more than half of what was spent tell of no habit. */
const TOLD_SHARE_MIN = 0.5

type Inputs = { readonly usage: UsageSeries; readonly calls: Calls | undefined; readonly now: Instant }

/** The latest answer of a series and what it was read from: it changes with the hour, most evaluations come in between. */
type Known = { readonly of: readonly (number | bigint)[]; readonly shape: WeekShape | undefined }
const known = new WeakMap<UsageSeries, Known>()

/** The median of the same hour of the last weeks, so that one rush leaves no ghost; `undefined` with less than three weeks. Pure; floats: hours are no money. */
export const weekShape = ({ usage, calls, now }: Inputs): WeekShape | undefined => {
  if (!calls) return undefined
  const hour = Math.floor(now / HOUR_MS)
  const of = [hour, calls.from, usage.rewrites, spentByHour(usage, 0, hour * HOUR_MS)]
  const before = known.get(usage)
  if (before && of.every((one, index) => one === before.of[index])) return before.shape
  const shape = readShape(usage, calls.from, hour)
  known.set(usage, { of, shape })
  return shape
}

const readShape = (usage: UsageSeries, from: Instant, hour: number): WeekShape | undefined => {
  const weeks = Math.min(WEEKS_MAX, Math.floor((hour - Math.ceil(from / HOUR_MS)) / HOURS))
  if (weeks < WEEKS_MIN) return undefined
  const spent = Array.from({ length: HOURS }, (_, back) =>
    Array.from({ length: weeks }, (_, week) => spentIn(usage, hour - 1 - back - week * HOURS)),
  )
  const medians = spent.map(median)
  const [told, all] = [sum(medians), sum(spent.flat()) / weeks]
  if (told <= 0 || told < all * TOLD_SHARE_MIN) return undefined
  const weights = new Array<number>(HOURS)
  for (const [back, amount] of medians.entries()) weights[(hour - 1 - back) % HOURS] = (amount * HOURS) / told
  return { weights, weeks }
}

const spentIn = (usage: UsageSeries, hour: number): number =>
  toNumber(spentByHour(usage, hour * HOUR_MS, (hour + 1) * HOUR_MS))
const toNumber = (amount: Nanos): number => Number(amount)
const sum = (list: readonly number[]): number => list.reduce((total, one) => total + one, 0)

const median = (list: readonly number[]): number => {
  const sorted = list.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}

const weightAt = ({ weights }: WeekShape, hour: number): number => weights[hour % HOURS] ?? 1

/** How long a mean burn would take for what is spent in `[from, to)`; the span itself without a shape. */
export const meanMs = (shape: WeekShape | undefined, from: Instant, to: Instant): number => {
  if (!shape) return to - from
  const weeks = Math.floor((to - from) / (HOURS * HOUR_MS))
  let total = weeks * HOURS * HOUR_MS
  let at = from + total
  for (let hour = Math.floor(at / HOUR_MS); at < to; hour += 1) {
    const end = Math.min(to, (hour + 1) * HOUR_MS)
    total += (end - at) * weightAt(shape, hour)
    at = end
  }
  return total
}

/** How long it takes from `from` on to spend what a mean burn spends in `mean` milliseconds; `mean` itself without a shape. */
export const lastsMs = (shape: WeekShape | undefined, from: Instant, mean: number): number => {
  if (!shape || !Number.isFinite(mean)) return mean
  let left = mean % (HOURS * HOUR_MS)
  let at = from + (mean - left)
  // A week holds a week of mean burn, so the rest is gone within one more.
  const first = Math.floor(at / HOUR_MS)
  for (let count = 0; count <= HOURS; count += 1) {
    const hour = first + count
    const end = (hour + 1) * HOUR_MS
    const weight = weightAt(shape, hour)
    if (left <= (end - at) * weight) return at + (weight > 0 ? left / weight : 0) - from
    left -= (end - at) * weight
    at = end
  }
  return at - from
}
