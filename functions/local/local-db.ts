/** The SQLite file of one machine's mailbox and chat; what is written is on disk before anybody is told so. */

import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'

const BUSY_MS = 5_000

/** Names content: a copy that is the same to the byte, Message-ID and all, is the same mail delivered once more. */
export const digestOf = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

/** Opens or creates the file (`:memory:` for none) and its tables; several holders may have it open at once. */
export const openLocalDb = (path: string): DatabaseSync => {
  const db = new DatabaseSync(path)
  db.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;`)
  db.exec(`
    CREATE TABLE IF NOT EXISTS mail (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      recipient TEXT NOT NULL,
      subject TEXT NOT NULL,
      text TEXT NOT NULL,
      raw BLOB NOT NULL,
      digest TEXT NOT NULL,
      copies INTEGER NOT NULL DEFAULT 1,
      UNIQUE (recipient, digest)
    ) STRICT;
    CREATE INDEX IF NOT EXISTS mail_newest ON mail (at DESC, id DESC);
    CREATE TABLE IF NOT EXISTS chat (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      channel TEXT NOT NULL,
      body TEXT NOT NULL,
      digest TEXT NOT NULL,
      copies INTEGER NOT NULL DEFAULT 1,
      UNIQUE (channel, digest)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  `)
  return db
}
