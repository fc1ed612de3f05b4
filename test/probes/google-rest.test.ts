import { afterEach, describe, expect, test } from 'vitest'
import { cloudIo } from '../../functions/probes/cloud.ts'
import { type Endpoints, openRest } from '../../functions/probes/google-rest.ts'
import { emulatorSuite, firestoreEmulator, ownProject } from '../support/emulators.ts'
import { type Answer, type HttpPeer, startHttp } from '../support/http-server.ts'

const servers: HttpPeer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())))

const everywhere = (url: string): Endpoints => ({
  pubsub: url,
  projects: url,
  billing: url,
  budgets: url,
  functions: url,
  scheduler: url,
  run: url,
  firestore: url,
  iam: url,
  monitoring: url,
})

const served = async (answer: Answer, callMs = 5_000) => {
  const server = await startHttp(answer)
  servers.push(server)
  const rest = openRest({
    endpoints: everywhere(server.url),
    headers: async () => ({ authorization: 'Bearer t' }),
    callMs,
  })
  return { server, rest, cloud: cloudIo(rest) }
}

const json =
  (status: number, body: unknown): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

describe('an answer that is none', () => {
  test.each<[string, Answer, string]>([
    ['text', (response) => response.end('<html>'), 'the answer is no JSON'],
    ['a connection that is cut', (response) => response.socket?.destroy(), 'UND_ERR_SOCKET'],
    ['a redirect', json(302, {}), 'HTTP 302'],
    ['an error of the service', json(503, { error: { message: 'later' } }), 'HTTP 503'],
    ['another resource', json(200, { kind: 'other' }), 'the answer does not fit the question'],
  ])('%s', async (_, answer, note) => {
    const { cloud } = await served(answer)
    expect(await cloud.subscription('projects/p/subscriptions/s')).toEqual({ kind: 'failed', note })
  })

  test('silence is given up in time', async () => {
    const { cloud } = await served(() => undefined, 200)
    expect(await cloud.topic('projects/p/topics/t')).toEqual({ kind: 'failed', note: 'no answer in time' })
  })

  test('nobody who could ask', async () => {
    const { server } = await served(json(200, {}))
    const rest = openRest({ endpoints: everywhere(server.url), headers: () => Promise.reject(new Error('no sign-in')) })
    expect(await cloudIo(rest).topic('projects/p/topics/t')).toEqual({ kind: 'failed', note: 'no sign-in' })
    expect(server.requests()).toEqual([])
  })
})

test.each([
  ['unauthenticated', 401, undefined],
  ['denied', 403, 'IAM_PERMISSION_DENIED'],
  ['api-disabled', 403, 'SERVICE_DISABLED'],
  ['not-found', 404, undefined],
])('a refusal says which kind: %s', async (why, status, reason) => {
  const { cloud } = await served(json(status, { error: { details: reason ? [{ reason }] : [] } }))
  expect(await cloud.topic('projects/p/topics/t')).toEqual({ kind: 'refused', why })
})

test('a question is asked once, with the token, whoever asks it', async () => {
  const { cloud, server } = await served(json(200, { name: 'projects/p/topics/t' }))
  await Promise.all([cloud.topic('projects/p/topics/t'), cloud.topic('projects/p/topics/t')])
  await cloud.topic('projects/p/topics/t')
  expect(server.requests().map(({ path, headers }) => [path, headers['authorization']])).toEqual([
    ['/v1/projects/p/topics/t', 'Bearer t'],
  ])
})

test('a name from outside stays within its part of the path', async () => {
  const { cloud, server } = await served(json(404, {}))
  await cloud.topic('projects/p/topics/a?b=c#d e')
  await cloud.budgets('../../x')
  expect(server.requests().map(({ path }) => path)).toEqual([
    '/v1/projects/p/topics/a%3Fb%3Dc%23d%20e',
    '/v1/billingAccounts/..%2F..%2Fx/budgets?pageSize=100',
  ])
})

