/** The store's contract: an input that could not be read is recorded once, whole, and found again. */

import { expect, test } from 'vitest'
import { UNASSIGNED } from '../../functions/domain/keys.ts'
import type { Store } from '../../functions/store/store.ts'
import { A, B, commit, idsOf, NOW, quarantined } from './store-samples.ts'
import { TEXTS } from './store-texts.ts'

const three = async (store: Store): Promise<void> => {
  const rows = [quarantined('q2', { at: NOW + 2 }), quarantined('q1', { at: NOW + 1 })]
  await store.commit(commit({ quarantined: rows }))
  await store.commit(commit({ account: B, quarantined: [quarantined('q3', { account: B, at: NOW + 3 })] }))
}

export const quarantineCases = (store: () => Store): void => {
  test('a record comes back as it was', async () => {
    const record = quarantined('q', { reason: 'CLOCK', detail: 'two days ahead', sample: '{"a":1}', at: NOW - 5 })
    await store().commit(commit({ quarantined: [record] }))
    expect(await store().quarantine({ limit: 10 })).toStrictEqual([record])
  })

  test.each(TEXTS)('a sample with %s comes back as it was', async (_, sample) => {
    await store().commit(commit({ quarantined: [quarantined('q', { sample, detail: sample })] }))
    expect(await store().quarantine({ limit: 10 })).toStrictEqual([quarantined('q', { sample, detail: sample })])
  })

  test('an id is recorded once, and the first record stands', async () => {
    await store().commit(commit({ quarantined: [quarantined('q', { detail: 'first' })] }))
    await store().commit(commit({ baseVersion: 1, quarantined: [quarantined('q', { detail: 'second', at: NOW + 9 })] }))
    await store().commit(commit({ account: B, quarantined: [quarantined('q', { account: B })] }))
    expect(await store().quarantine({ limit: 10 })).toEqual([quarantined('q', { detail: 'first' })])
  })

  test('of two records with one id in one commit the first stands', async () => {
    const twice = [quarantined('q', { detail: 'first' }), quarantined('q', { detail: 'second' })]
    await store().commit(commit({ quarantined: twice }))
    expect(await store().quarantine({ limit: 10 })).toEqual([quarantined('q', { detail: 'first' })])
  })

  test('an id that exists does not keep its neighbours out', async () => {
    await store().commit(commit({ quarantined: [quarantined('q1')] }))
    await store().commit(commit({ baseVersion: 1, quarantined: [quarantined('q1'), quarantined('q2')] }))
    expect(idsOf(await store().quarantine({ limit: 10 }))).toEqual(['q2', 'q1'])
  })

  test.each([
    ['nothing', {}, ['q3', 'q2', 'q1']],
    ['one account', { account: A }, ['q2', 'q1']],
    ['the other', { account: B }, ['q3']],
    ['an account without any', { account: UNASSIGNED }, []],
  ] as const)('filtered by %s (%j) the records are %j, newest first', async (_, filter, ids) => {
    await three(store())
    expect(idsOf(await store().quarantine({ ...filter, limit: 10 }))).toEqual(ids)
  })

  test.each([
    [0, []],
    [1, ['q3']],
    [2, ['q3', 'q2']],
    [99, ['q3', 'q2', 'q1']],
  ])('a limit of %i lists the newest %j', async (limit, ids) => {
    await three(store())
    expect(idsOf(await store().quarantine({ limit }))).toEqual(ids)
  })

  test('records of one instant have one order: the later id first', async () => {
    await store().commit(commit({ quarantined: ['q2', 'q3', 'q1'].map((id) => quarantined(id)) }))
    expect(idsOf(await store().quarantine({ limit: 10 }))).toEqual(['q3', 'q2', 'q1'])
  })

  test('isQuarantined knows an id of any account, and no other', async () => {
    expect(await store().isQuarantined('q1')).toBe(false)
    await three(store())
    expect(await store().isQuarantined('q1')).toBe(true)
    expect(await store().isQuarantined('q3')).toBe(true)
    expect(await store().isQuarantined('q')).toBe(false)
    expect(await store().isQuarantined('')).toBe(false)
  })

  test('inputs of no listed account are kept under the unassigned one', async () => {
    const record = quarantined('q', { account: UNASSIGNED, reason: 'UNKNOWN_ACCOUNT' })
    expect(await store().commit(commit({ account: UNASSIGNED, quarantined: [record] }))).toBe('committed')
    expect(await store().quarantine({ account: UNASSIGNED, limit: 1 })).toEqual([record])
    expect(await store().accounts()).toEqual([UNASSIGNED])
  })

  test('quarantine is no outbox: nothing falls due', async () => {
    await three(store())
    expect(await store().nextDueAt()).toBeUndefined()
    expect(await store().deliveries({ limit: 10 })).toEqual([])
  })
}
