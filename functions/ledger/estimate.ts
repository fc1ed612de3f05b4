/** Spend that usage shows and no bill has yet: per budget period max(billed, factor × estimate) − billed. */

import type { Drift } from '../domain/balance.ts'
import { divideHalfEven, maxNanos, minNanos, type Nanos, UNIT } from '../domain/money.ts'
import { DAY_MS, type Instant } from '../domain/time.ts'
import { readingDrift } from './drift.ts'
import type { Anchor, Close } from './fold-state.ts'
import { type BilledByPeriod, type Factor, growthSince, type Period, periodsOf } from './growth.ts'
import { FEED_LAG_MS, type Lag } from './lag.ts'
import { silenceOf } from './silence.ts'
import { mostUnbilled } from './unbilled.ts'
import { spentBetween, type UsageSeries } from './usage-series.ts'

const MILLION = 1_000_000n
/** A period whose ratio lies outside a quarter to four counts other things, or began before usage was sent: it calibrates nothing. */
const FACTOR_MIN = MILLION / 4n
const FACTOR_MAX = MILLION * 4n

export type Estimate = {
  /** Billed over estimated in millionths; 1 until known. */
  readonly factorMillionths: bigint
  /** Whether the factor is known. */
  readonly calibrated: boolean
  /** The factor for rates and sums of a month: 1 until three days of calls are settled, or the lag is measured. */
  readonly paceMillionths: bigint
  /** Whether the factor can turn USD into the account's currency, or needs no such thing. */
  readonly usable: boolean
  /** In the account's currency. */
  readonly unbilled: Nanos
  /** The part of it that was used in the trailing 7 days. */
  readonly unbilledWeek: Nanos
  /** Sum of all usage in the account's currency as far as it can be told. */
  readonly estimated: Nanos
  /** Why more than `unbilled` may be spent, the most first; empty until anything can be measured. */
  readonly drifts: readonly Drift[]
}

type Inputs = {
  readonly usage: UsageSeries
  readonly billed: BilledByPeriod
  /** Source time of the latest reading. */
  readonly lastReadingAt: Instant | undefined
  readonly now: Instant
  /** Account currency per USD; `undefined` where nobody said. */
  readonly rate: Nanos | undefined
  /** The first call, and the latest that could have cost something. */
  readonly usageFrom: Instant | undefined
  readonly spendAt: Instant | undefined
  /** The latest balance readings, newest last. */
  readonly anchors: readonly Anchor[]
  /** Spend of periods that ended before this is none of today's credit. */
  readonly settledBefore: Instant | undefined
  readonly closes: readonly Close[]
  /** As measured, where it could be. */
  readonly lag: Lag | undefined
}

const WEEK_MS = 7 * DAY_MS

const ONE: Factor = { billed: 1n, estimated: 1n }
const scale = (amount: Nanos, factor: Factor): Nanos => divideHalfEven(amount * factor.billed, factor.estimated)

const convert = (usd: Nanos, rate: Nanos): Nanos => (rate === UNIT ? usd : divideHalfEven(usd * rate, UNIT))

const NOTHING = {
  factorMillionths: MILLION,
  paceMillionths: MILLION,
  unbilled: 0n,
  unbilledWeek: 0n,
  estimated: 0n,
  drifts: [],
  calibrated: false,
}