test('pages are followed to the end, and an entry that cannot be read is left out', async () => {
  const { cloud } = await served((response, { path }) =>
    json(
      200,
      path.includes('pageToken=two')
        ? { jobs: [{ name: 'a/b' }] }
        : { jobs: [{ name: 7 }, { name: 'a/a' }], nextPageToken: 'two' },
    )(response, { method: '', path, headers: {}, body: '' }, {} as never),
  )
  expect(await cloud.jobs('p', 'r')).toEqual({
    kind: 'answer',
    answer: [
      { name: 'a', state: 'STATE_UNSPECIFIED', schedule: '' },
      { name: 'b', state: 'STATE_UNSPECIFIED', schedule: '' },
    ],
  })
})

test('a role is asked of IAM under its whole name, deleted or not', async () => {
  const name = 'projects/my-app/roles/drawdownEnforce'
  const { cloud, server } = await served(json(200, { name, includedPermissions: ['a.b.c'], deleted: true, etag: 'x' }))
  expect(await cloud.role(name)).toEqual({ kind: 'answer', answer: { permissions: ['a.b.c'], isDeleted: true } })
  const bare = await served(json(200, { name }))
  expect(await bare.cloud.role(name)).toEqual({ kind: 'answer', answer: { permissions: [], isDeleted: false } })
  expect(server.requests().map(({ path }) => path)).toEqual([`/v1/${name}`])
})

test('levels are those of the newest points, page by page, and a series without points is none', async () => {
  const series = (id: string, ...values: readonly string[]) => ({
    resource: { type: 'pubsub_subscription', labels: { project_id: 'p', subscription_id: id } },
    points: values.map((int64Value) => ({ value: { int64Value } })),
  })
  const { cloud, server } = await served((response, { path }) =>
    json(
      200,
      path.includes('pageToken=two')
        ? { timeSeries: [series('b', '0')] }
        : { timeSeries: [series('a', '7', '9'), series('c')], nextPageToken: 'two' },
    )(response, { method: '', path, headers: {}, body: '' }, {} as never),
  )
  const names = ['projects/p/subscriptions/a', 'projects/p/subscriptions/b', 'projects/p/subscriptions/c']
  expect(await cloud.levels('num_undelivered_messages', names, 1_795_442_400_000)).toEqual({
    kind: 'answer',
    answer: [
      { subscription: 'projects/p/subscriptions/a', value: 7 },
      { subscription: 'projects/p/subscriptions/b', value: 0 },
    ],
  })
  const [first, second] = server.requests().map(({ path }) => new URL(path, 'http://x'))
  expect([first?.pathname, first?.searchParams.get('pageSize'), second?.searchParams.get('pageToken')]).toEqual([
    '/v3/projects/p/timeSeries',
    '100',
    'two',
  ])
})

test('pages without an end are followed twenty times', async () => {
  let pages = 0
  const { cloud } = await served((response) => {
    pages += 1
    response.end(JSON.stringify({ jobs: [], nextPageToken: `page-${pages}` }))
  })
  expect(await cloud.jobs('p', 'r')).toEqual({ kind: 'answer', answer: [] })
  expect(pages).toBe(20)
})

test('sixteen questions are open at a time, and all are answered', async () => {
  let open = 0
  let most = 0
  const { cloud } = await served((response, { path }) => {
    open += 1
    most = Math.max(most, open)
    setImmediate(() => {
      open -= 1
      response.end(JSON.stringify({ name: path }))
    })
  })
  const names = Array.from({ length: 60 }, (_, index) => `projects/p/topics/t${index}`)
  const answers = await Promise.all(names.map((name) => cloud.topic(name)))
  expect(answers.every(({ kind }) => kind === 'answer')).toBe(true)
  expect(most).toBeLessThanOrEqual(16)
  expect(most).toBeGreaterThan(1)
})

emulatorSuite('asking whether the database takes writes', await firestoreEmulator(), ({ host }) => {
  test('changes nothing, and the real database answers as we read it', async () => {
    const project = ownProject('doctor')
    const rest = openRest({ endpoints: { ...everywhere(''), firestore: `http://${host}` }, headers: async () => ({}) })
    expect(await cloudIo(rest).mayWrite(project, '(default)')).toEqual({ kind: 'answer', answer: true })
    const found = await fetch(
      `http://${host}/v1/projects/${project}/databases/(default)/documents/drawdown-doctor/never-there`,
    )
    expect(found.status).toBe(404)
  })
})
