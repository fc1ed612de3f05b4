/** What the burn rate is read from: bills, and calls where they show everything. */

import { divideHalfEven, type Nanos, UNIT } from '../domain/money.ts'
import type { Instant } from '../domain/time.ts'
import type { Book } from './book.ts'
import type { BurnInputs } from './burn.ts'
import type { Estimate } from './estimate.ts'
import type { FoldState } from './fold-state.ts'
import { spentBetween } from './usage-series.ts'

const MILLION = 1_000_000n

/** Only where the bill has shown what calls are worth: before, they may be a part of what is spent. */
export const callsOf = (book: Book, estimate: Estimate, rate: Nanos | undefined, now: Instant): BurnInputs['calls'] => {
  const { firstAt } = book.usage.notes
  if (firstAt === undefined || !estimate.calibrated) return undefined
  const scale = (rate ?? UNIT) * estimate.factorMillionths
  const spent = (from: Instant, to: Instant): Nanos =>
    divideHalfEven(spentBetween(book.usage.series, from, to, now) * scale, UNIT * MILLION)
  return { from: firstAt, spent }
}

type BurnTimes = Pick<BurnInputs, 'now' | 'calls'>

export const burnInputsOf = (
  book: Book,
  fold: FoldState,
  estimate: Estimate,
  { now, calls }: BurnTimes,
): BurnInputs => {
  const usageFrom = book.usage.notes.firstAt
  const usageUntil = estimate.unbilledWeek > 0n ? book.usage.notes.spendAt : undefined
  const starts = [
    book.firstSpendFrom,
    fold.segments[0]?.from,
    estimate.unbilledWeek > 0n ? usageFrom : undefined,
  ].filter((at) => at !== undefined)
  const ends = [book.lastReadingAt, fold.segments.at(-1)?.to, usageUntil].filter((at) => at !== undefined)
  return {
    segments: fold.segments,
    now,
    since: starts.length === 0 ? undefined : Math.min(...starts),
    until: ends.length === 0 ? undefined : Math.min(now, Math.max(...ends)),
    unbilled: estimate.unbilledWeek,
    calls,
  }
}