/** Judges the usage estimate against what was billed. Pure; amounts in nanos, half-even. */
export const estimateSpend = (inputs: Inputs): Estimate => {
  if (inputs.usageFrom === undefined) return { ...NOTHING, usable: inputs.rate !== undefined }
  const { usage, now } = inputs
  const rate = inputs.rate ?? UNIT
  const periods = periodsOf(inputs.billed, now)
  const known = factorOf({ ...inputs, periods }, rate)
  const factor = known ?? ONE
  const usable = inputs.rate !== undefined || known !== undefined
  const spent = (from: Instant, to: Instant): Nanos => convert(spentBetween(usage, from, to, now), rate)
  const estimated = periods.reduce((sum, { from, to }) => sum + spent(from, to), 0n)
  const pace = isSteady(inputs) ? factor : ONE
  const sums = { ...inputs, periods, spent }
  const ahead = usable ? unbilledBy(sums, factor) : NONE
  const { all: unbilled } = ahead
  const { week: unbilledWeek } = usable && pace !== factor ? unbilledBy(sums, pace) : ahead
  const factorMillionths = scale(MILLION, factor)
  const drifts = driftsOf({ ...sums, rate, factor, factorMillionths, unbilled }, known)
  const paceMillionths = scale(MILLION, pace)
  return {
    factorMillionths,
    paceMillionths,
    calibrated: known !== undefined,
    usable,
    estimated,
    unbilled,
    unbilledWeek,
    drifts,
  }
}

/**
 * Until the lag is measured it is taken as a day. A bill that is faster makes the few calls that count as settled look
 * several times as dear; after three days the error is small. Without a rate the factor is the only word there is.
 */
const STEADY_MS = 3 * DAY_MS

const isSteady = ({ lag, rate, usageFrom = 0, lastReadingAt = 0 }: Inputs): boolean =>
  lag !== undefined || rate === undefined || lastReadingAt - FEED_LAG_MS - usageFrom >= STEADY_MS

type Sums = Inputs & {
  readonly periods: readonly Period[]
  readonly spent: (from: Instant, to: Instant) => Nanos
}

type Unbilled = { readonly all: Nanos; readonly week: Nanos }
const NONE: Unbilled = { all: 0n, week: 0n }

/** Times `factor.estimated` on the way, so that each sum is divided and rounded once. */
const unbilledBy = (inputs: Sums, factor: Factor): Unbilled => {
  const { periods, anchors, spent, now } = inputs
  let all = 0n
  let week = 0n
  for (const growth of growthSince({ periods, anchor: anchors.at(-1), factor, spent })) {
    if (growth.periodEnd <= (inputs.settledBefore ?? 0)) continue
    const recent = Math.max(growth.since, now - WEEK_MS + 1)
    all += growth.ahead
    week += minNanos(growth.ahead, spent(recent, Math.max(recent, growth.to)) * factor.billed)
  }
  return { all: divideHalfEven(all, factor.estimated), week: divideHalfEven(week, factor.estimated) }
}

type DriftInputs = Omit<Sums, 'rate'> & {
  readonly rate: Nanos
  readonly factor: Factor
  readonly factorMillionths: bigint
  readonly unbilled: Nanos
}

const driftsOf = (inputs: DriftInputs, known: Factor | undefined): readonly Drift[] => {
  const { rate, factor, unbilled } = inputs
  const most = known && mostUnbilled({ ...inputs, anchorAt: inputs.anchors.at(-1)?.at })
  const silence = silenceOf({ ...inputs, scaled: (usd) => scale(convert(usd, rate), factor) })
  const readings = readingDrift(inputs)
  const drifts: Drift[] = []
  if (most) {
    const amount = maxNanos(most.amount, unbilled)
    drifts.push({ by: 'unbilled', most: amount, ...most, amount })
  }
  if (silence) drifts.push({ by: 'silence', most: unbilled + silence.amount, ...silence })
  if (readings) drifts.push({ by: 'readings', most: unbilled + readings.amount, ...readings })
  return drifts.sort((a, b) => (a.most === b.most ? 0 : a.most > b.most ? -1 : 1))
}

/** Billed ÷ estimated over usage older than the feed's lag, over the periods that both feeds tell of. */
const factorOf = (inputs: Omit<Sums, 'spent'>, rate: Nanos): Factor | undefined => {
  if (inputs.lastReadingAt === undefined) return undefined
  const settled = inputs.lastReadingAt - (inputs.lag?.typicalMs ?? FEED_LAG_MS) + 1
  const rows = inputs.periods.map((period) => {
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
