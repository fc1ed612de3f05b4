/** How long credit lasts: at the rates of several windows, along paths that really happened, and past expiries. */

import type { Bounds, Burn, Runway } from '../domain/balance.ts'
import { maxNanos, minNanos, type Nanos } from '../domain/money.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../domain/time.ts'
import { type BurnInputs, burnOver, WEEK_MS } from './burn.ts'
import type { Close } from './fold-state.ts'
import { FEED_LAG_MAX_MS, FEED_LAG_MS } from './lag.ts'
import type { Lot } from './lots.ts'
import { drain, empty, openPots } from './pots.ts'
import { lastsMs, meanMs, type WeekShape } from './week-shape.ts'

/** Shorter windows bound the runway: a fresh rush shortens p10, a quiet day lengthens p90. */
const WINDOWS_MS = [DAY_MS, 3 * DAY_MS, 7 * DAY_MS] as const
/** A rush that goes on: the slower of both, so that one that is over counts no more. Asked only where the hours of the week are known, else every noon would be one. */
const RUSH_MS = [HOUR_MS, 6 * HOUR_MS] as const
/** Each of the last so many days is a start from which the balance would have lasted so long; fewer are no sample. */
const PATHS_MAX = 28
const PATHS_MIN = 7
const FAST_SHARE = 0.1

export type RunwayInputs = {
  readonly burn: BurnInputs
  /** `burnOf` the same inputs. */
  readonly week: Burn
  readonly balance: Bounds
  /** In burn order, those the plan judges by. */
  readonly lots: readonly Lot[]
  readonly closes: readonly Close[]
  readonly shape: WeekShape | undefined
}

/**
 * What is not billed yet belongs to the week alone: in a shorter window it would stand beside the bill of the day before.
 * p50 at the week's burn from `value`; p10 from `low` at the fastest window or along the fastest tenth of past paths,
 * p90 from `high` at the slowest window. Until the lag is measured, p10 bears the longest.
 */
export const runwayOf = ({ burn, week, balance, lots, closes, shape }: RunwayInputs): Runway | undefined => {
  if (week.perDay === 0n) return undefined
  const rates = WINDOWS_MS.filter((windowMs) => windowMs < week.coveredMs)
    .map((windowMs) => evened(burnOver({ ...burn, unbilled: 0n }, windowMs, true).perDay, burn.now, windowMs, shape))
    .filter((rate) => rate > 0n)
  const fastest = maxNanos(rates.reduce(maxNanos, week.perDay), rushRate(burn, shape))
  const slowest = rates.reduce(minNanos, week.perDay)
  const ends = endsOf(lots)
  const left = (amount: Nanos, perDay: Nanos): number =>
    hoursLeft({ ends, balance, amount, perDay, now: burn.now, shape })
  const p50Hours = left(balance.value, week.perDay)
  const unmeasured = balance.lagMs > 0 && balance.feedLagMs === undefined ? FEED_LAG_MAX_MS - FEED_LAG_MS : 0
  const soonest = Math.min(left(balance.low, fastest), fastPathMs(closes, balance.low, week.perDay) / HOUR_MS)
  return {
    p10Hours: Math.min(p50Hours, Math.max(0, soonest - unmeasured / HOUR_MS)),
    p50Hours,
    p90Hours: left(balance.high, slowest),
    ...(shape && { shapedByWeeks: shape.weeks }),
  }
}

/** A rate as it would be over a whole week: a weekend's is lifted, a noon's lowered. */
const evened = (perDay: Nanos, now: Instant, windowMs: number, shape: WeekShape | undefined): Nanos => {
  const mean = Math.round(meanMs(shape, now - windowMs, now))
  return mean <= 0 ? 0n : (perDay * BigInt(windowMs)) / BigInt(mean)
}

const rushRate = ({ calls, now }: BurnInputs, shape: WeekShape | undefined): Nanos => {
  if (!calls || !shape) return 0n
  const rates = RUSH_MS.map((windowMs) => {
    const perDay = (calls.spent(now - windowMs + 1, now + 1) * BigInt(DAY_MS)) / BigInt(windowMs)
    return evened(perDay, now, windowMs, shape)
  })
  return rates.reduce(minNanos)
}

