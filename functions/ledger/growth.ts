/** What was spent since the balance was last seen, by calls and by bills, period by period. */

import { maxNanos, type Nanos } from '../domain/money.ts'
import type { Instant } from '../domain/time.ts'
import type { Anchor } from './fold-state.ts'

/** Billed spend by period start, over all drawdown budgets. */
export type BilledByPeriod = ReadonlyMap<Instant, Nanos>

/** Billed over estimated, kept as a pair so that money is divided once. */
export type Factor = { readonly billed: Nanos; readonly estimated: Nanos }

export type Growth = {
  /** From here calls count: the period's start or, later, the balance reading. */
  readonly since: Instant
  readonly to: Instant
  readonly periodEnd: Instant
  /** Billed of it so far, without what the balance reading had seen already. */
  readonly billed: Nanos
  /** How far calls are ahead of that, times `factor.estimated`; never below 0. */
  readonly ahead: Nanos
}

type Inputs = {
  readonly periods: readonly Period[]
  readonly anchor: Anchor | undefined
  readonly factor: Factor
  /** Calls in the account's currency that begin in `[from, to)`. */
  readonly spent: (from: Instant, to: Instant) => Nanos
}

export type Period = { readonly from: Instant; readonly to: Instant; readonly billed: Nanos }

/** The periods that were billed, each until the next, and before them the time that never was. */
export const periodsOf = (billed: BilledByPeriod, until: Instant): readonly Period[] => {
  const starts = [...billed.keys()].sort((a, b) => a - b)
  const periods = starts.map((from, index) => ({
    from,
    to: starts[index + 1] ?? until + 1,
    billed: billed.get(from) ?? 0n,
  }))
  return [{ from: 0, to: starts[0] ?? until + 1, billed: 0n }, ...periods]
}

/** Pure. A balance reading has seen everything before it, billed or not: only growth since the latest one counts. */
export const growthSince = ({ periods, anchor, factor, spent }: Inputs): readonly Growth[] =>
  periods.map((period) => {
    const since = Math.max(period.from, anchor?.at ?? period.from)
    const to = Math.max(since, period.to)
    const known = (anchor?.billed.get(period.from) ?? 0n) + (anchor?.early.get(period.from) ?? 0n)
    const grown = maxNanos(0n, period.billed - known)
    const ahead = maxNanos(0n, spent(since, to) * factor.billed - grown * factor.estimated)
    return { since, to, periodEnd: period.to, billed: grown, ahead }
  })
