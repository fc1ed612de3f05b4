import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SMTPServer } from 'smtp-server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSqliteStore } from '../../functions/store/sqlite.ts'
import { ACCOUNT } from '../support/facts.ts'
import { type Started, startFramework, startLocal } from '../support/framework.ts'
import { startSmtp } from '../support/smtp-server.ts'
import { A, commit, delivery } from '../support/store-samples.ts'

/** The end of a real process under the real framework, by a real signal, with slow work in flight. */
const CONFIG = `
accounts:
  - id: ${ACCOUNT}
    projects: [my-app]
channels:
  ops-mail: { kind: email, to: [ops@example.com], from: drawdown@example.com, smtp: SMTP_URL }
`
const WAIT_MAX_MS = 60_000
const IN_FLIGHT = 24
/** Cloud Run's SIGKILL, after which nothing is under our hand. */
const KILLED_AFTER_MS = 10_000
/** Longer than any lease. */
const LEASE_OVER_MS = 600_000

let folder = ''
const running: Started[] = []
const closers: (() => Promise<unknown> | unknown)[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawdown-shutdown-'))
  writeFileSync(join(folder, 'config.yaml'), CONFIG)
})
afterEach(async () => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL')
  for (const close of closers.splice(0)) await close()
  rmSync(folder, { recursive: true, force: true })
})

const path = (): string => join(folder, 'ledger.db')
const environment = (over: Record<string, string> = {}): Record<string, string> => ({
  STORE: `sqlite:${path()}`,
  DRAWDOWN_CONFIG: join(folder, 'config.yaml'),
  SMTP_URL: 'smtp://127.0.0.1:1',
  ...over,
})
const startTarget = async (target: string, over: Record<string, string> = {}): Promise<Started> => {
  const one = await startFramework(target, environment(over))
  running.push(one)
  return one
}

type Answer = { readonly status: number; readonly body: string } | { readonly status: 0; readonly error: string }

/** `sent` resolves when the whole request has left this process. */
const post = (url: string, agent: Agent, body: string): { sent: Promise<unknown>; answer: Promise<Answer> } => {
  const outgoing = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } })
  const answer = new Promise<Answer>((resolve) => {
    outgoing.on('error', (error) => resolve({ status: 0, error: String(error) }))
    outgoing.on('response', (incoming) => {
      let text = ''
      incoming.on('data', (chunk) => {
        text += String(chunk)
      })
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: text }))
      incoming.on('error', (error) => resolve({ status: 0, error: String(error) }))
    })
  })
  const sent = once(outgoing, 'finish')
  outgoing.end(body)
  return { sent, answer }
}

const usage = (requestId: string): string => {
  const body = {
    requestId,
    projectId: 'my-app',
    at: '2026-11-02T12:30:00Z',
    model: 'gemini-3.5-flash',
    usageMetadata: { promptTokenCount: 1_000 },
  }
  const data = Buffer.from(JSON.stringify(body)).toString('base64')
  return JSON.stringify({ message: { data, publishTime: '2026-11-02T12:30:01Z' }, subscription: 's' })
}

const keepAlive = (): Agent => {
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT })
  closers.push(() => agent.destroy())
  return agent
}

const all = (url: string, agent: Agent, name: string) =>
  Array.from({ length: IN_FLIGHT }, (_, index) => post(url, agent, usage(`${name}-${index}`)))

const usageInStore = async (): Promise<number> => {
  const store = openSqliteStore(path())
  const { facts } = await store.load(A, 0)
  await store.close()
  return facts.filter(({ body }) => body.kind === 'usage').length
}

const eventually = async (look: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 20))
}

const isRefused = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.on('error', () => resolve(true))
    socket.on('connect', () => {
      socket.destroy()
      resolve(false)
    })
  })

describe('SIGTERM with requests in flight', () => {
  test.each([
    ['the fast path', () => startTarget('usageNotification'), '/'],
    ['the framework’s own path', () => startTarget('usageNotification', { DRAWDOWN_FAST_PATH: 'off' }), '/'],
    ['npm start', () => startLocal(folder, environment()), '/usageNotification'],
  ])(
    '%s answers every one 200, and all of them are in the store',
    { timeout: WAIT_MAX_MS },
    async (_, start, where) => {
      const one = await start()
      running.push(one)
      const agent = keepAlive()
      const before = await Promise.all(all(one.url + where, agent, 'before').map(({ answer }) => answer))
      expect(new Set(before.map(({ status }) => status))).toEqual(new Set([200]))

      const writer = new DatabaseSync(path())
      writer.exec('BEGIN IMMEDIATE')
      const flights = all(one.url + where, agent, 'flight')
      await Promise.all(flights.map(({ sent }) => sent))
      one.child.kill('SIGTERM')
      writer.exec('ROLLBACK')
      writer.close()

      const answers = await Promise.all(flights.map(({ answer }) => answer))
      expect(answers).toEqual(
        Array.from({ length: IN_FLIGHT }, () => ({ status: 200, body: expect.stringContaining('"recorded"') })),
      )
      expect(await one.ended).toBe(0)
      expect(await usageInStore()).toBe(2 * IN_FLIGHT)
    },
  )

  test('control: the bare framework loses them', { timeout: WAIT_MAX_MS }, async () => {
    writeFileSync(
      join(folder, 'index.mjs'),
      'export const slow = (_, response) => setTimeout(() => response.send("done"), 500)\n',
    )
    const one = await startFramework('slow', {}, join(folder, 'index.mjs'))
    running.push(one)
    const flights = all(one.url, keepAlive(), 'flight')
    await Promise.all(flights.map(({ sent }) => sent))
    one.child.kill('SIGTERM')
    const answers = await Promise.all(flights.map(({ answer }) => answer))
    expect(answers.filter(({ status }) => status === 200)).toEqual([])
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends a process that never had a request with 0', async (signal) => {
    const one = await startTarget('usageNotification')
    one.child.kill(signal)
    expect(await one.ended).toBe(0)
  })

  test('SIGINT ends an idle process with open keep-alive connections with 0', async () => {
    const one = await startTarget('usageNotification')
    expect((await post(one.url, keepAlive(), usage('r')).answer).status).toBe(200)
    one.child.kill('SIGINT')
    expect(await one.ended).toBe(0)
  })
})

