/** The store's contract: deliveries are listed newest first, kept as committed, and tell when the next falls due. */

import { expect, test } from 'vitest'
import type { DeliveryId } from '../../functions/domain/keys.ts'
import type { Store } from '../../functions/store/store.ts'
import { A, B, claim, commit, delivery, final, idsOf, LEASE, NOW, pending, settle, stateOf } from './store-samples.ts'
import { TEXTS } from './store-texts.ts'

/** a1 was sent, a2 is dead, a3 and b1 wait; a1 is the oldest and b1 lies between a2 and a3. */
const four = async (store: Store): Promise<void> => {
  const rows = [delivery('a3', { createdAt: NOW + 4 }), delivery('a1', { createdAt: NOW + 1 })]
  await store.commit(commit({ deliveries: [...rows, delivery('a2', { createdAt: NOW + 2 })] }))
  await store.commit(commit({ account: B, deliveries: [delivery('b1', { account: B, createdAt: NOW + 3 })] }))
  await store.claim({ now: NOW, leaseId: 'L', leaseMs: 1, limit: 4 })
  await settle(store, 'a1', 'L', final('sent'))
  await settle(store, 'a2', 'L', final('dead'))
}

export const outboxCases = (store: () => Store): void => {
  test('a new delivery is pending, due at the commit, never tried and not leased', async () => {
    await store().commit(commit({ at: NOW + 5, deliveries: [delivery('d', { createdAt: NOW - 9 })] }))
    expect(await store().deliveries({ limit: 10 })).toStrictEqual([
      {
        ...delivery('d', { createdAt: NOW - 9 }),
        state: { status: 'pending', attempts: 0, dueAt: NOW + 5, ambiguous: 0 },
      },
    ])
  })

  test.each([
    ['held until after its commit', NOW + 900, NOW + 900],
    ['held until its commit', NOW + 5, NOW + 5],
    ['held until before its commit', NOW - 900, NOW + 5],
  ])('a delivery %s falls due then, and never before its commit', async (_, notBefore, dueAt) => {
    const held = delivery('d', { notBefore })
    await store().commit(commit({ at: NOW + 5, deliveries: [held] }))
    expect(await store().deliveries({ limit: 10 })).toStrictEqual([
      { ...held, state: { status: 'pending', attempts: 0, dueAt, ambiguous: 0 } },
    ])
    expect(await store().nextDueAt()).toBe(dueAt)
    expect(idsOf(await claim(store(), 'L', dueAt - 1))).toEqual([])
    expect(idsOf(await claim(store(), 'L', dueAt))).toEqual(['d'])
  })

  test('deliveries that must be over before it are kept with it', async () => {
    const after = ['d1', 'd2'] as readonly string[] as readonly DeliveryId[]
    await store().commit(commit({ deliveries: [{ ...delivery('d3'), after }] }))
    expect((await store().deliveries({ limit: 1 }))[0]?.after).toEqual(after)
  })

  test('what waits is listed oldest due first, leased or not, and nothing else', async () => {
    await four(store())
    await settle(store(), 'a3', 'L', pending({ dueAt: NOW + 50 }))
    await store().commit(commit({ baseVersion: 1, at: NOW + 20, deliveries: [delivery('a4')] }))
    expect(idsOf(await store().waiting(10))).toEqual(['b1', 'a4', 'a3'])
    expect((await store().waiting(10))[0]?.state.lease?.id).toBe('L')
    expect(idsOf(await store().waiting(2))).toEqual(['b1', 'a4'])
    expect(await store().waiting(0)).toEqual([])
  })

  test('more than a page that waits comes in one order: by due time, then by id', async () => {
    const ids = Array.from({ length: 120 }, (_, n) => `d${n + 100}`)
    await store().commit(commit({ deliveries: ids.map((id) => delivery(id)) }))
    await store().commit(commit({ baseVersion: 1, at: NOW - 1, deliveries: [delivery('e')] }))
    expect(idsOf(await store().waiting(1_000))).toEqual(['e', ...ids])
  })

  test('states are found by id; an id nobody gave is absent, and one no store could keep is none', async () => {
    await four(store())
    const ids = ['a1', 'none', 'b1', '', 'a/b'] as readonly string[] as readonly DeliveryId[]
    const found = await store().states(ids)
    expect([...found.keys()].toSorted()).toEqual(['a1', 'b1'])
    expect(found.get('a1' as DeliveryId)).toStrictEqual(final('sent'))
    expect(found.get('b1' as DeliveryId)?.status).toBe('pending')
    expect(await store().states([])).toEqual(new Map())
  })

  test.each([
    ['the oldest', NOW + 1, ['a3', 'b1', 'a2', 'a1']],
    ['the second', NOW + 2, ['a3', 'b1', 'a2']],
    ['just after it', NOW + 2.5, ['a3', 'b1']],
    ['later than all', NOW + 5, []],
  ] as const)('deliveries since %s (%i) are %j', async (_, since, ids) => {
    await four(store())
    expect(idsOf(await store().deliveries({ since, limit: 10 }))).toEqual(ids)
  })

  test('since goes with account and status', async () => {
    await four(store())
    expect(idsOf(await store().deliveries({ account: A, since: NOW + 2, limit: 10 }))).toEqual(['a3', 'a2'])
    expect(idsOf(await store().deliveries({ status: 'pending', since: NOW + 4, limit: 10 }))).toEqual(['a3'])
    expect(idsOf(await store().deliveries({ account: A, status: 'dead', since: NOW + 3, limit: 10 }))).toEqual([])
  })

  test.each(TEXTS)('a message with %s in its title is kept as committed', async (_, title) => {
    const odd = delivery('d', { title, recipient: `<${title}>` })
    await store().commit(commit({ deliveries: [odd] }))
    const [row] = await claim(store(), 'L')
    expect(row?.message).toStrictEqual(odd.message)
    expect(row?.recipient).toBe(`<${title}>`)
  })

  test.each([
    ['nothing', {}, ['a3', 'b1', 'a2', 'a1']],
    ['one account', { account: A }, ['a3', 'a2', 'a1']],
    ['the other account', { account: B }, ['b1']],
    ['pending', { status: 'pending' }, ['a3', 'b1']],
    ['sent', { status: 'sent' }, ['a1']],
    ['dead', { status: 'dead' }, ['a2']],
    ['account and status', { account: A, status: 'pending' }, ['a3']],
    ['an account without such a status', { account: B, status: 'dead' }, []],
  ] as const)('deliveries filtered by %s (%j) are %j, newest first', async (_, filter, ids) => {
    await four(store())
    expect(idsOf(await store().deliveries({ ...filter, limit: 10 }))).toEqual(ids)
  })

  test.each([
    [0, []],
    [1, ['a3']],
    [3, ['a3', 'b1', 'a2']],
    [99, ['a3', 'b1', 'a2', 'a1']],
  ])('a limit of %i lists the newest %j', async (limit, ids) => {
    await four(store())
    expect(idsOf(await store().deliveries({ limit }))).toEqual(ids)
  })

  test('deliveries made in one instant have one order: the later id first', async () => {
    await store().commit(commit({ deliveries: ['d2', 'd3', 'd1'].map((id) => delivery(id)) }))
    expect(idsOf(await store().deliveries({ limit: 10 }))).toEqual(['d3', 'd2', 'd1'])
  })

  test('a delivery id that exists keeps its words, its account and its state', async () => {
    await store().commit(commit({ deliveries: [delivery('d', { title: 'the first' })] }))
    await claim(store(), 'L')
    await settle(store(), 'd', 'L', final('sent'))
    await store().commit(commit({ baseVersion: 1, deliveries: [delivery('d', { title: 'the second' })] }))
    await store().commit(commit({ account: B, deliveries: [delivery('d', { account: B })] }))
    const rows = await store().deliveries({ limit: 10 })
    expect(rows).toEqual([{ ...delivery('d', { title: 'the first' }), state: final('sent') }])
  })

  test('an id that exists does not keep its neighbours out', async () => {
    await store().commit(commit({ deliveries: [delivery('d1')] }))
    await store().commit(commit({ baseVersion: 1, deliveries: [delivery('d0'), delivery('d1'), delivery('d2')] }))
    expect(idsOf(await store().deliveries({ limit: 10 }))).toEqual(['d2', 'd1', 'd0'])
  })

  test('of two deliveries with one id in one commit the first stands', async () => {
    const twice = [delivery('d', { title: 'the first' }), delivery('d', { title: 'the second' })]
    await store().commit(commit({ deliveries: twice }))
    expect(await store().deliveries({ limit: 10 })).toHaveLength(1)
    expect((await claim(store(), 'L'))[0]?.message.words.title).toBe('the first')
  })

  test('nothing is due where nothing is pending', async () => {
    expect(await store().nextDueAt()).toBeUndefined()
    await store().commit(commit({ deliveries: [delivery('d')] }))
    await claim(store(), 'L')
    await settle(store(), 'd', 'L', final('sent'))
    expect(await store().nextDueAt()).toBeUndefined()
  })

  test('the next due time is the earliest of all accounts, be it past or future', async () => {
    await store().commit(commit({ at: NOW + 9, deliveries: [delivery('d1')] }))
    expect(await store().nextDueAt()).toBe(NOW + 9)
    await store().commit(commit({ account: B, at: 1_000, deliveries: [delivery('d2', { account: B })] }))
    expect(await store().nextDueAt()).toBe(1_000)
  })

  test('a leased delivery counts from the end of its lease', async () => {
    await store().commit(commit({ deliveries: [delivery('d1')] }))
    await claim(store(), 'L', NOW + 3)
    expect(await store().nextDueAt()).toBe(NOW + 3 + LEASE)
    await store().commit(commit({ baseVersion: 1, at: NOW + 5, deliveries: [delivery('d2')] }))
    expect(await store().nextDueAt()).toBe(NOW + 5)
  })

  test('a retry counts from the time it was put off to, and a dead delivery never', async () => {
    await store().commit(commit({ deliveries: [delivery('d1'), delivery('d2')] }))
    await claim(store(), 'L')
    await settle(store(), 'd1', 'L', pending({ dueAt: NOW + 300_000 }))
    await settle(store(), 'd2', 'L', final('dead'))
    expect(await store().nextDueAt()).toBe(NOW + 300_000)
  })

  test('a redriven delivery counts from the redrive', async () => {
    await four(store())
    await claim(store(), 'L9', NOW + 10)
    await store().redrive('a2' as DeliveryId, NOW + 20)
    expect(await store().nextDueAt()).toBe(NOW + 20)
    expect((await stateOf(store(), 'a2'))?.status).toBe('pending')
  })
}
