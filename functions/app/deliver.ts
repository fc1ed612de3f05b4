/** Sends what is due: lease, attempt, settle. The only place that turns deliveries into the outside world. */

import type { SendOutcome } from '../channels/channel.ts'
import type { StoredDelivery } from '../domain/alerts.ts'
import { MINUTE_MS, SECOND_MS } from '../domain/time.ts'
import { afterAttempt, isSpent } from '../outbox/retry.ts'
import type { Deps } from './deps.ts'

/** Longest single attempt. */
const SEND_MS = 20 * SECOND_MS
/** Twice an attempt and a minute of clock skew: a slow sender loses its lease only when it must have given up. */
const LEASE_MS = 2 * (SEND_MS + MINUTE_MS)
/** Deliveries in flight at once; a slow endpoint holds up its own slot only. */
const PARALLEL_MAX = 10
/** Rounds of one drain: the sweep takes the rest. */
const ROUNDS_MAX = 200

type Tally = { readonly sent: number; readonly retried: number; readonly dead: number }
/** `cut`: the process stops, and more may be due. */
export type Drained = Tally & { readonly cut?: true }

/**
 * Sends everything due now, a bounded number of rounds. Never throws for a channel's failure. Once the process stops, the
 * round under way is finished and settled and none begun, so that no lease is left behind.
 */
export const drain = async (deps: Deps): Promise<Drained> => {
  const sum = { sent: 0, retried: 0, dead: 0 }
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    if (deps.stopping?.()) return { ...sum, cut: true }
    const leaseId = deps.newId()
    const claimed = await deps.store.claim({ now: deps.clock(), leaseId, leaseMs: LEASE_MS, limit: PARALLEL_MAX })
    if (claimed.length === 0) break
    const outcomes = await Promise.all(claimed.map((delivery) => attempt(deps, delivery, leaseId)))
    for (const status of outcomes) sum[status] += 1
    if (claimed.length < PARALLEL_MAX && deps.stopping?.()) break
  }
  return sum
}

const attempt = async (deps: Deps, delivery: StoredDelivery, leaseId: string): Promise<keyof Tally> => {
  const outcome = await trySend(deps, delivery)
  const state = afterAttempt(delivery.state, outcome, deps.clock(), deps.chance())
  const settled = await deps.store.settle({ id: delivery.id, leaseId, state })
  const fields = {
    delivery: delivery.id,
    channel: delivery.channel,
    rule: delivery.message.rule,
    attempts: state.attempts,
  }
  if (!settled) deps.log.warning('lease lost before the outcome was recorded', fields)
  else if (state.status === 'sent') deps.log.info('delivery sent', fields)
  else
    deps.log.warning(state.status === 'dead' ? 'delivery dead' : 'delivery to be retried', {
      ...fields,
      note: state.note,
    })
  return state.status === 'pending' ? 'retried' : state.status
}

/** Every attempt ended without a word: the sender itself dies over this delivery. */
const VANISHED = 'every attempt stopped before it could report'

const trySend = async (deps: Deps, delivery: StoredDelivery): Promise<SendOutcome> => {
  if (isSpent(delivery.state)) return { kind: 'rejected', reason: 'gone', note: VANISHED }
  try {
    const send = await deps.sender(delivery.channel)
    if (!send) return { kind: 'rejected', reason: 'gone', note: 'the configuration has no such channel any more' }
    const options = { idempotencyKey: delivery.id, recipient: delivery.recipient, signal: AbortSignal.timeout(SEND_MS) }
    return await send(delivery.message, options)
  } catch (error) {
    deps.log.error('a channel threw', error, { channel: delivery.channel })
    return { kind: 'retry', reason: 'temporary', note: 'the channel failed before it could answer', ambiguous: true }
  }
}
