/** One attempt of one delivery under a lease, and what it came to. */

import type { SendOutcome } from '../channels/channel.ts'
import type { DeliveryState, StoredDelivery } from '../domain/alerts.ts'
import type { DeliveryId } from '../domain/keys.ts'
import { SECOND_MS } from '../domain/time.ts'
import { afterAttempt, givenUp, isOver, isSpent, putOff } from '../outbox/retry.ts'
import type { Deps } from './deps.ts'

/** Longest single attempt. */
export const SEND_MS = 20 * SECOND_MS

/** `put-off`: it waits for another delivery and was not tried. `isDown`: the channel itself seems not to work. */
export type Attempted = {
  readonly status: 'sent' | 'retried' | 'dead' | 'put-off'
  readonly isDown?: 'perhaps' | 'surely'
}

/** Which of these need wait for no other: one look for all of them. */
export const waitingForNone = async (
  deps: Deps,
  claimed: readonly StoredDelivery[],
): Promise<ReadonlySet<DeliveryId>> => {
  const ids = claimed.flatMap(({ after = [] }) => after)
  const states = ids.length === 0 ? undefined : await deps.store.states(ids)
  const free = claimed.filter(({ after = [] }) => after.every((id) => states?.get(id)?.status !== 'pending'))
  return new Set(free.map(({ id }) => id))
}

/**
 * Sends and settles; where `waits`, only once what it waits for is over. Never throws for a channel's failure; rejects
 * where the store cannot be read or written.
 */
export const attempt = async (deps: Deps, delivery: StoredDelivery, waits: boolean): Promise<Attempted> => {
  const others = waits ? await unfinished(deps, delivery) : []
  if (others.length > 0) {
    await settle(deps, delivery, putOff(delivery.state, others, deps.clock()))
    return { status: 'put-off' }
  }
  const outcome = isSpent(delivery.state) ? SPENT : await trySend(deps, delivery)
  const state = stateAfter(deps, delivery, outcome)
  await record(deps, delivery, state)
  const status = state.status === 'pending' ? 'retried' : state.status
  return outcome === SPENT ? { status } : { status, ...downOf(outcome) }
}

/** What must be over before this one. */
const unfinished = async (deps: Deps, { after = [] }: StoredDelivery): Promise<readonly DeliveryState[]> =>
  [...(await deps.store.states(after)).values()].filter(({ status }) => status === 'pending')

/** Every attempt ended without a word: the sender itself dies over this delivery. */
const SPENT: SendOutcome = {
  kind: 'rejected',
  reason: 'gone',
  note: 'every attempt stopped before it could report',
}

const stateAfter = (deps: Deps, delivery: StoredDelivery, outcome: SendOutcome): DeliveryState => {
  const now = deps.clock()
  const state = afterAttempt(delivery.state, outcome, now, deps.chance())
  return state.status === 'pending' && isOver(delivery, now) ? givenUp(state, now, outcome.note) : state
}

/** Writes what the delivery became, under the lease it was claimed with; false where that holds no more. */
export const settle = (deps: Deps, { id, state: claimed }: StoredDelivery, state: DeliveryState): Promise<boolean> =>
  deps.store.settle({ id, leaseId: claimed.lease?.id ?? '', state })

/** As `settle`, with a line in the log. */
export const record = async (deps: Deps, delivery: StoredDelivery, state: DeliveryState): Promise<void> => {
  const { id, channel, message } = delivery
  const settled = await settle(deps, delivery, state)
  const { status, attempts, note } = state
  const fields = { delivery: id, channel, rule: message.rule, attempts }
  if (!settled) deps.log.warning('lease lost before the outcome was recorded', fields)
  else if (status === 'sent') deps.log.info('delivery sent', fields)
  else deps.log.warning(status === 'dead' ? 'delivery dead' : 'delivery to be retried', { ...fields, note })
}

const trySend = async (deps: Deps, delivery: StoredDelivery): Promise<SendOutcome> => {
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

/** What says nothing of the channel: this recipient or this message alone was refused, or put off by a server that is there. */
const downOf = (outcome: SendOutcome): Pick<Attempted, 'isDown'> => {
  if (outcome.kind === 'sent') return {}
  if (outcome.reason === 'temporary' || outcome.reason === 'address' || outcome.reason === 'too-large') return {}
  return { isDown: outcome.reason === 'rate-limited' ? 'surely' : 'perhaps' }
}
