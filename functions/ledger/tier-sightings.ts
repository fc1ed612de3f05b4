/** Tiers that the quota names of errors gave away: per tier and UTC day the first and the last sighting. */

import type { Tier, Usage } from '../domain/facts.ts'
import { DAY_MS, type Instant, MINUTE_MS } from '../domain/time.ts'
import { tierNamed } from '../policy/quota-names.ts'

/** Enough for two months of one tier; what is older no longer changes what is believed today. */
const ROWS_MAX = 64

export type Sighting = {
  readonly tier: Tier
  /** The name only fits a tier by leaving it out. */
  readonly weak: boolean
  /** Whole minutes: a burst of errors says the same thing once. */
  readonly first: Instant
  readonly last: Instant
}

/** By UTC day, tier and weakness. */
export type Sightings = Map<string, Sighting>

/** The sighting an error makes at `at`; `undefined` where its quotas name no tier. */
export const sightingOf = ({ error }: Usage, at: Instant): Sighting | undefined => {
  const named = error && tierNamed(error)
  if (!named) return undefined
  const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS
  return { ...named, first: minute, last: minute }
}

/** Adds a sighting; any order, grouping and repetition ends in the same rows. */
export const addSighting = (sightings: Sightings, added: Sighting): void => {
  const name = nameOf(added)
  const known = sightings.get(name)
  const first = Math.min(known?.first ?? added.first, added.first)
  const last = Math.max(known?.last ?? added.last, added.last)
  sightings.set(name, { tier: added.tier, weak: added.weak, first, last })
  if (sightings.size <= ROWS_MAX) return
  const oldest = [...sightings.keys()].reduce((a, b) => (a < b ? a : b))
  sightings.delete(oldest)
}

const nameOf = ({ tier, weak, first }: Sighting): string =>
  `${String(Math.floor(first / DAY_MS)).padStart(6, '0')} ${tier}${weak ? '?' : ''}`
