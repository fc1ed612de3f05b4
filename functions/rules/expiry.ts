/** What expiries will take if spending goes on as it does: the burn order walked forward. */

import type { Nanos } from '../domain/money.ts'
import { maxNanos, minNanos } from '../domain/money.ts'
import type { GrantStanding, Standing } from '../domain/standing.ts'
import { DAY_MS, type Instant } from '../domain/time.ts'
import { PLAN_TERMS } from '../policy/plans.ts'

type Pot = { readonly grant: GrantStanding; readonly apart: boolean; left: Nanos }

/**
 * What each grant that ends by `until` will lose at its expiry, by grant id: estimated spend not billed yet is drawn
 * first, then the burn rate up to each expiry in turn. Bounded by two steps per grant; without burn an expiry takes all
 * that remains.
 */
export const lostAtExpiry = (
  standing: Standing,
  until: Instant = Number.POSITIVE_INFINITY,
): ReadonlyMap<string, Nanos> => {
  const pots = potsInBurnOrder(standing)
  const ending = Map.groupBy(pots, ({ grant }) => grant.expiresAt)
  const lost = new Map<string, Nanos>()
  let from = standing.asOf
  draw(pots, from, standing.balance.unbilled)
  for (const at of changesAfter(pots, from)) {
    if (at > until) break
    draw(pots, from, (standing.burn.perDay * BigInt(at - from)) / BigInt(DAY_MS))
    for (const pot of ending.get(at) ?? []) {
      lost.set(pot.grant.id, pot.left)
      pot.left = 0n
    }
    from = at
  }
  return lost
}

const potsInBurnOrder = (standing: Standing): readonly Pot[] =>
  standing.livingGrants
    .filter((grant) => grant.remaining > 0n && (grant.state === 'active' || grant.state === 'scheduled'))
    .map((grant) => ({ grant, apart: isApart(standing, grant), left: grant.remaining }))
    .sort((a, b) => Number(b.apart) - Number(a.apart) || compareBurnOrder(a.grant, b.grant))

const isApart = (standing: Standing, grant: GrantStanding): boolean =>
  PLAN_TERMS[standing.plan].promotionalApart && grant.kind === 'promotional'

/** Lower priority number, earlier expiry (none last), earlier effective time, id. */
const compareBurnOrder = (a: GrantStanding, b: GrantStanding): number =>
  a.priority - b.priority ||
  compareExpiry(a.expiresAt, b.expiresAt) ||
  a.effectiveAt - b.effectiveAt ||
  (a.id < b.id ? -1 : 1)

const compareExpiry = (a: Instant | undefined, b: Instant | undefined): number => {
  if (a === b) return 0
  if (a === undefined) return 1
  return b === undefined ? -1 : a - b
}

/** Instants at which a grant starts or ends, in order. */
const changesAfter = (pots: readonly Pot[], from: Instant): readonly Instant[] => {
  const all = pots.flatMap(({ grant }) => [grant.effectiveAt, grant.expiresAt ?? grant.effectiveAt])
  return [...new Set(all)].filter((at) => at > from).sort((a, b) => a - b)
}

/** Credit kept apart burns first, and only while other credit remains. */
const draw = (pots: readonly Pot[], at: Instant, amount: Nanos): void => {
  const isOpen = (pot: Pot): boolean => pot.left > 0n && pot.grant.effectiveAt <= at
  if (!pots.some((pot) => !pot.apart && isOpen(pot))) return
  let rest = maxNanos(amount, 0n)
  for (const pot of pots) {
    if (rest === 0n) return
    if (!isOpen(pot)) continue
    const taken = minNanos(rest, pot.left)
    pot.left -= taken
    rest -= taken
  }
}
