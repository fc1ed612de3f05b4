/** The dashboard's view model: standings turned into the plain words and numbers a page shows, free of markup. */

import type { DeliveryState, Episode, StoredDelivery } from '../domain/alerts.ts'
import { REASONS, type ReasonCode } from '../domain/errors.ts'
import type { Standing } from '../domain/standing.ts'
import { formatInZone, formatSpan, type Instant } from '../domain/time.ts'
import { heldUntil, remarkOn } from './delivery-words.ts'
import { plain } from './plain.ts'
import { type AccountView, type AnswerMaker, accountView, type Stat } from './view-account.ts'

/** What a page may know of a quarantined input; the raw sample stays in the store. */
export type QuarantineEntry = {
  readonly at: Instant
  readonly account: string
  readonly reason: ReasonCode
  readonly detail: string
}

export type ShownAccount = {
  readonly standing: Standing
  readonly episodes: readonly Episode[]
  /** Absent where no links are configured. */
  readonly answers?: AnswerMaker | undefined
}

export type DashboardInput = {
  readonly accounts: readonly ShownAccount[]
  /** The latest, newest first. */
  readonly deliveries: readonly StoredDelivery[]
  /** How many there are of each; without it the latest are counted. */
  readonly deliveryCounts?: Readonly<Record<DeliveryState['status'], number>>
  /** When the oldest pending delivery fell due, or will. */
  readonly oldestDueAt?: Instant | undefined
  /** The latest, newest first. */
  readonly quarantine: readonly QuarantineEntry[]
  readonly now: Instant
  readonly mailUrl?: string
  readonly chatUrl?: string
  /** Messages played of the sample; absent when none is playing. */
  readonly progress?: { readonly done: number; readonly total: number }
}

export type EventView = { readonly at: string; readonly label: string; readonly text: string; readonly note: string }
export type DashboardView = {
  readonly asOf: string
  readonly accounts: readonly AccountView[]
  readonly moreAccounts: number
  readonly deliveryCounts: readonly Stat[]
  readonly deliveries: readonly EventView[]
  readonly quarantine: readonly EventView[]
}

/** A page stays readable, and small, at any number of accounts and messages. */
const ACCOUNTS_MAX = 40
const EVENTS_MAX = 8
const TEXT_MAX = 240
const NAME_MAX = 80

/** Pure. Times are written in each account's own zone, amounts rounded half to even to the currency's digits. */
export const dashboardView = (input: DashboardInput): DashboardView => ({
  asOf: formatInZone(input.now, 'UTC'),
  accounts: input.accounts
    .slice(0, ACCOUNTS_MAX)
    .map(({ standing, episodes, answers }) => accountView(standing, episodes, answers)),
  moreAccounts: Math.max(0, input.accounts.length - ACCOUNTS_MAX),
  deliveryCounts: countsOf(input),
  deliveries: input.deliveries.slice(0, EVENTS_MAX).map((delivery) => deliveryEvent(delivery, input.now)),
  quarantine: input.quarantine.slice(0, EVENTS_MAX).map(quarantineEvent),
})

const countsOf = ({ deliveries, deliveryCounts, oldestDueAt, now }: DashboardInput): readonly Stat[] => {
  const count = (status: DeliveryState['status']): string =>
    String(deliveryCounts?.[status] ?? deliveries.filter(({ state }) => state.status === status).length)
  const among = deliveryCounts ? {} : { note: `of the latest ${deliveries.length}` }
  return [
    { label: 'Sent', value: count('sent'), ...among },
    { label: 'Waiting', value: count('pending'), ...among },
    { label: 'Given up', value: count('dead'), ...among },
    ...(oldestDueAt !== undefined && oldestDueAt <= now
      ? [{ label: 'Overdue', value: formatSpan(now - oldestDueAt), note: 'the oldest that waits' }]
      : []),
  ]
}

const DELIVERY_LABELS: Readonly<Record<DeliveryState['status'], string>> = {
  sent: 'Sent',
  pending: 'Waiting',
  dead: 'Given up',
}

const deliveryEvent = (delivery: StoredDelivery, now: Instant): EventView => {
  const { channel, recipient, message, state, createdAt } = delivery
  const to = plain(recipient === '' ? channel : `${channel}: ${recipient}`, NAME_MAX)
  const tries = state.attempts === 1 ? '1 attempt' : `${state.attempts} attempts`
  const note = state.note === undefined || state.status === 'sent' ? '' : `, ${plain(state.note, TEXT_MAX)}`
  const remark = remarkOn(delivery, now)
  return {
    at: formatInZone(createdAt, message.timeZone),
    label: heldUntil(delivery, now) === undefined ? DELIVERY_LABELS[state.status] : 'Held',
    text: plain(message.words.title, TEXT_MAX),
    note: `${to}, ${tries}${note}${remark && `, ${remark}`}`,
  }
}

const quarantineEvent = ({ at, account, reason, detail }: QuarantineEntry): EventView => ({
  at: formatInZone(at, 'UTC'),
  label: reason,
  text: REASONS[reason],
  note: plain(detail === '' ? account : `${account}: ${detail}`, TEXT_MAX),
})
