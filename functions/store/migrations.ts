/** The SQLite schema as numbered steps, forward only; a step that was released is never edited. */

import type { DatabaseSync } from 'node:sqlite'
import { ConfigError } from '../domain/errors.ts'

/**
 * Instants are REAL: exact to the millisecond for 280,000 years, and a fraction from a jittered wait is no reason to
 * lose a settlement. A lease is given to what is due, so it ends later than that. Notes are JSON text, since SQLite
 * would alter half a surrogate pair.
 */
const FIRST = `
CREATE TABLE accounts (
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE commits (
  account TEXT NOT NULL,
  version INTEGER NOT NULL,
  marker TEXT NOT NULL,
  at REAL NOT NULL,
  facts TEXT NOT NULL,
  PRIMARY KEY (account, version)
) STRICT;

CREATE TABLE deliveries (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  created_at REAL NOT NULL,
  delivery TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'sent', 'dead')),
  attempts INTEGER NOT NULL,
  due_at REAL NOT NULL,
  lease_id TEXT,
  lease_until REAL,
  settled_at REAL,
  note TEXT,
  ambiguous INTEGER NOT NULL,
  ready_at REAL GENERATED ALWAYS AS (coalesce(lease_until, due_at)) VIRTUAL
) STRICT;
CREATE INDEX deliveries_due ON deliveries (due_at, id) WHERE status = 'pending';
CREATE INDEX deliveries_ready ON deliveries (ready_at) WHERE status = 'pending';
CREATE INDEX deliveries_newest ON deliveries (created_at, id);
CREATE INDEX deliveries_by_account ON deliveries (account, created_at, id);
CREATE INDEX deliveries_by_status ON deliveries (status, created_at, id);

CREATE TABLE quarantine (
  id TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  at REAL NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX quarantine_newest ON quarantine (at, id);
CREATE INDEX quarantine_by_account ON quarantine (account, at, id);
`

/** A checkpoint's texts; `log_start` is the version of the checkpoint before it. */
const SECOND = `
CREATE TABLE checkpoints (
  account TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  log_start INTEGER NOT NULL,
  head TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pages (
  account TEXT NOT NULL,
  id TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (account, id)
) STRICT;
`

/** A channel is read from the delivery itself, so that rows of before have theirs; turns are those of channels that take a message every so often. */
const THIRD = `
ALTER TABLE deliveries ADD COLUMN redriven_at REAL;
ALTER TABLE deliveries ADD COLUMN channel_failed INTEGER;
ALTER TABLE deliveries ADD COLUMN channel TEXT GENERATED ALWAYS AS (delivery ->> '$.channel') VIRTUAL;
CREATE TABLE turns (
  channel TEXT PRIMARY KEY,
  next_at REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_due_by_channel ON deliveries (channel, due_at, id) WHERE status = 'pending';
`

/** Step n leads from version n to n + 1; the version reached is the file's `user_version`. */
const MIGRATIONS: readonly string[] = [FIRST, SECOND, THIRD]

/**
 * Brings the database to the present schema; safe while other processes do the same.
 * Throws `ConfigError` for a database that a newer program wrote. `path` is only for that message.
 */
export const migrate = (db: DatabaseSync, path: string): void => {
  if (versionOf(db) === MIGRATIONS.length) return
  db.exec('BEGIN IMMEDIATE')
  try {
    const version = versionOf(db)
    if (version > MIGRATIONS.length) throw tooNew(path, version)
    for (const step of MIGRATIONS.slice(version)) db.exec(step)
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length}`)
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

const versionOf = (db: DatabaseSync): number => Number(db.prepare('PRAGMA user_version').get()?.['user_version'])

const tooNew = (path: string, version: number): ConfigError =>
  new ConfigError(
    `${path}: the database has schema version ${version}, and this program knows up to ${MIGRATIONS.length}. Run the newer program, or point STORE at another path.`,
  )
