/** What SQLite's and the disk's errors mean for the person who runs this. */

import { ConfigError, UnavailableError } from '../domain/errors.ts'

/** Primary result codes: https://www.sqlite.org/rescode.html */
const BY_DISK: Readonly<Record<number, string>> = {
  5: 'another process has kept the database locked for too long. It will be tried again; if this goes on, end the process that holds the file.',
  10: 'the disk failed to read or write. Nothing of this step was kept; check the disk, its quota and its free space.',
  11: 'the database is damaged. Stop the service, keep a copy of the file, and restore a backup.',
  13: 'the disk is full. Nothing of this step was kept; free some space and it goes on by itself.',
}

/** Those that only another path or other rights can mend. */
const BY_SETTING: Readonly<Record<number, string>> = {
  3: 'the database may not be accessed. Give this user the right to read and write the file and its folder.',
  8: 'the database is read-only. Give this user the right to write the file and its folder, or point STORE at another path.',
  14: 'the database cannot be opened. STORE must name a file, not a folder, that this user may read and write.',
  26: 'this file is no SQLite database. Point STORE at another path, or move the file away.',
}

/**
 * The same error with the path and what to do about it; one that nobody outside the code can mend is returned as it is.
 * Never repeats a statement or a value.
 */
export const explained = (path: string, error: unknown): unknown => {
  if (!(error instanceof Error)) return error
  if ('errcode' in error && typeof error.errcode === 'number') return fromSqlite(path, error, error.errcode & 0xff)
  if ('syscall' in error && error.syscall === 'mkdir' && 'code' in error) {
    const mend = 'Point STORE at a path whose folder this user may create.'
    return new ConfigError(`${path}: its folder cannot be created (${error.code}). ${mend}`, { cause: error })
  }
  return error
}

const fromSqlite = (path: string, error: Error, code: number): Error => {
  const byDisk = BY_DISK[code]
  if (byDisk) return new UnavailableError(`${path}: ${byDisk}`, { cause: error })
  const bySetting = BY_SETTING[code]
  return bySetting ? new ConfigError(`${path}: ${bySetting}`, { cause: error }) : error
}
