/** The tier an account is entitled to by its payments, beside the one that was observed. */

import type { Tier, TierFact } from '../domain/facts.ts'
import { divideHalfEven, type Nanos, UNIT } from '../domain/money.ts'
import type { TierStanding } from '../domain/standing.ts'
import type { Instant } from '../domain/time.ts'
import { TIER_ROWS, type TierRow } from '../policy/tiers.ts'

type Inputs = {
  /** Prepayments that took effect, oldest first, and their sum so far in the account's currency. */
  readonly payments: readonly { readonly at: Instant; readonly total: Nanos }[]
  /** Operators' observations, oldest first. */
  readonly observations: readonly TierFact[]
  /** Account currency per USD; `undefined` leaves amounts unjudged. */
  readonly rate: Nanos | undefined
  readonly now: Instant
}

/** Two observations in a row must agree before a known tier is believed to have changed. */
const observedTier = (
  observations: readonly TierFact[],
): { readonly tier: Tier; readonly since: Instant } | undefined => {
  let believed: { tier: Tier; since: Instant } | undefined
  let pending: TierFact | undefined
  for (const seen of observations) {
    if (!believed) believed = { tier: seen.tier, since: seen.at }
    else if (seen.tier === believed.tier) pending = undefined
    else if (pending?.tier === seen.tier) {
      believed = { tier: seen.tier, since: pending.at }
      pending = undefined
    } else pending = seen
  }
  return believed
}

const inAccountCurrency = (row: TierRow, rate: Nanos): Nanos => divideHalfEven(row.paidUsd * rate, UNIT)

/** Payments against the dated rows; `earliestAt` counts from the first successful payment. */
export const tierStanding = (inputs: Inputs): TierStanding => {
  const { rate, now } = inputs
  const total = inputs.payments.at(-1)?.total ?? 0n
  const firstAt = inputs.payments[0]?.at
  const meets = (row: TierRow): boolean =>
    row.paidUsd === 0n ||
    (rate !== undefined &&
      firstAt !== undefined &&
      total >= inAccountCurrency(row, rate) &&
      now >= firstAt + row.waitMs)
  const entitled = TIER_ROWS.filter(meets).at(-1)?.tier ?? 'tier-1'
  const observed = observedTier(inputs.observations.filter((seen) => seen.at <= now))
  const next = TIER_ROWS[TIER_ROWS.findIndex((row) => row.tier === entitled) + 1]
  const since = observed?.since ?? firstAt
  return {
    ...(observed ? { observed: observed.tier } : {}),
    entitled,
    ...(since === undefined ? {} : { since }),
    ...(next && rate !== undefined ? { next: nextTier(next, rate, total, firstAt) } : {}),
  }
}

const nextTier = (
  row: TierRow,
  rate: Nanos,
  total: Nanos,
  firstAt: Instant | undefined,
): NonNullable<TierStanding['next']> => {
  const missing = inAccountCurrency(row, rate) - total
  return {
    tier: row.tier,
    paidStillNeeded: missing > 0n ? missing : 0n,
    ...(firstAt === undefined ? {} : { earliestAt: firstAt + row.waitMs }),
  }
}
