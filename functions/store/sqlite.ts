/** The store in one SQLite file that several processes may share; a commit is one transaction. */

import type { Delivery, DeliveryState, StoredDelivery } from '../domain/alerts.ts'
import type { Fact } from '../domain/facts.ts'
import { decode, encode } from '../domain/json.ts'
import type { AccountId, DeliveryId } from '../domain/keys.ts'
import type { Instant } from '../domain/time.ts'
import { freshState } from './fresh.ts'
import { type Database, openDatabase } from './sqlite-database.ts'
import type {
  AccountDelta,
  AccountState,
  Claim,
  Commit,
  CommitResult,
  DeliveryFilter,
  NewCheckpoint,
  Quarantined,
  QuarantineFilter,
  Settlement,
  Store,
} from './store.ts'
import { turnAt } from './turns.ts'

export type SqliteOptions = { readonly busyTimeoutMs?: number }

/** A commit takes milliseconds; whoever waits longer than this waits for a process that hangs. */
const BUSY_TIMEOUT_MS = 5_000

/**
 * Opens the store at `path`, creating folders, file and schema as needed; `:memory:` ends with the process.
 * Throws `ConfigError` for a path or a database a person must mend; a full or failing disk rejects the one call it hits.
 */
export const openSqliteStore = (path: string, options: SqliteOptions = {}): Store => {
  const db = openDatabase(path, options.busyTimeoutMs ?? BUSY_TIMEOUT_MS)
  return {
    load: async (account, afterVersion) => load(db, account, afterVersion),
    pages: async (account, ids) => pages(db, account, ids),
    commit: async (commit) => db.write(() => apply(db, commit)),
    accounts: async () => db.all<{ id: AccountId }>('SELECT id FROM accounts ORDER BY id').map(({ id }) => id),
    claim: async (claim) => db.write(() => claimDue(db, claim)),
    settle: async (settlement) => db.write(() => settle(db, settlement)),
    nextDueAt: async () => db.get<{ at: Instant | null }>(NEXT_DUE)?.at ?? undefined,
    waiting: async (limit) => db.all<DeliveryRow>(WAITING, Math.max(0, limit)).map(toDelivery),
    states: async (ids) => states(db, ids),
    turn: async (channel, now, everyMs) => db.write(() => turn(db, channel, now, everyMs)),
    deliveries: async (filter) => deliveries(db, filter),
    redrive: async (id, now) => db.write(() => db.run(REDRIVE, now, now, id) === 1),
    quarantine: async (filter) => quarantine(db, filter),
    isQuarantined: async (id) => db.get('SELECT 1 FROM quarantine WHERE id = ?', id) !== undefined,
    close: async () => db.close(),
  }
}

type CheckpointRow = { readonly version: number; readonly log_start: number; readonly head: string }
const CHECKPOINT = 'SELECT version, log_start, head FROM checkpoints WHERE account = ?'

type HeadRow = { readonly version: number; readonly state: string }
const headOf = (db: Database, account: AccountId): HeadRow | undefined =>
  db.get<HeadRow>('SELECT version, state FROM accounts WHERE id = ?', account)

const load = (db: Database, account: AccountId, afterVersion: number): AccountDelta => {
  const head = headOf(db, account)
  if (!head) return { version: 0, facts: [], state: undefined }
  if (head.version === afterVersion) return { version: head.version, facts: [], state: decode(head.state) }
  return loadBehind(db, account, afterVersion)
}

/** One transaction, so that no commit slips in between its reads. */
const loadBehind = (db: Database, account: AccountId, afterVersion: number): AccountDelta =>
  db.read(() => {
    const head = headOf(db, account)
    if (!head) return { version: 0, facts: [], state: undefined }
    const latest = db.get<CheckpointRow>(CHECKPOINT, account)
    const checkpoint = latest && (afterVersion === 0 || afterVersion < latest.log_start) ? latest : undefined
    const rows = db.all<{ facts: string }>(
      'SELECT facts FROM commits WHERE account = ? AND version > ? ORDER BY version',
      account,
      checkpoint?.version ?? afterVersion,
    )
    return {
      version: head.version,
      ...(checkpoint && { checkpoint: { version: checkpoint.version, head: checkpoint.head } }),
      facts: rows.flatMap((row) => decode<readonly Fact[]>(row.facts)),
      state: decode<AccountState>(head.state),
    }
  })

const pages = (db: Database, account: AccountId, ids: readonly string[]): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  for (const id of ids) {
    const row = db.get<{ text: string }>('SELECT text FROM pages WHERE account = ? AND id = ?', account, id)
    if (row) found.set(id, row.text)
  }
  return found
}

const apply = (db: Database, commit: Commit): CommitResult => {
  const { account, baseVersion, marker, at } = commit
  const version = db.get<{ version: number }>('SELECT version FROM accounts WHERE id = ?', account)?.version ?? 0
  if (version !== baseVersion) return isApplied(db, commit) ? 'committed' : 'conflict'
  const next = baseVersion + 1
  db.run('INSERT INTO commits VALUES (?, ?, ?, ?, ?)', account, next, marker, at, encode(commit.facts))
  db.run(PUT_ACCOUNT, account, next, encode(commit.state))
  for (const row of commit.deliveries) {
    db.run(ADD_DELIVERY, row.id, row.account, row.createdAt, encode(row), freshState(row, at).dueAt)
  }
  for (const row of commit.quarantined) db.run(ADD_QUARANTINE, row.id, row.account, row.at, encode(row))
  if (commit.checkpoint) checkpoint(db, account, next, commit.checkpoint)
  return 'committed'
}

