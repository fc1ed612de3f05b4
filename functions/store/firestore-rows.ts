/** Deliveries and quarantine records as Firestore documents: the record as one text, and beside it the fields that are asked for. */

import type { Delivery, DeliveryState, StoredDelivery } from '../domain/alerts.ts'
import { decode, encode } from '../domain/json.ts'
import { DAY_MS, type Instant } from '../domain/time.ts'
import type { Client } from './firestore-client.ts'
import { deliveryName, quarantineName } from './firestore-names.ts'
import {
  type Document,
  type Fields,
  has,
  numberOf,
  ofInteger,
  ofNumber,
  ofText,
  ofTime,
  textOf,
  type Write,
  write,
} from './firestore-values.ts'
import { freshState } from './fresh.ts'
import type { Commit, Quarantined } from './store.ts'

/** How long Firestore keeps what is over; its TTL deletes a day late or more, so nothing is decided by it. */
const KEPT_DAYS = { sent: 90, dead: 400, quarantined: 30 }

/** The rows a commit adds, by document name; where two share a name the first stands. Each is written only where nothing is. */
export const newRows = (client: Client, { deliveries, quarantined, at }: Commit): ReadonlyMap<string, Write> => {
  const rows = [
    ...deliveries.map((row) => [deliveryName(client, row.id), deliveryFields(row, freshState(row, at))] as const),
    ...quarantined.map((row) => [quarantineName(client, row.id), quarantineFields(row)] as const),
  ]
  return new Map(rows.reverse().map(([name, fields]) => [name, write(name, fields, { exists: false })]))
}

const deliveryFields = (row: Delivery, state: DeliveryState): Fields => ({
  delivery: ofText(encode(row)),
  id: ofText(row.id),
  account: ofText(row.account),
  channel: ofText(row.channel),
  createdAt: ofNumber('delivery.createdAt', row.createdAt),
  ...stateFields(state),
})

const quarantineFields = (row: Quarantined): Fields => ({
  record: ofText(encode(row)),
  account: ofText(row.account),
  at: ofNumber('quarantine.at', row.at),
  expireAt: ofTime(row.at + KEPT_DAYS.quarantined * DAY_MS),
})

/** Every field that a state may set: those it does not set are deleted with it. */
export const STATE_FIELDS = [
  ...['status', 'attempts', 'dueAt', 'readyAt', 'ambiguous', 'leaseId', 'leaseUntil', 'settledAt', 'note', 'expireAt'],
  'redrivenAt',
  'channelFailed',
] as const

/** `readyAt` is there only while the delivery waits: its index holds what may fall due, and nothing else. */
export const stateFields = ({
  status,
  attempts,
  dueAt,
  lease,
  settledAt,
  redrivenAt,
  channelFailed,
  note,
  ambiguous,
}: DeliveryState): Fields => ({
  status: ofText(status),
  attempts: ofInteger('delivery.attempts', attempts),
  dueAt: ofNumber('delivery.dueAt', dueAt),
  ambiguous: ofInteger('delivery.ambiguous', ambiguous),
  ...(status === 'pending'
    ? { readyAt: ofNumber('delivery.readyAt', Math.max(dueAt, lease?.until ?? dueAt)) }
    : { expireAt: ofTime((settledAt ?? dueAt) + KEPT_DAYS[status] * DAY_MS) }),
  ...(lease && { leaseId: ofText(lease.id), leaseUntil: ofNumber('delivery.lease.until', lease.until) }),
  ...(settledAt !== undefined && { settledAt: ofNumber('delivery.settledAt', settledAt) }),
  ...(channelFailed && { channelFailed: ofInteger('delivery.channelFailed', 1) }),
  ...(redrivenAt !== undefined && { redrivenAt: ofNumber('delivery.redrivenAt', redrivenAt) }),
  ...(note !== undefined && { note: ofText(note) }),
})

export const deliveryOf = (document: Document): StoredDelivery => ({
  ...decode<Delivery>(textOf(document, 'delivery')),
  state: stateOf(document),
})

export const stateOf = (document: Document): DeliveryState => ({
  status: textOf(document, 'status') as DeliveryState['status'],
  attempts: numberOf(document, 'attempts'),
  dueAt: numberOf(document, 'dueAt'),
  ambiguous: numberOf(document, 'ambiguous'),
  ...(has(document, 'leaseId') && {
    lease: { id: textOf(document, 'leaseId'), until: numberOf(document, 'leaseUntil') },
  }),
  ...(has(document, 'settledAt') && { settledAt: numberOf(document, 'settledAt') }),
  ...(has(document, 'channelFailed') && { channelFailed: true }),
  ...(has(document, 'redrivenAt') && { redrivenAt: numberOf(document, 'redrivenAt') }),
  ...(has(document, 'note') && { note: textOf(document, 'note') }),
})

export const quarantinedOf = (document: Document): Quarantined => decode<Quarantined>(textOf(document, 'record'))

export const readyAtOf = (document: Document): Instant => numberOf(document, 'readyAt')
