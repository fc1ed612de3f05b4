/** SQLite meets paths, files and disks that are not as they should be, and says what to do. */

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigError } from '../../functions/domain/errors.ts'
import type { DeliveryId } from '../../functions/domain/keys.ts'
import { openSqliteStore } from '../../functions/store/sqlite.ts'
import { explained } from '../../functions/store/sqlite-errors.ts'
import { type Folder, newFolder } from '../support/store-files.ts'
import { ended, startOnSmallDisk } from '../support/store-processes.ts'
import { A, claim, commit, delivery, fact, final, idsOf, NOW, settle, stateOf } from '../support/store-samples.ts'
import { found, nth, wholeAt } from '../support/store-series.ts'

let folder: Folder
beforeEach(() => {
  folder = newFolder()
})
afterEach(() => folder.dispose())

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

/** What the third migration made, taken away again. */
const UNDO_THIRD = `DROP TABLE turns; DROP INDEX deliveries_due_by_channel; ALTER TABLE deliveries DROP COLUMN channel;
  ALTER TABLE deliveries DROP COLUMN redriven_at; ALTER TABLE deliveries DROP COLUMN channel_failed`

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : `no error but ${error}`)

describe('opening', () => {
  test('the folders of the path are created', async () => {
    const deep = join(folder.path, 'a', 'b', 'ledger.db')
    await openSqliteStore(deep).close()
    expect(existsSync(deep)).toBe(true)
  })

  test('the file keeps a write-ahead log and only strict tables', async () => {
    await openSqliteStore(folder.file).close()
    const db = new DatabaseSync(folder.file)
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
    const tables = db.prepare(`SELECT name, strict FROM pragma_table_list WHERE name NOT LIKE 'sqlite_%'`).all()
    db.close()
    expect(tables).toHaveLength(7)
    expect(tables.filter(({ strict }) => strict !== 1)).toEqual([])
  })

  test('a file of the present schema is opened without a change', async () => {
    await openSqliteStore(folder.file).close()
    const readOnly = new DatabaseSync(folder.file, { readOnly: true })
    const before = readOnly.prepare('PRAGMA schema_version').get()
    await openSqliteStore(folder.file).close()
    expect(readOnly.prepare('PRAGMA schema_version').get()).toEqual(before)
    expect(readOnly.prepare('PRAGMA user_version').get()).toEqual({ user_version: 3 })
    readOnly.close()
  })

  test('a file without checkpoints, as the first release wrote it, is brought up to date and keeps what it holds', async () => {
    const first = openSqliteStore(folder.file)
    await first.commit(commit({ facts: [fact('kept')] }))
    await first.close()
    const db = new DatabaseSync(folder.file)
    db.exec(`${UNDO_THIRD}; DROP TABLE checkpoints; DROP TABLE pages; PRAGMA user_version = 1`)
    db.close()
    const second = openSqliteStore(folder.file)
    expect(await second.load(A, 0)).toMatchObject({ version: 1, facts: [{ key: 'kept' }] })
    const checkpoint = { head: 'h', pages: [{ id: 'p', text: 'page' }], dropped: [] }
    expect(await second.commit(commit({ baseVersion: 1, checkpoint }))).toBe('committed')
    expect((await second.load(A, 0)).checkpoint).toEqual({ version: 2, head: 'h' })
    await second.close()
  })

  test('deliveries of a file of before are claimed by their channel and redriven', async () => {
    const first = openSqliteStore(folder.file)
    await first.commit(
      commit({ deliveries: [delivery('d1', { channel: 'chat' }), delivery('d2', { channel: 'mail' })] }),
    )
    await first.close()
    const db = new DatabaseSync(folder.file)
    db.exec(`${UNDO_THIRD}; PRAGMA user_version = 2`)
    db.close()
    const second = openSqliteStore(folder.file)
    expect(idsOf(await claim(second, 'L', NOW, 9, { channel: 'mail' }))).toEqual(['d2'])
    await settle(second, 'd2', 'L', final('dead'))
    expect(await second.redrive('d2' as DeliveryId, NOW + 3)).toBe(true)
    expect((await stateOf(second, 'd2'))?.redrivenAt).toBe(NOW + 3)
    await second.close()
  })

  test('a database of a newer program is refused, and left as it was', () => {
    const db = new DatabaseSync(folder.file)
    db.exec('PRAGMA user_version = 7')
    const error = thrownBy(() => openSqliteStore(folder.file))
    expect(error).toBeInstanceOf(ConfigError)
    expect(messageOf(error)).toBe(
      `${folder.file}: the database has schema version 7, and this program knows up to 3. Run the newer program, or point STORE at another path.`,
    )
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 7 })
    expect(db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()).toEqual({ tables: 0 })
    db.close()
  })

  test('a folder in place of the file is named', () => {
    mkdirSync(folder.file)
    const error = thrownBy(() => openSqliteStore(folder.file))
    expect(error).toBeInstanceOf(ConfigError)
    expect(messageOf(error)).toContain(`${folder.file}: the database cannot be opened.`)
  })

  test('a file in place of a folder is named', () => {
    writeFileSync(folder.file, 'a file')
    const below = join(folder.file, 'ledger.db')
    const error = thrownBy(() => openSqliteStore(below))
    expect(error).toBeInstanceOf(ConfigError)
    expect(messageOf(error)).toContain(`${below}: its folder cannot be created`)
  })

  test('a file that is no database is named and left alone', () => {
    writeFileSync(folder.file, 'Dear diary, '.repeat(100))
    const error = thrownBy(() => openSqliteStore(folder.file))
    expect(error).toBeInstanceOf(ConfigError)
    expect(messageOf(error)).toContain(`${folder.file}: this file is no SQLite database.`)
  })

  test('closing twice is no error', async () => {
    const store = openSqliteStore(folder.file)
    await store.close()
    await expect(store.close()).resolves.toBeUndefined()
  })
})

