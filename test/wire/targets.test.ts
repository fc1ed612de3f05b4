import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSqliteStore } from '../../functions/store/sqlite.ts'
import { ACCOUNT, BUDGET } from '../support/facts.ts'

/** The real framework, started the way the platform starts it, one process per target over one database. */
const ROOT = join(import.meta.dirname, '../..')
const CONFIG = `
accounts:
  - id: ${ACCOUNT}
    name: Production
    projects: [my-app]
    budgets: { ${BUDGET}: drawdown }
`

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

type Running = { readonly url: string; readonly child: ChildProcess; readonly output: string[] }

const startTarget = async (target: string, env: Record<string, string>): Promise<Running> => {
  const port = await freePort()
  const output: string[] = []
  const framework = join(ROOT, 'node_modules/@google-cloud/functions-framework/build/src/main.js')
  const child = spawn(process.execPath, [framework, `--target=${target}`, `--source=${ROOT}`, `--port=${port}`], {
    cwd: ROOT,
    env: { ...process.env, ...env },
  })
  const ready = new Promise<void>((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`${target} ended with ${code}: ${output.join('')}`)))
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => {
        output.push(String(chunk))
        if (output.join('').includes('URL:')) resolve()
      })
  })
  await ready
  return { url: `http://127.0.0.1:${port}`, child, output }
}

const budgetMessage = (cost: number, publishTime: string) => ({
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
  publishTime,
})

describe('the five targets under functions-framework', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawdown-wire-'))
  const store = `sqlite:${join(folder, 'ledger.db')}`
  const running = new Map<string, Running>()
  const send = (
    target: string,
    body: string,
    headers: Record<string, string> = { 'content-type': 'application/json' },
    path = '/',
  ) => fetch(`${running.get(target)?.url}${path}`, { method: 'POST', body, headers })
  const balance = async () => {
    const response = await fetch(`${running.get('status')?.url}/v1/accounts/${ACCOUNT}`)
    return (await response.json()) as { balance: { high: string }; spent: { billed: string } }
  }

  beforeAll(async () => {
    writeFileSync(join(folder, 'config.yaml'), CONFIG)
    const env = { STORE: store, DRAWDOWN_CONFIG: join(folder, 'config.yaml') }
    const targets = ['billingNotification', 'usageNotification', 'schedule', 'alertDelivery', 'status']
    for (const [index, one] of (await Promise.all(targets.map((target) => startTarget(target, env)))).entries())
      running.set(targets[index] ?? '', one)
  })
  afterAll(() => {
    for (const { child } of running.values()) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  test('a raw push envelope, a structured and a binary CloudEvent of one message are one fact', async () => {
    const message = budgetMessage(10, '2026-11-02T10:00:00Z')
    const subscription = 'projects/p/subscriptions/s'
    const event = {
      specversion: '1.0',
      id: '1',
      source: '//pubsub.googleapis.com/projects/p/topics/t',
      type: 'google.cloud.pubsub.topic.v1.messagePublished',
    }
    const push = await send(
      'billingNotification',
      JSON.stringify({ message, subscription }),
      undefined,
      '/projects/p/topics/t',
    )
    const structured = await send(
      'billingNotification',
      JSON.stringify({ ...event, data: { message, subscription } }),
      { 'content-type': 'application/cloudevents+json' },
    )
    const binary = await send('billingNotification', JSON.stringify({ message, subscription }), {
      'content-type': 'application/json',
      'ce-id': '1',
      'ce-specversion': '1.0',
      'ce-source': event.source,
      'ce-type': event.type,
    })
    expect([push.status, structured.status, binary.status]).toEqual([200, 200, 200])
    expect(await push.json()).toEqual({ result: 'recorded', account: ACCOUNT })
    expect([await structured.json(), await binary.json()]).toEqual([
      { result: 'duplicate', account: ACCOUNT },
      { result: 'duplicate', account: ACCOUNT },
    ])
    expect((await balance()).spent.billed).toBe('10.00')
  })

  test('1,000 concurrent redeliveries over HTTP are one fact', async () => {
    const body = JSON.stringify({ message: budgetMessage(12, '2026-11-02T12:00:00Z'), subscription: 's' })
    const statuses = await Promise.all(
      Array.from({ length: 1_000 }, async () => (await send('billingNotification', body)).status),
    )
    expect(new Set(statuses)).toEqual(new Set([200]))
    const opened = openSqliteStore(store.replace('sqlite:', ''))
    const { facts } = await opened.load(ACCOUNT, 0)
    await opened.close()
    expect(facts.filter(({ body: fact }) => fact.kind === 'reading' && fact.cost === 12_000_000_000n)).toHaveLength(1)
  })

  test.each([
    ['nothing at all', ''],
    ['no JSON', '{"message":'],
    ['null', 'null'],
    ['a number', '123'],
    ['no message', '{}'],
    ['data that is no base64', '{"message":{"data":"%%%"}}'],
  ])('%s is acknowledged and kept in quarantine', async (_, body) => {
    const response = await send('billingNotification', body)
    expect([response.status, ((await response.json()) as { result: string }).result]).toEqual([200, 'quarantined'])
  })

  test('a body above a megabyte is refused, and so is a GET', async () => {
    expect((await send('billingNotification', 'x'.repeat(1024 * 1024 + 1))).status).toBe(413)
    expect((await fetch(`${running.get('billingNotification')?.url}/`)).status).toBe(405)
  })

  test('usage reaches the same ledger, and schedule and alertDelivery answer', async () => {
    const usage = {
      requestId: 'r1',
      projectId: 'my-app',
      at: '2026-11-02T12:30:00Z',
      model: 'gemini-3.5-flash',
      usageMetadata: { promptTokenCount: 1_000_000 },
    }
    const message = {
      data: Buffer.from(JSON.stringify(usage)).toString('base64'),
      messageId: '9',
      publishTime: '2026-11-02T12:30:01Z',
    }
    expect((await send('usageNotification', JSON.stringify({ message, subscription: 's' }))).status).toBe(200)
    expect(((await balance()) as unknown as { spent: { estimated: string } }).spent.estimated).toBe('1.50')
    expect(await (await send('schedule', '{}')).json()).toMatchObject({ accounts: 1, failed: 0 })
    expect((await send('alertDelivery', '{}')).status).toBe(200)
  })

  test('an account that is not listed is not found, and nothing echoes markup', async () => {
    const response = await fetch(`${running.get('status')?.url}/v1/accounts/<script>`)
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toContain('application/json')
  })
})
