/** Phrases and figures about tiers that rules share. */

import type { NextStep } from '../domain/alerts.ts'
import type { Tier } from '../domain/facts.ts'
import { divideHalfEven, type Nanos, UNIT } from '../domain/money.ts'
import type { Standing } from '../domain/standing.ts'
import { spendRateAt, type TierCap, tierCapAt } from '../policy/tiers.ts'
import { BILLING_ADMIN, LINKS } from './steps.ts'
import { clockTime, money } from './words.ts'

/** Tiers as AI Studio names them. */
export const TIER_NAMES: Readonly<Record<Tier, string>> = {
  free: 'the Free tier',
  'tier-1': 'Tier 1',
  'tier-2': 'Tier 2',
  'tier-3': 'Tier 3',
}

/**
 * The tier limits are judged by. Payments say it only where every payment is in the ledger: under Prepay; under other
 * plans the card is charged too, and an unobserved tier may be higher than the ledger knows.
 */
export const tierInForce = (standing: Standing): Tier | undefined =>
  standing.tier.observed ?? (standing.plan === 'gemini-prepay' ? standing.tier.entitled : undefined)

/** USD at list price, with its code: the vendor states limits in USD. */
export const usdText = (standing: Standing, amount: Nanos): string => money(standing, amount, 'USD')

const capText = (standing: Standing, { usd, orMore }: TierCap): string =>
  `${usdText(standing, usd)}${orMore ? ' or more' : ''}`

/** What a tier's linked projects can spend in a calendar month before the service pauses. */
export const lossText = (standing: Standing, tier: Tier): string => {
  if (tier === 'free') return usdText(standing, 0n)
  const cap = tierCapAt(tier, standing.asOf)
  return cap ? capText(standing, cap) : 'without a limit'
}

/** The cap in the account's currency, half-even; `undefined` without a cap, or without a rate to the account's currency. */
export const capAmount = (standing: Standing, tier: Tier): Nanos | undefined => {
  const cap = tierCapAt(tier, standing.asOf)
  const rate = standing.account.usdRate ?? (standing.account.currency === 'USD' ? UNIT : undefined)
  return cap && rate !== undefined ? divideHalfEven(cap.usd * rate, UNIT) : undefined
}

/** Cap and spend-rate limit of a tier, one line. */
export const limitsLine = (standing: Standing, tier: Tier): string => {
  const cap = tierCapAt(tier, standing.asOf)
  const rate = spendRateAt(tier, standing.asOf)
  const perMonth = cap ? `${capText(standing, cap)} a calendar month` : 'no monthly cap'
  return `${TIER_NAMES[tier]}: ${perMonth}${rate === undefined ? '' : `, ${usdText(standing, rate)} in any ten minutes`}`
}

/** How the tier in force is known, one line. */
export const knownLine = (standing: Standing): string => {
  const { observed, confidence, entitled, since, latest } = standing.tier
  const entitledSince = observed === undefined ? since : standing.tier.entitledSince
  const paid = `${TIER_NAMES[entitled]} by payments${entitledSince === undefined ? '' : ` since ${clockTime(standing, entitledSince)}`}`
  if (observed === undefined) return `${paid}; none observed yet`
  const sight = latest ? `, last seen ${clockTime(standing, latest.at)} by ${SEERS[latest.by]}` : ''
  return `${TIER_NAMES[observed]} observed${confidence ? ` (confidence ${confidence})` : ''}${sight}; ${paid}`
}

const SEERS = { operator: 'an operator', errors: 'quota names in errors' } as const

/** The vendor has no API for it: a person looks, and tells. */
export const lookStep: NextStep = {
  label: 'See the tier in AI Studio’s project list and tell Drawdown: npx drawdown tier (--help lists the fields)',
  who: BILLING_ADMIN,
  url: LINKS.aiStudioProjects,
}

/** Bounds a loss below the tier's cap. */
export const capStep: NextStep = {
  label: 'Set a monthly spend cap per project where the tier allows more than you would want to lose',
  who: BILLING_ADMIN,
  url: LINKS.aiStudioSpend,
}
