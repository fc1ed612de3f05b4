/** The store's contract: what was promised still holds later, after a restart where the store survives one. */

import { expect, test } from 'vitest'
import type { Store } from '../../functions/store/store.ts'
import {
  A,
  claim,
  commit,
  delivery,
  fact,
  final,
  idsOf,
  LEASE,
  NOW,
  quarantined,
  settle,
  state,
  stateOf,
} from './store-samples.ts'

const first = commit({
  facts: [fact('f1'), fact('f2')],
  deliveries: [delivery('d1'), delivery('d2')],
  quarantined: [quarantined('q')],
})

/** `later` is the same store after a restart, or without one where nothing outlives the process. */
export const durableCases = (store: () => Store, later: () => Promise<Store>): void => {
  test('facts, state and version hold', async () => {
    await store().commit(first)
    expect(await (await later()).load(A, 0)).toEqual({ version: 1, facts: [fact('f1'), fact('f2')], state: state(1) })
  })

  test('a lost reply can still be read back', async () => {
    await store().commit(first)
    const again = await later()
    expect(await again.commit(first)).toBe('committed')
    expect((await again.load(A, 0)).version).toBe(1)
  })

  test('commits go on where they stopped', async () => {
    await store().commit(first)
    const again = await later()
    expect(await again.commit(commit({ marker: 'stale' }))).toBe('conflict')
    expect(await again.commit(commit({ baseVersion: 1 }))).toBe('committed')
  })

  test('a lease and its holder hold', async () => {
    await store().commit(first)
    await claim(store(), 'L', NOW, 1)
    const again = await later()
    expect(idsOf(await claim(again, 'M', NOW + LEASE - 1))).toEqual(['d2'])
    expect(await settle(again, 'd1', 'L', final('sent'))).toBe(true)
  })

  test('what was sent is not sent again', async () => {
    await store().commit(first)
    await claim(store(), 'L')
    await settle(store(), 'd1', 'L', final('sent'))
    const again = await later()
    expect(await stateOf(again, 'd1')).toEqual(final('sent'))
    expect(idsOf(await claim(again, 'M', NOW + LEASE))).toEqual(['d2'])
  })

  test('the quarantine holds', async () => {
    await store().commit(first)
    const again = await later()
    expect(await again.isQuarantined('q')).toBe(true)
    expect(await again.quarantine({ limit: 10 })).toEqual([quarantined('q')])
  })
}
