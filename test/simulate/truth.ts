/** The oracle: what an account really spent, hour by hour, and what was really bought. Dollars as numbers; no product code. */

import { DAY_MS, HOUR_MS, type Instant } from '../../functions/domain/time.ts'
import type { Chance } from './prng.ts'
import type { Regime } from './regimes.ts'

export type TopUp = { readonly id: string; readonly at: Instant; readonly usd: number }

export type Truth = {
  readonly start: Instant
  /** When credit is really gone, or the end of the run. */
  readonly end: Instant
  /** Set where credit was really gone before the run was over. */
  readonly zeroAt?: Instant
  readonly topUps: readonly TopUp[]
  /** Spend of each hour from `start`. */
  readonly hourly: readonly number[]
  readonly spentBy: (at: Instant) => number
  readonly balanceAt: (at: Instant) => number
}

/** How long a run is and when credit is bought. */
export type Course = {
  readonly days: number
  /** Mean burn in dollars a day, at least and at most. */
  readonly perDay: readonly [number, number]
  /** Bought when this share of what the last purchase made is left. */
  readonly topUpAt: number
  /** Nobody tops up after this day. */
  readonly lastTopUpDay: number
  /** Days of mean burn that the first purchase and each later one pay for, at least and at most. */
  readonly first: readonly [number, number]
  readonly later: readonly [number, number]
}

/** Most runs see zero. */
export const TO_ZERO: Course = {
  days: 45,
  perDay: [1, 200],
  topUpAt: 0.25,
  lastTopUpDay: 24,
  first: [8, 20],
  later: [5, 20],
}
/** A year in which nobody has anything to fear: bought in good time, every month or so, far below the first tier's cap. */
export const QUIET_YEAR: Course = {
  days: 365,
  perDay: [1, 6],
  topUpAt: 0.7,
  lastTopUpDay: 365,
  first: [80, 90],
  later: [30, 40],
}
const SPIKE_FACTOR = 10
const SPIKES_PER_HOUR = 1 / (6 * 24)

const shapeOf = (chance: Chance): ((hour: number) => number) => {
  const [byDay, byWeek] = [chance.between(0, 0.6), chance.between(0, 0.4)]
  const phase = chance.between(0, 24)
  return (hour) => {
    const isWeekend = Math.floor(hour / 24) % 7 >= 5
    return (1 + byDay * Math.cos((2 * Math.PI * (hour - phase)) / 24)) * (isWeekend ? 1 - byWeek : 1)
  }
}

const hourlySpend = (chance: Chance, regime: Regime, perDay: number, days: number): readonly number[] => {
  const shape = shapeOf(chance)
  let spikeUntil = -1
  return Array.from({ length: days * 24 }, (_, hour) => {
    if (regime.spiky && hour > spikeUntil && chance.next() < SPIKES_PER_HOUR) spikeUntil = hour + chance.between(1, 12)
    const spike = hour <= spikeUntil ? SPIKE_FACTOR : 1
    return (perDay / 24) * shape(hour) * spike * Math.exp(0.2 * chance.normal())
  })
}

/** Draws an account; top-ups come when the true balance falls to the course's share of what the last one made of it. */
export const drawTruth = (chance: Chance, regime: Regime, start: Instant, course = TO_ZERO): Truth => {
  const perDay = Math.exp(chance.between(Math.log(course.perDay[0]), Math.log(course.perDay[1])))
  const hourly = hourlySpend(chance, regime, perDay, course.days)
  const topUps: TopUp[] = [{ id: 'P0', at: start, usd: perDay * chance.between(...course.first) }]
  let balance = topUps[0]?.usd ?? 0
  let base = balance
  let zeroAt: Instant | undefined
  for (const [hour, usd] of hourly.entries()) {
    const at = start + hour * HOUR_MS
    if (balance < base * course.topUpAt && hour < course.lastTopUpDay * 24) {
      const bought = perDay * chance.between(...course.later)
      topUps.push({ id: `P${topUps.length}`, at, usd: bought })
      balance += bought
      base = balance
    }
    if (usd >= balance) {
      zeroAt = at + (HOUR_MS * balance) / usd
      break
    }
    balance -= usd
  }
  const sums = [0]
  for (const usd of hourly) sums.push((sums.at(-1) ?? 0) + usd)
  const spentBy = (at: Instant): number => {
    const hours = Math.max(0, (at - start) / HOUR_MS)
    const whole = Math.min(hourly.length - 1, Math.floor(hours))
    return (sums[whole] ?? 0) + (hourly[whole] ?? 0) * (hours - whole)
  }
  const bought = (at: Instant): number => topUps.reduce((sum, one) => sum + (one.at <= at ? one.usd : 0), 0)
  return {
    start,
    end: zeroAt ?? start + course.days * DAY_MS - 1,
    ...(zeroAt === undefined ? {} : { zeroAt }),
    topUps,
    hourly,
    spentBy,
    balanceAt: (at) => bought(at) - spentBy(at),
  }
}