/** Takes a mail and answers when it is told to. */
const startSlowSmtp = async () => {
  const taken: string[] = []
  const release = Promise.withResolvers<void>()
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    disableReverseLookup: true,
    onData: (stream, session, done) => {
      stream.resume().on('end', () => {
        taken.push(session.envelope.rcptTo.map(({ address }) => address).join())
        release.promise.then(() => done())
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  closers.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const address = server.server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { url: `smtp://127.0.0.1:${port}`, taken, release: release.resolve }
}

const due = async (count: number): Promise<void> => {
  const store = openSqliteStore(path())
  const ids = Array.from({ length: count }, (_, index) => `d${String(index).padStart(2, '0')}`)
  await store.commit(
    commit({ at: 1_000, deliveries: ids.map((id) => delivery(id, { recipient: `${id}@example.com` })) }),
  )
  await store.close()
}

const deliveries = async () => {
  const store = openSqliteStore(path())
  const rows = await store.deliveries({ limit: 100 })
  await store.close()
  return rows
}

describe('SIGTERM with mail under way', () => {
  test('it is settled as sent and sent once; meanwhile nobody new is let in', { timeout: WAIT_MAX_MS }, async () => {
    await due(3)
    const smtp = await startSlowSmtp()
    const one = await startTarget('alertDelivery', { SMTP_URL: smtp.url })
    const late = connect(Number(new URL(one.url).port), '127.0.0.1')
    closers.push(() => late.destroy())
    await once(late, 'connect')
    late.write('POST / HTTP/1.1\r\nHost: drawdown\r\n')
    const { answer } = post(one.url, keepAlive(), '{}')
    await eventually(() => smtp.taken.length === 3)

    one.child.kill('SIGTERM')
    await eventually(() => isRefused(one.url))
    late.write('Content-Length: 2\r\n\r\n{}')
    const [turnedAway] = (await once(late, 'data')) as [Buffer]
    expect(String(turnedAway)).toMatch(/^HTTP\/1\.1 503 /)
    expect(String(turnedAway)).toMatch(/retry-after: 1\r\n[\s\S]*connection: close\r\n/i)

    smtp.release()
    expect(await answer).toEqual({ status: 200, body: '{"sent":3,"retried":0,"dead":0}\n' })
    expect(await one.ended).toBe(0)
    expect((await deliveries()).map(({ state }) => state.status)).toEqual(['sent', 'sent', 'sent'])
    expect([...smtp.taken].sort()).toEqual(['d00@example.com', 'd01@example.com', 'd02@example.com'])
  })

  test('no new round is begun, no lease is left, and the message comes again', { timeout: WAIT_MAX_MS }, async () => {
    await due(12)
    const smtp = await startSlowSmtp()
    const one = await startTarget('alertDelivery', { SMTP_URL: smtp.url })
    const { answer } = post(one.url, keepAlive(), '{}')
    await eventually(() => smtp.taken.length === 5)
    one.child.kill('SIGTERM')
    await eventually(() => isRefused(one.url))
    smtp.release()
    expect(await answer).toEqual({ status: 503, body: '{"sent":5,"retried":0,"dead":0,"cut":true}\n' })
    expect(await one.ended).toBe(0)
    const store = openSqliteStore(path())
    const free = await store.claim({ now: Date.now(), leaseId: 'next', leaseMs: 1_000, limit: 100 })
    await store.close()
    expect(free.map(({ id, state }) => [id, state.attempts])).toEqual(
      ['d05', 'd06', 'd07', 'd08', 'd09', 'd10', 'd11'].map((id) => [id, 0]),
    )
    expect(smtp.taken).toHaveLength(5)
  })

  test('a hanging peer does not keep the process: its lease lapses, and the attempt counts as ambiguous', {
    timeout: WAIT_MAX_MS,
  }, async () => {
    await due(1)
    const smtp = await startSmtp({ at: 'after-data', act: 'hang' })
    closers.push(() => smtp.close())
    const one = await startTarget('alertDelivery', { SMTP_URL: smtp.url })
    const { answer } = post(one.url, keepAlive(), '{}')
    await eventually(() => smtp.mails().length === 1)
    const from = performance.now()
    one.child.kill('SIGTERM')
    expect(await one.ended).toBe(0)
    expect(performance.now() - from).toBeLessThan(KILLED_AFTER_MS)
    expect((await answer).status).not.toBe(200)
    expect(one.output()).toContain('requests were cut off')
    const store = openSqliteStore(path())
    const taken = await store.claim({ now: Date.now() + LEASE_OVER_MS, leaseId: 'next', leaseMs: 1_000, limit: 100 })
    await store.close()
    expect(taken.map(({ id, state }) => [id, state.attempts, state.ambiguous])).toEqual([['d00', 1, 1]])
  })
})
