/** Plans the canary: one small message for each recipient of each channel, so that a channel that broke is found before an alert needs it. */

import type { Delivery, DeliveryState, Message, Words } from '../domain/alerts.ts'
import { alertKey, deliveryId, UNASSIGNED } from '../domain/keys.ts'
import type { AccountSettings } from '../domain/standing.ts'
import { formatSpan, type Instant } from '../domain/time.ts'
import { canaryDay, type DueCanary, lastCanary } from '../outbox/canary.ts'
import { headline, judgesCredit, money } from '../rules/words.ts'
import type { Deps } from './deps.ts'
import type { AccountView, Desk } from './desk.ts'
import { enqueue } from './enqueue.ts'

/** Accounts a sign of life names; the rest are counted. */
const ACCOUNTS_SHOWN_MAX = 10
/** Deliveries looked through for today's: a busier account is asked once more by the commit itself. */
const RECENT_MAX = 200
const RULE = 'canary'

/**
 * Puts the canary that is due into the outbox. Once for each day, channel and recipient, however many instances run and
 * however often: the delivery's id is made of these. They are ordinary deliveries, so what happens to them is judged and
 * told like that of any other. They belong to the first account. True where some were new to this look.
 */
export const planCanary = async (deps: Deps, desk: Desk): Promise<boolean> => {
  const { canary } = deps
  const [first] = deps.accounts
  const day = canary && canaryDay(canary, deps.clock())
  if (!canary || !first || day === undefined) return false
  const ids = idsOf(deps, day)
  const known = new Set((await deps.store.deliveries({ account: first.id, limit: RECENT_MAX })).map(({ id }) => id))
  if (ids.every((id) => known.has(id))) return false
  await enqueue(deps, first.id, await deliveriesOf(deps, desk, first, day))
  return true
}

/** The latest run that fell due, and how the deliveries that it planned stand. */
export type CanaryRun = DueCanary & {
  readonly recipients: number
  /** Without those that were never planned. */
  readonly states: readonly DeliveryState['status'][]
}

/** Looks how the canary fares, and plans nothing; `undefined` where the configuration has none. */
export const canaryRun = async (deps: Deps): Promise<CanaryRun | undefined> => {
  if (!deps.canary) return undefined
  const due = lastCanary(deps.canary, deps.clock())
  const ids = idsOf(deps, due.day)
  const states = [...(await deps.store.states(ids)).values()].map(({ status }) => status)
  return { ...due, recipients: ids.length, states }
}

const idsOf = (deps: Deps, day: string) =>
  recipientsOf(deps, deps.canary?.to).map(({ channel, recipient }) => idOf(day, channel, recipient))

const recipientsOf = (
  { recipients }: Deps,
  to: readonly string[] | undefined,
): readonly { readonly channel: string; readonly recipient: string }[] =>
  (to ?? Object.keys(recipients)).flatMap((channel) =>
    (recipients[channel] ?? []).map((recipient) => ({ channel, recipient })),
  )

const keyOf = (day: string) => alertKey(UNASSIGNED, RULE, '', '', day)
const idOf = (day: string, channel: string, recipient: string) => deliveryId(keyOf(day), RULE, channel, recipient)

const deliveriesOf = async (
  deps: Deps,
  desk: Desk,
  account: AccountSettings,
  day: string,
): Promise<readonly Delivery[]> => {
  const now = deps.clock()
  const message = { ...messageOf(account, now), alertKey: keyOf(day), words: await wordsOf(deps, desk, now) }
  return recipientsOf(deps, deps.canary?.to).map(({ channel, recipient }) => ({
    id: idOf(day, channel, recipient),
    account: account.id,
    channel,
    recipient,
    message,
    createdAt: now,
  }))
}

const messageOf = ({ id, name, timeZone, currency }: AccountSettings, now: Instant) =>
  ({
    account: { id, name },
    rule: RULE,
    level: '',
    severity: 'info',
    step: 'firing',
    at: now,
    openedAt: now,
    timeZone,
    currencyCode: currency,
    chart: [],
    projects: [],
  }) satisfies Partial<Message>

const wordsOf = async (deps: Deps, desk: Desk, now: Instant): Promise<Words> => {
  const { accounts, canary } = deps
  const shown = await Promise.all(accounts.slice(0, ACCOUNTS_SHOWN_MAX).map((account) => lineOf(desk, account, now)))
  const more = accounts.length - shown.length
  const watched = accounts.length === 1 ? '1 account' : `${accounts.length} accounts`
  return {
    title: headline(`Drawdown is alive: ${watched} watched`),
    summary: `A sign of life, ${canary?.every ?? 'daily'}, through every channel. If it stays away, Drawdown or this channel has stopped.`,
    figure: watched,
    arithmetic: more > 0 ? [...shown, `and ${more} more`] : shown,
    next: [{ label: 'Nothing to do', who: 'everyone' }],
  }
}

/** An account that cannot be judged is worth a word, and no reason to be silent about the others. */
const lineOf = async (desk: Desk, account: AccountSettings, now: Instant): Promise<string> => {
  try {
    return `${account.name}: ${standingText(await desk.view(account.id), now)}`
  } catch {
    return `${account.name}: could not be judged`
  }
}

const standingText = ({ standing, episodes }: AccountView, now: Instant): string => {
  const { balance, feeds, funded, plan } = standing
  const known = funded ? `plan ${plan}` : 'no credit entered'
  const credit = judgesCredit(standing) ? `at least ${money(standing, balance.low)} left` : known
  const heard = feeds.budget
    ? `last budget message ${formatSpan(now - feeds.budget.lastAt)} ago`
    : 'no budget message yet'
  const open = episodes.filter(({ status }) => status === 'firing').length
  return `${credit}, ${heard}, ${open === 1 ? '1 open alert' : `${open} open alerts`}`
}
