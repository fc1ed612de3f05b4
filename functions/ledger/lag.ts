/** How far the billed feed is behind, measured where a price error cannot hide it: in the first week of each billing period. */

import type { Nanos } from '../domain/money.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../domain/time.ts'
import type { Close, FoldState } from './fold-state.ts'
import { spentByHour, spentUntil, type UsageSeries } from './usage-series.ts'

export type Lag = {
  /** Median delay of the bill right after it moved. */
  readonly typicalMs: number
  /** Usage older than this before the latest reading is taken as billed, but for a tail. */
  readonly worstMs: number
}

/** Until measured (design §4.3), and never less in the worst case: the vendor speaks of "typically up to 24 hours". */
export const FEED_LAG_MS = DAY_MS
/** What a reading says is never taken to be older. */
export const FEED_LAG_MAX_MS = 36 * HOUR_MS

/** The bill is seen at its freshest, right after it moved; it ages until it moves again, and some of it comes later. */
const AGEING_MS = 12 * HOUR_MS
/** Growth is compared over this many closes, so that a delay that changes weighs little. */
const GROWTH_CLOSES = 6
/** Two weeks of closes of the two latest periods that usage covers are enough, and bound the work. */
const CLOSES_MAX = 14
const PERIODS_MAX = 2
const RATIOS_MIN = 3
/** Bills are compared with usage this much older; growth hardly depends on it. */
const GROWTH_LAG_MS = 16 * HOUR_MS
const MILLION = 1_000_000n

type Inputs = {
  readonly fold: Pick<FoldState, 'closes' | 'origins'>
  readonly usage: UsageSeries
  /** The first call; a period that began to be billed before it tells nothing. */
  readonly usageFrom: Instant | undefined
}

/** The latest answer for a fold's closes and what it was read from: a call of the running hour changes nothing of it. */
type Known = { readonly of: readonly unknown[]; readonly lag: Lag | undefined }
const known = new WeakMap<readonly Close[], Known>()

/** From how a reading's growth lags usage; `undefined` until about nine days of a period are known by both feeds. Pure. */
export const measureLag = (inputs: Inputs): Lag | undefined => {
  const { fold, usage, usageFrom } = inputs
  if (usageFrom === undefined) return undefined
  const { closes } = fold
  const last = closes.at(-1)
  // Closes are only added or, the last one, replaced; of the latest hour no more is asked than that there is one.
  const told = spentByHour(usage, 0, (last?.at ?? 0) - GROWTH_LAG_MS)
  const of = [usage, usage.rewrites, usage.hours.keys.length, told, usageFrom, last, closes.length]
  const before = known.get(closes)
  if (before && of.every((one, index) => one === before.of[index])) return before.lag
  const lag = readLag(inputs, usageFrom)
  known.set(closes, { of, lag })
  return lag
}

const readLag = ({ fold, usage }: Inputs, usageFrom: Instant): Lag | undefined => {
  const origins = [...fold.origins.values()].slice(-PERIODS_MAX).filter(({ heardAt }) => usageFrom <= heardAt + HOUR_MS)
  const delays = origins.flatMap((origin) =>
    delaysOf(fold.closes.slice(origin.first, origin.first + CLOSES_MAX), usage),
  )
  if (delays.length === 0) return undefined
  delays.sort((a, b) => a - b)
  const typicalMs = Math.min(delays[delays.length >> 1] ?? 0, FEED_LAG_MAX_MS)
  const longest = delays.at(-1) ?? 0
  return { typicalMs, worstMs: Math.min(Math.max(FEED_LAG_MS, longest + AGEING_MS), FEED_LAG_MAX_MS) }
}

/** A later price error would count for weeks; in the first days of a period it is worth hours at most. */
const delaysOf = (closes: readonly Close[], usage: UsageSeries): readonly number[] => {
  const periodStart = closes[0]?.periodStart
  const mine = closes.filter((close) => close.periodStart === periodStart)
  const factor = growthOf(mine, usage)
  if (factor === undefined || periodStart === undefined) return []
  return mine.slice(0, GROWTH_CLOSES + 1).map(({ at, ofPeriod }) => {
    const shownUntil = spentUntil(usage, periodStart, (ofPeriod * MILLION) / factor)
    return Math.max(0, at - shownUntil)
  })
}

/** Billed over estimated in millionths, by the growth of both: the median withstands a rush and a correction. */
const growthOf = (closes: readonly Close[], usage: UsageSeries): bigint | undefined => {
  const ratios = growthRatios(closes, GROWTH_CLOSES, usage)
  return ratios.length < RATIOS_MIN ? undefined : ratios[ratios.length >> 1]
}

/** Growth of the bill over growth of the estimate (USD), from each close to the one `span` later; in millionths, ascending. */
export const growthRatios = (closes: readonly Close[], span: number, usage: UsageSeries): readonly bigint[] => {
  const ratios = closes.slice(span).flatMap((to, index) => {
    const from = closes[index]
    if (!from) return []
    const estimated: Nanos = spentByHour(usage, from.at - GROWTH_LAG_MS, to.at - GROWTH_LAG_MS)
    const billed = to.billed - from.billed
    return estimated > 0n && billed > 0n ? [(billed * MILLION) / estimated] : []
  })
  return ratios.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}
