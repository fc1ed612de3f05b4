/** A day on which one channel is down: real messages, decisions, store, outbox and drains, in several processes under virtual time. */

import { drain } from '../../functions/app/deliver.ts'
import type { Deps } from '../../functions/app/deps.ts'
import { type Desk, openDesk } from '../../functions/app/desk.ts'
import { ingest } from '../../functions/app/ingest.ts'
import { openLanes } from '../../functions/app/lanes.ts'
import { schedule } from '../../functions/app/schedule.ts'
import type { Send, SendOutcome } from '../../functions/channels/channel.ts'
import type { StoredDelivery } from '../../functions/domain/alerts.ts'
import type { AccountId } from '../../functions/domain/keys.ts'
import {
  DAY_MS,
  formatInstant,
  HOUR_MS,
  type Instant,
  instant,
  MINUTE_MS,
  SECOND_MS,
} from '../../functions/domain/time.ts'
import { decodeEnvelope } from '../../functions/sources/envelope.ts'
import type { Store } from '../../functions/store/store.ts'
import { settings } from '../support/facts.ts'
import { openVirtualTime, type VirtualTime } from './virtual-time.ts'

export const START = instant('2026-11-02T00:00:00Z')
export const OUTAGE_FROM = START + HOUR_MS
export const OUTAGE_TO = OUTAGE_FROM + DAY_MS
/** Long after everything should be over. */
const END = OUTAGE_TO + 3 * HOUR_MS

const ACCOUNTS = 10
/** Ten alerts at once, fifty times within the outage. */
const BURSTS = 50
const BURST_EVERY_MS = 28 * MINUTE_MS
const SCHEDULE_EVERY_MS = 5 * MINUTE_MS
/** Pub/Sub's least wait before it delivers a message again that was answered 503. */
const REDELIVERED_AFTER_MS = 10 * SECOND_MS
const REDELIVERIES_MAX = 1_000

export type Outage = {
  readonly deliveries: readonly StoredDelivery[]
  /** Instants at which each channel took a message, by channel, with the delivery's id. */
  readonly taken: Readonly<Record<string, readonly { readonly at: Instant; readonly id: string }[]>>
  /** Attempts that met the dead channel. */
  readonly hangs: number
  /** Answers 429: a vendor's limit was overrun. */
  readonly refused: number
}

/** Plays the day; `isDown` false is the control: the same day with every channel well. */
export const playOutage = async (store: Store, isDown: boolean): Promise<Outage> => {
  const time = openVirtualTime(START)
  const world = openWorld(time, isDown)
  const senders = [openInstance(store, time, world.send), openInstance(store, time, world.send)]
  const announced = async (): Promise<void> => {
    const sender = senders[world.turns++ % senders.length]
    if (sender) await cutShort(time, () => drain(sender.deps))
  }
  const ingesting = openInstance(store, time, world.send, () => time.at(time.now(), announced))
  const scheduling = openInstance(store, time, world.send)
  for (let at = START; at < END; at += SCHEDULE_EVERY_MS)
    time.at(at, () => cutShort(time, () => schedule(scheduling.deps, scheduling.desk)))
  for (let burst = 0; burst < BURSTS; burst += 1)
    for (const account of accounts)
      time.at(OUTAGE_FROM + MINUTE_MS + burst * BURST_EVERY_MS, () => overBudget(ingesting, account.id, burst))
  await time.runUntil(END)
  const deliveries = await store.deliveries({ limit: 100_000 })
  return { deliveries, taken: world.taken, hangs: world.hangs, refused: world.refused }
}

type Instance = { readonly deps: Deps; readonly desk: Desk }

const accounts = Array.from({ length: ACCOUNTS }, (_, n) =>
  settings({ id: `0000${n}0-000000-00000A` as AccountId, name: `Account ${n}`, projects: [`app-${n}`], budgets: {} }),
)

