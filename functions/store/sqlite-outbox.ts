/** The outbox in SQLite: what is due, who holds it, and what became of it. Its callers hold the transaction. */

import type { Delivery, DeliveryState, StoredDelivery } from '../domain/alerts.ts'
import { decode, encode } from '../domain/json.ts'
import type { DeliveryId } from '../domain/keys.ts'
import type { Instant } from '../domain/time.ts'
import { freshState } from './fresh.ts'
import type { Database } from './sqlite-database.ts'
import { given, where } from './sqlite-filter.ts'
import type { Claim, DeliveryFilter, Hastening, Settlement } from './store.ts'
import { turnAt } from './turns.ts'

const ADD_DELIVERY = `INSERT INTO deliveries (id, account, created_at, delivery, status, attempts, due_at, ambiguous)
  VALUES (?, ?, ?, ?, 'pending', 0, ?, 0) ON CONFLICT (id) DO NOTHING`

/** Adds a delivery; an id that exists is left as it was. */
export const addDelivery = (db: Database, row: Delivery, committedAt: Instant): void => {
  db.run(ADD_DELIVERY, row.id, row.account, row.createdAt, encode(row), freshState(row, committedAt).dueAt)
}

/** `undefined` columns do not exist in SQLite; NULL becomes an absent field. */
type DeliveryRow = {
  readonly delivery: string
  readonly status: DeliveryState['status']
  readonly attempts: number
  readonly due_at: Instant
  readonly lease_id: string | null
  readonly lease_until: Instant | null
  readonly settled_at: Instant | null
  readonly redriven_at: Instant | null
  readonly channel_failed: 1 | null
  readonly note: string | null
  readonly ambiguous: number
}

const toDelivery = (row: DeliveryRow): StoredDelivery => ({ ...decode<Delivery>(row.delivery), state: toState(row) })

const toState = (row: Omit<DeliveryRow, 'delivery'>): DeliveryState => ({
  status: row.status,
  attempts: row.attempts,
  dueAt: row.due_at,
  ambiguous: row.ambiguous,
  ...(row.lease_id !== null && row.lease_until !== null && { lease: { id: row.lease_id, until: row.lease_until } }),
  ...(row.settled_at !== null && { settledAt: row.settled_at }),
  ...(row.channel_failed !== null && { channelFailed: true }),
  ...(row.redriven_at !== null && { redrivenAt: row.redriven_at }),
  ...(row.note !== null && { note: decode<string>(row.note) }),
})

/** The planner knows no numbers of rows, and would sort all that is pending: the indexes are named. */
const CLAIMABLE = `SELECT * FROM deliveries INDEXED BY deliveries_due WHERE status = 'pending'
  AND due_at <= ?1 AND ready_at <= ?1 AND channel NOT IN (SELECT value FROM json_each(?3)) ORDER BY due_at, id LIMIT ?2`
const CLAIMABLE_OF_CHANNEL = `SELECT * FROM deliveries INDEXED BY deliveries_due_by_channel WHERE status = 'pending'
  AND channel = ?4 AND due_at <= ?1 AND ready_at <= ?1 AND channel NOT IN (SELECT value FROM json_each(?3))
  ORDER BY due_at, id LIMIT ?2`
const LEASE = 'UPDATE deliveries SET lease_id = ?, lease_until = ?, attempts = ?, ambiguous = ? WHERE id = ?'

/** See `Store.claim`. */
export const claimDue = (db: Database, claim: Claim): readonly StoredDelivery[] => {
  const lease = { id: claim.leaseId, until: claim.now + claim.leaseMs }
  return claimable(db, claim).map((row) => {
    const { attempts, ambiguous, lease: vanished } = row.state
    const lost = vanished ? 1 : 0
    db.run(LEASE, lease.id, lease.until, attempts + lost, ambiguous + lost, row.id)
    return { ...row, state: { ...row.state, attempts: attempts + lost, ambiguous: ambiguous + lost, lease } }
  })
}

const claimable = (db: Database, { now, limit, channel, except = [] }: Claim): readonly StoredDelivery[] => {
  const asked = [now, Math.max(0, limit), JSON.stringify(except)] as const
  const rows =
    channel === undefined
      ? db.all<DeliveryRow>(CLAIMABLE, ...asked)
      : db.all<DeliveryRow>(CLAIMABLE_OF_CHANNEL, ...asked, channel)
  return rows.map(toDelivery)
}

