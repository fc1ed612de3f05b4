/** Which tier the name of a quota gives away; names as reported in errors and by https://docs.cloud.google.com/monitoring quota metrics. */

import type { Tier } from '../domain/facts.ts'

/** A tier as a name tells it; `weak` where the name only fits by leaving the tier out. */
export type NamedTier = { readonly tier: Tier; readonly weak: boolean }

const FREE = /free_?tier/i
const NUMBERED = /paid_?tier_?([123])/i
const PAID = /paid_?tier/i
/** Tier 1 has names without a suffix. */
const BARE = /^(?:GenerateRequestsPerDayPerProjectPerModel|generate_requests_per_model(?:_per_day)?)$/
/** Errors spell the metric out in their message too. */
const METRIC = /quota exceeded for metric: [\w.-]+\/(\w+)/i

/** The tier the quotas of an error name: ids first, then the metric in its message; `undefined` where none does, or two differ. */
export const tierNamed = (error: {
  readonly message: string
  readonly quotaIds: readonly string[]
}): NamedTier | undefined => {
  const metric = METRIC.exec(error.message)?.[1]
  const named = [...error.quotaIds, ...(metric === undefined ? [] : [metric])]
    .map(tierOfName)
    .filter((found) => found !== undefined)
  const best = named.find(({ weak }) => !weak) ?? named[0]
  return named.some(({ tier, weak }) => !weak && tier !== best?.tier) ? undefined : best
}

const tierOfName = (name: string): NamedTier | undefined => {
  if (FREE.test(name)) return { tier: 'free', weak: false }
  const number = NUMBERED.exec(name)?.[1]
  if (number !== undefined)
    return { tier: number === '3' ? 'tier-3' : number === '2' ? 'tier-2' : 'tier-1', weak: false }
  if (PAID.test(name)) return { tier: 'tier-1', weak: false }
  return BARE.test(name) ? { tier: 'tier-1', weak: true } : undefined
}
