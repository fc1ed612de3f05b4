/** The store's contract: a due delivery is leased to one holder at a time, oldest due first. */

import { describe, expect, test } from 'vitest'
import type { Store } from '../../functions/store/store.ts'
import { A, B, claim, commit, delivery, final, idsOf, LEASE, NOW, pending, settle, stateOf } from './store-samples.ts'

const add = (store: Store, baseVersion: number, at: number, ...ids: readonly string[]) =>
  store.commit(commit({ baseVersion, at, deliveries: ids.map((id) => delivery(id)) }))

export const leaseCases = (store: () => Store): void => {
  test('nothing is claimed from an empty outbox', async () => {
    expect(await claim(store(), 'L')).toEqual([])
  })

  test.each([
    ['a moment before', NOW - 1, []],
    ['at', NOW, ['d']],
    ['long after', NOW + 1_000_000, ['d']],
  ])('%s its due time, claiming finds %j', async (_, now, ids) => {
    await add(store(), 0, NOW, 'd')
    expect(idsOf(await claim(store(), 'L', now))).toEqual(ids)
  })

  test('a claimed delivery comes with its message, its lease and its attempts so far', async () => {
    await add(store(), 0, NOW, 'd')
    const lease = { id: 'L', until: NOW + 5 + LEASE }
    expect(await claim(store(), 'L', NOW + 5)).toStrictEqual([
      { ...delivery('d'), state: { status: 'pending', attempts: 0, dueAt: NOW, ambiguous: 0, lease } },
    ])
    expect((await stateOf(store(), 'd'))?.lease).toEqual(lease)
  })

  test('claims come oldest due first, and by id where they fell due together', async () => {
    await add(store(), 0, NOW + 2, 'd5', 'd1')
    await add(store(), 1, NOW + 1, 'd9', 'd4')
    await add(store(), 2, NOW + 3, 'd0')
    expect(idsOf(await claim(store(), 'L', NOW + 3))).toEqual(['d4', 'd9', 'd1', 'd5', 'd0'])
  })

  test.each([
    [0, []],
    [1, ['d1']],
    [2, ['d1', 'd2']],
    [9, ['d1', 'd2', 'd3']],
  ])('a limit of %i claims %j and leaves the rest to others', async (limit, ids) => {
    await add(store(), 0, NOW, 'd3', 'd1', 'd2')
    expect(idsOf(await claim(store(), 'L', NOW, limit))).toEqual(ids)
    expect(idsOf(await claim(store(), 'M'))).toEqual(['d1', 'd2', 'd3'].filter((id) => !ids.includes(id)))
  })

  test('a delivery under a lease is not claimed again, not even by its holder', async () => {
    await add(store(), 0, NOW, 'd')
    await claim(store(), 'L')
    expect(await claim(store(), 'M')).toEqual([])
    expect(await claim(store(), 'L')).toEqual([])
  })

  test.each([
    ['a moment before its end', NOW + LEASE - 1, []],
    ['at its end', NOW + LEASE, ['d']],
    ['after its end', NOW + LEASE + 1, ['d']],
  ])('a lease holds others off: %s, claiming finds %j', async (_, now, ids) => {
    await add(store(), 0, NOW, 'd')
    await claim(store(), 'L')
    expect(idsOf(await claim(store(), 'M', now))).toEqual(ids)
  })

  test('a clock that jumped back neither shortens a lease nor takes it over', async () => {
    await add(store(), 0, NOW, 'd')
    await claim(store(), 'L', NOW + 3_600_000)
    expect(await claim(store(), 'M', NOW)).toEqual([])
    expect((await stateOf(store(), 'd'))?.lease).toEqual({ id: 'L', until: NOW + 3_600_000 + LEASE })
  })

  test('a delivery that is always leased does not block the ones behind it', async () => {
    await add(store(), 0, NOW, 'd1')
    await claim(store(), 'L', NOW, 1)
    await add(store(), 1, NOW + 1, 'd2', 'd3')
    expect(idsOf(await claim(store(), 'M', NOW + 1, 1))).toEqual(['d2'])
    expect(idsOf(await claim(store(), 'N', NOW + 1, 1))).toEqual(['d3'])
  })

  test.each(['sent', 'dead'] as const)('a delivery that is %s is never claimed again', async (status) => {
    await add(store(), 0, NOW, 'd')
    await claim(store(), 'L')
    await settle(store(), 'd', 'L', final(status))
    expect(await claim(store(), 'M', NOW + 1_000_000_000)).toEqual([])
  })

  test('a retry is claimed when it falls due and not before', async () => {
    await add(store(), 0, NOW, 'd')
    await claim(store(), 'L')
    await settle(store(), 'd', 'L', pending({ dueAt: NOW + 5_000 }))
    expect(await claim(store(), 'M', NOW + 4_999)).toEqual([])
    expect(idsOf(await claim(store(), 'M', NOW + 5_000))).toEqual(['d'])
  })

  test('deliveries of all accounts are claimed together', async () => {
    await add(store(), 0, NOW, 'd2')
    await store().commit(commit({ account: B, deliveries: [delivery('d1', { account: B })] }))
    expect((await claim(store(), 'L')).map(({ id, account }) => [id, account])).toEqual([
      ['d1', B],
      ['d2', A],
    ])
  })

  describe('by channel', () => {
    const mixed = async (): Promise<void> => {
      const rows = [
        delivery('d1', { channel: 'chat' }),
        delivery('d2', { channel: 'mail' }),
        delivery('d3', { channel: 'chat' }),
        delivery('d4', { channel: 'gone' }),
        delivery('d5', { channel: 'mail' }),
      ]
      await store().commit(commit({ deliveries: rows }))
    }

    test.each([
      ['all', {}, ['d1', 'd2', 'd3', 'd4', 'd5']],
      ['of one', { channel: 'chat' }, ['d1', 'd3']],
      ['of one nobody wrote to', { channel: 'pager' }, []],
      ['of all but one', { except: ['chat'] }, ['d2', 'd4', 'd5']],
      ['of all but two', { except: ['mail', 'chat'] }, ['d4']],
      ['of all but none', { except: [] }, ['d1', 'd2', 'd3', 'd4', 'd5']],
      ['of one that is left out', { channel: 'mail', except: ['mail'] }, []],
    ] as const)('%s: %j claims %j', async (_, of, ids) => {
      await mixed()
      expect(idsOf(await claim(store(), 'L', NOW, 100, of))).toEqual(ids)
      const rest = ['d1', 'd2', 'd3', 'd4', 'd5'].filter((id) => !(ids as readonly string[]).includes(id))
      expect(idsOf(await claim(store(), 'M'))).toEqual(rest)
    })

    test('the limit counts what is asked for alone, oldest due first', async () => {
      await store().commit(commit({ at: NOW + 1, deliveries: [delivery('d1', { channel: 'mail' })] }))
      const dead = Array.from({ length: 20 }, (_, n) => delivery(`c${n}`, { channel: 'chat' }))
      await store().commit(commit({ baseVersion: 1, deliveries: [...dead, delivery('d2', { channel: 'mail' })] }))
      expect(idsOf(await claim(store(), 'L', NOW + 1, 1, { channel: 'mail' }))).toEqual(['d2'])
      expect(idsOf(await claim(store(), 'M', NOW + 1, 1, { except: ['chat'] }))).toEqual(['d1'])
    })

    test('what is leased or not due is not claimed by its channel either', async () => {
      await store().commit(commit({ deliveries: [delivery('d1', { channel: 'chat' })] }))
      const later = delivery('d2', { channel: 'chat', notBefore: NOW + 5 })
      await store().commit(commit({ baseVersion: 1, deliveries: [later] }))
      expect(idsOf(await claim(store(), 'L', NOW, 100, { channel: 'chat' }))).toEqual(['d1'])
      expect(await claim(store(), 'M', NOW, 100, { channel: 'chat' })).toEqual([])
    })
  })

  test('ten claimers at once share thirty deliveries without one twice', async () => {
    const ids = Array.from({ length: 30 }, (_, n) => `d${n + 10}`)
    await add(store(), 0, NOW, ...ids)
    const shares = await Promise.all(ids.slice(0, 10).map((_, n) => claim(store(), `L${n}`, NOW, 3)))
    expect(idsOf(shares.flat()).toSorted()).toEqual(ids)
  })
}
