/** The SQLite schema, numbered and forward only; the version stands in `user_version`. */

import type { DatabaseSync } from 'node:sqlite'

const MIGRATIONS: readonly string[] = [
  `CREATE TABLE accounts (account TEXT PRIMARY KEY, version INTEGER NOT NULL, marker TEXT NOT NULL, state TEXT NOT NULL) STRICT;
   CREATE TABLE facts (account TEXT NOT NULL, version INTEGER NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account, version, seq)) STRICT, WITHOUT ROWID;
   CREATE TABLE deliveries (id TEXT PRIMARY KEY, account TEXT NOT NULL, channel TEXT NOT NULL, recipient TEXT NOT NULL, message TEXT NOT NULL,
     created_at INTEGER NOT NULL, status TEXT NOT NULL, attempts INTEGER NOT NULL, due_at INTEGER NOT NULL, lease_id TEXT, lease_until INTEGER,
     settled_at INTEGER, note TEXT, ambiguous INTEGER NOT NULL) STRICT;
   CREATE INDEX deliveries_due ON deliveries (status, due_at, id);
   CREATE INDEX deliveries_created ON deliveries (created_at);
   CREATE TABLE quarantine (id TEXT PRIMARY KEY, account TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
   CREATE INDEX quarantine_at ON quarantine (at);`,
]

/** Brings a database up to date in one transaction each; refuses one that a newer version wrote. */
export const migrate = (db: DatabaseSync): void => {
  const current = Number((db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version)
  if (current > MIGRATIONS.length)
    throw new Error(
      `The database is of version ${current}, newer than this program (${MIGRATIONS.length}): upgrade Drawdown, or choose another STORE.`,
    )
  for (let version = current; version < MIGRATIONS.length; version += 1) {
    db.exec('BEGIN IMMEDIATE')
    const now = Number((db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version)
    if (now === version) db.exec(`${MIGRATIONS[version]} PRAGMA user_version = ${version + 1}`)
    db.exec('COMMIT')
  }
}
