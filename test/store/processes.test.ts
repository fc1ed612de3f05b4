/** Several processes share one SQLite file, and some of them are killed. */

import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqliteStore } from '../../functions/store/sqlite.ts'
import { type Folder, newFolder } from '../support/store-files.ts'
import { type Ended, ended, type ScriptName, start } from '../support/store-processes.ts'
import { A, commit, delivery, final } from '../support/store-samples.ts'
import { found, wholeAt } from '../support/store-series.ts'

const PROCESSES = ['p1', 'p2', 'p3', 'p4']
const LIMIT_MS = 60_000

let folder: Folder
beforeEach(() => {
  folder = newFolder()
})
afterEach(() => folder.dispose())

const together = (script: ScriptName, input: object = {}): Promise<readonly Ended[]> =>
  Promise.all(PROCESSES.map((name) => ended(start(script, { file: folder.file, name, ...input }))))

test('four processes that write one account lose no update and meet no error', { timeout: LIMIT_MS }, async () => {
  const results = await together('writer', { rounds: 50 })
  expect(results.map(({ code, errors }) => ({ code, errors }))).toEqual(PROCESSES.map(() => ({ code: 0, errors: '' })))
  const store = openSqliteStore(folder.file)
  const { version, state, facts } = await store.load(A, 0)
  expect(version).toBe(200)
  expect(state?.rejected[0]?.count).toBe(200)
  expect(new Set(facts.map(({ key }) => key)).size).toBe(200)
  expect(facts).toHaveLength(200)
  expect(await store.deliveries({ limit: 1_000 })).toHaveLength(200)
  await store.close()
  // A control: had they not met, the test would say nothing.
  expect(results.reduce((sum, { lines }) => sum + Number(lines[0]), 0)).toBeGreaterThan(0)
})

test('four processes that drain one outbox send every delivery once', { timeout: LIMIT_MS }, async () => {
  const ids = Array.from({ length: 120 }, (_, n) => `d${n + 100}`)
  const store = openSqliteStore(folder.file)
  await store.commit(commit({ deliveries: ids.map((id) => delivery(id)) }))
  const results = await together('claimer')
  expect(results.map(({ code, errors }) => ({ code, errors }))).toEqual(PROCESSES.map(() => ({ code: 0, errors: '' })))
  expect(results.flatMap(({ lines }) => lines).toSorted()).toEqual(ids)
  for (const row of await store.deliveries({ limit: 1_000 })) {
    expect(row.state).toEqual(final('sent', { note: expect.stringMatching(/^p[1-4]$/) }))
  }
  await store.close()
})

/** Commits to wait for before each kill; 0 kills the process while it starts, or in the middle of its first. */
const KILLED_AFTER = [1, 0, 2, 3, 7, 20, 5, 11, 40, 1, 17, 29]

test('a process killed at any moment leaves whole versions, and none it promised is missing', {
  timeout: LIMIT_MS,
}, async () => {
  let version = 0
  for (const commits of KILLED_AFTER) {
    const promised = await killedAfter(commits)
    const store = openSqliteStore(folder.file)
    const left = await found(store)
    await store.close()
    expect(left).toEqual(wholeAt(left.version))
    expect(left.version).toBeGreaterThanOrEqual(Math.max(version, promised))
    version = left.version
  }
  expect(version).toBeGreaterThanOrEqual(136)
  const db = new DatabaseSync(folder.file)
  expect(db.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
  db.close()
})

/** Starts the endless writer, kills it once it has said so many commits, and returns the last version it said. */
const killedAfter = async (commits: number): Promise<number> => {
  const child = start('endless', { file: folder.file })
  let said = 0
  const kill = () => child.kill('SIGKILL')
  if (commits === 0) child.once('spawn', kill)
  const { signal, lines, errors } = await ended(child, () => {
    said += 1
    if (said === commits) kill()
  })
  expect({ signal, errors }).toEqual({ signal: 'SIGKILL', errors: '' })
  return Number(lines.at(-1) ?? 0)
}
