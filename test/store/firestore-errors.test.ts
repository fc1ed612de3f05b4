/** Firestore refuses, stumbles or talks nonsense: people are told the mend, and passing trouble passes. */

import { afterEach, describe, expect, test } from 'vitest'
import { ConfigError } from '../../functions/domain/errors.ts'
import { openFirestoreStore } from '../../functions/store/firestore.ts'
import { FIRESTORE_INDEXES } from '../../functions/store/firestore-indexes.ts'
import { openTransport } from '../../functions/store/firestore-transport.ts'
import type { Store } from '../../functions/store/store.ts'
import { type AnsweringServer, type Reply, refusal, startAnsweringServer } from '../support/firestore-answers.ts'
import { openAt } from '../support/firestore-stores.ts'
import { A, commit, delivery, final, NOW, quarantined, settle } from '../support/store-samples.ts'

const NOTHING: Reply = { body: [{ readTime: '2026-11-23T10:00:00Z' }] }

let server: AnsweringServer | undefined
let store: Store | undefined
const opened = async (...replies: readonly Reply[]): Promise<Store> => {
  server = await startAnsweringServer(replies)
  store = await openAt({ host: server.host, project: 'my-project' })
  return store
}
afterEach(async () => {
  await store?.close()
  await server?.close()
})

const rejection = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    (value) => `no error but ${value}`,
    (error: unknown) => error,
  )

const CALLS: readonly (readonly [string, (store: Store) => Promise<unknown>])[] = [
  ['load', (each) => each.load(A, 3)],
  ['commit', (each) => each.commit(commit())],
  ['claim', (each) => each.claim({ now: NOW, leaseId: 'L', leaseMs: 1, limit: 1 })],
  ['settle', (each) => settle(each, 'd', 'L', final('sent'))],
]

describe('a person must mend it', () => {
  test.each(CALLS)('%s without rights names the role', async (_, call) => {
    const error = await rejection(call(await opened(refusal(403, 'PERMISSION_DENIED', 'Missing permissions.'))))
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toContain('roles/datastore.user')
    expect(String(error)).toContain('my-project')
    expect(server?.asked).toHaveLength(1)
  })

  test.each(CALLS)('%s without credentials says how to get some', async (_, call) => {
    const error = await rejection(call(await opened(refusal(401, 'UNAUTHENTICATED'))))
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toContain('gcloud auth application-default login')
  })

  test.each(CALLS)('%s without a database says how to make one', async (_, call) => {
    const error = await rejection(
      call(await opened(refusal(404, 'NOT_FOUND', 'The database (default) does not exist'))),
    )
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toContain("gcloud firestore databases create --project=my-project --database='(default)'")
  })

  test('a query without its index names the files that make it', async () => {
    const error = await rejection((await opened(refusal(400, 'FAILED_PRECONDITION', 'needs an index'))).nextDueAt())
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toContain('infra/')
  })

  test.each(['UPPER', 'a', 'with/slash', 'ends-with-'])('the database name %j is refused', async (database) => {
    const options = { database, projectId: 'p', emulatorHost: '127.0.0.1:1', newId: () => 'id', chance: () => 0 }
    const error = await rejection(openFirestoreStore(options))
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toContain(`STORE: ${JSON.stringify(database)} is no name of a Firestore database.`)
  })

  test.each(['localhost', 'http://localhost:1', 'a:b', 'x/../y:1'])(
    'the emulator address %j is refused',
    async (at) => {
      const error = await rejection(openAt({ host: at, project: 'p' }))
      expect(error).toBeInstanceOf(ConfigError)
      expect(String(error)).toContain('FIRESTORE_EMULATOR_HOST')
    },
  )
})

describe('it passes', () => {
  test.each([
    ['overload', refusal(429, 'RESOURCE_EXHAUSTED')],
    ['an outage', refusal(503, 'UNAVAILABLE')],
    ['an error page of something in between', { status: 502, body: '<html>Bad Gateway</html>' }],
    ['an answer cut to nonsense', { body: '[{"document":' }],
    ['an error after the first documents', { body: [{ readTime: 't' }, { error: { code: 13, status: 'INTERNAL' } }] }],
  ])('%s: a read is made again', async (_, reply: Reply) => {
    expect(await (await opened(reply, reply, NOTHING)).nextDueAt()).toBeUndefined()
    expect(server?.asked).toHaveLength(3)
  })

  test('an outage that stays is an error after a few tries, and no setting a person got wrong', async () => {
    const error = await rejection((await opened(refusal(503, 'UNAVAILABLE', 'try\n later'))).nextDueAt())
    expect(error).not.toBeInstanceOf(ConfigError)
    expect(String(error)).toContain('project my-project: UNAVAILABLE (try later).')
    expect(server?.asked.length).toBeLessThan(10)
  })

  test('a commit that fails with no effect is made again with the same marker', async () => {
    const missing = { body: [{ missing: 'x', readTime: 't' }] }
    const reply = await (await opened(refusal(409, 'ABORTED'), missing, { body: {} })).commit(
      commit({ marker: 'mark' }),
    )
    expect(reply).toBe('committed')
    expect(server?.asked.map((each) => JSON.stringify(each).includes('mark'))).toEqual([true, true, true])
  })
})

