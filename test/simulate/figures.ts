/** Sums up many runs of a regime. */

import { HOUR_MS } from '../../functions/domain/time.ts'
import { REGIMES, type Regime } from './regimes.ts'
import { type Run, runOf } from './run.ts'

export type LeadFigures = {
  readonly level: string
  readonly runs: number
  /** Share of runs in which the alert held by the promised instant, and how many hours before it, at the median and at p95. */
  readonly kept: number
  readonly earlyMedian: number
  readonly early95: number
}

export type Figures = {
  readonly regime: string
  readonly seeds: number
  readonly evaluations: number
  /** Shares of evaluations. */
  readonly within: number
  readonly belowLow: number
  readonly aboveHigh: number
  readonly withinAfterDay3: number
  /** In hours of the account's mean burn: width of [low, high] and error of `value` (absolute). */
  readonly widthMedian: number
  readonly errorMedian: number
  readonly error95: number
  /** Shares of evaluations in which the true runway was at least p10, at least p50, at most p90. */
  readonly runway: { readonly p10: number; readonly p50: number; readonly p90: number }
  readonly leads: readonly LeadFigures[]
}

/** Seeds `from` to `from + seeds - 1` of a regime; every regime has accounts of its own. */
export const figuresOf = (regime: Regime, seeds: number, from = 1): Figures =>
  sumUp(
    regime,
    seeds,
    Array.from({ length: seeds }, (_, index) => runOf((from + index) * REGIMES.length + placeOf(regime), regime)),
  )

const placeOf = (regime: Regime): number => REGIMES.findIndex(({ name }) => name === regime.name)

const sumUp = (regime: Regime, seeds: number, runs: readonly Run[]): Figures => {
  const all = runs.flatMap(({ judged }) => judged)
  const later = all.filter(({ day }) => day >= 3)
  const told = all.flatMap(({ runway }) => (runway ? [runway] : []))
  return {
    regime: regime.name,
    seeds,
    evaluations: all.length,
    within: share(all, ({ verdict }) => verdict === 'within'),
    belowLow: share(all, ({ verdict }) => verdict === 'below low'),
    aboveHigh: share(all, ({ verdict }) => verdict === 'above high'),
    withinAfterDay3: share(later, ({ verdict }) => verdict === 'within'),
    widthMedian: quantile(
      all.map(({ width }) => width),
      0.5,
    ),
    errorMedian: quantile(
      all.map(({ error }) => Math.abs(error)),
      0.5,
    ),
    error95: quantile(
      all.map(({ error }) => Math.abs(error)),
      0.95,
    ),
    runway: {
      p10: share(told, ({ real, p10 }) => real >= p10),
      p50: share(told, ({ real, p50 }) => real >= p50),
      p90: share(told, ({ real, p90 }) => real <= p90),
    },
    leads: leadFigures(runs),
  }
}

const leadFigures = (runs: readonly Run[]): readonly LeadFigures[] => {
  const all = runs.flatMap(({ leads }) => leads)
  return [...new Set(all.map(({ level }) => level))].sort().map((level) => {
    const mine = all.filter((lead) => lead.level === level)
    const early = mine.flatMap(({ dueAt, firedAt }) => (firedAt === undefined ? [] : [(dueAt - firedAt) / HOUR_MS]))
    return {
      level,
      runs: mine.length,
      kept: share(mine, ({ dueAt, firedAt }) => firedAt !== undefined && firedAt <= dueAt),
      earlyMedian: quantile(early, 0.5),
      early95: quantile(early, 0.95),
    }
  })
}

const share = <One>(list: readonly One[], holds: (one: One) => boolean): number =>
  list.length === 0 ? Number.NaN : list.filter(holds).length / list.length

const quantile = (list: readonly number[], part: number): number => {
  const sorted = Float64Array.from(list).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN
}
