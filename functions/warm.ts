/**
 * Run once where the bundle is installed (`npm run gcp-build`, which the platform's build does): fills Node's compile cache,
 * so that starts with NODE_COMPILE_CACHE=<this folder>/.compile-cache need not compile. Functions are started and spoken to
 * as in the cloud, against a Firestore that takes everything and knows nothing. A failure costs speed alone: it is told, and
 * the build goes on.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const HERE = import.meta.dirname
const CACHE = join(HERE, '.compile-cache')
const FRAMEWORK = join(HERE, 'node_modules/@google-cloud/functions-framework/build/src/main.js')
/** All of it takes seconds; what is not done by then is left. */
const ALL_MAX_MS = 60_000
const POLL_MS = 20
const DAY_MS = 86_400_000

const ACCOUNT = '000000-000000-000000'
const CONFIG = {
  accounts: [{ id: ACCOUNT, projects: ['warm-up'], budgets: { b: 'drawdown' } }],
  channels: { mail: { kind: 'email', to: ['a@example.com'], from: 'a@example.com', smtp: 'SMTP_URL' } },
}

const deadline = AbortSignal.timeout(ALL_MAX_MS)

type Message = { readonly body: object; readonly attributes?: Readonly<Record<string, string>> }

/** A purchase, then most of it spent: an alert, and with it all that an ingesting function ever loads. */
const billed = (now: number): readonly Message[] => {
  const at = new Date(now - 10 * DAY_MS).toISOString()
  const money = { currencyCode: 'USD' }
  const grant = { billingAccountId: ACCOUNT, grantId: 'P1', kind: 'prepayment', amount: '100.00', effectiveAt: at }
  const budget = { budgetDisplayName: 'b', costAmount: 95, costIntervalStart: at, budgetAmount: 100 }
  return [
    { body: { ...grant, ...money }, attributes: { drawdown: 'grant' } },
    {
      body: { ...budget, ...money, budgetAmountType: 'SPECIFIED_AMOUNT' },
      attributes: { billingAccountId: ACCOUNT, budgetId: 'b', schemaVersion: '1.0' },
    },
  ]
}

const USAGE = {
  requestId: 'r',
  projectId: 'warm-up',
  model: 'gemini-3.5-flash',
  usageMetadata: { promptTokenCount: 1 },
}

/** The first one fills most of the cache: files that all targets load are not written again. */
const visits = (now: number): Readonly<Record<string, readonly Message[]>> => ({
  billingNotification: billed(now),
  usageNotification: [{ body: { ...USAGE, at: new Date(now).toISOString() } }],
  schedule: [{ body: {} }],
  alertDelivery: [{ body: {} }],
  status: [],
})

const main = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'drawdown-warm-'))
  const firestore = standIn()
  try {
    const config = join(folder, 'config.json')
    writeFileSync(config, JSON.stringify(CONFIG))
    const env = {
      ...(process.env['PATH'] && { PATH: process.env['PATH'] }),
      NODE_COMPILE_CACHE: CACHE,
      DRAWDOWN_CONFIG: config,
      STORE: 'firestore:',
      GOOGLE_CLOUD_PROJECT: 'warm-up',
      FIRESTORE_EMULATOR_HOST: `127.0.0.1:${await portOf(firestore)}`,
      // Nobody listens there: clients are loaded, and give up.
      PUBSUB_EMULATOR_HOST: '127.0.0.1:1',
      SMTP_URL: 'smtp://127.0.0.1:1',
    }
    for (const [target, messages] of Object.entries(visits(Date.now()))) await visit(target, messages, env)
    process.stdout.write(`Compile cache for Node ${process.version}: ${CACHE}\n`)
  } finally {
    firestore.closeAllConnections()
    firestore.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Answers every call as a database without documents would, and every write as done. */
const standIn = (): Server => {
  const answers: Readonly<Record<string, string>> = {
    batchWrite: '{"status":[{}]}',
    commit: '{"writeResults":[{}]}',
  }
  return createServer((request, response) => {
    request.resume().on('end', () => {
      const method = request.url?.split('?')[0]?.split(':').at(-1) ?? ''
      response.setHeader('content-type', 'application/json').end(answers[method] ?? '[]')
    })
  }).listen(0, '127.0.0.1')
}

const portOf = async (server: { readonly address: () => AddressInfo | string | null } & NodeJS.EventEmitter) => {
  if (server.address() === null) await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const freePort = async (): Promise<number> => {
  const server = createSocketServer().listen(0, '127.0.0.1')
  const port = await portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

const visit = async (target: string, messages: readonly Message[], env: Readonly<Record<string, string>>) => {
  const port = await freePort()
  const args = ['--disable-warning=ExperimentalWarning', FRAMEWORK, `--target=${target}`, `--source=${HERE}`]
  const child = spawn(process.execPath, [...args, `--port=${port}`], { cwd: HERE, env, stdio: 'ignore' })
  try {
    const url = `http://127.0.0.1:${port}`
    await ask(url, child)
    for (const message of messages) await ask(url, child, message)
    // The cache is written when the process ends by itself.
    child.kill('SIGTERM')
    await once(child, 'exit', { signal: deadline })
  } finally {
    child.kill('SIGKILL')
  }
}

/** Knocks until somebody answers; a message must be taken, a first look may be refused. */
const ask = async (url: string, child: ChildProcess, message?: Message): Promise<void> => {
  const request = { signal: deadline, ...(message && { method: 'POST', body: enveloped(message) }) }
  while (!deadline.aborted && child.exitCode === null) {
    const answer = await fetch(url, request).catch(() => undefined)
    await answer?.text()
    if (answer && (!message || answer.ok)) return
    if (answer) throw new Error(`a target answered ${answer.status}`)
    await sleep(POLL_MS)
  }
  throw new Error('a target did not answer')
}

const enveloped = ({ body, attributes = {} }: Message): string => {
  const data = Buffer.from(JSON.stringify(body)).toString('base64')
  return JSON.stringify({ message: { data, attributes, messageId: '1', publishTime: new Date().toISOString() } })
}

await main().catch((error: unknown) => {
  process.stderr.write(`No compile cache was made, and starts will be slower: ${error}\n`)
})
