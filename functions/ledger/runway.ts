/** How long credit lasts: at the rates of several windows, along paths that really happened, and past expiries. */

import { maxNanos, minNanos, type Nanos } from '../domain/money.ts'
import type { Bounds, Burn, Runway } from '../domain/standing.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../domain/time.ts'
import { type BurnInputs, burnOver } from './burn.ts'
import type { Close } from './fold-state.ts'
import { FEED_LAG_MAX_MS, FEED_LAG_MS } from './lag.ts'
import type { Lot } from './lots.ts'

/** Shorter windows bound the runway: a fresh rush shortens p10, a quiet day lengthens p90. */
const WINDOWS_MS = [DAY_MS, 3 * DAY_MS, 7 * DAY_MS] as const
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
}

/**
 * What is not billed yet belongs to the week alone: in a shorter window it would stand beside the bill of the day before.
 * p50 at the week's burn from `value`; p10 from `low` at the fastest window or along the fastest tenth of past paths,
 * p90 from `high` at the slowest window. Until the lag is measured, p10 bears the longest.
 */
export const runwayOf = ({ burn, week, balance, lots, closes }: RunwayInputs): Runway | undefined => {
  if (week.perDay === 0n) return undefined
  const rates = WINDOWS_MS.filter((windowMs) => windowMs < week.coveredMs)
    .map((windowMs) => burnOver({ ...burn, unbilled: 0n }, windowMs, true).perDay)
    .filter((rate) => rate > 0n)
  const fastest = rates.reduce(maxNanos, week.perDay)
  const slowest = rates.reduce(minNanos, week.perDay)
  const left = (amount: Nanos, perDay: Nanos): number => hoursLeft({ lots, balance, amount, perDay, now: burn.now })
  const p50Hours = left(balance.value, week.perDay)
  const unmeasured = balance.lagMs > 0 && balance.feedLagMs === undefined ? FEED_LAG_MAX_MS - FEED_LAG_MS : 0
  const soonest = Math.min(left(balance.low, fastest), fastPathMs(closes, balance.low, week.perDay) / HOUR_MS)
  return {
    p10Hours: Math.min(p50Hours, Math.max(0, soonest - unmeasured / HOUR_MS)),
    p50Hours,
    p90Hours: left(balance.high, slowest),
  }
}

/** How long the balance would have lasted from each of the last days on, in the fastest tenth of them; past today at the week's burn. Infinite without a sample. */
const fastPathMs = (closes: readonly Close[], amount: Nanos, perDay: Nanos): number => {
  const path = closes.slice(-PATHS_MAX - 1)
  if (path.length <= PATHS_MIN) return Number.POSITIVE_INFINITY
  const lasting = path.slice(0, -1).map((start, index) => lasted(path, start, index, amount, perDay))
  lasting.sort((a, b) => a - b)
  return lasting[Math.floor(FAST_SHARE * (lasting.length - 1))] ?? Number.POSITIVE_INFINITY
}

const lasted = (path: readonly Close[], start: Close, index: number, amount: Nanos, perDay: Nanos): number => {
  const wanted = start.billed + maxNanos(amount, 0n)
  const at = path.findIndex((close, place) => place > index && close.billed >= wanted)
  const [before, after] = [path[at - 1], path[at]]
  if (before && after)
    return before.at - start.at + share(after.at - before.at, wanted - before.billed, after.billed - before.billed)
  const last = path.at(-1) ?? start
  return last.at - start.at + share(DAY_MS, wanted - last.billed, perDay)
}

/** `part` of `whole` of a span; floats are fine: hours are no money. */
const share = (spanMs: number, part: Nanos, whole: Nanos): number =>
  whole <= 0n ? 0 : Number((maxNanos(part, 0n) * BigInt(spanMs)) / whole)

type Way = {
  readonly lots: readonly Lot[]
  readonly balance: Bounds
  /** What is left now; `high` less this is drawn already, unseen. */
  readonly amount: Nanos
  readonly perDay: Nanos
  readonly now: Instant
}

/** Hours until nothing is left at `perDay`, with what expires on the way; 0 when nothing is. */
const hoursLeft = (way: Way): number => {
  if (way.amount <= 0n) return 0
  const atRate = share(DAY_MS, way.amount, way.perDay)
  const ends = way.lots.map((lot) => lot.expiresAt ?? Number.POSITIVE_INFINITY)
  return (ends.some((at) => at < way.now + atRate) ? walk(way) : atRate) / HOUR_MS
}

/** Down the burn order from expiry to expiry; each step ends one grant. */
const walk = ({ lots, balance, amount, perDay, now }: Way): number => {
  const pots = lots.map((lot) => ({ expiresAt: lot.expiresAt ?? Number.POSITIVE_INFINITY, left: lot.remaining }))
  draw(pots, balance.high - amount)
  let from = now
  for (const at of pots.map(({ expiresAt }) => expiresAt).sort((a, b) => a - b)) {
    const total = pots.reduce((sum, { left }) => sum + left, 0n)
    const lasts = share(DAY_MS, total, perDay)
    if (from + lasts <= at) return from + lasts - now
    draw(pots, (perDay * BigInt(at - from)) / BigInt(DAY_MS))
    for (const pot of pots) if (pot.expiresAt === at) pot.left = 0n
    from = at
  }
  return from - now
}

const draw = (pots: readonly { left: Nanos }[], amount: Nanos): void => {
  let rest = amount
  for (const pot of pots) {
    const taken = minNanos(rest, pot.left)
    pot.left -= taken
    rest -= taken
  }
}
