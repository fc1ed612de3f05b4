/** How far the next tier is: payments that are nearly enough, then the days that are still to pass. */

import type { Finding, Words } from '../domain/alerts.ts'
import { maxNanos, type Nanos, UNIT } from '../domain/money.ts'
import type { Standing } from '../domain/standing.ts'
import { DAY_MS, formatSpan, type Instant } from '../domain/time.ts'
import { prepaymentTerms } from '../policy/plans.ts'
import { qualificationAt } from '../policy/tiers.ts'
import type { Rule } from './rule.ts'
import { calmStep, payStep } from './steps.ts'
import { knownLine, limitsLine, lossText, TIER_NAMES, usdText } from './tier-words.ts'
import { accountName, clockTime, headline, money, single } from './words.ts'

type Next = NonNullable<Standing['tier']['next']>

/** A fifth or less still to pay is near enough to say so. */
const NEAR_DIVISOR = 5n
/** The payment itself was told with the date; the day before, the date is news again. */
const AHEAD_MS = DAY_MS

/** Two notices per tier, a fifth and a day before it. Nothing is said where another tier is seen than payments tell. */
export const tierProgress: Rule = {
  name: 'tier-progress',
  aboutCredit: false,
  evaluate: (standing, { now }) => {
    const { next, observed, entitled } = standing.tier
    if (!next || (observed !== undefined && observed !== entitled)) return []
    if (next.paidStillNeeded > 0n) return isNear(standing, next) ? [near(standing, next)] : []
    const { earliestAt } = next
    const isSoon =
      earliestAt !== undefined && earliestAt > now && earliestAt - now <= AHEAD_MS && !hasJustPaid(standing, now)
    return isSoon ? [waiting(standing, next, earliestAt)] : []
  },
}

/** The alert about the payment names the date already. */
const hasJustPaid = ({ latestGrantAt }: Standing, now: Instant): boolean =>
  latestGrantAt !== undefined && now - latestGrantAt < AHEAD_MS

const priceOf = (standing: Standing, { tier }: Next): Nanos | undefined => {
  const rate = standing.account.usdRate ?? (standing.account.currency === 'USD' ? UNIT : undefined)
  const usd = qualificationAt(standing.asOf).tiers.find((terms) => terms.tier === tier)?.paidUsd
  return usd === undefined || rate === undefined ? undefined : (usd * rate) / UNIT
}

const isNear = (standing: Standing, next: Next): boolean => {
  const price = priceOf(standing, next)
  return price !== undefined && next.paidStillNeeded * NEAR_DIVISOR <= price
}

/** Told once per tier. */
const near = (standing: Standing, next: Next): Finding =>
  single('info', () => nearWords(standing, next), next.tier, { level: '80%', notice: true })

const nearWords = (standing: Standing, next: Next): Words => {
  const missing = money(standing, next.paidStillNeeded)
  const from = next.earliestAt === undefined ? '' : `, at the earliest on ${clockTime(standing, next.earliestAt)}`
  return {
    title: headline(`${missing} more paid brings ${accountName(standing)} to ${TIER_NAMES[next.tier]}`),
    summary: `${TIER_NAMES[next.tier]} comes by itself once ${missing} more is paid${from}. It also raises the largest possible monthly loss to ${lossText(standing, next.tier)}.`,
    figure: missing,
    arithmetic: [...sumsOf(standing, next), ...smallestPurchase(standing, next)],
    next: [payStep(standing)],
  }
}

/** Told once per tier; the rise itself is told by `tier-changed`. */
const waiting = (standing: Standing, next: Next, at: Instant): Finding =>
  single('info', () => waitingWords(standing, next, at), next.tier, { level: '1d', notice: true })

const waitingWords = (standing: Standing, next: Next, at: Instant): Words => ({
  title: headline(
    `${accountName(standing)} has paid enough for ${TIER_NAMES[next.tier]}: it can come on ${clockTime(standing, at)}`,
  ),
  summary: `Only days are missing: Google counts them from the first successful payment. The upgrade comes by itself and raises the largest possible monthly loss to ${lossText(standing, next.tier)}.`,
  figure: formatSpan(at - standing.asOf),
  arithmetic: sumsOf(standing, next),
  next: [calmStep(standing)],
})

const sumsOf = (standing: Standing, next: Next): readonly string[] => {
  const price = priceOf(standing, next)
  const paid = price === undefined ? undefined : maxNanos(0n, price - next.paidStillNeeded)
  return [
    ...(price === undefined || paid === undefined || next.paidStillNeeded === 0n
      ? []
      : [`paid so far ${money(standing, paid)} of ${money(standing, price)}, by prepayments in the ledger`]),
    ...(next.earliestAt === undefined ? [] : [`days are over at ${clockTime(standing, next.earliestAt)}`]),
    limitsLine(standing, next.tier),
    knownLine(standing),
  ]
}

/** A purchase has a smallest size; less cannot be bought. */
const smallestPurchase = (standing: Standing, next: Next): readonly string[] => {
  const minimum = prepaymentTerms(standing.plan, standing.asOf)?.minimumUsd
  const rate = standing.account.usdRate ?? UNIT
  if (minimum === undefined || (minimum * rate) / UNIT <= next.paidStillNeeded) return []
  return [`the smallest purchase is ${usdText(standing, minimum)}`]
}
