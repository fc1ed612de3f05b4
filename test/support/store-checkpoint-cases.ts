/** The store's contract: a checkpoint stands for the log before it, and its pages live as long as a head names them. */

import { expect, test } from 'vitest'
import type { Store } from '../../functions/store/store.ts'
import { A, B, commit, fact, state } from './store-samples.ts'

/** Commits 1 to `count`, each with one fact named after its version; a checkpoint at every version named. */
const series = async (store: Store, count: number, checkpoints: readonly number[]): Promise<void> => {
  for (let version = 1; version <= count; version += 1) {
    const page = { id: `p${version}`, text: `page ${version}` }
    const made = { head: `head ${version}`, pages: [page], dropped: [] }
    const over = checkpoints.includes(version) ? { checkpoint: made } : {}
    const result = await store.commit(
      commit({
        baseVersion: version - 1,
        marker: `m${version}`,
        facts: [fact(`f${version}`)],
        state: state(version),
        ...over,
      }),
    )
    expect(result).toBe('committed')
  }
}

const loaded = async (store: Store, afterVersion: number) => {
  const { version, checkpoint, facts, state: held } = await store.load(A, afterVersion)
  return { version, checkpoint, facts: facts.map(({ key }) => key), count: held?.rejected[0]?.count }
}

export const checkpointCases = (store: () => Store): void => {
  test('without a checkpoint there is none to load', async () => {
    await series(store(), 2, [])
    expect(await store().load(A, 0)).not.toHaveProperty('checkpoint')
  })

  test('whoever holds nothing gets the latest checkpoint and the facts after it', async () => {
    await series(store(), 5, [2, 4])
    expect(await loaded(store(), 0)).toEqual({
      version: 5,
      checkpoint: { version: 4, head: 'head 4' },
      facts: ['f5'],
      count: 5,
    })
  })

  test('a first checkpoint stands for the log even where the log is whole', async () => {
    await series(store(), 3, [3])
    expect(await loaded(store(), 0)).toEqual({
      version: 3,
      checkpoint: { version: 3, head: 'head 3' },
      facts: [],
      count: 3,
    })
  })

  test.each([
    [1, true, ['f5', 'f6']],
    [2, false, ['f3', 'f4', 'f5', 'f6']],
    [3, false, ['f4', 'f5', 'f6']],
    [4, false, ['f5', 'f6']],
    [6, false, []],
  ])(
    'whoever holds version %i of six with checkpoints at 2 and 4 needs the checkpoint: %s',
    async (held, needed, facts) => {
      await series(store(), 6, [2, 4])
      const found = await loaded(store(), held)
      expect(found.facts).toEqual(facts)
      expect(found.checkpoint).toEqual(needed ? { version: 4, head: 'head 4' } : undefined)
      expect([found.version, found.count]).toEqual([6, 6])
    },
  )

  test('whoever is behind the latest checkpoint alone still gets the facts one by one', async () => {
    await series(store(), 5, [4])
    expect(await loaded(store(), 2)).toEqual({ version: 5, checkpoint: undefined, facts: ['f3', 'f4', 'f5'], count: 5 })
  })

  test('pages are read by id, those asked for that exist', async () => {
    await series(store(), 4, [2, 4])
    expect(await store().pages(A, ['p2', 'p3', 'p4'])).toEqual(
      new Map([
        ['p2', 'page 2'],
        ['p4', 'page 4'],
      ]),
    )
    expect(await store().pages(A, [])).toEqual(new Map())
    expect(await store().pages(B, ['p2'])).toEqual(new Map())
  })

  test('a dropped page goes with the commit that dropped it', async () => {
    await series(store(), 2, [1])
    await store().commit(
      commit({ baseVersion: 2, checkpoint: { head: 'head 3', pages: [{ id: 'p3', text: 'three' }], dropped: ['p1'] } }),
    )
    expect(await store().pages(A, ['p1', 'p3'])).toEqual(new Map([['p3', 'three']]))
  })

  test('a commit in conflict leaves checkpoint and pages as they were', async () => {
    await series(store(), 3, [2])
    const late = commit({
      baseVersion: 2,
      marker: 'late',
      checkpoint: { head: 'other', pages: [{ id: 'px', text: 'x' }], dropped: ['p2'] },
    })
    expect(await store().commit(late)).toBe('conflict')
    expect((await loaded(store(), 0)).checkpoint).toEqual({ version: 2, head: 'head 2' })
    expect(await store().pages(A, ['p2', 'px'])).toEqual(new Map([['p2', 'page 2']]))
  })

  test('a repeated marker of a checkpoint commit is committed and changes nothing', async () => {
    await series(store(), 1, [])
    const made = commit({
      baseVersion: 1,
      marker: 'once',
      checkpoint: { head: 'head 2', pages: [{ id: 'p2', text: 'two' }], dropped: [] },
    })
    expect(await store().commit(made)).toBe('committed')
    expect(await store().commit(made)).toBe('committed')
    expect(await loaded(store(), 0)).toMatchObject({ version: 2, checkpoint: { version: 2, head: 'head 2' } })
  })

  test('a writer whose version was long forgotten is in conflict, whatever its marker', async () => {
    await series(store(), 6, [2, 4, 6])
    for (const baseVersion of [0, 1, 2, 3]) {
      expect(await store().commit(commit({ baseVersion, marker: `m${baseVersion + 1}` }))).toBe('conflict')
      expect(await store().commit(commit({ baseVersion, marker: 'new' }))).toBe('conflict')
    }
    expect((await loaded(store(), 0)).version).toBe(6)
  })

  test('a page and a head of 600 kB come back as they were', async () => {
    const text = 'ä€😀x'.repeat(60_000)
    const made = { head: text, pages: [{ id: 'large', text }], dropped: [] }
    expect(await store().commit(commit({ checkpoint: made }))).toBe('committed')
    expect((await store().load(A, 0)).checkpoint?.head === text).toBe(true)
    expect((await store().pages(A, ['large'])).get('large') === text).toBe(true)
  })

  test('accounts do not share checkpoints', async () => {
    await series(store(), 2, [2])
    await store().commit(commit({ account: B, facts: [] }))
    expect(await store().load(B, 0)).not.toHaveProperty('checkpoint')
  })
}
