/** The spend-based rate limit over ten minutes: refused by it, or close to it. */

import type { Finding, Words } from '../domain/alerts.ts'
import type { CauseEvidence } from '../domain/evidence.ts'
import type { Tier } from '../domain/facts.ts'
import type { Nanos } from '../domain/money.ts'
import type { SpendRate, Standing } from '../domain/standing.ts'
import { HOUR_MS } from '../domain/time.ts'
import { spendRateAt } from '../policy/tiers.ts'
import { CAUSE_TERMS } from './cause-steps.ts'
import type { Rule } from './rule.ts'
import { spendStep } from './steps.ts'
import { knownLine, limitsLine, TIER_NAMES, tierInForce, usdText } from './tier-words.ts'
import { accountName, clip, clockTime, headline, percentOf, single } from './words.ts'

/** Shares of the limit in percent: warned from the one, over below the other. */
const NEAR_PERCENT = 80n
const CLEAR_PERCENT = 50n
/** A refusal is over when none has come for this long; the peak is that of the same hour. */
const LATELY_MS = HOUR_MS
const MESSAGE_MAX = 300

export const spendRate: Rule = {
  name: 'spend-rate',
  aboutCredit: false,
  evaluate: (standing) => {
    const refusal = standing.evidence.causes?.find(
      ({ cause, at }) => cause === 'spend-rate' && standing.asOf - at < LATELY_MS,
    )
    const tier = tierInForce(standing)
    const usd = tier === undefined ? undefined : spendRateAt(tier, standing.asOf)
    const limit = tier === undefined || usd === undefined ? undefined : { tier, usd }
    if (refusal) return [single('warning', () => refusedWords(standing, refusal, limit))]
    const peak = standing.spendRate
    return peak && limit ? [near(standing, peak, limit)] : []
  },
}

type Limit = { readonly tier: Tier; readonly usd: Nanos }

const near = (standing: Standing, peak: SpendRate, limit: Limit): Finding =>
  single('warning', () => nearWords(standing, peak, limit), '', { state: stateOf(peak.usd * 100n, limit.usd) })

const stateOf = (hundredfold: Nanos, limit: Nanos): Finding['state'] => {
  if (hundredfold >= limit * NEAR_PERCENT) return 'holds'
  return hundredfold < limit * CLEAR_PERCENT ? 'clear' : 'between'
}

const refusedWords = (standing: Standing, refusal: CauseEvidence, limit: Limit | undefined): Words => ({
  title: headline(`Google slows ${accountName(standing)} down: it spends faster than its tier allows`),
  summary: `Calls of ${clip(refusal.projectId, 80)} are refused by the spend-based rate limit over ten minutes, last at ${clockTime(standing, refusal.at)}. Credit is not the cause, and buying more does not help; waiting does.`,
  figure: limit ? `${usdText(standing, limit.usd)} in ten minutes` : `Error ${refusal.code}`,
  stops: 'Refused calls fail with 429; the same call can succeed some minutes later.',
  arithmetic: [
    `error ${refusal.code}, ${refusal.count} requests in 24 h: “${clip(refusal.message, MESSAGE_MAX)}”`,
    ...peakLines(standing, limit),
  ],
  next: STEPS,
})

const nearWords = (standing: Standing, { usd }: SpendRate, limit: Limit): Words => {
  const isClear = stateOf(usd * 100n, limit.usd) === 'clear'
  return {
    title: headline(
      isClear
        ? `${accountName(standing)} is well below the spend rate of ${TIER_NAMES[limit.tier]} again`
        : `${accountName(standing)} spent ${usdText(standing, usd)} in ten minutes; ${TIER_NAMES[limit.tier]} allows ${usdText(standing, limit.usd)}`,
    ),
    summary: `Above ${usdText(standing, limit.usd)} in any ten minutes Google refuses calls with 429 until the rate falls. The peak is estimated from usage at list price, over the last hour.`,
    figure: `${usdText(standing, usd)} in ten minutes`,
    stops: 'Above the limit calls fail with 429; they succeed again as the rate falls.',
    arithmetic: peakLines(standing, limit),
    next: STEPS,
  }
}

const peakLines = (standing: Standing, limit: Limit | undefined): readonly string[] => {
  const { spendRate: peak } = standing
  const share = peak && limit ? percentOf(peak.usd, limit.usd, standing.account.locale) : undefined
  return [
    ...(peak
      ? [
          `peak ${usdText(standing, peak.usd)} in the ten minutes to ${clockTime(standing, peak.at)}${share ? `, ${share} of the limit` : ''}`,
        ]
      : []),
    ...(limit ? [limitsLine(standing, limit.tier)] : []),
    knownLine(standing),
  ]
}

const STEPS = [CAUSE_TERMS['spend-rate'].next, spendStep]
