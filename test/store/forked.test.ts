/** The SQLite store keeps the contract when every call is made by another of four processes on one file. */

import { afterAll, expect, onTestFinished, test } from 'vitest'
import { storeContract } from '../contracts/store.contract.ts'
import { newFolder } from '../support/store-files.ts'
import { startForks } from '../support/store-forked.ts'

const forks = startForks()
afterAll(async () => {
  expect(await forks.end()).toEqual([0, 0, 0, 0])
})

storeContract('SQLite in four processes on one file', async () => {
  const folder = newFolder()
  const store = await forks.open(folder.file)
  let last = store
  const reopen = async () => {
    await last.close()
    last = await forks.open(folder.file)
    return last
  }
  const dispose = async () => {
    await last.close()
    folder.dispose()
  }
  return { store, reopen, dispose }
})

test('control: four processes other than this one shared the calls evenly', () => {
  expect(new Set([...forks.pids, process.pid]).size).toBe(5)
  const [least = 0, ...others] = forks.shares().toSorted((a, b) => a - b)
  expect(least).toBeGreaterThan(100)
  expect(Math.max(...others) - least).toBeLessThanOrEqual(1)
})

/** Enough that two processes which hinder each other do so at least once. */
const NEW_FILES = 60

test('four processes that open a new file at the same moment all get in', async () => {
  const folder = newFolder()
  onTestFinished(folder.dispose)
  for (let file = 0; file < NEW_FILES; file += 1) {
    const store = await forks.openAtOnce(`${folder.path}/${file}.db`)
    expect(await Promise.all([1, 2, 3, 4].map(() => store.accounts()))).toEqual([[], [], [], []])
    await store.close()
  }
})
