import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { HOUR_MS } from '../../functions/domain/time.ts'
import { startBilling } from '../support/billing-server.ts'
import { buildIn, bytesOf, cacheIn, installCopy } from '../support/bundle.ts'
import { type Cloud, startCloud } from '../support/cloud.ts'
import { emulatorSuite, firestoreEmulator, ownProject, pubsubEmulator } from '../support/emulators.ts'
import { ACCOUNT, BUDGET } from '../support/facts.ts'
import { startFramework } from '../support/framework.ts'
import { leaveOut } from '../support/left-out.ts'
import { run } from '../support/run.ts'
import { type SmtpPeer, startSmtp } from '../support/smtp-server.ts'

/** What is deployed, tried as it is deployed: nothing here loads a source file of the functions. */
const SUPPORT = join(import.meta.dirname, '../support')
const START_MAX_MS = 60_000
const WAIT_MAX_MS = 20_000

const scratch = mkdtempSync(join(tmpdir(), 'drawdown-bundle-'))
const dists = await Promise.all([buildIn(scratch, 'UTC'), buildIn(scratch, 'Asia/Kathmandu')])
const [dist] = dists
const installed = await installCopy(dist, scratch)
const [pubsub, firestore] = await Promise.all([pubsubEmulator(), firestoreEmulator()])
if ('why' in installed) leaveOut('bundle:install', installed.why)
const folder = 'folder' in installed ? installed.folder : undefined

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const bytesIn = (name: string, at = dist): Buffer => readFileSync(join(at, name))
const zipsIn = (at: string): readonly string[] => readdirSync(at).filter((name) => name.endsWith('.zip'))

describe('what npm run build makes', () => {
  test('is the same to the byte in another folder and another time zone', () => {
    const [first = [], second] = dists.map((at) => readdirSync(at).toSorted())
    expect(first).toEqual(second)
    for (const name of first) expect(bytesIn(name, dists[1]).equals(bytesIn(name))).toBe(true)
  })

  test('is named by the hash of the zip, and lies under a fixed name as well', async () => {
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', bytesIn('drawdown.zip'))).toString('hex')
    expect(zipsIn(dist).toSorted()).toEqual([`drawdown-${hash.slice(0, 12)}.zip`, 'drawdown.zip'])
    expect(bytesIn(`drawdown-${hash.slice(0, 12)}.zip`).equals(bytesIn('drawdown.zip'))).toBe(true)
  })

  test('is all in the zip, readable by everybody, and nothing else is', () => {
    const unzipped = unzipSync(bytesIn('drawdown.zip'))
    const names = readdirSync(dist).filter((name) => !name.endsWith('.zip'))
    expect(Object.keys(unzipped)).toEqual(names.toSorted())
    for (const name of names) expect(bytesIn(name).equals(unzipped[name] ?? Buffer.alloc(0))).toBe(true)
  })

  test('needs the framework in the version of this project, and nothing else', () => {
    const own = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))
    const { dependencies, main, type, engines } = JSON.parse(String(bytesIn('package.json')))
    const name = '@google-cloud/functions-framework'
    expect({ dependencies, main, type, engines }).toEqual({
      dependencies: { [name]: own.dependencies[name] },
      main: 'index.mjs',
      type: 'module',
      engines: { node: '24.x' },
    })
  })

  test('brings the licences of the packages in it', () => {
    const text = String(bytesIn('LICENSES-OF-PACKAGES'))
    expect(text).toMatch(/^nodemailer \d/m)
    expect(text).toContain('Permission is hereby granted, free of charge')
  })

  test('does not fail an installation where no compile cache can be made', async () => {
    const { code, stdout, stderr } = await run(process.execPath, [join(dist, 'warm.mjs')], { cwd: dist })
    expect([code, stdout, stderr]).toEqual([0, '', expect.stringContaining('No compile cache was made')])
  })

  test('has 2 MB at most as a zip', () => {
    expect(bytesIn('drawdown.zip').length).toBeLessThanOrEqual(2_000_000)
  })
})

