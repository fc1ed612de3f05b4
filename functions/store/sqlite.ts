/** The store in one SQLite file that several processes may share; a commit is one transaction. */

import type { Fact } from '../domain/facts.ts'
import { decode, encode } from '../domain/json.ts'
import type { AccountId } from '../domain/keys.ts'
import { type Database, openDatabase } from './sqlite-database.ts'
import { given, where } from './sqlite-filter.ts'
import {
  addDelivery,
  claimDue,
  deliveries,
  hasten,
  nextDueAt,
  redrive,
  settle,
  states,
  turn,
  waiting,
} from './sqlite-outbox.ts'
import type {
  AccountDelta,
  AccountState,
  Commit,
  CommitResult,
  NewCheckpoint,
  Quarantined,
  QuarantineFilter,
  Store,
} from './store.ts'

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
    hasten: async (hastening) => db.write(() => hasten(db, hastening)),
    nextDueAt: async () => nextDueAt(db),
    waiting: async (limit) => waiting(db, limit),
    states: async (ids) => states(db, ids),
    turn: async (channel, now, everyMs) => db.write(() => turn(db, channel, now, everyMs)),
    deliveries: async (filter) => deliveries(db, filter),
    redrive: async (id, now) => db.write(() => redrive(db, id, now)),
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
  for (const row of commit.deliveries) addDelivery(db, row, at)
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
const ADD_QUARANTINE = 'INSERT INTO quarantine VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING'

const quarantine = (db: Database, { account, limit }: QuarantineFilter): readonly Quarantined[] => {
  const filter = { 'account =': account }
  const sql = `SELECT record FROM quarantine ${where(filter)} ORDER BY at DESC, id DESC LIMIT ?`
  const rows = db.all<{ record: string }>(sql, ...given(filter), Math.max(0, limit))
  return rows.map((row) => decode<Quarantined>(row.record))
}
