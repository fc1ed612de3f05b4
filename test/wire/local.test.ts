import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { samplePosition } from '../../functions/local/play.ts'
import { SAMPLE_ACCOUNT, sampleMonth } from '../../functions/local/sample.ts'
import { openSqliteStore } from '../../functions/store/sqlite.ts'
import { allFacts } from '../support/all-facts.ts'

/** `npm start` as a process: the sample, the mailbox, a kill at any moment, the errors of a wrong start. */
const ROOT = join(import.meta.dirname, '../..')
/** Generous: other suites share the machine. */
const PLAYED_MS = 300_000

type Mail = { readonly at: string; readonly to: string; readonly subject: string; readonly text: string }
type Started = {
  readonly child: ChildProcess
  readonly url: Promise<string>
  readonly played: Promise<void>
  readonly ended: Promise<number | null>
  readonly output: () => string
}

const running: ChildProcess[] = []

const start = (folder: string, args: readonly string[] = [], env: Record<string, string> = {}): Started => {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(ROOT, 'functions/local.ts'), ...args],
    {
      cwd: folder,
      env: { ...process.env, STORE: `sqlite:${join(folder, 'ledger.db')}`, PORT: '0', DRAWDOWN_CONFIG: '', ...env },
    },
  )
  running.push(child)
  let text = ''
  const waits: { readonly pattern: RegExp; readonly done: (found: string) => void }[] = []
  const look = (): void => {
    for (const { pattern, done } of waits) {
      const found = pattern.exec(text)
      if (found) done(found[1] ?? '')
    }
  }
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      text += String(chunk)
      look()
    })
  const until = (pattern: RegExp): Promise<string> => new Promise((done) => waits.push({ pattern, done }))
  return {
    child,
    url: until(/dashboard (http:\/\/localhost:\d+)\//),
    played: until(/The sample month has been (played)/).then(() => undefined),
    ended: new Promise((resolve) => child.on('exit', resolve)),
    output: () => text,
  }
}

const get = async <T>(url: string): Promise<T> => (await (await fetch(url)).json()) as T
const eventually = async <T>(look: () => Promise<T>, isDone: (value: T) => boolean): Promise<T> => {
  for (;;) {
    const value = await look()
    if (isDone(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const folders: string[] = []
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'drawdown-local-'))
  folders.push(made)
  return made
}

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true })
})

describe('npm start', () => {
  test('killed again and again in mid-sample loses nothing and repeats nothing', { timeout: PLAYED_MS }, async () => {
    const broken = folder()
    for (const mails of [2, 9, 17, 30]) {
      const run = start(broken)
      const url = await run.url
      await eventually(
        () => get<Mail[]>(`${url}/mail.json`),
        (list) => list.length >= mails,
      )
      run.child.kill('SIGKILL')
      await run.ended
    }
    const last = start(broken)
    await last.played
    const url = await last.url
    const mails = await get<Mail[]>(`${url}/mail.json`)
    const account = await get<{ alerts: { key: string }[] }>(`${url}/v1/accounts/${SAMPLE_ACCOUNT}`)
    last.child.kill('SIGTERM')
    expect(await last.ended).toBe(0)

    const store = openSqliteStore(join(broken, 'sample.db'))
    const { end } = await samplePosition(store, 0)
    const rows = await store.deliveries({ limit: 1_000 })
    const facts = await allFacts(store, SAMPLE_ACCOUNT as never)
    await store.close()
    const messages = new Set(sampleMonth(end).map(({ at, body, topic }) => `${at} ${topic} ${body}`))
    expect(facts).toHaveLength(messages.size)
    expect(rows.filter(({ state }) => state.status !== 'sent')).toEqual([])
    const byMail = rows.filter(({ channel }) => channel === 'ops-mail')
    expect(mails).toHaveLength(byMail.length)
    expect(new Set(mails.map(({ at, subject }) => `${at} ${subject}`)).size).toBe(mails.length)
    expect(account.alerts.length).toBeGreaterThan(0)

    const whole = start(folder(), [], { DRAWDOWN_SAMPLE_END: new Date(end).toISOString() })
    await whole.played
    const undisturbed = await get<Mail[]>(`${await whole.url}/mail.json`)
    expect(mails.map(({ subject }) => subject)).toEqual(undisturbed.map(({ subject }) => subject))
  })

  test('--empty plays nothing, takes a message and mails its alert', { timeout: PLAYED_MS }, async () => {
    const run = start(folder(), ['--empty'])
    const url = await run.url
    const body = {
      billingAccountId: '01D4EE-079462-DFD6EC',
      projectId: 'my-app',
      reason: 'banner in the console',
      at: '2026-11-23T10:00:00Z',
    }
    const message = {
      data: Buffer.from(JSON.stringify(body)).toString('base64'),
      attributes: { drawdown: 'prepayment-required' },
      messageId: '1',
      publishTime: '2026-11-23T10:00:01Z',
    }
    const response = await fetch(`${url}/billingNotification`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message, subscription: 's' }),
    })
    expect(response.status).toBe(200)
    const mails = await eventually(
      () => get<Mail[]>(`${url}/mail.json`),
      (list) => list.length > 0,
    )
    expect(mails.map(({ subject }) => subject)).toEqual([expect.stringContaining('Prepayment required')])
    const kept = await get<{ prepaymentRequired: boolean }>(`${url}/v1/accounts/01D4EE-079462-DFD6EC`)
    expect(kept.prepaymentRequired).toBe(true)
  })

  test('a port in use is one clear line and exit 1', { timeout: PLAYED_MS }, async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const run = start(folder(), ['--empty'], { PORT: String(port) })
    expect(await run.ended).toBe(1)
    server.close()
    expect(run.output().trim().split('\n')).toEqual([
      expect.stringMatching(new RegExp(`^PORT ${port} is in use\\. .*PORT=${port + 1} npm start$`)),
    ])
  })

  test('an unreadable configuration is one clear line and exit 1', { timeout: PLAYED_MS }, async () => {
    const made = folder()
    writeFileSync(
      join(made, 'config.yaml'),
      'accounts:\n  - id: 01D4EE-079462-DFD6EC\n    thresholds: { percent: [-5] }\n',
    )
    const run = start(made, [], { DRAWDOWN_CONFIG: join(made, 'config.yaml') })
    expect(await run.ended).toBe(1)
    expect(run.output()).toMatch(/config\.yaml:3: accounts\.0\.thresholds\.percent\.0: .*got -5.*\n$/)
  })
})