const PUT_CHECKPOINT = `INSERT INTO checkpoints VALUES (?1, ?2, ?3, ?4)
  ON CONFLICT (account) DO UPDATE SET version = ?2, log_start = ?3, head = ?4`

/** What the checkpoint before this one holds is no longer read from the log. */
const checkpoint = (db: Database, account: AccountId, version: number, made: NewCheckpoint): void => {
  const logStart = db.get<CheckpointRow>(CHECKPOINT, account)?.version ?? 0
  db.run(PUT_CHECKPOINT, account, version, logStart, made.head)
  for (const { id, text } of made.pages) db.run('INSERT INTO pages VALUES (?, ?, ?)', account, id, text)
  for (const id of made.dropped) db.run('DELETE FROM pages WHERE account = ? AND id = ?', account, id)
  db.run('DELETE FROM commits WHERE account = ? AND version <= ?', account, logStart)
}

/** Whether this very commit went through before and only its reply was lost. */
const isApplied = (db: Database, { account, baseVersion, marker }: Commit): boolean =>
  db.get('SELECT 1 FROM commits WHERE account = ? AND version = ? AND marker = ?', account, baseVersion + 1, marker) !==
  undefined

const PUT_ACCOUNT = `INSERT INTO accounts VALUES (?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state`
const ADD_DELIVERY = `INSERT INTO deliveries (id, account, created_at, delivery, status, attempts, due_at, ambiguous)
  VALUES (?, ?, ?, ?, 'pending', 0, ?, 0) ON CONFLICT (id) DO NOTHING`
const ADD_QUARANTINE = 'INSERT INTO quarantine VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING'

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

const claimDue = (db: Database, claim: Claim): readonly StoredDelivery[] => {
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

const SETTLE = `UPDATE deliveries SET status = ?, attempts = ?, due_at = ?, settled_at = ?, redriven_at = ?, note = ?,
  ambiguous = ?, lease_id = NULL, lease_until = NULL WHERE id = ? AND lease_id = ? AND status = 'pending'`

const settle = (db: Database, { id, leaseId, state }: Settlement): boolean => {
  const { status, attempts, dueAt, settledAt = null, redrivenAt = null, ambiguous } = state
  const note = state.note === undefined ? null : encode(state.note)
  return db.run(SETTLE, status, attempts, dueAt, settledAt, redrivenAt, note, ambiguous, id, leaseId) === 1
}

/** The count of ambiguous attempts and the last note stay: they are history, and explain copies a person may find. */
const REDRIVE = `UPDATE deliveries SET status = 'pending', attempts = 0, due_at = ?, redriven_at = ?, settled_at = NULL
  WHERE id = ? AND status = 'dead'`
const NEXT_DUE = `SELECT min(ready_at) AS at FROM deliveries INDEXED BY deliveries_ready WHERE status = 'pending'`

const WAITING = `SELECT * FROM deliveries INDEXED BY deliveries_due WHERE status = 'pending' ORDER BY due_at, id LIMIT ?`

const states = (db: Database, ids: readonly DeliveryId[]): ReadonlyMap<DeliveryId, DeliveryState> => {
  const found = new Map<DeliveryId, DeliveryState>()
  for (const id of ids) {
    const row = db.get<DeliveryRow>('SELECT * FROM deliveries WHERE id = ?', id)
    if (row) found.set(id, toState(row))
  }
  return found
}

const TAKE_TURN = 'INSERT INTO turns VALUES (?1, ?2) ON CONFLICT (channel) DO UPDATE SET next_at = ?2'

const turn = (db: Database, channel: string, now: Instant, everyMs: number): Instant => {
  const next = db.get<{ next_at: Instant }>('SELECT next_at FROM turns WHERE channel = ?', channel)
  const at = turnAt(now, next?.next_at)
  db.run(TAKE_TURN, channel, at + everyMs)
  return at
}

const deliveries = (db: Database, { account, status, since, limit }: DeliveryFilter): readonly StoredDelivery[] => {
  const filter = { 'account =': account, 'status =': status, 'created_at >=': since }
  const sql = `SELECT * FROM deliveries ${where(filter)} ORDER BY created_at DESC, id DESC LIMIT ?`
  return db.all<DeliveryRow>(sql, ...given(filter), Math.max(0, limit)).map(toDelivery)
}

const quarantine = (db: Database, { account, limit }: QuarantineFilter): readonly Quarantined[] => {
  const filter = { 'account =': account }
  const sql = `SELECT record FROM quarantine ${where(filter)} ORDER BY at DESC, id DESC LIMIT ?`
  const rows = db.all<{ record: string }>(sql, ...given(filter), Math.max(0, limit))
  return rows.map((row) => decode<Quarantined>(row.record))
}

/** Comparisons to the values asked for; the comparisons are ours, the values only ever bound. */
type Filter = Readonly<Record<string, string | number | undefined>>

const where = (filter: Filter): string => {
  const terms = Object.keys(filter).filter((term) => filter[term] !== undefined)
  return terms.length === 0 ? '' : `WHERE ${terms.map((term) => `${term} ?`).join(' AND ')}`
}

const given = (filter: Filter): readonly (string | number)[] =>
  Object.values(filter).filter((value) => value !== undefined)
