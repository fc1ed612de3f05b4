/** How far balance readings found the ledger too high, as a share of spend: what `low` allows for until the next one. */

import { divideHalfEven, maxNanos, minNanos, type Nanos } from '../domain/money.ts'
import type { Instant } from '../domain/time.ts'
import type { Anchor } from './fold-state.ts'
import { type Factor, type Growth, growthSince, type Period, periodsOf } from './growth.ts'

/** Of the latest readings each is held against the one before it. */
export type ReadingDrift = {
  /** In the account's currency: the share of what was spent since the latest reading. */
  readonly amount: Nanos
  readonly shareMillionths: bigint
  readonly spent: Nanos
  readonly readings: number
}

type Inputs = {
  readonly anchors: readonly Anchor[]
  readonly periods: readonly Period[]
  readonly factor: Factor
  /** The first call: a reading is judged only where calls show everything since the one before it. */
  readonly usageFrom: Instant | undefined
  readonly spent: (from: Instant, to: Instant) => Nanos
}

const MILLION = 1_000_000n

/** The largest share of late; `undefined` without two readings, or where none found the ledger too high. Pure; half-even. */
export const readingDrift = (inputs: Inputs): ReadingDrift | undefined => {
  const { anchors, periods } = inputs
  const shares = anchors.slice(1).flatMap((anchor, index) => shareOf(inputs, anchors[index], anchor) ?? [])
  const shareMillionths = minNanos(shares.reduce(maxNanos, 0n), MILLION)
  if (shareMillionths === 0n) return undefined
  const spent = total(inputs, growthSince({ ...inputs, periods, anchor: anchors.at(-1) }))
  return { amount: divideHalfEven(spent * shareMillionths, MILLION), shareMillionths, spent, readings: shares.length }
}

/** By how much of what the ledger took to be spent in between it was too high when the balance was seen. */
const shareOf = (inputs: Inputs, before: Anchor | undefined, anchor: Anchor): bigint | undefined => {
  if (before === undefined || inputs.usageFrom === undefined || inputs.usageFrom > before.at) return undefined
  const growth = growthSince({ ...inputs, periods: periodsOf(anchor.billed, anchor.at), anchor: before })
  const spent = total(inputs, growth)
  const ahead = spent - growth.reduce((sum, { billed }) => sum + billed, 0n)
  return spent <= 0n ? undefined : divideHalfEven((anchor.over - ahead) * MILLION, spent)
}

const total = ({ factor }: Inputs, growth: readonly Growth[]): Nanos =>
  growth.reduce((sum, { billed, ahead }) => sum + billed + divideHalfEven(ahead, factor.estimated), 0n)
