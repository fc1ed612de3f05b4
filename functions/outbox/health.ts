/** How the outbox stands, from a bounded look at it: which channels fail, what they did not deliver, and what reached nobody. */

import type { StoredDelivery } from '../domain/alerts.ts'
import type { AccountId, AlertKey } from '../domain/keys.ts'
import type { ChannelTrouble, OutboxHealth, Unheard } from '../domain/outbox.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../domain/time.ts'
import { triedSince } from './retry.ts'
import { OUTBOX_RULE } from './route.ts'

/** Failed attempts, or the time of failing, after which a delivery speaks against its channel. */
const FAILED_MIN = 3
const FAILING_MS = HOUR_MS
/** A channel whose latest outcome, this lately, was a refusal for good is not relied on. */
const REFUSED_MS = DAY_MS
/** A dead letter is told for so long; then whoever wanted to redrive it has. */
export const DEAD_TOLD_MS = 3 * DAY_MS
/** Titles, and alerts, that a message can name. */
const TITLES_MAX = 5
const UNHEARD_MAX = 10

export type OutboxLook = {
  readonly now: Instant
  /** What waits, oldest due first. */
  readonly waiting: readonly StoredDelivery[]
  /** What died lately, newest first. */
  readonly dead: readonly StoredDelivery[]
  /** What was sent lately, newest first. */
  readonly sent: readonly StoredDelivery[]
}

/** What of a look concerns each account. `heard`: alerts that some channel has delivered. Pure. */
export const healthOf = (
  look: OutboxLook,
  accounts: readonly AccountId[],
  heard: ReadonlySet<AlertKey>,
): ReadonlyMap<AccountId, OutboxHealth> => {
  const failing = failingChannels(look)
  const all = stuckOf(look, failing)
  const known = new Set([...heard, ...hopeful(look, failing)])
  const [oldest] = look.waiting
  const common = { ...(oldest && oldest.state.dueAt <= look.now && { oldestDueAt: oldest.state.dueAt }), failing }
  return new Map(
    accounts.map((account) => {
      const stuck = all.filter((each) => each.account === account)
      return [account, { ...common, troubles: troublesOf(stuck), unheard: unheardOf(stuck, known) }]
    }),
  )
}

const troublesOf = (stuck: readonly StoredDelivery[]): readonly ChannelTrouble[] =>
  [...new Set(stuck.map(({ channel }) => channel))].sort().map((channel) => troubleOf(channel, stuck))

/** Critical alerts that may have reached nobody: whether they did is worth another look. */
export const doubtful = (look: OutboxLook): readonly StoredDelivery[] =>
  stuckOf(look, failingChannels(look)).filter(({ message }) => message.severity === 'critical')

/** Channels that have failed for a while, or whose latest word was a refusal. */
const failingChannels = (look: OutboxLook): readonly string[] => {
  const late = look.waiting.filter((delivery) => isLate(delivery, look.now))
  const refused = look.dead.filter((delivery) => isRefusal(delivery, look))
  return [...new Set([...late, ...refused].map(({ channel }) => channel))].sort()
}

/** What was never tried says nothing of the channel: perhaps nobody was there to try. */
const isLate = (delivery: StoredDelivery, now: Instant): boolean => {
  const { attempts } = delivery.state
  return attempts >= FAILED_MIN || (attempts > 0 && now - triedSince(delivery) > FAILING_MS)
}

/** Of many mailboxes one may be wrong: one success about that time clears the channel. A place of one address has only the later word. */
const isRefusal = ({ channel, recipient, state }: StoredDelivery, { now, sent }: OutboxLook): boolean => {
  const diedAt = state.settledAt ?? 0
  if (now - diedAt > REFUSED_MS) return false
  const from = recipient === '' ? diedAt : diedAt - FAILING_MS
  return !sent.some((other) => other.channel === channel && (other.state.settledAt ?? 0) >= from)
}

/** Dead letters of late, and what is due on a channel that fails; never what itself tells of such. */
const stuckOf = ({ now, waiting, dead }: OutboxLook, failing: readonly string[]): readonly StoredDelivery[] => [
  ...dead.filter(({ state, message }) => now - (state.settledAt ?? 0) <= DEAD_TOLD_MS && message.rule !== OUTBOX_RULE),
  ...waiting.filter(
    ({ state, channel, message }) =>
      failing.includes(channel) && (state.dueAt <= now || state.attempts > 0) && message.rule !== OUTBOX_RULE,
  ),
]

const troubleOf = (channel: string, stuck: readonly StoredDelivery[]): ChannelTrouble => {
  const own = stuck.filter((each) => each.channel === channel)
  const dead = own.filter(({ state }) => state.status === 'dead').length
  return {
    channel,
    dead,
    waiting: own.length - dead,
    since: Math.min(...own.map(triedSince)),
    note: own.find(({ state }) => state.note !== undefined)?.state.note ?? '',
    titles: [...new Set(own.map(({ message }) => message.words.title))].slice(0, TITLES_MAX),
  }
}

/** Alerts that are on their way through a channel that does not fail. */
const hopeful = ({ waiting }: OutboxLook, failing: readonly string[]): readonly AlertKey[] =>
  waiting.filter(({ channel }) => !failing.includes(channel)).map(({ message }) => message.alertKey)

/** The end of an alert need reach nobody. */
const unheardOf = (stuck: readonly StoredDelivery[], heard: ReadonlySet<AlertKey>): readonly Unheard[] => {
  const critical = stuck.filter(
    ({ message }) => message.severity === 'critical' && message.step !== 'resolved' && !heard.has(message.alertKey),
  )
  const byKey = new Map(critical.toReversed().map((each) => [each.message.alertKey, each]))
  return [...byKey.values()].slice(0, UNHEARD_MAX).map(({ message, createdAt }) => ({
    alertKey: message.alertKey,
    title: message.words.title,
    figure: message.words.figure,
    since: createdAt,
  }))
}
