/** The store's contract: once a channel works again, what failed for its sake falls due at once, oldest first. */

import { beforeEach, expect, test } from 'vitest'
import type { DeliveryId } from '../../functions/domain/keys.ts'
import type { Instant } from '../../functions/domain/time.ts'
import type { Hastening, Store } from '../../functions/store/store.ts'
import { claim, commit, delivery, final, idsOf, LEASE, NOW, pending, settle, stateOf } from './store-samples.ts'

const hasten = (store: Store, now: Instant, over: Partial<Hastening> = {}): Promise<number> =>
  store.hasten({ channel: 'chat', now, attemptsMax: 7, limit: 100, ...over })

const LATER = NOW + 36_000_000

/** d1 to d4 failed for the sake of `chat`, the latest made first due; the others did not. */
export const hastenCases = (store: () => Store): void => {
  beforeEach(async () => {
    const chat = ['d1', 'd2', 'd3', 'd4', 'own', 'new'].map((id, n) =>
      delivery(id, { channel: 'chat', createdAt: NOW - 10 + n }),
    )
    await store().commit(commit({ deliveries: [...chat, delivery('mail', { channel: 'mail' })] }))
    await claim(store(), 'L', NOW)
    for (const [n, id] of ['d1', 'd2', 'd3', 'd4', 'mail'].entries())
      await settle(store(), id, 'L', pending({ dueAt: LATER - n, channelFailed: true, attempts: 4, ambiguous: 2 }))
    await settle(store(), 'own', 'L', pending({ dueAt: LATER }))
    await settle(store(), 'new', 'L', pending({ dueAt: LATER, attempts: 0 }))
  })

  test('what failed for the channel’s sake falls due, as old as it is; nothing else does', async () => {
    expect(await hasten(store(), NOW + 60)).toBe(4)
    expect(idsOf(await claim(store(), 'M', NOW + 60))).toEqual(['d1', 'd2', 'd3', 'd4'])
    expect((await stateOf(store(), 'own'))?.dueAt).toBe(LATER)
    expect((await stateOf(store(), 'mail'))?.dueAt).toBe(LATER - 4)
  })

  test('attempts, doubts and notes stay as they are, and a second time there is nothing to hasten', async () => {
    const before = await stateOf(store(), 'd2')
    await hasten(store(), NOW + 60)
    expect(await stateOf(store(), 'd2')).toStrictEqual({ ...before, dueAt: NOW - 9 })
    expect(await hasten(store(), NOW + 60)).toBe(0)
  })

  test('a limit hastens those that fall due first', async () => {
    expect(await hasten(store(), NOW + 60, { limit: 2 })).toBe(2)
    expect(idsOf(await claim(store(), 'M', NOW + 60))).toEqual(['d3', 'd4'])
    expect(await hasten(store(), NOW + 60, { limit: 0 })).toBe(0)
  })

  test('what is leased, due or over is left alone', async () => {
    await hasten(store(), NOW + 60)
    const [leased] = await claim(store(), 'M', NOW + 60, 1)
    await claim(store(), 'N', NOW + 60, 2)
    await settle(store(), 'd2', 'N', final('sent'))
    await settle(store(), 'd3', 'N', pending({ dueAt: NOW + 50, channelFailed: true }))
    expect(leased?.id).toBe('d1')
    expect(await hasten(store(), NOW + 60)).toBe(0)
    expect(await hasten(store(), NOW - 100)).toBe(2)
    expect((await stateOf(store(), 'd1'))?.lease).toEqual({ id: 'M', until: NOW + 60 + LEASE })
    expect((await stateOf(store(), 'd2'))?.status).toBe('sent')
  })

  test('a delivery that was made after the moment falls due at the moment', async () => {
    await hasten(store(), NOW - 100)
    expect((await store().states(['d1' as DeliveryId])).get('d1' as DeliveryId)?.dueAt).toBe(NOW - 100)
  })

  test('what was tried too often keeps its own time', async () => {
    expect(await hasten(store(), NOW + 60, { attemptsMax: 3 })).toBe(0)
    expect(await hasten(store(), NOW + 60, { attemptsMax: 4 })).toBe(4)
  })

  test('a channel without deliveries has nothing to hasten', async () => {
    expect(await hasten(store(), NOW + 60, { channel: 'pager' })).toBe(0)
  })
}