test('credentials never appear in an error', async () => {
  const transport = openTransport({
    emulatorHost: '127.0.0.1:1',
    credentials: async () => ({ authorization: 'Bearer canary' }),
    callMs: 500,
  })
  const answer = await transport.post('projects/p:commit', {}, AbortSignal.timeout(1_000))
  expect(answer).toMatchObject({ failure: { status: 'NO_REPLY' } })
  const { cause } = (answer as { failure: { cause: unknown } }).failure
  expect(JSON.stringify(answer) + String(cause) + JSON.stringify(cause)).not.toContain('canary')
  transport.close()
})

test('credentials that never come are no reply in time, and those that cannot come are missing', async () => {
  const transport = openTransport({
    emulatorHost: '127.0.0.1:1',
    credentials: () => new Promise(() => 0),
    callMs: 100,
  })
  const answer = await transport.post('projects/p:commit', {}, AbortSignal.timeout(1_000))
  expect(answer).toMatchObject({ failure: { status: 'NO_REPLY' } })
  transport.close()
  const none = openTransport({ emulatorHost: '127.0.0.1:1', credentials: async () => missing(), callMs: 100 })
  const refused = await none.post('projects/p:commit', {}, AbortSignal.timeout(1_000))
  expect(refused).toMatchObject({ failure: { status: 'UNAUTHENTICATED' } })
  none.close()
})

const missing = (): never => {
  throw new Error('no credentials')
}

type Asked = { readonly structuredQuery: Record<string, never> }

/** The fields a query compares and orders by, as an index must hold them; one field alone needs none of ours. */
const neededBy = ({ structuredQuery }: Asked): readonly (readonly [string, string])[] => {
  const { where, orderBy, from } = structuredQuery as never as {
    readonly from: readonly { readonly collectionId: string }[]
    readonly where?: unknown
    readonly orderBy: readonly { readonly field: { readonly fieldPath: string }; readonly direction: string }[]
  }
  const equal = [...JSON.stringify(where ?? {}).matchAll(/"fieldPath":"(\w+)"\},"op":"EQUAL"/g)].map(
    ([, field]) => field,
  )
  const ordered = orderBy.map(({ field, direction }) => [field.fieldPath, direction] as const)
  const fields = [...equal.map((field) => [field ?? '', 'ASCENDING'] as const), ...ordered]
  return [[from[0]?.collectionId ?? '', ''], ...fields.filter(([field]) => field !== '__name__')]
}

test('every query of the store has its index', async () => {
  const all = await opened(NOTHING)
  const [account, limit] = [A, 5]
  for (const of of [{}, { channel: 'ops' }, { except: ['ops'] }])
    await all.claim({ now: NOW, leaseId: 'L', leaseMs: 1, limit, ...of })
  await all.waiting(limit)
  await all.hasten({ channel: 'ops', now: NOW, attemptsMax: 7, limit })
  await all.nextDueAt()
  await all.accounts()
  for (const filter of [{}, { account }, { status: 'dead' }, { account, status: 'sent' }] as const) {
    await all.deliveries({ ...filter, limit })
    await all.deliveries({ ...filter, since: NOW, limit })
  }
  await all.quarantine({ limit })
  await all.quarantine({ account, limit })
  const needed = ((server?.asked ?? []) as readonly Asked[]).map(neededBy).filter((fields) => fields.length > 2)
  const held = FIRESTORE_INDEXES.composite.map(({ collection, fields }) => [[collection, ''], ...fields])
  expect(new Set(needed.map((fields) => JSON.stringify(fields))).size).toBe(6)
  expect(held).toEqual(expect.arrayContaining(needed.map((each) => [...each])))
  expect(needed).toEqual(expect.arrayContaining(held))
})

test('a field that is asked for alone keeps its own index, and what expires is no index', () => {
  const unindexed = FIRESTORE_INDEXES.unindexed.map(({ collection, field }) => `${collection}.${field}`)
  for (const field of ['deliveries.readyAt', 'deliveries.createdAt', 'quarantine.at'])
    expect(unindexed).not.toContain(field)
  for (const { collection, field } of FIRESTORE_INDEXES.expiring) expect(unindexed).toContain(`${collection}.${field}`)
})

describe('what Firestore would keep wrongly is refused before it is sent', () => {
  test.each([
    ['at', 'no number', { at: Number.NaN }],
    ['delivery.createdAt', 'infinite', { deliveries: [delivery('d', { createdAt: Number.POSITIVE_INFINITY })] }],
    ['delivery', 'reserved', { deliveries: [delivery('__d__')] }],
    ['delivery', 'two names', { deliveries: [delivery('a/b')] }],
    ['account', 'a way up', { account: '..' as typeof A }],
    ['quarantine', 'empty', { quarantined: [quarantined('')] }],
  ])('a commit whose %s is %s', async (field, _, over) => {
    const error = await rejection((await opened(NOTHING)).commit(commit(over)))
    expect(error).toBeInstanceOf(RangeError)
    expect(String(error)).toContain(`${field}: `)
    expect(server?.asked).toEqual([])
  })
})
