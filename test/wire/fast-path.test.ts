import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSqliteStore } from '../../functions/store/sqlite.ts'
import { ACCOUNT, BUDGET } from '../support/facts.ts'
import { type Started, startFramework } from '../support/framework.ts'
import { A } from '../support/store-samples.ts'

/** One target under the real framework twice: past its middlewares, and through them. They must not differ. */
const CONFIG = `
accounts:
  - id: ${ACCOUNT}
    projects: [my-app]
    budgets: { ${BUDGET}: drawdown }
`
const WAIT_MAX_MS = 60_000
const MIB = 1024 * 1024

type Side = Started & { readonly store: string }
type Reply = { readonly status: number; readonly type: string; readonly body: string; readonly allow?: string }
type Asked = {
  readonly method?: string
  readonly path?: string
  readonly headers?: Record<string, string>
  /** Written one by one; without `content-length` they travel as chunks. */
  readonly body?: readonly (string | Buffer)[]
}

const folder = mkdtempSync(join(tmpdir(), 'drawdown-fast-'))
const side: { fast?: Side; slow?: Side; guarded?: Started } = {}

const startSide = async (name: string, over: Record<string, string>): Promise<Side> => {
  const store = join(folder, `${name}.db`)
  const env = { STORE: `sqlite:${store}`, DRAWDOWN_CONFIG: join(folder, 'config.yaml'), LOG_EXECUTION_ID: 'true' }
  return { ...(await startFramework('billingNotification', { ...env, ...over })), store }
}

beforeAll(async () => {
  writeFileSync(join(folder, 'config.yaml'), CONFIG)
  const [fast, slow] = await Promise.all([startSide('fast', {}), startSide('slow', { DRAWDOWN_FAST_PATH: 'off' })])
  Object.assign(side, { fast, slow })
}, WAIT_MAX_MS)
afterAll(() => {
  for (const one of Object.values(side)) one.child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const both = (): readonly [Side, Side] => {
  if (!side.fast || !side.slow) throw new Error('not started')
  return [side.fast, side.slow]
}

const ask = (url: string, { method = 'POST', path = '/', headers = {}, body = [] }: Asked): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const outgoing = request(`${url}${path}`, { method, headers }, (incoming) => {
      let text = ''
      incoming.on('data', (chunk) => {
        text += String(chunk)
      })
      incoming.on('end', () => resolve(replyOf(incoming.statusCode ?? 0, incoming.headers, text)))
    })
    outgoing.on('error', reject)
    for (const part of body) outgoing.write(part)
    outgoing.end()
  })

const replyOf = (status: number, headers: IncomingHttpHeaders, body: string): Reply => ({
  status,
  type: headers['content-type'] ?? '',
  body,
  ...(headers.allow !== undefined && { allow: headers.allow }),
})

const budgetMessage = (cost: number) => ({
  data: Buffer.from(
    JSON.stringify({
      budgetDisplayName: 'Gemini',
      costAmount: cost,
      costIntervalStart: '2026-11-01T07:00:00Z',
      budgetAmount: 100,
      budgetAmountType: 'SPECIFIED_AMOUNT',
      currencyCode: 'USD',
    }),
  ).toString('base64'),
  attributes: { billingAccountId: ACCOUNT, budgetId: BUDGET, schemaVersion: '1.0' },
  messageId: '1',
  publishTime: '2026-11-02T10:00:00Z',
})
const push = (cost: number): string => JSON.stringify({ message: budgetMessage(cost), subscription: 's' })
const sized = (text: string): Asked => ({
  headers: { 'content-length': String(Buffer.byteLength(text)) },
  body: [text],
})
const CLOUD_EVENT = { 'ce-id': '1', 'ce-specversion': '1.0', 'ce-source': '//pubsub', 'ce-type': 'messagePublished' }
const structured = { specversion: '1.0', id: '1', source: '//pubsub', type: 't', data: JSON.parse(push(3)) as object }

