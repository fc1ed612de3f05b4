/** A store in one SQLite file: local runs, the CLI, one-machine installs. WAL, one immediate transaction per commit. */

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { DeliveryState, StoredDelivery } from '../domain/alerts.ts'
import type { Fact } from '../domain/facts.ts'
import { decode, encode } from '../domain/json.ts'
import type { AccountId } from '../domain/keys.ts'
import { migrate } from './migrations.ts'
import type { AccountState, Commit, Quarantined, Store } from './store.ts'

/** How long a writer waits for another process's commit. */
const BUSY_MS = 10_000

type Row = Readonly<Record<string, string | number | null>>

/** Opens or creates the database; throws an Error that names the path and the mend when it cannot. */
export const openSqliteStore = (path: string): Store => {
  const db = openDatabase(path)
  const cache = new Map<string, StatementSync>()
  const sql = (text: string): StatementSync => {
    const statement = cache.get(text) ?? db.prepare(text)
    cache.set(text, statement)
    return statement
  }
  const all = (text: string, ...values: (string | number | null)[]): readonly Row[] => sql(text).all(...values) as Row[]
  /** `BEGIN IMMEDIATE`: a plain BEGIN that upgrades later fails under contention whatever the timeout. */
  const write = <Result>(body: () => Result): Result => {
    db.exec('BEGIN IMMEDIATE')
    try {
      const result = body()
      db.exec('COMMIT')
      return result
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw readable(error, path)
    }
  }
  const read = <Result>(body: () => Result): Result => {
    db.exec('BEGIN')
    try {
      return body()
    } finally {
      if (db.isTransaction) db.exec('COMMIT')
    }
  }
  const head = (account: AccountId): Row | undefined =>
    all('SELECT version, marker, state FROM accounts WHERE account = ?', account)[0]

  return {
    load: async (account, afterVersion) => {
      const now = head(account)
      if (!now) return { version: 0, facts: [], state: undefined }
      if (now['version'] === afterVersion)
        return { version: afterVersion, facts: [], state: decode<AccountState>(String(now['state'])) }
      return read(() => {
        const row = head(account)
        const facts = all(
          'SELECT body FROM facts WHERE account = ? AND version > ? ORDER BY version, seq',
          account,
          afterVersion,
        )
        return {
          version: Number(row?.['version']),
          facts: facts.map((fact) => decode<Fact>(String(fact['body']))),
          state: decode<AccountState>(String(row?.['state'])),
        }
      })
    },
    commit: async (commit) =>
      write(() => {
        const row = head(commit.account)
        const version = Number(row?.['version'] ?? 0)
        if (version === commit.baseVersion + 1 && row?.['marker'] === commit.marker) return 'committed'
        if (version !== commit.baseVersion) return 'conflict'
        insert(sql, commit)
        return 'committed'
      }),
    accounts: async () =>
      all('SELECT account FROM accounts ORDER BY account').map((row) => String(row['account']) as AccountId),
    claim: async ({ now, leaseId, leaseMs, limit }) =>
      write(() => {
        const due = all(
          "SELECT id FROM deliveries WHERE status = 'pending' AND due_at <= ? AND (lease_until IS NULL OR lease_until <= ?) ORDER BY due_at, id LIMIT ?",
          now,
          now,
          limit,
        )
        return due.map(({ id }) => {
          sql('UPDATE deliveries SET lease_id = ?, lease_until = ? WHERE id = ?').run(leaseId, now + leaseMs, id ?? '')
          return storedDelivery(sql('SELECT * FROM deliveries WHERE id = ?').get(id ?? '') as Row)
        })
      }),
    settle: async ({ id, leaseId, state }) =>
      write(() => {
        const result = sql(
          "UPDATE deliveries SET status = ?, attempts = ?, due_at = ?, settled_at = ?, note = ?, ambiguous = ?, lease_id = NULL, lease_until = NULL WHERE id = ? AND lease_id = ? AND status = 'pending'",
        ).run(
          state.status,
          state.attempts,
          state.dueAt,
          state.settledAt ?? null,
          state.note ?? null,
          state.ambiguous,
          id,
          leaseId,
        )
        return Number(result.changes) === 1
      }),
    nextDueAt: async () => {
      const at = all(
        "SELECT MIN(MAX(due_at, COALESCE(lease_until, 0))) AS at FROM deliveries WHERE status = 'pending'",
      )[0]?.['at']
      return typeof at === 'number' ? at : undefined
    },
    deliveries: async ({ account, status, limit }) =>
      all(
        'SELECT * FROM deliveries WHERE (?1 IS NULL OR account = ?1) AND (?2 IS NULL OR status = ?2) ORDER BY created_at DESC, id LIMIT ?3',
        account ?? null,
        status ?? null,
        limit,
      ).map(storedDelivery),
    redrive: async (id, now) =>
      write(
        () =>
          Number(
            sql(
              "UPDATE deliveries SET status = 'pending', attempts = 0, due_at = ?, settled_at = NULL, note = NULL, lease_id = NULL, lease_until = NULL WHERE id = ? AND status = 'dead'",
            ).run(now, id).changes,
          ) === 1,
      ),
    quarantine: async ({ account, limit }) =>
      all(
        'SELECT body FROM quarantine WHERE (?1 IS NULL OR account = ?1) ORDER BY at DESC, id LIMIT ?2',
        account ?? null,
        limit,
      ).map((row) => decode<Quarantined>(String(row['body']))),
    isQuarantined: async (id) => all('SELECT 1 AS found FROM quarantine WHERE id = ?', id).length > 0,
    close: async () => db.close(),
  }
}