const openInstance = (store: Store, time: VirtualTime, send: Send, announce = (): void => undefined): Instance => {
  let ids = 0
  instances += 1
  const name = `i${instances}`
  const deps: Deps = {
    store,
    accounts,
    routes: [{ when: {}, to: ['ops-mail', 'ops-chat', 'dev-slack'] }],
    recipients: { 'ops-mail': ['ops@example.com', 'boss@example.com'], 'ops-chat': [''], 'dev-slack': [''] },
    sender: async (channel) => (message, options) => send(message, { ...options, recipient: channel }),
    clock: time.now,
    newId: () => `${name}-${++ids}`,
    chance: () => 0.5,
    announce,
    lanes: openLanes(),
    pause: time.sleep,
    log: { info: () => undefined, warning: () => undefined, error: () => undefined },
  }
  return { deps, desk: openDesk(deps) }
}

let instances = 0

/** As Pub/Sub does it: what is answered 503 comes again. */
const cutShort = async (time: VirtualTime, call: () => Promise<object>): Promise<void> => {
  for (let delivery = 0; delivery < REDELIVERIES_MAX; delivery += 1) {
    if (!('cut' in (await call()))) return
    await time.sleep(REDELIVERED_AFTER_MS)
  }
}

/** A further budget of the account has passed its half: one more warning. */
const overBudget = async ({ deps, desk }: Instance, account: AccountId, burst: number): Promise<void> => {
  const now = deps.clock()
  const budgetId = `b0000000-0000-4000-8000-${String(burst).padStart(12, '0')}`
  const body = {
    budgetDisplayName: `Team ${burst}`,
    costAmount: 60,
    costIntervalStart: '2026-11-01T07:00:00Z',
    budgetAmount: 100,
    budgetAmountType: 'SPECIFIED_AMOUNT',
    alertThresholdExceeded: 0.5,
    currencyCode: 'USD',
  }
  const message = {
    data: Buffer.from(JSON.stringify(body)).toString('base64'),
    attributes: { billingAccountId: account, budgetId, schemaVersion: '1.0' },
    messageId: `${account} ${burst}`,
    publishTime: formatInstant(now),
  }
  const request = { headers: {}, body: Buffer.from(JSON.stringify({ message, subscription: 's' })) }
  await ingest(deps, desk, decodeEnvelope(request, 'billing-notifications', now))
}

/** Slack's and Google Chat's limits: a message a second, and sixty in any minute. https://docs.slack.dev/apis/web-api/rate-limits */
const GAP_MIN_MS = SECOND_MS
const PER_MINUTE_MAX = 60
const LATENCY_MS: Readonly<Record<string, number>> = { 'ops-mail': 600, 'ops-chat': 300, 'dev-slack': 300 }
/** A sender waits for a webhook's answer for so long. */
const HANGS_MS = 10 * SECOND_MS

type World = {
  readonly send: Send
  readonly taken: Record<string, { readonly at: Instant; readonly id: string }[]>
  hangs: number
  refused: number
  turns: number
}

const openWorld = (time: VirtualTime, isDown: boolean): World => {
  const world: World = {
    send,
    taken: { 'ops-mail': [], 'ops-chat': [], 'dev-slack': [] },
    hangs: 0,
    refused: 0,
    turns: 0,
  }
  function send(...[, { recipient: channel, idempotencyKey: id }]: Parameters<Send>): Promise<SendOutcome> {
    return attempt(channel, id)
  }
  const attempt = async (channel: string, id: string): Promise<SendOutcome> => {
    if (isDown && channel === 'ops-chat' && time.now() >= OUTAGE_FROM && time.now() < OUTAGE_TO) {
      world.hangs += 1
      await time.sleep(HANGS_MS)
      return { kind: 'retry', reason: 'timeout', note: 'no reply in time', ambiguous: true }
    }
    const taken = world.taken[channel] ?? []
    if (channel !== 'ops-mail' && isOverrun(taken, time.now())) {
      world.refused += 1
      return { kind: 'retry', reason: 'rate-limited', note: 'HTTP 429 Too Many Requests', ambiguous: false }
    }
    taken.push({ at: time.now(), id })
    await time.sleep(LATENCY_MS[channel] ?? 0)
    return { kind: 'sent', note: 'ok' }
  }
  return world
}

const isOverrun = (taken: readonly { readonly at: Instant }[], now: Instant): boolean =>
  now - (taken.at(-1)?.at ?? Number.NEGATIVE_INFINITY) < GAP_MIN_MS ||
  now - (taken.at(-PER_MINUTE_MAX)?.at ?? Number.NEGATIVE_INFINITY) < MINUTE_MS
