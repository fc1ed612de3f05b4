/** The store's contract: what was committed comes back in order, to the last digit, and from the version asked for. */

import { expect, test } from 'vitest'
import type { Fact } from '../../functions/domain/facts.ts'
import type { Store } from '../../functions/store/store.ts'
import { A, B, body, commit, EPISODES, fact, NOW, state } from './store-samples.ts'
import { AMOUNTS, BODIES, TEXTS } from './store-texts.ts'

const keysOf = (facts: readonly Fact[]): readonly string[] => facts.map(({ key }) => key)

const commitThree = async (store: Store): Promise<void> => {
  await store.commit(commit({ facts: [fact('z'), fact('a')] }))
  await store.commit(commit({ baseVersion: 1, facts: [] }))
  await store.commit(commit({ baseVersion: 2, facts: [fact('m'), fact('b'), fact('c')] }))
}

/** A caller without types: writes where the types say nothing may be written. */
const scribble = (target: object, field: string, value: unknown): void => {
  try {
    Object.assign(target, { [field]: value })
  } catch {
    // A store may hand out frozen values; refusing the write is as good as ignoring it.
  }
}

export const loadCases = (store: () => Store): void => {
  test('an account nobody committed to is at version 0, without facts and state', async () => {
    expect(await store().load(A, 0)).toEqual({ version: 0, facts: [], state: undefined })
    await store().commit(commit())
    expect(await store().load(B, 0)).toEqual({ version: 0, facts: [], state: undefined })
  })

  test.each([
    [0, ['z', 'a', 'm', 'b', 'c']],
    [1, ['m', 'b', 'c']],
    [2, ['m', 'b', 'c']],
    [3, []],
    [9, []],
  ])('after version %i of three, the facts in order of commit are %j', async (afterVersion, keys) => {
    await commitThree(store())
    const delta = await store().load(A, afterVersion)
    expect(keysOf(delta.facts)).toEqual(keys)
    expect(delta.version).toBe(3)
    expect(delta.state).toEqual(state(3))
  })

  test('a reader that keeps asking for what it lacks sees every fact once', async () => {
    const seen: string[] = []
    let held = 0
    for (const baseVersion of [0, 1, 2, 3, 4]) {
      await store().commit(commit({ baseVersion, facts: [fact(`${baseVersion}a`), fact(`${baseVersion}b`)] }))
      if (baseVersion % 2 === 1) continue
      const delta = await store().load(A, held)
      seen.push(...keysOf(delta.facts))
      held = delta.version
    }
    expect(seen).toEqual(['0a', '0b', '1a', '1b', '2a', '2b', '3a', '3b', '4a', '4b'])
  })

  test('5,000 facts of one commit come back in order', async () => {
    const keys = Array.from({ length: 5_000 }, (_, n) => `f${(n * 7_919) % 5_000}`)
    await store().commit(commit({ facts: keys.map((key) => fact(key)) }))
    expect(keysOf((await store().load(A, 0)).facts)).toEqual(keys)
  })

  test('versions are ordered as numbers: the tenth comes after the ninth', async () => {
    for (let baseVersion = 0; baseVersion < 12; baseVersion += 1) {
      await store().commit(commit({ baseVersion, facts: [fact(`f${baseVersion}`)] }))
    }
    expect(keysOf((await store().load(A, 8)).facts)).toEqual(['f8', 'f9', 'f10', 'f11'])
  })

  test('the store judges no fact: the same one committed twice is there twice', async () => {
    await store().commit(commit({ facts: [fact('f'), fact('f')] }))
    await store().commit(commit({ baseVersion: 1, facts: [fact('f')] }))
    expect(keysOf((await store().load(A, 0)).facts)).toEqual(['f', 'f', 'f'])
  })

  test.each(BODIES.map((each) => [each.kind, each] as const))(
    'a fact of kind %s comes back as it was',
    async (_, of) => {
      await store().commit(commit({ facts: [fact('f', of)] }))
      expect((await store().load(A, 0)).facts).toStrictEqual([fact('f', of)])
    },
  )

  test.each(AMOUNTS)('an amount of %s (%d) comes back to the last digit', async (_, amount) => {
    await store().commit(commit({ facts: [fact('f', body({ costUsd: amount }))] }))
    const [loaded] = (await store().load(A, 0)).facts
    expect(loaded?.body).toStrictEqual(body({ costUsd: amount }))
  })

  test.each(TEXTS)('a fact with %s in its text and key comes back as it was', async (_, text) => {
    const odd = fact(`key ${text}`, body({ projectId: text }))
    await store().commit(commit({ facts: [odd] }))
    expect((await store().load(A, 0)).facts).toStrictEqual([odd])
  })

  test('the time of a fact keeps its nanoseconds', async () => {
    const timed = { ...fact('f'), provenance: { source: { ms: NOW, subNanos: 999_999 }, timed: false } }
    await store().commit(commit({ facts: [timed] }))
    expect((await store().load(A, 0)).facts).toStrictEqual([timed])
  })

  test('the state comes back whole, and an absent field stays absent', async () => {
    const whole = state(3, { episodes: EPISODES })
    await store().commit(commit({ state: whole }))
    expect((await store().load(A, 0)).state).toStrictEqual(whole)
  })

  test('a new state replaces the old one and merges nothing', async () => {
    await store().commit(commit({ state: state(3, { episodes: EPISODES }) }))
    await store().commit(commit({ baseVersion: 1, state: { firstSeenAt: 5, episodes: [], rejected: [] } }))
    expect((await store().load(A, 0)).state).toStrictEqual({ firstSeenAt: 5, episodes: [], rejected: [] })
  })

  test('what a caller does to what it passed in does not reach the store', async () => {
    const facts = [fact('f')]
    const held = { firstSeenAt: NOW, episodes: [...EPISODES], rejected: [] }
    await store().commit(commit({ facts, state: held }))
    facts.push(fact('late'))
    held.episodes.length = 0
    scribble(facts[0]?.body ?? {}, 'projectId', 'scribbled')
    const delta = await store().load(A, 0)
    expect(delta.facts).toEqual([fact('f')])
    expect(delta.state?.episodes).toEqual(EPISODES)
  })

  test('what a caller does to what it was given does not reach the store', async () => {
    await store().commit(commit({ facts: [fact('f')] }))
    const first = await store().load(A, 0)
    scribble(first.facts, 'length', 0)
    scribble(first.facts, '0', fact('scribbled'))
    scribble(first.facts[0]?.body ?? {}, 'projectId', 'scribbled')
    scribble(first.state ?? {}, 'firstSeenAt', 0)
    expect(await store().load(A, 0)).toEqual({ version: 1, facts: [fact('f')], state: state(1) })
  })
}
