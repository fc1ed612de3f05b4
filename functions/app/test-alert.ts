/** A test alert: a message that says so itself, through one channel, opening no episode. */

import type { RejectReason, RetryReason, Send } from '../channels/channel.ts'
import type { Delivery, Message, StoredDelivery } from '../domain/alerts.ts'
import { alertKey, deliveryId } from '../domain/keys.ts'
import type { AccountSettings } from '../domain/standing.ts'
import { formatInZone, type Instant, SECOND_MS } from '../domain/time.ts'
import type { Deps } from './deps.ts'
import { enqueue } from './enqueue.ts'

/** As long as the outbox gives an attempt. */
const SEND_MS = 20 * SECOND_MS
/** Attempts in flight at once, as many as the outbox has. */
const PARALLEL_MAX = 10
/** Deliveries of the account looked through for the test's own, which are the newest. */
const RECENT_MAX = 200
const RULE = 'test-alert'

/** What the test is about: whose account stands in it, who sends it, and a mark that no other test has. */
export type Test = {
  readonly account: AccountSettings
  readonly by: string
  readonly at: Instant
  readonly mark: string
}

export type Target = { readonly channel: string; readonly recipient: string }

/** `sent`: the other side took it. `refused`: it said no. `failed`: nobody said no. `waiting`: nobody has tried. */
export type Tested = Target & {
  readonly status: 'sent' | 'refused' | 'failed' | 'waiting'
  readonly note: string
  readonly reason?: RetryReason | RejectReason
}

/** Pure. It reads like an alert and cannot be taken for one. */
export const testMessage = ({ account, by, at, mark }: Test, channel: string): Message => ({
  alertKey: alertKey(account.id, RULE, channel, mark, String(at)),
  account: { id: account.id, name: account.name },
  rule: RULE,
  level: '',
  severity: 'info',
  step: 'firing',
  at,
  openedAt: at,
  timeZone: account.timeZone,
  currencyCode: account.currency,
  words: {
    title: 'Test: nothing is wrong, this is a test alert of Drawdown',
    summary: `${by} sent it through the channel ${channel} to see whether it arrives. It has.`,
    figure: 'Test',
    arithmetic: [`channel ${channel}`, `sent ${formatInZone(at, account.timeZone)}`],
    next: [{ label: 'Nothing to do', who: 'everyone' }],
  },
  chart: [],
  projects: [],
})

const deliveryOf = (test: Test, { channel, recipient }: Target): Delivery => {
  const message = testMessage(test, channel)
  const id = deliveryId(message.alertKey, RULE, channel, recipient)
  return { id, account: test.account.id, channel, recipient, message, createdAt: test.at }
}

/** One attempt each, at once and by the channels' own senders; nothing is stored and nothing is tried again. Never throws. */
export const sendTests = async (
  test: Test,
  targets: readonly Target[],
  senderOf: (channel: string) => Send,
): Promise<readonly Tested[]> => {
  const tested = new Map<Target, Tested>()
  const queue = targets.values()
  const lane = async (): Promise<void> => {
    for (const target of queue) tested.set(target, await attempt(test, target, senderOf(target.channel)))
  }
  await Promise.all(Array.from({ length: PARALLEL_MAX }, lane))
  return targets.flatMap((target) => tested.get(target) ?? [])
}

const attempt = async (test: Test, target: Target, send: Send): Promise<Tested> => {
  const { id, recipient, message } = deliveryOf(test, target)
  const options = { idempotencyKey: id, recipient, signal: AbortSignal.timeout(SEND_MS) }
  try {
    const outcome = await send(message, options)
    if (outcome.kind === 'sent') return { ...target, status: 'sent', note: outcome.note }
    const status = outcome.kind === 'rejected' ? 'refused' : 'failed'
    return { ...target, status, note: outcome.note, reason: outcome.reason }
  } catch {
    return { ...target, status: 'failed', note: 'the channel failed before it could answer', reason: 'temporary' }
  }
}

/** Puts the tests into the outbox, from where the running service sends them like any alert. */
export const enqueueTests = (deps: Deps, test: Test, targets: readonly Target[]): Promise<void> =>
  enqueue(
    deps,
    test.account.id,
    targets.map((target) => deliveryOf(test, target)),
  )

/** What has become of them by now. */
export const testsInOutbox = async (deps: Deps, test: Test, targets: readonly Target[]): Promise<readonly Tested[]> => {
  const stored = await deps.store.deliveries({ account: test.account.id, limit: RECENT_MAX })
  const byId = new Map(stored.map((delivery) => [delivery.id, delivery]))
  return targets.map((target) => ({ ...target, ...whatBecame(byId.get(deliveryOf(test, target).id)) }))
}

const STATUSES = { sent: 'sent', dead: 'refused', pending: 'failed' } as const

const whatBecame = (delivery: StoredDelivery | undefined): Pick<Tested, 'status' | 'note'> => {
  const { status, attempts, note } = delivery?.state ?? { status: 'pending', attempts: 0, note: undefined }
  if (status === 'pending' && attempts === 0) return { status: 'waiting', note: 'nobody has tried to send it yet' }
  return { status: STATUSES[status], note: note ?? '' }
}
