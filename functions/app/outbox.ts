/** A bounded look at the outbox before accounts are judged: what does not get through must be told as well. */

import type { AccountId, AlertKey } from '../domain/keys.ts'
import type { OutboxHealth } from '../domain/outbox.ts'
import { DAY_MS } from '../domain/time.ts'
import { DEAD_TOLD_MS, doubtful, healthOf, type OutboxLook } from '../outbox/health.ts'
import type { Deps } from './deps.ts'

/** What waits longest is looked at first; of more than these the rest is worth a later look. */
const WAITING_MAX = 500
const DEAD_MAX = 200
const SENT_MAX = 200
/** Deliveries of one account that may show that a critical alert was heard. */
const HEARD_MAX = 500
/** Accounts with critical alerts in doubt that one look asks about. */
const DOUBTFUL_MAX = 20
/** A delivery may be tried for almost four days before it dies. */
const CREATED_MS = DEAD_TOLD_MS + 4 * DAY_MS

/** By account, for all that are configured; absent where the store could not be asked: then what was seen before holds. */
export const lookAtOutbox = async (deps: Deps): Promise<ReadonlyMap<AccountId, OutboxHealth> | undefined> => {
  try {
    const look = await lookOf(deps)
    const heard = await heardOf(deps, look)
    return healthOf(
      look,
      deps.accounts.map(({ id }) => id),
      heard,
    )
  } catch (error) {
    deps.log.error('the outbox could not be looked at', error)
    return undefined
  }
}

const lookOf = async ({ store, clock }: Deps): Promise<OutboxLook> => {
  const now = clock()
  const waiting = await store.waiting(WAITING_MAX)
  const dead = await store.deliveries({ status: 'dead', since: now - CREATED_MS, limit: DEAD_MAX })
  const sent =
    dead.length === 0 ? [] : await store.deliveries({ status: 'sent', since: now - CREATED_MS, limit: SENT_MAX })
  return { now, waiting, dead, sent }
}

/** Alerts in doubt that some channel has delivered after all. */
const heardOf = async ({ store }: Deps, look: OutboxLook): Promise<ReadonlySet<AlertKey>> => {
  const inDoubt = doubtful(look)
  const heard = new Set<AlertKey>()
  for (const account of [...new Set(inDoubt.map((each) => each.account))].slice(0, DOUBTFUL_MAX)) {
    const own = inDoubt.filter((each) => each.account === account)
    const since = Math.min(...own.map(({ message }) => message.openedAt))
    const sent = await store.deliveries({ account, status: 'sent', since, limit: HEARD_MAX })
    for (const { message } of sent) if (message.step !== 'resolved') heard.add(message.alertKey)
  }
  return heard
}
