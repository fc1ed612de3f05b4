/** Connections that break at the worst moment: whatever Firestore applied is applied once, and nobody is told otherwise. */

import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openMemoryStore } from '../../functions/store/memory.ts'
import type { Commit, Store } from '../../functions/store/store.ts'
import { type Cut, type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.ts'
import { emulatorSuite, firestoreEmulator, ownProject } from '../support/emulators.ts'
import { openAt } from '../support/firestore-stores.ts'
import { everything } from '../support/store-commands.ts'
import {
  A,
  B,
  claim,
  commit,
  delivery,
  fact,
  final,
  NOW,
  pending,
  quarantined,
  settle,
} from '../support/store-samples.ts'

const page = (id: string) => ({ id, text: `text of ${id}` })

/** Before every case: three versions with a checkpoint at 1 and 2, d1 leased to L, d2 dead, d3 waiting. */
const before = async (store: Store): Promise<void> => {
  const deliveries = ['d1', 'd2', 'd3'].map((id) => delivery(id))
  const first = { head: 'head 1', pages: [page('p1')], dropped: [] }
  await store.commit(commit({ facts: [fact('f1')], deliveries, checkpoint: first }))
  await store.commit(commit({ baseVersion: 1, checkpoint: { head: 'head 2', pages: [page('p2')], dropped: [] } }))
  await store.commit(commit({ baseVersion: 2, facts: [fact('f3')], quarantined: [quarantined('q1')] }))
  await claim(store, 'L', NOW, 2)
  await settle(store, 'd2', 'L', final('dead'))
}

const plain: Commit = commit({ baseVersion: 3, facts: [fact('f4')] })
const withRows: Commit = { ...plain, deliveries: [delivery('d4'), delivery('d5')], quarantined: [quarantined('q2')] }
/** One delivery and one record exist already, and must stay as they are. */
const withOldRows: Commit = {
  ...plain,
  deliveries: [delivery('d3', { title: 'other' }), delivery('d4')],
  quarantined: [quarantined('q1', { detail: 'other' }), quarantined('q2')],
}
const withCheckpoint: Commit = { ...withRows, checkpoint: { head: 'head 4', pages: [page('p4')], dropped: ['p1'] } }

type Step = { readonly call: string; readonly run: (store: Store) => Promise<unknown> }

/** Every kind of write, and the REST method that carries it. */
const WRITES: readonly (readonly [string, Step])[] = [
  ['a first commit', { call: ':commit', run: (store) => store.commit(commit({ account: B })) }],
  ['a commit', { call: ':commit', run: (store) => store.commit(plain) }],
  ['a commit with deliveries and quarantine', { call: ':commit', run: (store) => store.commit(withRows) }],
  ['a commit whose rows exist in part', { call: ':commit', run: (store) => store.commit(withOldRows) }],
  ['a commit with a checkpoint', { call: ':commit', run: (store) => store.commit(withCheckpoint) }],
  ['a claim', { call: ':batchWrite', run: (store) => claim(store, 'M') }],
  ['a claim of what another left', { call: ':batchWrite', run: (store) => claim(store, 'L', NOW + 70_000) }],
  ['a settlement', { call: ':commit', run: (store) => settle(store, 'd1', 'L', final('sent')) }],
  ['a retry', { call: ':commit', run: (store) => settle(store, 'd1', 'L', pending()) }],
  ['a redrive', { call: ':commit', run: (store) => store.redrive(delivery('d2').id, NOW + 7) }],
]

const CUTS: readonly Cut[] = ['reply', 'request']

const emulator = await firestoreEmulator()

emulatorSuite('the Firestore emulator behind a bad line', emulator, ({ host }) => {
  let proxy: CuttingProxy
  let store: Store
  let project: string
  beforeEach(async () => {
    proxy = await startCuttingProxy(host)
    project = ownProject('faults')
    store = await openAt({ host: proxy.host, project })
    await before(store)
  })
  afterEach(async () => {
    await store.close()
    await proxy.close()
  })

  describe.each(CUTS)('its %s is lost', (kind) => {
    test.each(WRITES)('%s is applied once and told as it is', async (_, { call, run }) => {
      const oracle = openMemoryStore()
      await before(oracle)
      proxy.cut(kind, call)
      expect(await run(store)).toStrictEqual(await run(oracle))
      expect(proxy.done()).toBe(1)
      expect(await everything(store)).toStrictEqual(await everything(oracle))
    })
  })

  test('a commit that lost its reply twice is committed once, however often it comes again', async () => {
    proxy.cut('reply', ':commit', 2)
    expect(await store.commit(withRows)).toBe('committed')
    expect(await store.commit(withRows)).toBe('committed')
    expect((await store.load(A, 3)).facts).toEqual([fact('f4')])
  })

  test('a rival’s commit at the same version is a conflict even where our own reply was lost', async () => {
    const direct = await openAt({ host, project })
    expect(await direct.commit({ ...plain, marker: 'rival', facts: [fact('theirs')] })).toBe('committed')
    proxy.cut('reply', ':commit')
    expect(await store.commit(withRows)).toBe('conflict')
    expect((await store.load(A, 3)).facts).toEqual([fact('theirs')])
    expect((await store.deliveries({ limit: 10 })).map(({ id }) => id)).toEqual(['d3', 'd2', 'd1'])
    await direct.close()
  })

  test('reads whose replies are lost are read again', async () => {
    proxy.cut('reply', ':runQuery', 2)
    expect((await store.load(A, 2)).facts).toEqual([fact('f3')])
    expect(proxy.done()).toBe(2)
    proxy.cut('reply', ':batchGet', 2)
    expect((await store.pages(A, ['p1', 'p2', 'p3'])).get('p2')).toBe('text of p2')
    expect(proxy.done()).toBe(2)
  })

  test('a line that stays broken ends in one clear error, and what was applied is found applied', async () => {
    const impatient = await openAt({ host: proxy.host, project, callMs: 300, budgetMs: 1_000 })
    proxy.cut('reply', '/documents:', 1_000)
    await expect(impatient.commit(withRows)).rejects.toThrow(
      /^Firestore database \(default\) of project faults-\S+: NO_REPLY .*What was not confirmed will be tried again\.$/,
    )
    proxy.cut('reply', '', 0)
    expect(await impatient.commit(withRows)).toBe('committed')
    expect((await store.load(A, 3)).version).toBe(4)
    await impatient.close()
  })

  test('a server that says nothing is given up in time', async () => {
    const impatient = await openAt({ host: proxy.host, project, callMs: 200, budgetMs: 700 })
    proxy.cut('silence', '/documents', 1_000)
    const start = performance.now()
    await expect(impatient.load(A, 0)).rejects.toThrow('NO_REPLY')
    await expect(impatient.commit(plain)).rejects.toThrow('NO_REPLY')
    expect(performance.now() - start).toBeLessThan(5_000)
    await impatient.close()
  })

  test('one lost call is made again within the time of the operation', async () => {
    const patient = await openAt({ host: proxy.host, project, callMs: 300 })
    proxy.cut('silence', ':commit')
    expect(await patient.commit(plain)).toBe('committed')
    expect(proxy.done()).toBe(1)
    await patient.close()
  })

  test('a warm reader costs one query and a plain commit one call', async () => {
    const asked = () => proxy.requests.map((line) => /:(\w+) HTTP/.exec(line)?.[1])
    const known = asked().length
    await store.load(A, 3)
    await store.commit(plain)
    await store.load(A, 3)
    expect(asked().slice(known)).toEqual(['runQuery', 'commit', 'runQuery'])
    await store.load(A, 0)
    await store.settle({ id: delivery('d1').id, leaseId: 'L', state: final('sent') })
    await claim(store, 'M')
    expect(asked().slice(known + 3)).toEqual(['batchGet', 'runQuery', 'batchGet', 'commit', 'runQuery', 'batchWrite'])
  })
})

test('where nobody listens the error says so in time', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  const store = await openAt({ host: `127.0.0.1:${port}`, project: 'nobody', budgetMs: 2_000 })
  await expect(store.load(A, 0)).rejects.toThrow(/project nobody: NO_REPLY .*ECONNREFUSED/)
  await store.close()
})
