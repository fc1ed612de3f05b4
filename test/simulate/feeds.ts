/** What the world tells of a true account: lagging budgets with repeats, usage estimates, purchases, corrections. */

import type { Fact } from '../../functions/domain/facts.ts'
import { DAY_MS, HOUR_MS, type Instant, instant, MINUTE_MS } from '../../functions/domain/time.ts'
import { balanceReading, grant, reading, usage } from '../support/facts.ts'
import type { Chance } from './prng.ts'
import type { Regime } from './regimes.ts'
import type { Truth } from './truth.ts'

/** A fact and when it reaches us. */
export type Arrival = { readonly at: Instant; readonly fact: Fact }

/** Midnight Pacific on the first of each month: 08:00 UTC in winter, 07:00 in summer. */
export const PERIODS: readonly Instant[] = [
  ...['2026-11-01T07', '2026-12-01T08', '2027-01-01T08', '2027-02-01T08', '2027-03-01T08', '2027-04-01T07'],
  ...['2027-05-01T07', '2027-06-01T07', '2027-07-01T07', '2027-08-01T07', '2027-09-01T07', '2027-10-01T07'],
  ...['2027-11-01T07', '2027-12-01T08'],
].map((hour) => instant(`${hour}:00:00Z`))
const LAG_MAX_HOURS = 32
/** A budget speaks about every forty minutes, whether or not anything changed. */
const CADENCE_MS = 40 * MINUTE_MS
/** An ended period is still told of for this long. */
const OLD_PERIOD_MS = 2 * DAY_MS
const usd = (amount: number): string => amount.toFixed(6)

/** A part of an hour's spend and when the bill shows it. */
type Posting = { readonly at: Instant; readonly period: Instant; readonly usd: number }

const periodOf = (at: Instant): Instant => PERIODS.findLast((start) => start <= at) ?? at

/** Most of an hour comes with the slow walk of the feed's lag, the rest as a tail, in batches; all within 32 hours. */
const postingsOf = (chance: Chance, truth: Truth): readonly Posting[] => {
  const [low, high] = [chance.between(0, 12), chance.between(12, 30)]
  const every = chance.pick([1, 2, 4, 8]) * HOUR_MS
  const tail = chance.between(0, 0.2)
  let lag = chance.between(low, high)
  return truth.hourly.flatMap((amount, hour) => {
    const at = truth.start + hour * HOUR_MS
    lag = Math.min(high, Math.max(low, lag + chance.between(-1, 1)))
    const post = (hours: number): Instant => {
      const batch = Math.ceil((at + HOUR_MS + hours * HOUR_MS) / every) * every
      return Math.min(batch, at + LAG_MAX_HOURS * HOUR_MS)
    }
    const period = periodOf(at)
    const late = Math.max(lag, chance.between(lag, LAG_MAX_HOURS))
    return [
      { at: post(lag), period, usd: amount * (1 - tail) },
      { at: post(late), period, usd: amount * tail },
    ]
  })
}

/** In every third account something is billed too much and taken back hours or days later. */
const correctionsOf = (chance: Chance, truth: Truth): readonly Posting[] => {
  if (chance.next() > 1 / 3) return []
  const at = truth.start + chance.between(5, 30) * DAY_MS
  const extra = truth.spentBy(at) * chance.between(0.002, 0.02)
  const period = periodOf(at)
  return [
    { at, period, usd: extra },
    { at: at + chance.between(6, 60) * HOUR_MS, period, usd: -extra },
  ]
}

const budgetArrivals = (chance: Chance, truth: Truth): readonly Arrival[] => {
  const postings = [...postingsOf(chance, truth), ...correctionsOf(chance, truth)].sort((a, b) => a.at - b.at)
  const costs = new Map<Instant, number>()
  const arrivals: Arrival[] = []
  let next = 0
  let silentUntil = 0
  for (let at = truth.start; at <= truth.end; at += CADENCE_MS * chance.between(0.7, 1.3)) {
    const told = Math.round(at)
    for (let posting = postings[next]; posting && posting.at <= at; posting = postings[next]) {
      costs.set(posting.period, (costs.get(posting.period) ?? 0) + posting.usd)
      next += 1
    }
    if (chance.next() < 0.002) silentUntil = at + chance.between(2, 10) * HOUR_MS
    if (at < silentUntil) continue
    const current = periodOf(told)
    const running = PERIODS.filter((start) => start === current || (start < current && told - current < OLD_PERIOD_MS))
    for (const periodStart of running) {
      if (periodStart !== current && !costs.has(periodStart)) continue
      const fact = reading(told + running.indexOf(periodStart), usd(costs.get(periodStart) ?? 0), { periodStart })
      arrivals.push({ at: told + chance.between(0, 2) * MINUTE_MS, fact })
      if (chance.next() < 0.03) arrivals.push({ at: told + chance.between(0, 12) * HOUR_MS, fact })
    }
  }
  return arrivals
}

/** Two roll-ups an hour; the error is one factor per account, another after half-way, and a little per hour. */
const usageArrivals = (chance: Chance, regime: Regime, truth: Truth): readonly Arrival[] => {
  const [first, second] = regime.mispriced ? [chance.between(0.7, 1.3), chance.between(0.7, 1.3)] : [1, 1]
  const shiftAt = truth.start + chance.between(10, 30) * DAY_MS
  return truth.hourly.flatMap((_, hour) =>
    [0, 1].map((half) => {
      const from = truth.start + hour * HOUR_MS + half * 30 * MINUTE_MS
      const at = from + 30 * MINUTE_MS - 1
      const error = (at < shiftAt ? first : second) * (regime.mispriced ? Math.exp(0.05 * chance.normal()) : 1)
      const cost = (truth.spentBy(at) - truth.spentBy(from)) * error
      return { at: at + chance.between(0, 5) * MINUTE_MS, fact: usage(`h${hour}-${half}`, at, { costUsd: usd(cost) }) }
    }),
  )
}

const operatorArrivals = (chance: Chance, truth: Truth): readonly Arrival[] => {
  const bought = truth.topUps.map(({ id, at, usd: amount }) => ({
    at: at + chance.between(0, 60) * MINUTE_MS,
    fact: grant(id, usd(amount), at),
  }))
  const seen = chance.next() < 0.3 ? [chance.between(3, 12), chance.between(12, 30)] : []
  const readings = seen.map((day) => {
    const at = Math.round(truth.start + day * DAY_MS)
    return { at, fact: balanceReading(truth.balanceAt(at).toFixed(2), at) }
  })
  return [...bought, ...readings]
}

/** Everything that reaches us until the account's end, in order of arrival. */
export const arrivalsOf = (chance: Chance, regime: Regime, truth: Truth): readonly Arrival[] =>
  [
    ...operatorArrivals(chance, truth),
    ...budgetArrivals(chance, truth),
    ...(regime.usage ? usageArrivals(chance, regime, truth) : []),
  ]
    .filter(({ at }) => at <= truth.end)
    .sort((a, b) => a.at - b.at)
