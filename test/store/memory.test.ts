/** The memory store keeps the contract; it is the oracle for the others. */

import { expect, test } from 'vitest'
import { openMemoryStore } from '../../functions/store/memory.ts'
import { storeContract } from '../contracts/store.contract.ts'
import { A, commit, EPISODES, state } from '../support/store-samples.ts'

storeContract('The memory store', async () => {
  const store = openMemoryStore()
  return { store, dispose: () => store.close() }
})

test('two memory stores share nothing', async () => {
  const [one, other] = [openMemoryStore(), openMemoryStore()]
  await one.commit(commit())
  expect((await other.load(A, 0)).version).toBe(0)
})

test('a state built on the one it handed out shares what did not change, so a long history costs no copy', async () => {
  const store = openMemoryStore()
  await store.commit(commit({ state: state(1, { episodes: EPISODES }) }))
  const before = (await store.load(A, 0)).state
  await store.commit(commit({ baseVersion: 1, state: state(2, { episodes: [...(before?.episodes ?? [])] }) }))
  expect((await store.load(A, 0)).state?.episodes[0]).toBe(before?.episodes[0])
})
