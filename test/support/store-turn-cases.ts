/** The store's contract: a channel that takes a message every so often gives each sender a turn of its own. */

import { expect, test } from 'vitest'
import type { Instant } from '../../functions/domain/time.ts'
import type { Store } from '../../functions/store/store.ts'
import { NOW } from './store-samples.ts'

const turn = (store: Store, now: Instant, channel = 'ops-chat'): Promise<Instant> => store.turn(channel, now, 1_000)

export const turnCases = (store: () => Store): void => {
  test('the first comes at once', async () => {
    expect(await turn(store(), NOW)).toBe(NOW)
  })

  test('others at the same moment come one after the other', async () => {
    expect([await turn(store(), NOW), await turn(store(), NOW), await turn(store(), NOW)]).toEqual([
      NOW,
      NOW + 1_000,
      NOW + 2_000,
    ])
  })

  test('whoever comes after the next free turn does not wait, and none is saved up', async () => {
    await turn(store(), NOW)
    expect(await turn(store(), NOW + 5_000.5)).toBe(NOW + 5_000.5)
    expect(await turn(store(), NOW + 5_001)).toBe(NOW + 6_000.5)
  })

  test('channels have turns of their own', async () => {
    await turn(store(), NOW)
    expect(await turn(store(), NOW, 'dev-slack')).toBe(NOW)
  })

  test('each may ask for another distance', async () => {
    expect(await store().turn('ops-chat', NOW, 250)).toBe(NOW)
    expect(await store().turn('ops-chat', NOW, 4_000)).toBe(NOW + 250)
    expect(await turn(store(), NOW)).toBe(NOW + 4_250)
  })

  test('a clock that was an hour ahead stops nobody for an hour', async () => {
    await turn(store(), NOW + 3_600_000)
    expect(await turn(store(), NOW)).toBe(NOW)
    expect(await turn(store(), NOW)).toBe(NOW + 1_000)
  })

  test('a clock that is behind waits for the others', async () => {
    await turn(store(), NOW)
    expect(await turn(store(), NOW - 30_000)).toBe(NOW + 1_000)
  })

  test('twelve senders at once get twelve turns', async () => {
    const turns = await Promise.all(Array.from({ length: 12 }, () => turn(store(), NOW)))
    expect(turns.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, n) => NOW + n * 1_000))
  })
}
