/** What the last day cost beside the days before it: by usage where it is fresh, else by what was billed. */

import type { RecentSpend } from '../domain/balance.ts'
import { divideHalfEven, maxNanos, minNanos, type Nanos, UNIT } from '../domain/money.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../domain/time.ts'
import type { FoldState } from './fold-state.ts'
import { spentByHour, type UsageSeries } from './usage-series.ts'

/** Days compared; fewer than a week are no habit. */
const DAYS_MAX = 14
const DAYS_MIN = 7
/** Usage counts by whole hours: what began two hours ago was over an hour ago. */
const CONFIRMED_MS = 2 * HOUR_MS
const MILLION = 1_000_000n

type Inputs = {
  readonly fold: Pick<FoldState, 'closes' | 'segments' | 'billed'>
  readonly usage: UsageSeries
  readonly usageFrom: Instant | undefined
  /** Whether usage shows everything: fresh, priced, in our currency. */
  readonly covered: boolean
  /** Account currency per USD, and billed over estimated. */
  readonly rate: Nanos
  readonly factorMillionths: bigint
  readonly now: Instant
}

/** `undefined` with less than a week of history. Days are the 24 hours up to now by usage, UTC days by the bill. */
export const recentSpend = (inputs: Inputs): RecentSpend | undefined =>
  inputs.covered ? byUsage(inputs) : byBill(inputs)

const byUsage = ({ usage, usageFrom, rate, factorMillionths, now }: Inputs): RecentSpend | undefined => {
  const within = (from: Instant): Nanos => spentByHour(usage, from, from + DAY_MS)
  const known = usageFrom === undefined ? 0 : Math.floor((now - usageFrom) / DAY_MS) - 1
  const today = now - DAY_MS + 1
  const days = Array.from({ length: Math.min(DAYS_MAX, known) }, (_, index) => within(today - (index + 1) * DAY_MS))
  const spent = within(today)
  const recent = told({ days, spent, confirmed: minNanos(spent, within(today - CONFIRMED_MS)), by: 'usage' })
  return recent && scaled(recent, (usd) => divideHalfEven(usd * rate * factorMillionths, UNIT * MILLION))
}

const byBill = ({ fold, now }: Inputs): RecentSpend | undefined => {
  const { closes, segments, billed } = fold
  const today = Math.floor(now / DAY_MS)
  const first = closes[0]
  if (!first) return undefined
  const known = today - Math.floor(first.at / DAY_MS) - 1
  /** What had been billed when each of the last days ended, yesterday first. */
  const ends: Nanos[] = []
  let place = closes.length - 1
  for (let day = today - 1; day >= today - 1 - Math.min(DAYS_MAX, known); day -= 1) {
    while (place > 0 && Math.floor((closes[place]?.at ?? 0) / DAY_MS) > day) place -= 1
    ends.push(closes[place]?.billed ?? 0n)
  }
  const days = ends.slice(1).map((before, index) => maxNanos(0n, (ends[index] ?? 0n) - before))
  const spent = maxNanos(0n, billed - (ends[0] ?? billed))
  const latest = segments.at(-1)
  return told({ days, spent, confirmed: maxNanos(0n, spent - maxNanos(0n, latest?.amount ?? 0n)), by: 'bill' })
}

/** Calibrated and in the account's currency: the order of days is the same before and after, so what was picked is scaled alone. */
const scaled = (recent: RecentSpend, scale: (usd: Nanos) => Nanos): RecentSpend => ({
  ...recent,
  spent: scale(recent.spent),
  confirmed: scale(recent.confirmed),
  yesterday: scale(recent.yesterday),
  usual: scale(recent.usual),
  peak: scale(recent.peak),
})

type Told = Pick<RecentSpend, 'spent' | 'confirmed' | 'by'> & { readonly days: readonly Nanos[] }

const told = ({ days, ...rest }: Told): RecentSpend | undefined => {
  if (days.length < DAYS_MIN) return undefined
  const sorted = days.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const [usual = 0n, peak = 0n] = [sorted[sorted.length >> 1], sorted.at(-2)]
  return { ...rest, yesterday: days[0] ?? 0n, usual, peak, days: days.length }
}
