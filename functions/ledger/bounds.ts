/** The balance and its bounds (design §4.3): what bills leave, less what calls show, less what either may still hide. */

import type { Bounds, Burn } from '../domain/balance.ts'
import { assert } from '../domain/errors.ts'
import type { Plan } from '../domain/facts.ts'
import { divideHalfEven, maxNanos, minNanos, type Nanos } from '../domain/money.ts'
import { DAY_MS } from '../domain/time.ts'
import { PLAN_TERMS } from '../policy/plans.ts'
import type { Estimate } from './estimate.ts'
import { balanceApart, type FoldState, judgedBalance } from './fold-state.ts'
import { FEED_LAG_MS, type Lag } from './lag.ts'

type BoundsInputs = {
  readonly fold: FoldState
  readonly plan: Plan
  readonly estimate: Estimate
  readonly lag: Lag | undefined
  readonly burn: Burn
  readonly covered: boolean
}

/** Pure; low ≤ value ≤ high. Amounts in nanos of the account's currency, half-even. */
export const boundsOf = ({ fold, plan, estimate, lag, burn, covered }: BoundsInputs): Bounds => {
  const high = judgedBalance(fold, plan)
  const { unbilled } = estimate
  const [driftBy] = estimate.drifts
  const apart = high > 0n ? balanceApart(fold, plan) : 0n
  const judged = (amount: Nanos): Nanos => amount - minNanos(amount, apart)
  const value = floored(high - judged(unbilled), plan, high)
  const lagMs = covered || burn.perDay === 0n ? 0 : (lag?.worstMs ?? FEED_LAG_MS)
  const drift = covered && driftBy ? judged(driftBy.most) - judged(unbilled) : 0n
  const low = floored(value - divideHalfEven(burn.perDay * BigInt(lagMs), BigInt(DAY_MS)) - drift, plan, value)
  assert(low <= value, 'low never exceeds value')
  assert(value <= high, 'value never exceeds high')
  const measured = { ...(lag && { feedLagMs: lag.typicalMs }), ...(drift > 0n && driftBy && { driftBy }) }
  return { value, low, high, factorMillionths: estimate.factorMillionths, unbilled, lagMs, drift, ...measured }
}

/** Where the excess is charged instead of owed, a balance ends at 0. */
const floored = (amount: Nanos, plan: Plan, ceiling: Nanos): Nanos =>
  PLAN_TERMS[plan].belowZero === 'overage' ? minNanos(maxNanos(amount, 0n), ceiling) : amount
