/** The store's contract: one decision is applied whole, once, and only on the version it was made on. */

import { expect, test } from 'vitest'
import type { Commit, Store } from '../../functions/store/store.ts'
import {
  A,
  B,
  C,
  claim,
  commit,
  delivery,
  fact,
  final,
  idsOf,
  quarantined,
  settle,
  state,
  stateOf,
} from './store-samples.ts'

const full = (over: Partial<Commit> = {}): Commit =>
  commit({ facts: [fact('f')], deliveries: [delivery('d')], quarantined: [quarantined('q')], ...over })

/** What a loser would have added: none of it may appear. */
const loser = (over: Partial<Commit>): Commit =>
  commit({
    marker: 'the loser',
    facts: [fact('lost')],
    state: state(99),
    deliveries: [delivery('lost')],
    quarantined: [quarantined('lost')],
    ...over,
  })

export const commitCases = (store: () => Store): void => {
  test('the first commit of an account makes version 1', async () => {
    expect(await store().commit(commit())).toBe('committed')
    expect((await store().load(A, 0)).version).toBe(1)
  })

  test('every commit raises the version by exactly one', async () => {
    for (const baseVersion of [0, 1, 2, 3, 4]) {
      expect(await store().commit(commit({ baseVersion }))).toBe('committed')
      expect((await store().load(A, 0)).version).toBe(baseVersion + 1)
    }
  })

  test('facts, state, deliveries and quarantine of a commit all appear', async () => {
    await store().commit(full())
    const delta = await store().load(A, 0)
    expect(delta).toEqual({ version: 1, facts: [fact('f')], state: state(1) })
    expect(idsOf(await store().deliveries({ limit: 10 }))).toEqual(['d'])
    expect(idsOf(await store().quarantine({ limit: 10 }))).toEqual(['q'])
  })

  test.each([
    ['a version already built upon', 1],
    ['version 0 again', 0],
    ['a version that does not exist yet', 3],
  ])('a decision made on %s is a conflict', async (_, baseVersion) => {
    await store().commit(commit())
    await store().commit(commit({ baseVersion: 1 }))
    expect(await store().commit(loser({ baseVersion }))).toBe('conflict')
    expect((await store().load(A, 0)).version).toBe(2)
  })

  test('the first commit of an account cannot skip a version', async () => {
    expect(await store().commit(commit({ baseVersion: 1 }))).toBe('conflict')
    expect(await store().load(A, 0)).toEqual({ version: 0, facts: [], state: undefined })
    expect(await store().accounts()).toEqual([])
  })

  test('a conflict leaves facts and state as they were', async () => {
    await store().commit(full())
    await store().commit(loser({ baseVersion: 0 }))
    expect(await store().load(A, 0)).toEqual({ version: 1, facts: [fact('f')], state: state(1) })
  })

  test('a conflict adds nothing to the outbox', async () => {
    await store().commit(full())
    await store().commit(loser({ baseVersion: 0 }))
    expect(idsOf(await store().deliveries({ limit: 10 }))).toEqual(['d'])
    expect(idsOf(await claim(store(), 'L'))).toEqual(['d'])
  })

  test('a conflict quarantines nothing', async () => {
    await store().commit(full())
    await store().commit(loser({ baseVersion: 0 }))
    expect(idsOf(await store().quarantine({ limit: 10 }))).toEqual(['q'])
    expect(await store().isQuarantined('lost')).toBe(false)
  })

  test('a commit repeated after a lost reply is committed, and applied once', async () => {
    await store().commit(full())
    expect(await store().commit(full())).toBe('committed')
    expect(await store().load(A, 0)).toEqual({ version: 1, facts: [fact('f')], state: state(1) })
    expect(idsOf(await store().deliveries({ limit: 10 }))).toEqual(['d'])
  })

  test('a lost reply is read back even after others built upon it', async () => {
    await store().commit(full())
    await store().commit(commit({ baseVersion: 1 }))
    await store().commit(commit({ baseVersion: 2 }))
    expect(await store().commit(full())).toBe('committed')
    expect(await store().load(A, 0)).toEqual({ version: 3, facts: [fact('f')], state: state(3) })
  })

  test('a repeated commit does not bring a sent delivery back to life', async () => {
    await store().commit(full())
    await claim(store(), 'L')
    await settle(store(), 'd', 'L', final('sent'))
    await store().commit(full())
    expect(await stateOf(store(), 'd')).toEqual(final('sent'))
    expect(await claim(store(), 'L2')).toEqual([])
  })

  test('another decision on the same version is a conflict, however alike', async () => {
    await store().commit(full())
    expect(await store().commit(full({ marker: 'another' }))).toBe('conflict')
  })

  test('a marker speaks for the version it was committed at and for no other', async () => {
    await store().commit(commit({ marker: 'm' }))
    await store().commit(commit({ baseVersion: 1, marker: 'n' }))
    expect(await store().commit(commit({ baseVersion: 1, marker: 'm' }))).toBe('conflict')
  })

  test('a marker speaks for its own account', async () => {
    await store().commit(commit({ marker: 'm' }))
    await store().commit(commit({ account: B, marker: 'n' }))
    expect(await store().commit(commit({ account: B, marker: 'm' }))).toBe('conflict')
  })

  test('a conflict does not use up its marker', async () => {
    await store().commit(commit())
    expect(await store().commit(loser({ baseVersion: 0 }))).toBe('conflict')
    expect(await store().commit(loser({ baseVersion: 1 }))).toBe('committed')
    expect((await store().load(A, 1)).facts).toEqual([fact('lost')])
  })

  test('of ten decisions on one version made at once exactly one is committed', async () => {
    const rivals = Array.from({ length: 10 }, (_, n) => commit({ marker: `rival ${n}`, facts: [fact(`f${n}`)] }))
    const results = await Promise.all(rivals.map((each) => store().commit(each)))
    expect(results.filter((result) => result === 'committed')).toHaveLength(1)
    const { version, facts } = await store().load(A, 0)
    expect(version).toBe(1)
    expect(facts).toEqual([fact(`f${results.indexOf('committed')}`)])
  })

  test('an empty commit raises the version and changes the state alone', async () => {
    await store().commit(full())
    expect(await store().commit(commit({ baseVersion: 1, state: state(7) }))).toBe('committed')
    expect(await store().load(A, 0)).toEqual({ version: 2, facts: [fact('f')], state: state(7) })
  })

  test('accounts do not share versions, facts or state', async () => {
    await store().commit(full())
    await store().commit(commit({ baseVersion: 1 }))
    expect(await store().commit(commit({ account: B, facts: [fact('b', undefined, B)], state: state(5) }))).toBe(
      'committed',
    )
    expect(await store().load(B, 0)).toEqual({ version: 1, facts: [fact('b', undefined, B)], state: state(5) })
    expect(await store().load(A, 0)).toEqual({ version: 2, facts: [fact('f')], state: state(2) })
  })

  test('commits of different accounts made at once all succeed', async () => {
    const results = await Promise.all([A, B, C].map((account) => store().commit(commit({ account }))))
    expect(results).toEqual(['committed', 'committed', 'committed'])
  })

  test('accounts lists those with a commit, once each, in order of id', async () => {
    expect(await store().accounts()).toEqual([])
    await store().commit(commit({ account: C }))
    await store().commit(commit({ account: A }))
    await store().commit(commit({ account: A, baseVersion: 1 }))
    await store().commit(commit({ account: B }))
    expect(await store().accounts()).toEqual([A, B, C])
  })
}
