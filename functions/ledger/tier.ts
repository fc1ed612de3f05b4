/** The tier an account is entitled to by its payments, beside the one that was observed. */

import type { Plan, Tier } from '../domain/facts.ts'
import { divideHalfEven, maxNanos, type Nanos, UNIT } from '../domain/money.ts'
import type { TierStanding } from '../domain/standing.ts'
import type { Instant } from '../domain/time.ts'
import { PLAN_TERMS } from '../policy/plans.ts'
import { qualificationAt, type TierTerms } from '../policy/tiers.ts'
import { type Observation, observe } from './tier-observed.ts'

type Payment = { readonly at: Instant; readonly total: Nanos }

export type TierInputs = {
  readonly plan: Plan
  /** Prepayments that took effect, oldest first, and their sum so far in the account's currency. */
  readonly payments: readonly Payment[]
  /** In any order. */
  readonly observations: readonly Observation[]
  /** When Google first demanded a prepayment, whether that still stands, and how much it asks for where that is known. */
  readonly demand: { readonly firstAt: Instant; readonly stands: boolean; readonly amount?: Nanos } | undefined
  /** Account currency per USD; `undefined` leaves amounts unjudged. */
  readonly rate: Nanos | undefined
  readonly now: Instant
}

const inAccountCurrency = (terms: TierTerms, rate: Nanos): Nanos => divideHalfEven(terms.paidUsd * rate, UNIT)

/** When the payments first came to `amount`; sums only grow, so a search will do. */
const paidSince = (payments: readonly Payment[], amount: Nanos): Instant | undefined => {
  let [low, high] = [0, payments.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((payments[middle]?.total ?? 0n) < amount) low = middle + 1
    else high = middle
  }
  return payments[low]?.at
}

/** When both conditions were met; `undefined` where one never was, or nobody can tell. */
const qualifiedAt = (inputs: TierInputs, terms: TierTerms, effectiveFrom: Instant): Instant | undefined => {
  const firstAt = inputs.payments[0]?.at
  if (firstAt === undefined || inputs.rate === undefined) return undefined
  const paidAt = paidSince(inputs.payments, inAccountCurrency(terms, inputs.rate))
  return paidAt === undefined ? undefined : Math.max(paidAt, firstAt + terms.waitMs, effectiveFrom)
}

type Entitled = { readonly tier: Tier; readonly since?: Instant; readonly before?: Tier }

/** By the rows in force now. A demand that stands unpaid keeps an account on the tier its plan has for that. */
const entitledTier = (inputs: TierInputs): Entitled => {
  const { demand, payments, now } = inputs
  const { tiers, effectiveFrom } = qualificationAt(now)
  const [lowest] = tiers
  const { unpaidTier } = PLAN_TERMS[inputs.plan]
  const firstAt = payments[0]?.at
  if (demand && firstAt === undefined && demand.stands && unpaidTier) return { tier: unpaidTier, since: demand.firstAt }
  let entitled: Entitled = { tier: lowest.tier, ...(firstAt === undefined ? {} : { since: firstAt }) }
  if (demand && firstAt !== undefined && demand.firstAt <= firstAt && unpaidTier)
    entitled = { ...entitled, before: unpaidTier }
  for (const terms of tiers.slice(1)) {
    const since = qualifiedAt(inputs, terms, effectiveFrom)
    if (since !== undefined && since <= now) entitled = { tier: terms.tier, since, before: entitled.tier }
  }
  return entitled
}

/** Payments against the dated rows, and what was seen; `earliestAt` counts from the first successful payment. */
export const tierStanding = (inputs: TierInputs): TierStanding => {
  const { rate, now } = inputs
  const entitled = entitledTier(inputs)
  const observed = observe(inputs.observations, now)
  const { tiers } = qualificationAt(now)
  const next = tiers[tiers.findIndex(({ tier }) => tier === entitled.tier) + 1]
  const since = observed.believed?.since ?? entitled.since
  return {
    ...(observed.believed ? { observed: observed.believed.tier, confidence: observed.believed.confidence } : {}),
    entitled: entitled.tier,
    ...(since === undefined ? {} : { since }),
    ...(observed.believed && entitled.since !== undefined ? { entitledSince: entitled.since } : {}),
    ...(entitled.before === undefined ? {} : { entitledBefore: entitled.before }),
    ...(observed.latest ? { latest: observed.latest } : {}),
    ...(observed.changed ? { changed: observed.changed } : {}),
    ...(next && rate !== undefined ? { next: nextTier(inputs, next, rate) } : {}),
  }
}

const nextTier = (inputs: TierInputs, terms: TierTerms, rate: Nanos): NonNullable<TierStanding['next']> => {
  const [first, last] = [inputs.payments[0], inputs.payments.at(-1)]
  const demanded = terms.paidUsd === 0n && !first ? (inputs.demand?.amount ?? 0n) : 0n
  const missing = maxNanos(inAccountCurrency(terms, rate), demanded) - (last?.total ?? 0n)
  return {
    tier: terms.tier,
    paidStillNeeded: missing > 0n ? missing : 0n,
    ...(first === undefined ? {} : { earliestAt: first.at + terms.waitMs }),
  }
}
