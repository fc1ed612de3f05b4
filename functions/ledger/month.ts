/** What the running calendar month has cost so far, against the monthly cap of a tier. */

import { divideHalfEven, maxNanos, type Nanos, UNIT } from '../domain/money.ts'
import type { MonthStanding } from '../domain/standing.ts'
import { billingMonthStart, DAY_MS, type Instant } from '../domain/time.ts'
import type { Estimate } from './estimate.ts'
import type { UsageBook } from './usage-book.ts'
import { spentBetween } from './usage-series.ts'

type Inputs = {
  /** Billed spend by period start; only a period that begins with the month tells of the month. */
  readonly billed: ReadonlyMap<Instant, Nanos>
  readonly estimate: Pick<Estimate, 'paceMillionths' | 'usable'>
  /** Account currency per USD. */
  readonly rate: Nanos | undefined
  readonly now: Instant
}

const MILLION = 1_000_000n
/** No month is longer, and no two are together shorter. */
const INTO_NEXT_MS = 32 * DAY_MS

/** The latest month asked for: calendars are slow, and most instants fall into the same one. */
let known: Pick<MonthStanding, 'from' | 'to'> = { from: 0, to: 0 }

const monthOf = (at: Instant): Pick<MonthStanding, 'from' | 'to'> => {
  if (at >= known.from && at < known.to) return known
  const from = billingMonthStart(at)
  known = { from, to: billingMonthStart(from + INTO_NEXT_MS) }
  return known
}

/** The larger of what was billed and what calls amount to; `undefined` where neither feed tells. Account currency, half-even. */
export const monthStanding = (usage: UsageBook, inputs: Inputs): MonthStanding | undefined => {
  const { billed, estimate, now } = inputs
  const month = monthOf(now)
  const inBudget = billed.get(month.from)
  const isTold = usage.notes.firstAt !== undefined && estimate.usable
  if (inBudget === undefined && !isTold) return undefined
  const usd = isTold ? spentBetween(usage.series, month.from, now + 1, now) : 0n
  const estimated = divideHalfEven(usd * (inputs.rate ?? UNIT) * estimate.paceMillionths, UNIT * MILLION)
  return { ...month, spent: maxNanos(inBudget ?? 0n, estimated) }
}
