/** `drawdown deliveries` against a chat that first refuses and then listens. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { ACCOUNT, CONFIG, type Sandbox, sandbox } from './drawdown.ts'

type Delivery = { readonly id: string; readonly status: string; readonly rule: string }

const deliveries = async (box: Sandbox, ...words: readonly string[]): Promise<readonly Delivery[]> =>
  ((await box.json('deliveries', 'list', ...words)) as { deliveries: readonly Delivery[] }).deliveries

/** Answers as `status` says at the time. */
const chat = async (): Promise<{ status: number; posts: number; env: { OPS_CHAT_URL: string } }> => {
  const state = { status: 404, posts: 0, env: { OPS_CHAT_URL: '' } }
  const server = createServer((request, response) => {
    state.posts += 1
    request.resume().on('end', () => response.writeHead(state.status).end('{}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  state.env.OPS_CHAT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return state
}

/** An empty balance is critical, and critical goes to the chat. */
const emptied = async (box: Sandbox): Promise<void> => {
  await box.run('grant', 'add', ACCOUNT, 'P1', '50.00', '--effective', '2025-01-06T08:00:00Z')
}
const VOID = ['grant', 'void', ACCOUNT, 'P1', '--at', '2025-01-07T08:00:00Z']

test('what a command causes is left to the service, and listed', async () => {
  const box = sandbox()
  await emptied(box)
  await box.run(...VOID)
  const [first, ...rest] = await deliveries(box)
  expect(first).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{20}$/),
    account: ACCOUNT,
    channel: 'ops-chat',
    recipient: '',
    rule: expect.any(String),
    level: expect.any(String),
    step: 'firing',
    severity: 'critical',
    title: expect.any(String),
    status: 'pending',
    attempts: 0,
    ambiguous: 0,
    createdAt: expect.stringMatching(/Z$/),
    dueAt: expect.stringMatching(/Z$/),
  })
  expect([first, ...rest].map((each) => each?.rule)).toContain('credit-exhausted')
  expect(await deliveries(box, '--status', 'sent')).toEqual([])
  expect((await box.run('deliveries', 'list')).out).toMatch(/^ID {20}STATUS {3}CHANNEL .*ATTEMPTS {2}NOTE\n/)
})

test('--send sends at once; a refused delivery is dead until it is redriven', async () => {
  const [box, sink] = [sandbox(), await chat()]
  await emptied(box)
  const told = await box.runWith({ env: sink.env }, ...VOID, '--send', '--json')
  const dead = await deliveries(box, '--status', 'dead')
  expect(dead.length).toBeGreaterThan(0)
  expect(JSON.parse(told.out)).toMatchObject({ deliveries: { sent: 0, retried: 0, dead: dead.length } })
  expect(sink.posts).toBe(dead.length)

  sink.status = 200
  const [first, ...others] = dead.map(({ id }) => id)
  const one = await box.runWith({ env: sink.env }, 'deliveries', 'redrive', first ?? '', '--send', '--json')
  expect(JSON.parse(one.out)).toEqual({ redriven: [first], deliveries: { sent: 1, retried: 0, dead: 0 } })
  expect((await deliveries(box, '--status', 'sent')).map(({ id }) => id)).toEqual([first])

  const all = (await box.json('deliveries', 'redrive', '--all-dead')) as { redriven: readonly string[] }
  expect([...all.redriven].sort()).toEqual([...others].sort())
  expect((await deliveries(box, '--status', 'pending')).map(({ id }) => id).sort()).toEqual([...others].sort())
  expect(await deliveries(box, '--status', 'dead')).toEqual([])
})

test('what quiet hours hold is listed as held, with until when', async () => {
  const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
  const awake = names[(new Date().getUTCDay() + 4) % 7]
  const days = names.filter((name) => name !== awake).join(', ')
  const quiet = `{ from: 00:00, to: 24:00, timeZone: UTC, days: [${days}] }`
  const routes = `routes:\n  - { when: { severity: [info] }, to: [ops-chat], quiet: ${quiet} }\n`
  const box = sandbox(CONFIG.replace(/routes:[\s\S]*/, routes))
  await box.run('grant', 'add', ACCOUNT, 'P1', '50.00')
  const held = await deliveries(box)
  expect(held).toEqual([
    expect.objectContaining({
      rule: 'prepayment-received',
      status: 'pending',
      heldUntil: expect.stringMatching(/T00:00:00Z$/),
    }),
  ])
  const { out } = await box.run('deliveries', 'list')
  expect(out).toMatch(/ {2}held {2,}.*held by quiet hours until \d{4}-\d\d-\d\d 00:00 UTC\n$/)
  expect((await box.run('config', 'check')).out).toContain(`quiet from 00:00 to 24:00 on `)
})

test('--send without the secret of a channel is an error before anything is recorded', async () => {
  const box = sandbox()
  await emptied(box)
  const { code, out, err } = await box.run(...VOID, '--send')
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(/^OPS_CHAT_URL: .*not set.*\n$/)
  expect(await box.json('grant', 'list', ACCOUNT)).toMatchObject({ grants: [{ state: 'active' }] })
})

test('redriving what is not dead is an error', async () => {
  const box = sandbox()
  expect(await box.run('deliveries', 'redrive', 'ffffffffffffffffffff')).toEqual({
    code: 1,
    out: '',
    err: 'No dead delivery has the id ffffffffffffffffffff. None is dead.\n',
  })
  expect(await box.run('deliveries', 'redrive')).toMatchObject({
    code: 2,
    err: 'drawdown deliveries redrive: give either an id or --all-dead. See drawdown deliveries redrive --help.\n',
  })
})
