/** Since when the balance has been where credit should have stopped, or an auto-reload should have come (design §4.4). */

import type { Bounds } from '../domain/balance.ts'
import type { ReachedStanding } from '../domain/evidence.ts'
import type { AutoReload, Plan } from '../domain/facts.ts'
import { divideHalfEven, type Nanos, UNIT } from '../domain/money.ts'
import { DAY_MS, type Instant, MINUTE_MS } from '../domain/time.ts'
import { PLAN_TERMS } from '../policy/plans.ts'
import type { FoldState } from './fold-state.ts'
import { spentBetween, type UsageSeries } from './usage-series.ts'

/** Usage is known by the minute for this long. */
const BY_MINUTE_MS = 8 * DAY_MS
const MILLION = 1_000_000n

type Inputs = {
  readonly fold: FoldState
  readonly plan: Plan
  readonly balance: Bounds
  readonly usage: UsageSeries
  /** Account currency per USD. */
  readonly rate: Nanos | undefined
  readonly autoReload: AutoReload | undefined
  readonly now: Instant
}

/** `undefined` where the plan does not stop at zero or the balance is above every mark. */
export const reachedOf = (inputs: Inputs): ReachedStanding | undefined => {
  const { fold, plan, autoReload } = inputs
  if (!fold.funded || !PLAN_TERMS[plan].creditMatters || PLAN_TERMS[plan].belowZero !== 'deficit') return undefined
  const zeroAt = atOrBelow(inputs, 0n)
  const trigger = autoReload?.enabled ? atOrBelow(inputs, autoReload.triggerBalance - 1n) : undefined
  if (zeroAt === undefined && trigger === undefined) return undefined
  const seenAt = fold.anchors.at(-1)?.at
  return {
    ...(zeroAt === undefined ? {} : { zeroAt }),
    ...(trigger === undefined ? {} : { reloadDueAt: Math.max(trigger, autoReload?.at ?? trigger) }),
    ...(seenAt === undefined ? {} : { readAt: seenAt }),
  }
}

/** The earlier of what bills and what calls show, both counted from the latest grant on. */
const atOrBelow = (inputs: Inputs, level: Nanos): Instant | undefined => {
  const { balance, fold, now } = inputs
  if (balance.value > level) return undefined
  return Math.min(billedSince(fold, level) ?? now, usedSince(inputs, level) ?? now)
}

/** The first instant of the latest stretch at or below the level; every step of it is one event since the latest grant. */
const billedSince = ({ history, latestGrantAt = 0 }: FoldState, level: Nanos): Instant | undefined => {
  let since: Instant | undefined
  for (let index = history.length - 1; index >= 0; index -= 1) {
    const point = history[index]
    if (!point || point.balance > level || point.at < latestGrantAt) break
    since = point.at
  }
  return since
}

/**
 * The minute by whose end calls alone had brought the balance to the level: what was used since is added back. Asked only
 * where calls are ahead of bills; elsewhere the bills know better.
 */
const usedSince = (inputs: Inputs, level: Nanos): Instant | undefined => {
  const { balance, fold, usage, rate = UNIT, now } = inputs
  if (balance.unbilled === 0n) return undefined
  const was = (at: Instant): Nanos => {
    const used = divideHalfEven(spentBetween(usage, at, now + 1, now) * rate, UNIT)
    return balance.value + divideHalfEven(used * balance.factorMillionths, MILLION)
  }
  let early = Math.floor(
    Math.max(fold.latestGrantAt ?? 0, fold.anchors.at(-1)?.at ?? 0, now - BY_MINUTE_MS) / MINUTE_MS,
  )
  let late = Math.ceil((now + 1) / MINUTE_MS)
  while (early < late) {
    const middle = (early + late) >> 1
    if (was(middle * MINUTE_MS) <= level) late = middle
    else early = middle + 1
  }
  return Math.min(early * MINUTE_MS, now)
}
