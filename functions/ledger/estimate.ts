/** Spend that usage shows and no bill has yet: per budget period max(billed, factor × estimate) − billed. */

import { divideHalfEven, maxNanos, minNanos, type Nanos, UNIT } from '../domain/money.ts'
import { DAY_MS, type Instant } from '../domain/time.ts'
import type { Close } from './fold-state.ts'
import { FEED_LAG_MS, type Lag } from './lag.ts'
import { type MostUnbilled, mostUnbilled } from './unbilled.ts'
import { spentBetween, type UsageSeries } from './usage-series.ts'

const MILLION = 1_000_000n
/** A period whose ratio lies outside a quarter to four counts other things, or began before usage was sent: it calibrates nothing. */
const FACTOR_MIN = MILLION / 4n
const FACTOR_MAX = MILLION * 4n

/** Billed spend by period start, over all drawdown budgets. */
export type BilledByPeriod = ReadonlyMap<Instant, Nanos>

export type Estimate = {
  /** Billed over estimated in millionths; 1 until known. */
  readonly factorMillionths: bigint
  /** Whether the factor can turn USD into the account's currency, or needs no such thing. */
  readonly usable: boolean
  /** In the account's currency. */
  readonly unbilled: Nanos
  /** The part of it that was used in the trailing 7 days. */
  readonly unbilledWeek: Nanos
  /** Sum of all usage in the account's currency as far as it can be told. */
  readonly estimated: Nanos
  /** The most that may be unbilled, at least `unbilled`; absent until it can be measured. */
  readonly most?: MostUnbilled
}

type Inputs = {
  readonly usage: UsageSeries
  readonly hasUsage: boolean
  readonly billed: BilledByPeriod
  /** Source time of the latest reading. */
  readonly lastReadingAt: Instant | undefined
  readonly now: Instant
  /** Account currency per USD; `undefined` where nobody said. */
  readonly rate: Nanos | undefined
  /** The latest balance reading: it has seen all earlier spend, so only growth since then counts. */
  readonly anchor: Anchor | undefined
  /** Spend of periods that ended before this is none of today's credit. */
  readonly settledBefore: Instant | undefined
  readonly closes: readonly Close[]
  /** As measured, where it could be. */
  readonly lag: Lag | undefined
}

/** When an operator saw the balance, and what each period had been billed by then. */
export type Anchor = { readonly at: Instant; readonly billed: BilledByPeriod }

const WEEK_MS = 7 * DAY_MS

/** Billed over estimated, kept as a pair so that money is divided once. */
type Factor = { readonly billed: Nanos; readonly estimated: Nanos }
const ONE: Factor = { billed: 1n, estimated: 1n }
const scale = (amount: Nanos, factor: Factor): Nanos => divideHalfEven(amount * factor.billed, factor.estimated)

type Period = { readonly from: Instant; readonly to: Instant; readonly billed: Nanos }

const periodsOf = (billed: BilledByPeriod, now: Instant): readonly Period[] => {
  const starts = [...billed.keys()].sort((a, b) => a - b)
  const periods = starts.map((from, index) => ({
    from,
    to: starts[index + 1] ?? now + 1,
    billed: billed.get(from) ?? 0n,
  }))
  const first = starts[0] ?? now + 1
  return [{ from: 0, to: first, billed: 0n }, ...periods]
}

const convert = (usd: Nanos, rate: Nanos): Nanos => divideHalfEven(usd * rate, UNIT)

const NOTHING = { factorMillionths: MILLION, unbilled: 0n, unbilledWeek: 0n, estimated: 0n }

/** Judges the usage estimate against what was billed. Pure; amounts in nanos, half-even. */
export const estimateSpend = (inputs: Inputs): Estimate => {
  if (!inputs.hasUsage) return { ...NOTHING, usable: inputs.rate !== undefined }
  const rate = inputs.rate ?? UNIT
  const known = factorOf(inputs, rate)
  const factor = known ?? ONE
  const usable = inputs.rate !== undefined || known !== undefined
  const periods = periodsOf(inputs.billed, inputs.now)
  const spent = (from: Instant, to: Instant): Nanos => convert(spentBetween(inputs.usage, from, to, inputs.now), rate)
  const estimated = periods.reduce((sum, { from, to }) => sum + spent(from, to), 0n)
  /** Times `factor.estimated`, so that the sum is divided and rounded once. */
  let unbilled = 0n
  let unbilledWeek = 0n
  for (const { from, to, billed } of periods) {
    if (to <= (inputs.settledBefore ?? 0)) continue
    const since = Math.max(from, inputs.anchor?.at ?? from)
    const grown = maxNanos(0n, billed - (inputs.anchor?.billed.get(from) ?? 0n))
    const excess = maxNanos(0n, spent(since, Math.max(since, to)) * factor.billed - grown * factor.estimated)
    const recent = Math.max(since, inputs.now - WEEK_MS + 1)
    unbilled += excess
    unbilledWeek += minNanos(excess, spent(recent, Math.max(recent, to)) * factor.billed)
  }
  const factorMillionths = scale(MILLION, factor)
  const none = { unbilled: 0n, unbilledWeek: 0n }
  const amounts = usable ? rounded({ unbilled, unbilledWeek }, factor) : none
  const most = known && mostUnbilled({ ...inputs, anchorAt: inputs.anchor?.at, rate, factorMillionths })
  return {
    factorMillionths,
    usable,
    estimated,
    ...amounts,
    ...(most && { most: { ...most, amount: maxNanos(most.amount, amounts.unbilled) } }),
  }
}

const rounded = (scaled: Pick<Estimate, 'unbilled' | 'unbilledWeek'>, factor: Factor) => ({
  unbilled: divideHalfEven(scaled.unbilled, factor.estimated),
  unbilledWeek: divideHalfEven(scaled.unbilledWeek, factor.estimated),
})

/** Billed ÷ estimated over usage older than the feed's lag, over the periods that both feeds tell of. */
const factorOf = (inputs: Inputs, rate: Nanos): Factor | undefined => {
  if (inputs.lastReadingAt === undefined) return undefined
  const settled = inputs.lastReadingAt - (inputs.lag?.typicalMs ?? FEED_LAG_MS) + 1
  const rows = periodsOf(inputs.billed, inputs.now).map((period) => {
    const to = Math.max(period.from, Math.min(period.to, settled))
    return { billed: period.billed, estimated: convert(spentBetween(inputs.usage, period.from, to, inputs.now), rate) }
  })
  const isComparable = inputs.rate === undefined ? (): boolean => true : isPlausible
  const told = rows.filter((row) => row.estimated > 0n && row.billed > 0n && isComparable(row))
  const billed = told.reduce((sum, row) => sum + row.billed, 0n)
  const estimated = told.reduce((sum, row) => sum + row.estimated, 0n)
  return estimated === 0n ? undefined : { billed, estimated }
}

const isPlausible = (row: { readonly billed: Nanos; readonly estimated: Nanos }): boolean =>
  row.billed * MILLION >= row.estimated * FACTOR_MIN && row.billed * MILLION <= row.estimated * FACTOR_MAX