const CASES: readonly (readonly [string, Asked, number])[] = [
  ['a push', sized(push(1)), 200],
  ['the same push again', sized(push(1)), 200],
  ['a push in chunks', { body: [push(2).slice(0, 40), push(2).slice(40)] }, 200],
  ['a push in many small chunks', { body: [...push(2)] }, 200],
  ['a push with a query', { ...sized(push(2)), path: '/?__GCP_CloudEventsMode=CE_PUBSUB_BINDING' }, 200],
  ['a push to a topic’s path', { ...sized(push(2)), path: '/projects/p/topics/t' }, 200],
  ['a push to a path nobody names', { ...sized(push(2)), path: '/a/b' }, 200],
  [
    'a structured CloudEvent',
    { headers: { 'content-type': 'application/cloudevents+json' }, body: [JSON.stringify(structured)] },
    200,
  ],
  [
    'a structured CloudEvent by its content type alone',
    { headers: { 'content-type': 'application/cloudevents+json' }, body: [push(4)] },
    200,
  ],
  ['a binary CloudEvent', { headers: CLOUD_EVENT, body: [push(5)] }, 200],
  ['a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: ['a=1&b=2'] }, 200],
  ['a text in an unknown charset', { headers: { 'content-type': 'text/plain; charset=nonsense' }, body: ['x'] }, 200],
  ['a content type that is none', { headers: { 'content-type': ';;;' }, body: [push(6)] }, 200],
  ['no body', {}, 200],
  ['an empty body', sized(''), 200],
  ['no JSON', sized('{"message":'), 200],
  ['null', sized('null'), 200],
  ['a list', sized('[]'), 200],
  ['no message', sized('{}'), 200],
  ['data that is no base64', sized('{"message":{"data":"%%%"}}'), 200],
  ['no UTF-8', { body: [Buffer.from([0x7b, 0xff, 0x7d])] }, 200],
  ['an unknown account', sized(push(1).replace(ACCOUNT, '000000-000000-000000')), 200],
  ['gzip, declared', { headers: { 'content-encoding': 'gzip' }, body: [gzipSync(push(7))] }, 200],
  ['gzip, undeclared', { body: [gzipSync(push(8))] }, 200],
  ['gzip, declared and broken', { headers: { 'content-encoding': 'gzip' }, body: ['not gzip'] }, 400],
  ['an unknown coding', { headers: { 'content-encoding': 'snappy' }, body: [push(9)] }, 415],
  ['the identity coding', { headers: { 'content-encoding': 'identity' }, body: [push(9)] }, 200],
  ['Expect: 100-continue', { headers: { expect: '100-continue' }, body: [push(10)] }, 200],
  ['an expectation nobody can meet', { headers: { expect: 'miracles' }, body: [push(10)] }, 417],
  ['a body of a megabyte', sized(`{"x":"${'x'.repeat(MIB - 8)}"}`), 200],
  ['a body of a megabyte and a byte', sized('x'.repeat(MIB + 1)), 413],
  ['three megabytes in chunks', { body: ['x'.repeat(MIB), 'y'.repeat(MIB), 'z'.repeat(MIB)] }, 413],
  ['GET', { method: 'GET' }, 405],
  ['HEAD', { method: 'HEAD' }, 405],
  ['PUT', { method: 'PUT', body: [push(11)] }, 405],
  ['PATCH', { method: 'PATCH', body: [push(11)] }, 405],
  ['DELETE', { method: 'DELETE' }, 405],
  ['OPTIONS', { method: 'OPTIONS' }, 405],
  ['an ignored path', { ...sized(push(12)), path: '/robots.txt' }, 404],
  ['an ignored path below', { ...sized(push(12)), path: '/favicon.ico/x' }, 404],
  ['a path with a broken escape', { ...sized(push(12)), path: '/projects/%zz' }, 400],
]

describe('past the framework and through it', () => {
  test.each(CASES)('%s: the same answer', async (_, asked, status) => {
    const [fast, slow] = both()
    const answers = [await ask(fast.url, asked), await ask(slow.url, asked)]
    expect(withoutStack(answers[0])).toEqual(withoutStack(answers[1]))
    expect(answers[0]?.status).toBe(status)
  })

  test('they are two ways: only one of them runs the framework’s middlewares', async () => {
    const [fast, slow] = both()
    for (const one of [fast, slow]) expect((await ask(one.url, sized('{"two":"ways"}'))).status).toBe(200)
    const logged = (one: Side) =>
      one
        .output()
        .split('\n')
        .filter((line) => line.includes('message quarantined'))
    expect(logged(slow).at(-1)).toContain('execution_id')
    expect(logged(fast).at(-1)).not.toContain('execution_id')
  })

  test('pipelined requests on one connection are answered in order', async () => {
    const raw = (method: string, body: string): string =>
      `${method} / HTTP/1.1\r\nHost: drawdown\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
    const line = [raw('POST', push(20)), raw('POST', 'null'), raw('PUT', 'x'), raw('POST', push(20))].join('')
    for (const one of both()) {
      const text = await talk(one.url, `${line}GET / HTTP/1.1\r\nHost: drawdown\r\nConnection: close\r\n\r\n`)
      expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
        '200',
        '200',
        '405',
        '200',
        '405',
      ])
      expect([...text.matchAll(/"result":"(\w+)"/g)].map(([, result]) => result)).toEqual([
        'recorded',
        'quarantined',
        'duplicate',
      ])
    }
  })

  test('a request that is cut off in its body leaves nothing, and the next one is served', async () => {
    const [fast, slow] = both()
    for (const one of [fast, slow]) {
      const before = await rows(one)
      const socket = connect(portOf(one.url), '127.0.0.1')
      await once(socket, 'connect')
      socket.end('POST / HTTP/1.1\r\nHost: drawdown\r\nContent-Length: 100\r\n\r\n{"cut":')
      await once(socket.resume(), 'close')
      expect((await ask(one.url, sized(push(1)))).status).toBe(200)
      expect(await rows(one)).toEqual(before)
    }
  })

  test('both ledgers hold the same facts and the same quarantine', async () => {
    const [fast, slow] = both()
    expect(await rows(fast)).toEqual(await rows(slow))
    expect((await rows(fast)).facts.length).toBeGreaterThan(5)
  })

  test('a body that dribbles in is answered 408 after 10 s', { timeout: WAIT_MAX_MS }, async () => {
    const from = performance.now()
    const texts = await Promise.all(both().map((one) => dribble(one.url)))
    expect(performance.now() - from).toBeGreaterThan(9_900)
    for (const text of texts) {
      expect(text).toMatch(/^HTTP\/1\.1 408 /)
      expect(text).toContain('{"error":"The body took longer than 10 s."}')
    }
  })
})

/** The framework's error page ends in a stack trace with addresses of this machine. */
const withoutStack = (reply: Reply | undefined): unknown => ({ ...reply, body: reply?.body.split('<br>')[0] })

const portOf = (url: string): number => Number(new URL(url).port)

const talk = async (url: string, text: string): Promise<string> => {
  const socket = connect(portOf(url), '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += String(chunk)
  })
  socket.write(text)
  await once(socket, 'close')
  return answer
}

const dribble = async (url: string): Promise<string> => {
  const socket = connect(portOf(url), '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += String(chunk)
  })
  socket.on('error', () => undefined)
  socket.write('POST / HTTP/1.1\r\nHost: drawdown\r\nContent-Length: 100\r\n\r\n')
  const timer = setInterval(() => socket.write('x'), 500)
  await once(socket, 'close')
  clearInterval(timer)
  return answer
}

const rows = async (one: Side) => {
  const store = openSqliteStore(one.store)
  const { facts } = await store.load(A, 0)
  const quarantined = await store.quarantine({ limit: 1_000 })
  await store.close()
  const ids = quarantined.map(({ id, account, reason }) => `${reason} ${account} ${id}`)
  return { facts: facts.map(({ key, hash }) => `${key} ${hash}`), quarantined: ids.sort() }
}

describe('the push token', () => {
  test('is asked for past the framework too, whatever the body', { timeout: WAIT_MAX_MS }, async () => {
    const guarded = await startSide('guarded', {
      K_SERVICE: 'billing-notification',
      DRAWDOWN_DURABLE_DISK: '1',
      PUSH_AUDIENCE: 'https://drawdown.example.com',
      PUSH_SERVICE_ACCOUNT: 'push@example.com',
      GOOGLE_CLOUD_PROJECT: 'my-project',
    })
    side.guarded = guarded
    for (const asked of [
      sized(push(1)),
      sized('x'.repeat(MIB + 1)),
      { ...sized(push(1)), headers: { authorization: 'Bearer x' } },
    ])
      expect((await ask(guarded.url, asked)).status).toBe(401)
    expect((await rows(guarded)).facts).toEqual([])
  })
})
