/** The store's contract: only the present holder settles a delivery, final is final, and only the dead are redriven. */

import { beforeEach, expect, test } from 'vitest'
import type { DeliveryId } from '../../functions/domain/keys.ts'
import type { Store } from '../../functions/store/store.ts'
import { claim, commit, delivery, final, idsOf, LEASE, NOW, pending, settle, stateOf } from './store-samples.ts'
import { TEXTS } from './store-texts.ts'

const redrive = (store: Store, id: string, now = NOW): Promise<boolean> => store.redrive(id as DeliveryId, now)

/** `d` is leased to L from NOW on, `other` to nobody. */
export const settleCases = (store: () => Store): void => {
  beforeEach(async () => {
    await store().commit(commit({ deliveries: [delivery('d'), delivery('other')] }))
    await claim(store(), 'L', NOW, 1)
  })

  test.each([
    ['sent', final('sent')],
    ['dead', final('dead', { attempts: 10, ambiguous: 3 })],
    ['a retry', pending({ attempts: 4, ambiguous: 2, note: 'timeout' })],
    ['a retry without a note', pending()],
    ['a retry for the channel’s sake', pending({ channelFailed: true })],
  ])('the holder records %s, field by field, and the lease is gone', async (_, to) => {
    expect(await settle(store(), 'd', 'L', to)).toBe(true)
    expect(await stateOf(store(), 'd')).toStrictEqual(to)
  })

  test('a lease within the new state is not kept', async () => {
    await settle(store(), 'd', 'L', pending({ lease: { id: 'M', until: NOW + 1 } }))
    expect(await stateOf(store(), 'd')).toStrictEqual(pending())
  })

  test('what an earlier failure noted does not outlive a success without a note', async () => {
    await settle(store(), 'd', 'L', pending({ note: 'timeout', dueAt: NOW }))
    await claim(store(), 'M')
    const { note: _, ...silent } = final('sent')
    await settle(store(), 'd', 'M', silent)
    expect(await stateOf(store(), 'd')).toStrictEqual(silent)
  })

  test.each(TEXTS)('a note with %s comes back as it was', async (_, note) => {
    await settle(store(), 'd', 'L', pending({ note }))
    expect((await stateOf(store(), 'd'))?.note).toBe(note)
  })

  test('settling touches no other delivery', async () => {
    await settle(store(), 'd', 'L', final('sent'))
    expect(await stateOf(store(), 'other')).toEqual({ status: 'pending', attempts: 0, dueAt: NOW, ambiguous: 0 })
  })

  test.each([
    ['with another lease', 'd', 'M'],
    ['with an empty lease id', 'd', ''],
    ['of a delivery nobody leased', 'other', 'L'],
    ['of a delivery nobody leased, with an empty lease id', 'other', ''],
    ['of a delivery that does not exist', 'none', 'L'],
  ])('settling %s is refused and changes nothing', async (_, id, leaseId) => {
    const before = await store().deliveries({ limit: 10 })
    expect(await settle(store(), id, leaseId, final('sent'))).toBe(false)
    expect(await store().deliveries({ limit: 10 })).toEqual(before)
  })

  test('a late holder may still settle while nobody else took over', async () => {
    expect(await settle(store(), 'd', 'L', final('sent', { settledAt: NOW + 10 * LEASE }))).toBe(true)
    expect((await stateOf(store(), 'd'))?.status).toBe('sent')
  })

  test('a holder whose lease was taken over can settle nothing, and the new holder can', async () => {
    await claim(store(), 'M', NOW + LEASE)
    expect(await settle(store(), 'd', 'L', final('dead'))).toBe(false)
    expect((await stateOf(store(), 'd'))?.lease).toEqual({ id: 'M', until: NOW + 2 * LEASE })
    expect(await settle(store(), 'd', 'M', final('sent'))).toBe(true)
  })

  test('a lease that ran out unsettled counts as an attempt nobody can know the outcome of', async () => {
    await claim(store(), 'M', NOW + LEASE)
    await claim(store(), 'N', NOW + 2 * LEASE)
    expect(await stateOf(store(), 'd')).toMatchObject({ attempts: 2, ambiguous: 2 })
  })

  test('a late holder cannot undo what the new holder recorded', async () => {
    await claim(store(), 'M', NOW + LEASE)
    await settle(store(), 'd', 'M', final('sent', { note: 'by M' }))
    expect(await settle(store(), 'd', 'L', pending())).toBe(false)
    expect(await stateOf(store(), 'd')).toEqual(final('sent', { note: 'by M' }))
  })

  test.each([
    ['sent', final('sent')],
    ['dead', final('dead')],
    ['put off', pending()],
  ])('one lease settles once: after %s it counts no more', async (_, first) => {
    await settle(store(), 'd', 'L', first)
    expect(await settle(store(), 'd', 'L', final('sent', { note: 'again' }))).toBe(false)
    expect(await stateOf(store(), 'd')).toEqual(first)
  })

  test('a dead delivery is redriven: pending, due at once, its attempts at 0', async () => {
    await settle(store(), 'd', 'L', final('dead', { attempts: 10, ambiguous: 3 }))
    expect(await redrive(store(), 'd', NOW + 7)).toBe(true)
    expect(await stateOf(store(), 'd')).toMatchObject({ status: 'pending', attempts: 0, dueAt: NOW + 7 })
  })

  test('a redriven delivery keeps what is history and loses what is settled', async () => {
    await settle(store(), 'd', 'L', final('dead', { ambiguous: 3 }))
    await redrive(store(), 'd', NOW + 7)
    expect(await stateOf(store(), 'd')).toStrictEqual({
      status: 'pending',
      attempts: 0,
      dueAt: NOW + 7,
      ambiguous: 3,
      redrivenAt: NOW + 7,
      note: 'said so',
    })
  })

  test('when it was redriven is kept over its attempts, and a second time takes its place', async () => {
    await settle(store(), 'd', 'L', final('dead'))
    await redrive(store(), 'd', NOW + 7)
    await claim(store(), 'M', NOW + 7)
    await settle(store(), 'd', 'M', final('dead', { redrivenAt: NOW + 7 }))
    expect((await stateOf(store(), 'd'))?.redrivenAt).toBe(NOW + 7)
    await redrive(store(), 'd', NOW + 9)
    expect((await stateOf(store(), 'd'))?.redrivenAt).toBe(NOW + 9)
  })

  test('a redriven delivery is claimed when due, with the message it always had', async () => {
    await settle(store(), 'd', 'L', final('dead'))
    await claim(store(), 'X', NOW)
    await redrive(store(), 'd', NOW + 7)
    expect(await claim(store(), 'M', NOW + 6)).toEqual([])
    expect(await claim(store(), 'M', NOW + 7)).toMatchObject([{ id: 'd', message: delivery('d').message }])
  })

  test('a holder from before the redrive cannot settle the redriven delivery', async () => {
    await settle(store(), 'd', 'L', final('dead'))
    await redrive(store(), 'd')
    expect(await settle(store(), 'd', 'L', final('sent'))).toBe(false)
  })

  test.each(['sent', 'pending'] as const)('a delivery that is %s is not redriven', async (status) => {
    await settle(store(), 'd', 'L', status === 'sent' ? final('sent') : pending())
    const before = await stateOf(store(), 'd')
    expect(await redrive(store(), 'd')).toBe(false)
    expect(await stateOf(store(), 'd')).toEqual(before)
  })

  test('a leased or an unknown delivery is not redriven', async () => {
    expect(await redrive(store(), 'd')).toBe(false)
    expect(await redrive(store(), 'none')).toBe(false)
    expect((await stateOf(store(), 'd'))?.lease?.id).toBe('L')
    expect(idsOf(await store().deliveries({ limit: 10 }))).toEqual(['other', 'd'])
  })

  test('a delivery is redriven once: it must die again first', async () => {
    await settle(store(), 'd', 'L', final('dead'))
    expect(await redrive(store(), 'd', NOW)).toBe(true)
    expect(await redrive(store(), 'd', NOW + 1)).toBe(false)
    expect((await stateOf(store(), 'd'))?.dueAt).toBe(NOW)
  })
}
