/** An account's log in Firestore: what a checkpoint lets go is gone for good, and nobody can write into the gap. */

import { expect, test } from 'vitest'
import { openMemoryStore } from '../../functions/store/memory.ts'
import type { AccountDelta, Commit, Store } from '../../functions/store/store.ts'
import { startCuttingProxy } from '../support/cutting-proxy.ts'
import { emulatorSuite, firestoreEmulator, ownProject } from '../support/emulators.ts'
import { openAt } from '../support/firestore-stores.ts'
import { A, commit, delivery, fact, idsOf, NOW, pending, settle, state } from '../support/store-samples.ts'

const LIMIT_MS = 60_000

const nth = (version: number, over: Partial<Commit> = {}): Commit =>
  commit({ baseVersion: version - 1, facts: [fact(`f${version}`)], ...over })

const checkpointAt = (version: number): Commit =>
  nth(version, { checkpoint: { head: `head ${version}`, pages: [{ id: `p${version}`, text: 'text' }], dropped: [] } })

const keysOf = ({ facts }: AccountDelta): readonly string[] => facts.map(({ key }) => key)

const emulator = await firestoreEmulator()

emulatorSuite('the Firestore emulator', emulator, ({ host }) => {
  /** Versions whose documents are there, asked of the emulator itself. */
  const held = async (project: string): Promise<readonly number[]> => {
    const parent = `http://${host}/v1/projects/${project}/databases/(default)/documents/accounts/${A}`
    const response = await fetch(`${parent}/commits?pageSize=1000&mask.fieldPaths=at`, {
      headers: { authorization: 'Bearer owner' },
    })
    const { documents = [] } = (await response.json()) as { documents?: readonly { readonly name: string }[] }
    return documents.map(({ name }) => Number(name.split('/').at(-1)))
  }

  /** Lets `work` have a store in a project of its own. */
  const withStore = async (work: (store: Store, project: string) => Promise<void>): Promise<void> => {
    const project = ownProject('log')
    const store = await openAt({ host, project })
    await work(store, project)
    await store.close()
  }

  test('commits up to the checkpoint before the latest are deleted with the commit that lets them go', () =>
    withStore(async (store, project) => {
      for (const version of [1, 2, 3, 4, 5, 6]) {
        await store.commit(version === 2 || version === 5 ? checkpointAt(version) : nth(version))
        if (version === 4) expect(await held(project)).toEqual([1, 2, 3, 4])
      }
      expect(await held(project)).toEqual([3, 4, 5, 6])
      expect(keysOf(await store.load(A, 0))).toEqual(['f6'])
      expect(keysOf(await store.load(A, 2))).toEqual(['f3', 'f4', 'f5', 'f6'])
      expect(await store.load(A, 1)).toEqual(await store.load(A, 0))
    }))

  test('a checkpoint with every commit keeps one of them', () =>
    withStore(async (store, project) => {
      for (const version of [1, 2, 3, 4]) expect(await store.commit(checkpointAt(version))).toBe('committed')
      expect(await held(project)).toEqual([4])
      expect(await store.load(A, 3)).toMatchObject({ version: 4, facts: [fact('f4')] })
      expect(await store.commit(nth(5))).toBe('committed')
    }))

  test.each([
    ['a plain commit', (version: number) => nth(version, { marker: 'late' })],
    ['a commit with a checkpoint', (version: number) => ({ ...checkpointAt(version), marker: 'late' })],
  ])('%s decided on a version long forgotten is a conflict and leaves nothing behind', (_, late) =>
    withStore(async (store, project) => {
      for (const version of [1, 2, 3, 4, 5, 6]) {
        await store.commit([3, 5].includes(version) ? checkpointAt(version) : nth(version))
      }
      const before = await store.load(A, 0)
      for (const version of [1, 2, 3, 4, 5, 6, 8, 9]) {
        expect(await store.commit({ ...late(version), deliveries: [delivery('late')] })).toBe('conflict')
      }
      expect(await held(project)).toEqual([4, 5, 6])
      expect(await store.load(A, 0)).toEqual(before)
      expect((await store.pages(A, ['p3', 'p5', 'p1', 'p4'])).size).toBe(2)
      expect(await store.deliveries({ limit: 1 })).toEqual([])
    }),
  )

  test(
    'a long log is read page by page, forgotten in parts, and never half forgotten for a late writer',
    {
      timeout: LIMIT_MS,
    },
    () =>
      withStore(async (store, project) => {
        const oracle = openMemoryStore()
        for (const each of [store, oracle]) {
          for (let version = 1; version <= 504; version += 1) {
            const isCheckpoint = version === 502 || version === 503
            await each.commit(isCheckpoint ? checkpointAt(version) : nth(version, { facts: [fact(`f${version}`)] }))
          }
        }
        expect(await held(project)).toEqual([501, 502, 503, 504])
        for (const after of [0, 1, 500, 501, 502, 503, 504, 600]) {
          expect(await store.load(A, after)).toStrictEqual(await oracle.load(A, after))
        }
        for (const version of [1, 500, 501, 502, 503]) {
          expect(await store.commit(nth(version, { marker: 'late' }))).toBe('conflict')
        }
        await store.commit(checkpointAt(505))
        expect(await held(project)).toEqual([504, 505])
      }),
  )

  test.each([
    ['one checkpoint', [3], 3],
    ['two checkpoints', [3, 4], 4],
  ])('a reader overtaken by %s reads again, and never hands out half of each', (_, made, latest) =>
    withStore(async (store, project) => {
      for (const version of [1, 2]) await store.commit(checkpointAt(version))
      const proxy = await startCuttingProxy(host)
      const slow = await openAt({ host: proxy.host, project, callMs: 1_000 })
      proxy.cut('silence', ':runQuery')
      const reading = slow.load(A, 0)
      await expect.poll(() => proxy.done()).toBe(1)
      for (const version of made) await store.commit(checkpointAt(version))
      await store.commit(nth(latest + 1))
      expect(await reading).toEqual({
        version: latest + 1,
        checkpoint: { version: latest, head: `head ${latest}` },
        facts: [fact(`f${latest + 1}`)],
        state: state(latest + 1),
      })
      await slow.close()
      await proxy.close()
    }),
  )

  test.each([
    ['a plain commit', nth(3, { marker: 'late' })],
    ['a commit with a checkpoint', { ...checkpointAt(3), marker: 'late' }],
  ])('%s that was under way while others went on and its place was forgotten is a conflict', (_, late) =>
    withStore(async (store, project) => {
      for (const version of [1, 2]) await store.commit(checkpointAt(version))
      const proxy = await startCuttingProxy(host)
      const frozen = await openAt({ host: proxy.host, project })
      proxy.cut('hold', ':commit')
      const committing = frozen.commit(late)
      await expect.poll(() => proxy.done()).toBe(1)
      for (const version of [3, 4]) await store.commit(checkpointAt(version))
      expect(await held(project)).toEqual([4])
      proxy.release()
      expect(await committing).toBe('conflict')
      expect(await held(project)).toEqual([4])
      expect((await store.load(A, 0)).checkpoint).toEqual({ version: 4, head: 'head 4' })
      await frozen.close()
      await proxy.close()
    }),
  )

  test('more deliveries than a page are listed in one order and claimed once', () =>
    withStore(async (store) => {
      const ids = Array.from({ length: 230 }, (_, n) => `d${n + 100}`)
      await store.commit(commit({ deliveries: ids.map((id) => delivery(id)) }))
      expect(idsOf(await store.deliveries({ limit: 1_000 }))).toEqual(ids.toReversed())
      expect(idsOf(await store.deliveries({ limit: 150 }))).toEqual(ids.toReversed().slice(0, 150))
      expect(idsOf(await store.claim({ now: NOW, leaseId: 'L', leaseMs: 1, limit: 1_000 }))).toEqual(ids)
    }))

  test('instants between milliseconds come back as they were', () =>
    withStore(async (store) => {
      await store.commit(commit({ at: NOW + 0.25, deliveries: [delivery('d', { createdAt: NOW + 0.125 })] }))
      const [row] = await store.claim({ now: NOW + 0.5, leaseId: 'L', leaseMs: 0.75, limit: 1 })
      expect(row).toMatchObject({ createdAt: NOW + 0.125, state: { dueAt: NOW + 0.25 } })
      expect(await store.nextDueAt()).toBe(NOW + 1.25)
      expect(await settle(store, 'd', 'L', pending({ dueAt: NOW + 1.5 }))).toBe(true)
      expect(await store.nextDueAt()).toBe(NOW + 1.5)
    }))

  test('a document too large for Firestore is refused by name, and nothing of its commit is kept', () =>
    withStore(async (store) => {
      const tooLarge = commit({
        checkpoint: { head: '', pages: [{ id: 'p', text: unpackable(2_000_000) }], dropped: [] },
      })
      await expect(store.commit(tooLarge)).rejects.toThrow(/pages\/p: the document would have \d+ bytes/)
      expect(await store.accounts()).toEqual([])
    }))
})

/** A text without pattern, from a generator with a fixed seed (xorshift32). */
const unpackable = (length: number): string => {
  let seed = 2_463_534_242
  const next = () => {
    seed ^= seed << 13
    seed ^= seed >>> 17
    seed ^= seed << 5
    return String.fromCharCode(33 + ((seed >>> 0) % 94))
  }
  return Array.from({ length }, next).join('')
}
