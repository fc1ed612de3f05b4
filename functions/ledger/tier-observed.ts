/** What is believed of the tier in force: two observations in a row must agree before it changes. */

import type { Tier } from '../domain/facts.ts'
import type { TierStanding } from '../domain/standing.ts'
import type { Instant } from '../domain/time.ts'
import { compareTiers } from '../policy/tiers.ts'
import type { Sighting } from './tier-sightings.ts'

/** One look at the tier: an operator's word, or quota names in errors. */
export type Observation = {
  readonly tier: Tier
  readonly at: Instant
  readonly by: 'operator' | 'errors'
  /** A name that only fits the tier by leaving it out. */
  readonly weak?: boolean
}

/** The first and the last sighting of a day are observations. */
export const observationsOf = (sightings: Iterable<Sighting>): readonly Observation[] =>
  [...sightings].flatMap(({ tier, weak, first, last }) => {
    const one = { tier, weak, by: 'errors' as const }
    return first === last
      ? [{ ...one, at: first }]
      : [
          { ...one, at: first },
          { ...one, at: last },
        ]
  })

type Believed = { readonly tier: Tier; readonly since: Instant; readonly confidence: 'low' | 'medium' | 'high' }

export type Observed = {
  readonly believed?: Believed
  readonly latest?: NonNullable<TierStanding['latest']>
  readonly changed?: NonNullable<TierStanding['changed']>
}

const byTime = (a: Observation, b: Observation): number =>
  a.at - b.at || compareTiers(a.tier, b.tier) || (a.by < b.by ? -1 : a.by > b.by ? 1 : 0)

/** Judges the observations up to `now`, in any order. The first word of an operator is believed at once; errors must say it twice. */
export const observe = (observations: readonly Observation[], now: Instant): Observed => {
  let observed: Observed = {}
  let pending: Observation | undefined
  for (const seen of observations.filter(({ at }) => at <= now).sort(byTime)) {
    const { believed } = observed
    if (believed && isDoubtful(seen)) continue
    const latest = { tier: seen.tier, at: seen.at, by: seen.by }
    observed = { ...observed, latest }
    const isFirstWord = !believed && seen.by === 'operator'
    if (seen.tier === believed?.tier) {
      pending = undefined
      observed = { ...observed, believed: { ...believed, confidence: surer(believed, seen) } }
    } else if (isFirstWord || pending?.tier === seen.tier) {
      observed = { ...change(observed, pending ?? seen, seen), latest }
      pending = undefined
    } else pending = seen
  }
  return observed
}

/** Keys made before billing was enabled stay on free quotas, and several tiers' limits exist at once: that may be believed first, and changes nothing. */
const isDoubtful = ({ by, tier, weak }: Observation): boolean => by === 'errors' && (tier === 'free' || weak === true)

const surer = (believed: Believed, seen: Observation): Believed['confidence'] => {
  if (seen.by === 'operator') return 'high'
  return believed.confidence === 'low' ? 'medium' : believed.confidence
}

const change = (observed: Observed, first: Observation, seen: Observation): Observed => {
  const confidence = seen.by === 'operator' || first.by === 'operator' ? 'high' : isDoubtful(seen) ? 'low' : 'medium'
  const since = first.tier === seen.tier ? first.at : seen.at
  const from = observed.believed?.tier
  return {
    ...observed,
    believed: { tier: seen.tier, since, confidence },
    ...(from === undefined ? {} : { changed: { from, to: seen.tier, since, at: seen.at } }),
  }
}
