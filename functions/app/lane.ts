/** One channel's deliveries, sent a few at a time and at a pace its vendor allows; no other channel waits for it. */

import type { StoredDelivery } from '../domain/alerts.ts'
import type { DeliveryId } from '../domain/keys.ts'
import { HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from '../domain/time.ts'
import { givenUp, handedBack, isOver } from '../outbox/retry.ts'
import { type Attempted, attempt, record, SEND_MS, settle, waitingForNone } from './attempt.ts'
import type { Deps } from './deps.ts'
import type { Lanes, Running } from './lanes.ts'

/** Twice an attempt and a minute of clock skew: a slow sender loses its lease only when it must have given up. */
const LEASE_MS = 2 * (SEND_MS + MINUTE_MS)
/** Attempts of a channel in flight at once. */
const WIDTH = 5
/**
 * From one message to the next in a place of one address, such as a chat space. Google Chat takes 60 writes a minute from
 * all who write to a space, Slack one message a second, Teams four: https://developers.google.com/workspace/chat/limits,
 * https://docs.slack.dev/apis/web-api/rate-limits. A tenth is left to others.
 */
const PACE_MS = 1_100
/** A turn further off than this is left to whoever is before us. */
const TURN_WAIT_MS = 5 * SECOND_MS
/** Failures one after the other that speak against the channel itself; the rest of what waits is spared an attempt. */
const FAILURES_MAX = 3
/** What was tried more often keeps the last three days of its schedule, however often the channel comes and goes. */
const HASTENED_MAX = 7
/** How long a process leaves a failing channel alone: else every new alert would use up attempts of the old ones. */
const REST_MS = MINUTE_MS
/** After this no attempt is begun, so that a schedule with a timeout of two minutes ends in time; more is due then. */
const LANE_MS = 45 * SECOND_MS
/** Attempts of one run, far more than fit into its time. */
const ATTEMPTS_MAX = 2_000
/** A channel that fails for so long before the eyes of one process: after an absence of ours nothing is given up at first sight. */
const GIVING_UP_MS = HOUR_MS
/** Deliveries of a failing channel that one run gives up untried because their time is over. */
const GIVEN_UP_MAX = 200

/** Which deliveries a lane takes: one channel's, or those of channels nobody knows any more. */
export type LaneOf = { readonly channel: string } | { readonly except: readonly string[] }

export type Tally = { readonly sent: number; readonly retried: number; readonly dead: number }
/** `cut`: it ended early, and more may be due. */
export type Drained = Tally & { readonly cut?: true }

type Lane = Running & {
  readonly deps: Deps
  readonly lanes: Lanes
  readonly of: LaneOf
  readonly name: string
  readonly startedAt: Instant
  readonly inFlight: Map<DeliveryId, Promise<void>>
  readonly sum: { sent: number; retried: number; dead: number }
  attempts: number
  /** One after the other, as they ended. */
  failures: number
  /** It failed when this process last sent to it: one delivery at a time finds out whether it works again. */
  isAiling: boolean
  isRecovered: boolean
  /** So many others send to the place that its turns are far off. */
  isCrowded: boolean
  /** Nothing was due any more when it was last asked. */
  isDrained: boolean
  /** What the store could not do; it ends the lane. */
  error: { readonly cause: unknown } | undefined
}

const NOTHING: Drained = { sent: 0, retried: 0, dead: 0 }

/**
 * Sends what is due, oldest first. A lane of this name that is under way already looks once more instead, and one that
 * rests after failures is left alone. Rejects where the store fails, once nothing is in flight any more.
 */
export const runLane = async (deps: Deps, lanes: Lanes, of: LaneOf): Promise<Drained> => {
  const name = 'channel' in of ? of.channel : ''
  const running = lanes.running.get(name)
  if (running) running.again = true
  if (running || (lanes.failing.get(name)?.restUntil ?? 0) > deps.clock()) return NOTHING
  const lane = openLane(deps, lanes, of, name)
  lanes.running.set(name, lane)
  try {
    await drive(lane)
    if (isBroken(lane)) await rest(lane)
  } finally {
    end(lane)
  }
  return lane.isDrained || lane.isCrowded || isBroken(lane) ? lane.sum : { ...lane.sum, cut: true }
}

const openLane = (deps: Deps, lanes: Lanes, of: LaneOf, name: string): Lane => ({
  deps,
  lanes,
  of,
  name,
  startedAt: deps.clock(),
  inFlight: new Map(),
  sum: { sent: 0, retried: 0, dead: 0 },
  again: false,
  attempts: 0,
  failures: 0,
  isAiling: lanes.failing.has(name),
  isRecovered: false,
  isCrowded: false,
  isDrained: false,
  error: undefined,
})

const drive = async (lane: Lane): Promise<void> => {
  try {
    while (!isEnded(lane)) {
      if (lane.inFlight.size < widthOf(lane)) {
        if (!(await beginSome(lane))) return
      } else await Promise.race(lane.inFlight.values())
    }
  } finally {
    await Promise.all(lane.inFlight.values())
  }
  if (lane.error) throw lane.error.cause
}

/** False once nothing is due, nothing in flight and nobody has asked again: in the same breath the lane is no longer under way. */
const beginSome = async (lane: Lane): Promise<boolean> => {
  lane.again = false
  const limit = isPaced(lane) ? 1 : Math.max(1, widthOf(lane) - lane.inFlight.size)
  const claimed = await claim(lane, limit)
  const free = await waitingForNone(lane.deps, claimed)
  const isFree = ({ id }: StoredDelivery): boolean => free.has(id)
  // What waits goes last, so that it finds what it waits for in flight.
  for (const delivery of [...claimed.filter(isFree), ...claimed.filter((each) => !isFree(each))])
    if (await mayBegin(lane, delivery)) begin(lane, delivery, !isFree(delivery))
  if (claimed.length === limit) return true
  await Promise.all(lane.inFlight.values())
  if (lane.again || lane.error) return true
  lane.isDrained = true
  end(lane)
  return false
}

/** After a failure one at a time, until something goes through. */
const widthOf = ({ isAiling, failures }: Lane): number => (isAiling || failures > 0 ? 1 : WIDTH)

const claim = ({ deps, of }: Lane, limit: number): Promise<readonly StoredDelivery[]> =>
  deps.store.claim({ now: deps.clock(), leaseId: deps.newId(), leaseMs: LEASE_MS, limit, ...of })

const begin = (lane: Lane, delivery: StoredDelivery, waits: boolean): void => {
  const { deps, inFlight } = lane
  lane.attempts += 1
  const before = (delivery.after ?? []).map((id) => inFlight.get(id))
  const flight = Promise.all(before)
    .then(() => attempt(deps, delivery, waits))
    .then(async (attempted) => {
      count(lane, attempted)
      if (attempted.status === 'sent') await recover(lane, delivery)
    })
    .catch((cause: unknown) => {
      lane.error ??= { cause }
    })
    .finally(() => inFlight.delete(delivery.id))
  inFlight.set(delivery.id, flight)
}

const count = (lane: Lane, { status, isDown }: Attempted): void => {
  if (status === 'put-off') return
  lane.sum[status] += 1
  const isCertain = isDown === 'surely' || (isDown === 'perhaps' && lane.isAiling)
  lane.failures = isDown === undefined ? 0 : isCertain ? FAILURES_MAX : lane.failures + 1
}

/** The channel works, and did not: what waits for its sake need wait no longer. */
const recover = async (lane: Lane, { state, channel }: StoredDelivery): Promise<void> => {
  if (lane.isRecovered || (!lane.isAiling && !state.channelFailed)) return
  const { deps, lanes, name } = lane
  lane.isAiling = false
  lane.isRecovered = true
  lanes.failing.delete(name)
  const now = deps.clock()
  const hastened = await deps.store.hasten({ channel, now, attemptsMax: HASTENED_MAX, limit: ATTEMPTS_MAX })
  if (hastened === 0) return
  lane.again = true
  deps.log.info('a channel works again: what waited for it is sent now', { channel, hastened })
}

/** A place of one address; mailboxes are many places. */
const isPaced = ({ of, deps }: Lane): boolean =>
  deps.pause !== undefined &&
  'channel' in of &&
  deps.recipients[of.channel]?.every((recipient) => recipient === '') === true

/** Waits for the delivery's turn among all processes that send to the place; where that is far off, others do the work. */
const mayBegin = async (lane: Lane, delivery: StoredDelivery): Promise<boolean> => {
  const { deps, name } = lane
  if (!deps.pause || !isPaced(lane)) return true
  const waitMs = (await deps.store.turn(name, deps.clock(), PACE_MS)) - deps.clock()
  lane.isCrowded = waitMs > TURN_WAIT_MS
  if (!lane.isCrowded && waitMs > 0) await deps.pause(waitMs)
  if (!lane.isCrowded && !isBroken(lane) && !deps.stopping?.()) return true
  await settle(deps, delivery, handedBack(delivery.state))
  return false
}

/** Orphans fail one by one and for good: that speaks against no channel. */
const isBroken = ({ of, failures }: Lane): boolean => 'channel' in of && failures >= FAILURES_MAX

const isOutOfTime = ({ deps, attempts, startedAt }: Lane): boolean =>
  deps.stopping?.() === true || attempts >= ATTEMPTS_MAX || deps.clock() - startedAt >= LANE_MS

const isEnded = (lane: Lane): boolean =>
  lane.error !== undefined || lane.isCrowded || isBroken(lane) || isOutOfTime(lane)

const end = (lane: Lane): void => {
  if (lane.lanes.running.get(lane.name) === lane) lane.lanes.running.delete(lane.name)
}

/** Why a delivery is given up that nobody tried to the end. */
const DOWN = 'the channel was down for all the time it may be tried'

const rest = async (lane: Lane): Promise<void> => {
  const { deps, lanes, name } = lane
  const now = deps.clock()
  const since = lanes.failing.get(name)?.since ?? now
  lanes.failing.set(name, { since, restUntil: now + REST_MS })
  deps.log.warning('a channel fails: the rest of what waits for it is left for later', { channel: name })
  if (now - since >= GIVING_UP_MS) await giveUp(lane)
}

/** What has had its whole time is given up untried, oldest first; the first that has not ends the search. */
const giveUp = async (lane: Lane): Promise<void> => {
  const { deps } = lane
  for (let round = 0; round < GIVEN_UP_MAX && !deps.stopping?.(); round += 1) {
    const [delivery] = await claim(lane, 1)
    if (!delivery) return
    const { state } = delivery
    const now = deps.clock()
    if (!isOver(delivery, now)) return void (await settle(deps, delivery, handedBack(state)))
    const note = state.note === undefined ? DOWN : `${DOWN}; last: ${state.note}`
    await record(deps, delivery, givenUp(state, now, note))
    lane.sum.dead += 1
  }
}