const insert = (sql: (text: string) => StatementSync, commit: Commit): void => {
  const version = commit.baseVersion + 1
  sql(
    'INSERT INTO accounts (account, version, marker, state) VALUES (?, ?, ?, ?) ON CONFLICT (account) DO UPDATE SET version = excluded.version, marker = excluded.marker, state = excluded.state',
  ).run(commit.account, version, commit.marker, encode(commit.state))
  for (const [seq, fact] of commit.facts.entries()) {
    sql('INSERT INTO facts (account, version, seq, body) VALUES (?, ?, ?, ?)').run(
      commit.account,
      version,
      seq,
      encode(fact),
    )
  }
  for (const { message, ...delivery } of commit.deliveries) {
    sql(
      "INSERT INTO deliveries (id, account, channel, recipient, message, created_at, status, attempts, due_at, ambiguous) VALUES (?, ?, ?, ?, ?, ?, 'pending', 0, ?, 0) ON CONFLICT (id) DO NOTHING",
    ).run(
      delivery.id,
      delivery.account,
      delivery.channel,
      delivery.recipient,
      encode(message),
      delivery.createdAt,
      commit.at,
    )
  }
  for (const entry of commit.quarantined) {
    sql('INSERT INTO quarantine (id, account, at, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING').run(
      entry.id,
      entry.account,
      entry.at,
      encode(entry),
    )
  }
}

const storedDelivery = (row: Row): StoredDelivery => ({
  id: row['id'] as StoredDelivery['id'],
  account: row['account'] as AccountId,
  channel: String(row['channel']),
  recipient: String(row['recipient']),
  message: decode(String(row['message'])),
  createdAt: Number(row['created_at']),
  state: {
    status: row['status'] as DeliveryState['status'],
    attempts: Number(row['attempts']),
    dueAt: Number(row['due_at']),
    ...(row['lease_id'] === null ? {} : { lease: { id: String(row['lease_id']), until: Number(row['lease_until']) } }),
    ...(row['settled_at'] === null ? {} : { settledAt: Number(row['settled_at']) }),
    ...(row['note'] === null ? {} : { note: String(row['note']) }),
    ambiguous: Number(row['ambiguous']),
  },
})

const openDatabase = (path: string): DatabaseSync => {
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
    const db = new DatabaseSync(path, { timeout: BUSY_MS })
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;')
    migrate(db)
    return db
  } catch (error) {
    throw readable(error, path)
  }
}

/** SQLite's own words are for programmers; a person needs the file and what to do. */
const readable = (error: unknown, path: string): unknown => {
  const code = (error as { errcode?: number }).errcode
  const mend =
    code === 13
      ? 'the disk is full: free some space, then start again'
      : code === 8 || code === 14
        ? 'it cannot be opened for writing: check the path and its rights, or set STORE'
        : undefined
  return mend ? new Error(`STORE ${path}: ${mend}.`, { cause: error }) : error
}