/** How long the balance would have lasted from each of the last days on, in the fastest tenth of them; past today at the week's burn. Infinite without a sample. */
const fastPathMs = (closes: readonly Close[], amount: Nanos, perDay: Nanos): number => {
  const path = closes.slice(-PATHS_MAX - 1)
  if (path.length <= PATHS_MIN) return Number.POSITIVE_INFINITY
  const most = path.reduce((sum, { billed }) => maxNanos(sum, billed), 0n)
  const lasting = path.slice(0, -1).map((start, index) => lasted({ path, most, amount, perDay }, start, index))
  lasting.sort((a, b) => a - b)
  return lasting[Math.floor(FAST_SHARE * (lasting.length - 1))] ?? Number.POSITIVE_INFINITY
}

type Path = {
  readonly path: readonly Close[]
  /** The most that had been billed at any of them. */
  readonly most: Nanos
  readonly amount: Nanos
  readonly perDay: Nanos
}

const lasted = ({ path, most, amount, perDay }: Path, start: Close, index: number): number => {
  const wanted = start.billed + maxNanos(amount, 0n)
  const at = wanted > most ? -1 : path.findIndex((close, place) => place > index && close.billed >= wanted)
  const [before, after] = [path[at - 1], path[at]]
  if (before && after)
    return before.at - start.at + share(after.at - before.at, wanted - before.billed, after.billed - before.billed)
  const last = path.at(-1) ?? start
  return last.at - start.at + share(DAY_MS, wanted - last.billed, perDay)
}

/** `part` of `whole` of a span; floats are fine: hours are no money. */
const share = (spanMs: number, part: Nanos, whole: Nanos): number =>
  whole <= 0n ? 0 : Number((maxNanos(part, 0n) * BigInt(spanMs)) / whole)

/** When grants end, earliest first; a grant without an expiry ends at infinity. Read once for every walk of an evaluation. */
type Ends = {
  readonly remaining: readonly Nanos[]
  /** With the places, in burn order, of the grants that end then. */
  readonly ends: readonly { readonly at: Instant; readonly places: readonly number[] }[]
  /** Mean burn between an end and the one before, now before the first; filled in as walks come by. */
  readonly meansMs: number[]
}

const endsOf = (lots: readonly Lot[]): Ends => {
  const places = new Map<Instant, number[]>()
  for (const [place, { expiresAt = Number.POSITIVE_INFINITY }] of lots.entries()) {
    const ending = places.get(expiresAt)
    if (ending) ending.push(place)
    else places.set(expiresAt, [place])
  }
  const ends = [...places].map(([at, ending]) => ({ at, places: ending })).sort((a, b) => a.at - b.at)
  return { remaining: lots.map(({ remaining }) => remaining), ends, meansMs: [] }
}

type Way = {
  readonly ends: Ends
  readonly balance: Bounds
  /** What is left now; `high` less this is drawn already, unseen. */
  readonly amount: Nanos
  readonly perDay: Nanos
  readonly now: Instant
  readonly shape: WeekShape | undefined
}

/** Hours until nothing is left at `perDay`, with what expires on the way; 0 when nothing is. */
const hoursLeft = (way: Way): number => {
  if (way.amount <= 0n) return 0
  const atRate = lastsMs(way.shape, way.now, share(DAY_MS, way.amount, way.perDay))
  const [first] = way.ends.ends
  return (first && first.at < way.now + atRate ? walk(way) : atRate) / HOUR_MS
}

/** Down the burn order from expiry to expiry; each step ends the grants of one instant. */
const walk = ({ ends: { remaining, ends, meansMs }, balance, amount, perDay, now, shape }: Way): number => {
  const pots = openPots(remaining)
  drain(pots, balance.high - amount)
  let from = now
  for (const [index, { at, places }] of ends.entries()) {
    const lasts = lastsUntil(at, shape, from, share(DAY_MS, pots.total, perDay))
    if (lasts !== undefined) return from + lasts - now
    const meanBetween = meansMs[index] ?? Math.round(meanMs(shape, from, at))
    meansMs[index] = meanBetween
    drain(pots, (perDay * BigInt(meanBetween)) / BigInt(DAY_MS))
    for (const place of places) empty(pots, place)
    from = at
  }
  return from - now
}

/** As `lastsMs` where that ends by `end`; whole weeks beyond it need no look at their hours. */
const lastsUntil = (end: Instant, shape: WeekShape | undefined, from: Instant, mean: number): number | undefined => {
  if (mean - (mean % WEEK_MS) > end - from) return undefined
  const lasts = lastsMs(shape, from, mean)
  return from + lasts <= end ? lasts : undefined
}