const SETTLE = `UPDATE deliveries SET status = ?, attempts = ?, due_at = ?, settled_at = ?, redriven_at = ?, channel_failed = ?,
  note = ?, ambiguous = ?, lease_id = NULL, lease_until = NULL WHERE id = ? AND lease_id = ? AND status = 'pending'`

/** See `Store.settle`. */
export const settle = (db: Database, { id, leaseId, state }: Settlement): boolean => {
  const { status, attempts, dueAt, settledAt = null, redrivenAt = null, ambiguous } = state
  const failed = state.channelFailed ? 1 : null
  const note = state.note === undefined ? null : encode(state.note)
  return db.run(SETTLE, status, attempts, dueAt, settledAt, redrivenAt, failed, note, ambiguous, id, leaseId) === 1
}

/** The count of ambiguous attempts and the last note stay: they are history, and explain copies a person may find. */
const REDRIVE = `UPDATE deliveries SET status = 'pending', attempts = 0, due_at = ?, redriven_at = ?, settled_at = NULL
  WHERE id = ? AND status = 'dead'`
const HASTEN = `UPDATE deliveries SET due_at = min(?1, created_at) WHERE id IN (
  SELECT id FROM deliveries INDEXED BY deliveries_due_by_channel WHERE status = 'pending' AND channel = ?2
  AND due_at > ?1 AND channel_failed = 1 AND attempts <= ?4 AND lease_id IS NULL ORDER BY due_at, id LIMIT ?3)`

/** See `Store.hasten`. */
export const hasten = (db: Database, { channel, now, attemptsMax, limit }: Hastening): number =>
  db.run(HASTEN, now, channel, Math.max(0, limit), attemptsMax)

/** See `Store.redrive`. */
export const redrive = (db: Database, id: DeliveryId, now: Instant): boolean => db.run(REDRIVE, now, now, id) === 1

const NEXT_DUE = `SELECT min(ready_at) AS at FROM deliveries INDEXED BY deliveries_ready WHERE status = 'pending'`

/** See `Store.nextDueAt`. */
export const nextDueAt = (db: Database): Instant | undefined =>
  db.get<{ at: Instant | null }>(NEXT_DUE)?.at ?? undefined

const WAITING = `SELECT * FROM deliveries INDEXED BY deliveries_due WHERE status = 'pending' ORDER BY due_at, id LIMIT ?`

/** See `Store.waiting`. */
export const waiting = (db: Database, limit: number): readonly StoredDelivery[] =>
  db.all<DeliveryRow>(WAITING, Math.max(0, limit)).map(toDelivery)

/** See `Store.states`. */
export const states = (db: Database, ids: readonly DeliveryId[]): ReadonlyMap<DeliveryId, DeliveryState> => {
  const found = new Map<DeliveryId, DeliveryState>()
  for (const id of ids) {
    const row = db.get<DeliveryRow>('SELECT * FROM deliveries WHERE id = ?', id)
    if (row) found.set(id, toState(row))
  }
  return found
}

const TAKE_TURN = 'INSERT INTO turns VALUES (?1, ?2) ON CONFLICT (channel) DO UPDATE SET next_at = ?2'

/** See `Store.turn`. */
export const turn = (db: Database, channel: string, now: Instant, everyMs: number): Instant => {
  const next = db.get<{ next_at: Instant }>('SELECT next_at FROM turns WHERE channel = ?', channel)
  const at = turnAt(now, next?.next_at)
  db.run(TAKE_TURN, channel, at + everyMs)
  return at
}

/** See `Store.deliveries`. */
export const deliveries = (
  db: Database,
  { account, status, since, limit }: DeliveryFilter,
): readonly StoredDelivery[] => {
  const filter = { 'account =': account, 'status =': status, 'created_at >=': since }
  const sql = `SELECT * FROM deliveries ${where(filter)} ORDER BY created_at DESC, id DESC LIMIT ?`
  return db.all<DeliveryRow>(sql, ...given(filter), Math.max(0, limit)).map(toDelivery)
}