emulatorSuite('the bundle, installed alone', folder !== undefined && firestore ? pubsub : undefined, ({ host }) => {
  const home = folder ?? ''
  const project = ownProject('bundle')
  const loaded = join(scratch, 'loaded')
  const start = Date.now() - 240 * HOUR_MS
  const deployed: Record<string, string> = {
    FUNCTION_SOURCE: home,
    STORE: 'firestore:',
    DRAWDOWN_CONFIG: join(scratch, 'config.json'),
    PUBSUB_EMULATOR_HOST: host,
    FIRESTORE_EMULATOR_HOST: firestore?.host ?? '',
    GOOGLE_CLOUD_PROJECT: project,
    NODE_OPTIONS: `--import=${join(SUPPORT, 'loaded-files.mjs')}`,
    LOADED_FILES: loaded,
  }
  let smtp: SmtpPeer
  let cloud: Cloud

  beforeAll(async () => {
    mkdirSync(loaded)
    smtp = await startSmtp()
    deployed['SMTP_URL'] = smtp.url
    writeFileSync(join(scratch, 'config.json'), JSON.stringify(CONFIG))
    writeFileSync(join(scratch, 'config.yaml'), YAML)
    cloud = await startCloud(host, project, deployed)
  }, START_MAX_MS)
  afterAll(async () => {
    await cloud?.close()
    await smtp?.close()
  })

  const taken = async (topic: string, body: object, attributes: Record<string, string> = {}): Promise<unknown> => {
    const text = JSON.stringify(body)
    await cloud.bus.publish(topic, text, attributes)
    const done = () => cloud.pushes.find((push) => push.text === text && push.status === 200)
    const { answer } = await vi.waitUntil(done, { timeout: WAIT_MAX_MS }).catch(() => expect.fail(cloud.output()))
    return JSON.parse(answer)
  }
  const loadedBy = (target: string): readonly string[] =>
    [...new Set(readFileSync(join(loaded, target), 'utf8').trimEnd().split('\n'))].toSorted()
  /** How files are split is the bundler's choice; these are called after what they were split for. */
  const partsOf = (target: string): readonly string[] => {
    const libraries = /^(?:firestore|sqlite|nodemailer|status|yaml|google-.*|grpc-.*)\.[cm]js$/
    return loadedBy(target).filter((name) => libraries.test(name))
  }

  test('takes a message from Pub/Sub to a mail, and shows the balance', { timeout: START_MAX_MS }, async () => {
    const at = new Date(start).toISOString()
    const grant = { billingAccountId: ACCOUNT, grantId: 'P1', kind: 'prepayment', amount: '100.00' }
    const spent = { costAmount: 60, costIntervalStart: at, budgetAmount: 100, budgetAmountType: 'SPECIFIED_AMOUNT' }
    const attributes = { billingAccountId: ACCOUNT, budgetId: BUDGET, schemaVersion: '1.0' }
    const recorded = { result: 'recorded', account: ACCOUNT }

    await taken('billing-notifications', { ...grant, currencyCode: 'USD', effectiveAt: at }, { drawdown: 'grant' })
    const budget = { budgetDisplayName: 'Gemini', currencyCode: 'USD', ...spent }
    expect(await taken('billing-notifications', budget, attributes)).toEqual(recorded)
    await vi.waitUntil(() => smtp.mails().length > 0, { timeout: WAIT_MAX_MS })
    expect(smtp.mails().map(({ to, parsed }) => [to, parsed.subject])).toEqual([
      [['ops@example.com'], expect.stringContaining('Credit is low')],
    ])
    expect(cloud.output()).not.toContain('were not announced')

    const usage = { requestId: 'r1', projectId: 'my-app', at: new Date().toISOString(), model: 'gemini-3.5-flash' }
    expect(await taken('gemini-usage', { ...usage, usageMetadata: { promptTokenCount: 1_000 } })).toEqual(recorded)
    expect(await taken('drawdown-schedule', {})).toMatchObject({ accounts: 1, failed: 0 })

    const status = await startFramework('status', { ...deployed, DRAWDOWN_CONFIG: join(scratch, 'config.yaml') })
    onTestFinished(() => void status.child.kill('SIGKILL'))
    const account = await fetch(`${status.url}/v1/accounts/${ACCOUNT}`)
    expect(await account.json()).toMatchObject({ spent: { billed: '60.00' }, balance: { high: '40.00' } })
    const page = await fetch(status.url)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Production')])
  })

  test('loads of its files only what each target uses', () => {
    const publisher = ['google-auth-library.mjs', 'google-cloud-pubsub.mjs', 'grpc-grpc-js.mjs']
    expect(partsOf('usageNotification')).toEqual(['firestore.mjs'])
    expect(partsOf('schedule')).toEqual(['firestore.mjs'])
    expect(partsOf('alertDelivery')).toEqual(['firestore.mjs', 'nodemailer.mjs'])
    expect(partsOf('status')).toEqual(['firestore.mjs', 'status.mjs', 'yaml.cjs'])
    expect(partsOf('billingNotification')).toEqual(['firestore.mjs', ...publisher])
    for (const target of ['usageNotification', 'schedule', 'alertDelivery', 'status'])
      expect([target, loadedBy(target).includes('fetch')]).toEqual([target, false])
    const bytes = loadedBy('usageNotification').map((name) => bytesIn(name).length)
    expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(800_000)
  })

  test('takes 20 MB at most', () => {
    expect(bytesOf(home)).toBeLessThanOrEqual(20_000_000)
  })

  test('starts from the compile cache that gcp-build left', async () => {
    const { LOADED_FILES: _, NODE_OPTIONS: __, ...env } = deployed
    const watched = { NODE_COMPILE_CACHE: cacheIn(home), NODE_DEBUG_NATIVE: 'COMPILE_CACHE' }
    const { child, output } = await startFramework('usageNotification', { ...env, ...watched })
    onTestFinished(() => void child.kill('SIGKILL'))
    for (const file of ['index.mjs', 'node_modules/@google-cloud/functions-framework/build/src/server.js'])
      expect(output()).toMatch(new RegExp(`V8 code cache for \\w+ \\S*/${file} was accepted`))
  })

  test('asks the Cloud Billing API with the client it carries', async () => {
    const peer = await startBilling()
    onTestFinished(peer.close)
    peer.link('my-app', ACCOUNT)
    const port = String(peer.options.port)
    const args = [join(SUPPORT, 'bundle-client.mjs'), 'billing-link', port, 'my-app']
    const { stdout, stderr } = await run(process.execPath, args, { cwd: home })
    expect([stderr, JSON.parse(stdout)]).toMatchObject(['', { billingAccountName: `billingAccounts/${ACCOUNT}` }])
  })

  test('signs in as the service account of the machine it runs on', async () => {
    const server = createServer((request, response) => {
      const answer = request.url?.includes('/token?') ? { access_token: 'from-the-machine', expires_in: 3_600 } : ''
      response.setHeader('metadata-flavor', 'Google').setHeader('content-type', 'application/json')
      response.end(JSON.stringify(answer))
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    const env = { GCE_METADATA_HOST: `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}` }
    const args = [join(SUPPORT, 'bundle-client.mjs'), 'sign-in']
    const { stdout, stderr } = await run(process.execPath, args, { cwd: home, env })
    expect([stderr, JSON.parse(stdout || '{}')]).toMatchObject(['', { authorization: 'Bearer from-the-machine' }])
  })
})

const CONFIG = {
  accounts: [
    {
      id: ACCOUNT,
      name: 'Production',
      projects: ['my-app'],
      budgets: { [BUDGET]: 'drawdown' },
      thresholds: { percent: [50], runwayHours: [], expiryDays: [] },
    },
  ],
  channels: { 'ops-mail': { kind: 'email', to: ['ops@example.com'], from: 'drawdown@example.com', smtp: 'SMTP_URL' } },
  routes: [{ when: { rule: ['credit-low'] }, to: ['ops-mail'] }],
}
const YAML = `accounts:\n  - { id: ${ACCOUNT}, name: Production, budgets: { ${BUDGET}: drawdown } }\n`
