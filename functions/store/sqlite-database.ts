/** One SQLite file held open: write-ahead log, full durability, cached statements, errors that say what to do. */

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { migrate } from './migrations.ts'
import { explained } from './sqlite-errors.ts'

/** `Row` is what the caller knows the statement to return. */
export type Database = {
  readonly all: <Row>(sql: string, ...values: readonly SQLInputValue[]) => readonly Row[]
  readonly get: <Row>(sql: string, ...values: readonly SQLInputValue[]) => Row | undefined
  /** Returns the number of rows changed. */
  readonly run: (sql: string, ...values: readonly SQLInputValue[]) => number
  /** Runs `work` in one transaction that holds the write lock from its start; whatever it throws undoes it all. */
  readonly write: <T>(work: () => T) => T
  /** Runs `work` in one transaction that sees one moment of the file. */
  readonly read: <T>(work: () => T) => T
  /** Closing twice is no error. */
  readonly close: () => void
}

/**
 * Opens or creates the file and its folders, and brings its schema up to date.
 * A writer waits up to `busyTimeoutMs` for another process. Throws `ConfigError` where a person must mend path or rights.
 */
export const openDatabase = (path: string, busyTimeoutMs: number): Database => {
  const db = clear(path, () => connect(path, busyTimeoutMs))
  const statements = new Map<string, StatementSync>()
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql)
    if (known) return known
    const statement = db.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
  return {
    all: <Row>(sql: string, ...values: readonly SQLInputValue[]) =>
      clear(path, () => prepared(sql).all(...values) as Row[]),
    get: <Row>(sql: string, ...values: readonly SQLInputValue[]) =>
      clear(path, () => prepared(sql).get(...values) as Row | undefined),
    run: (sql, ...values) => clear(path, () => Number(prepared(sql).run(...values).changes)),
    write: (work) => clear(path, () => transact(db, 'BEGIN IMMEDIATE', work)),
    read: (work) => clear(path, () => transact(db, 'BEGIN', work)),
    close: () => {
      if (db.isOpen) db.close()
    },
  }
}

const connect = (path: string, busyTimeoutMs: number): DatabaseSync => {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
  const db = new DatabaseSync(path, { timeout: busyTimeoutMs })
  try {
    useLog(db)
    db.exec('PRAGMA synchronous = FULL')
    migrate(db, path)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Switches of a new file that may be met on the way: one suffices unless the file is replaced meanwhile. */
const SWITCHES_MAX = 10
const SQLITE_BUSY = 5

/** SQLite never waits for another process that switches the same new file: wait for its lock in a transaction, then ask again. */
const useLog = (db: DatabaseSync): void => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      db.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      const isBusy = error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
      if (!isBusy || attempt === SWITCHES_MAX) throw error
      db.exec('BEGIN IMMEDIATE')
      db.exec('ROLLBACK')
    }
  }
}

/** A writer's plain BEGIN would take the lock at the first write, where waiting for it is impossible: most writers would fail. */
const transact = <T>(db: DatabaseSync, begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => T): T => {
  db.exec(begin)
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

const clear = <T>(path: string, work: () => T): T => {
  try {
    return work()
  } catch (error) {
    throw explained(path, error)
  }
}