describe('running', () => {
  test('a lock held too long rejects the commit, keeps nothing of it, and is over when the holder lets go', async () => {
    const store = openSqliteStore(folder.file, { busyTimeoutMs: 1 })
    const holder = new DatabaseSync(folder.file)
    holder.exec('BEGIN IMMEDIATE')
    await expect(store.commit(commit())).rejects.toThrow(
      `${folder.file}: another process has kept the database locked for too long.`,
    )
    expect((await store.load(A, 0)).version).toBe(0)
    holder.exec('ROLLBACK')
    expect(await store.commit(commit())).toBe('committed')
    holder.close()
    await store.close()
  })

  test('a reader is not held up by a writer, and sees the version before it', async () => {
    const store = openSqliteStore(folder.file, { busyTimeoutMs: 1 })
    await store.commit(commit({ facts: [fact('f')] }))
    const writer = new DatabaseSync(folder.file)
    writer.exec('BEGIN IMMEDIATE; UPDATE accounts SET version = 9')
    expect((await store.load(A, 0)).version).toBe(1)
    writer.exec('ROLLBACK')
    writer.close()
    await store.close()
  })

  test('a commit that fails half-way is undone, and the store goes on', async () => {
    const store = openSqliteStore(folder.file)
    const broken = commit({
      facts: [fact('f')],
      quarantined: [{ ...(nth(1).quarantined[0] ?? {}), at: 'soon' } as never],
    })
    await expect(store.commit(broken)).rejects.toThrow('quarantine.at')
    expect(await store.load(A, 0)).toEqual({ version: 0, facts: [], state: undefined })
    expect(await store.commit(nth(1))).toBe('committed')
    expect(await found(store)).toEqual(wholeAt(1))
    await store.close()
  })

  test('a disk without room ends in one clear error; what was promised is whole, and room lets it go on', async () => {
    const child = startOnSmallDisk('endless', { file: folder.file }, 800)
    const { code, lines, errors } = await ended(child)
    expect(code).toBe(3)
    expect(errors).toMatch(/: the disk (is full|failed to read or write)\. Nothing of this step was kept/)
    expect(errors).toContain(`${folder.file}: `)
    expect(errors.trim().split('\n')).toHaveLength(1)
    const version = lines.length
    expect(version).toBeGreaterThan(0)
    const store = openSqliteStore(folder.file)
    expect(await found(store)).toEqual(wholeAt(version))
    expect(await store.commit(nth(version + 1))).toBe('committed')
    await store.close()
  })
})

describe('explaining SQLite’s own errors', () => {
  const PATH = '/data/ledger.db'

  test('a full database is a full disk, and no setting a person got wrong', () => {
    const db = new DatabaseSync(':memory:')
    db.exec('PRAGMA max_page_count = 4; CREATE TABLE t (text)')
    const fill = db.prepare('INSERT INTO t VALUES (?)')
    const error = explained(
      PATH,
      thrownBy(() => fill.run('secret '.repeat(10_000))),
    )
    expect(messageOf(error)).toContain(`${PATH}: the disk is full.`)
    expect(messageOf(error)).not.toContain('secret')
    expect(error).not.toBeInstanceOf(ConfigError)
    db.close()
  })

  test('a read-only database names the right to write', () => {
    new DatabaseSync(folder.file).close()
    const db = new DatabaseSync(folder.file, { readOnly: true })
    const error = explained(
      PATH,
      thrownBy(() => db.exec('PRAGMA user_version = 5')),
    )
    expect(error).toBeInstanceOf(ConfigError)
    expect(messageOf(error)).toContain(`${PATH}: the database is read-only.`)
    db.close()
  })

  test('the first error is kept as the cause', () => {
    const first = thrownBy(() => new DatabaseSync(folder.path))
    expect(explained(PATH, first)).toMatchObject({ cause: first })
  })

  test('an error that is a bug of ours is passed on untouched', () => {
    const db = new DatabaseSync(':memory:')
    const bug = thrownBy(() => db.exec('SELECT nonsense'))
    expect(explained(PATH, bug)).toBe(bug)
    expect(explained(PATH, 'text')).toBe('text')
    db.close()
  })
})
