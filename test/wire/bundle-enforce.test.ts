/** The sixth function as it is deployed: from a message about money to closed keys, a mail, and the way back. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ENFORCE_RIGHTS } from '../../functions/domain/enforcement.ts'
import { HOUR_MS } from '../../functions/domain/time.ts'
import { type BillingPeer, startBilling } from '../support/billing-server.ts'
import { buildIn, installCopy } from '../support/bundle.ts'
import { type Cloud, startCloud } from '../support/cloud.ts'
import { emulatorSuite, firestoreEmulator, ownProject, pubsubEmulator } from '../support/emulators.ts'
import { ACCOUNT, BUDGET } from '../support/facts.ts'
import { ROOT } from '../support/framework.ts'
import { type GoogleFront, startFront } from '../support/google-front.ts'
import { fakeKey, type GoogleProject, startGoogleProject } from '../support/google-project.ts'
import { leaveOut } from '../support/left-out.ts'
import { run } from '../support/run.ts'
import { type SmtpPeer, startSmtp } from '../support/smtp-server.ts'

const START_MAX_MS = 60_000
const WAIT_MAX_MS = 20_000

const scratch = mkdtempSync(join(tmpdir(), 'drawdown-enforce-bundle-'))
const installed = await installCopy(await buildIn(scratch, 'UTC'), scratch)
const [pubsub, firestore] = await Promise.all([pubsubEmulator(), firestoreEmulator()])
if ('why' in installed) leaveOut('bundle:install', installed.why)
const home = 'folder' in installed ? installed.folder : ''

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** Google's machine: whoever runs on it is the account `enforce`, of the project `my-finops`. */
const startMachine = async (): Promise<Server> => {
  const server = createServer((request, response) => {
    response.setHeader('metadata-flavor', 'Google').setHeader('content-type', 'application/json')
    if (request.url?.includes('/token?')) response.end(JSON.stringify({ access_token: TOKEN, expires_in: 3_600 }))
    else response.end(request.url?.endsWith('/project-id') ? 'my-finops' : '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return server
}

const TOKEN = 'ya29.of-the-machine'
const portOf = (server: Server): number => (server.address() as AddressInfo).port

emulatorSuite('the bundle, armed', home !== '' && firestore ? pubsub : undefined, ({ host }) => {
  const project = ownProject('stops')
  let env: Record<string, string>
  let [billing, google, front, machine, smtp, cloud] = [] as unknown as [
    ...[BillingPeer, GoogleProject, GoogleFront, Server, SmtpPeer, Cloud],
  ]

  beforeAll(async () => {
    billing = await startBilling()
    google = await startGoogleProject(Object.values(ENFORCE_RIGHTS).flat())
    front = await startFront({ http: Number(new URL(google.peer.url).port), grpc: billing.options.port ?? 0 })
    machine = await startMachine()
    smtp = await startSmtp()
    billing.link('my-batch', ACCOUNT)
    google.keys.push(fakeKey('batch', OPEN, 'Batch'))
    writeFileSync(join(scratch, 'config.json'), JSON.stringify(CONFIG))
    writeFileSync(join(scratch, 'ca.pem'), front.ca)
    env = {
      FUNCTION_SOURCE: home,
      STORE: 'firestore:',
      DRAWDOWN_CONFIG: join(scratch, 'config.json'),
      SMTP_URL: smtp.url,
      PUBSUB_EMULATOR_HOST: host,
      FIRESTORE_EMULATOR_HOST: firestore?.host ?? '',
      GOOGLE_CLOUD_PROJECT: project,
      ENFORCE_ARMED: '1',
      ENFORCE_TOPIC: 'drawdown-enforce',
      // Beside emulators nobody would look for a machine.
      METADATA_SERVER_DETECTION: 'assume-present',
      GCE_METADATA_HOST: `127.0.0.1:${portOf(machine)}`,
      ...{ HTTPS_PROXY: front.url, grpc_proxy: front.url, NODE_USE_ENV_PROXY: '1' },
      ...{ NO_PROXY: '127.0.0.1,localhost', no_grpc_proxy: '127.0.0.1,localhost' },
      ...{ NODE_EXTRA_CA_CERTS: join(scratch, 'ca.pem'), GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: join(scratch, 'ca.pem') },
    }
    cloud = await startCloud(host, project, env, [['drawdown-enforce', 'enforce']])
  }, START_MAX_MS)
  afterAll(async () => {
    await cloud?.close()
    machine?.closeAllConnections()
    machine?.close()
    await Promise.all([smtp, front, billing, google?.peer].map((each) => each?.close()))
  })

  const until = (what: () => unknown): Promise<unknown> =>
    vi
      .waitUntil(what, { timeout: WAIT_MAX_MS })
      .catch(() => expect.fail([cloud.output(), ...smtp.mails().map(({ parsed }) => parsed.text)].join('\n')))
  const publish = (topic: string, body: object, attributes: Record<string, string> = {}) =>
    cloud.bus.publish(topic, JSON.stringify(body), attributes)
  const subjects = () => smtp.mails().map(({ parsed }) => parsed.subject ?? '')
  const enforced = () => cloud.pushes.filter(({ target, status }) => target === 'enforce' && status === 200).length
  const drawdown = (...words: readonly string[]) =>
    run(process.execPath, ['--disable-warning=ExperimentalWarning', join(ROOT, 'functions/cli.ts'), ...words], {
      cwd: scratch,
      env,
    })

  test('closes the keys when credit is gone, tells it, and gives them back', { timeout: START_MAX_MS }, async () => {
    const began = Date.now()
    const at = (ms: number): string => new Date(ms).toISOString()
    const grant = { billingAccountId: ACCOUNT, grantId: 'P1', kind: 'prepayment', amount: '50.00', currencyCode: 'USD' }
    await publish('billing-notifications', { ...grant, effectiveAt: at(began - 240 * HOUR_MS) }, { drawdown: 'grant' })
    const attributes = { billingAccountId: ACCOUNT, budgetId: BUDGET, schemaVersion: '1.0' }
    const spent = { costAmount: 50, costIntervalStart: at(began - 240 * HOUR_MS), currencyCode: 'USD' }
    const budget = { budgetDisplayName: 'Gemini', budgetAmount: 100, budgetAmountType: 'SPECIFIED_AMOUNT', ...spent }
    await publish('billing-notifications', budget, attributes)
    await until(() => subjects().some((subject) => /credit/i.test(subject)))

    // Nobody has armed it yet: it rehearses.
    await publish('drawdown-schedule', {})
    await until(() =>
      subjects().some((subject) => subject.includes('Rehearsal: Drawdown would turn off the Gemini API keys')),
    )
    expect([google.changes(), google.keys[0]?.restrictions]).toEqual([[], OPEN])

    const arm = {
      billingAccountId: ACCOUNT,
      projectId: 'my-batch',
      by: 'ada',
      at: at(began),
      until: at(began + HOUR_MS),
    }
    await publish('billing-notifications', arm, { drawdown: 'arm' })
    await until(() => subjects().some((subject) => subject.includes('ada armed enforcement')))
    await publish('drawdown-schedule', {})
    await until(() => subjects().some((subject) => subject.includes('Drawdown turned off the Gemini API keys')))
    expect(google.keys[0]?.restrictions).toEqual({ ...OPEN, serverKeyRestrictions: { allowedIps: ['192.0.2.1'] } })
    expect(google.changes().map(({ headers }) => headers['authorization'])).toEqual([`Bearer ${TOKEN}`])
    expect(billing.updates()).toEqual([])
    const mail = smtp.mails().find(({ parsed }) => parsed.subject?.includes('Drawdown turned off the Gemini API keys'))
    expect(mail?.parsed.text).toContain('npx drawdown enforce undo my-batch --yes')

    // A repeat of anything does it no second time.
    const before = enforced()
    await publish('drawdown-enforce', { anything: true })
    await until(() => enforced() > before)
    expect(google.changes()).toHaveLength(1)

    const { stdout, stderr } = await drawdown('enforce', 'undo', 'my-batch', '--yes', '--by', 'ada')
    expect([stderr, stdout]).toEqual(['', 'my-batch restrict-keys: done, 1 API key (Batch) given back what they had\n'])
    expect(google.keys[0]?.restrictions).toEqual(OPEN)
    expect(cloud.output() + smtp.mails().map(({ parsed }) => parsed.text)).not.toContain(TOKEN)
  })
})

const OPEN = { apiTargets: [{ service: 'generativelanguage.googleapis.com' }] }
const CONFIG = {
  accounts: [{ id: ACCOUNT, name: 'Production', projects: ['my-batch'], budgets: { [BUDGET]: 'drawdown' } }],
  channels: { 'ops-mail': { kind: 'email', to: ['ops@example.com'], from: 'drawdown@example.com', smtp: 'SMTP_URL' } },
  routes: [{ when: { severity: ['warning', 'critical'] }, to: ['ops-mail'] }],
  enforce: {
    armed: true,
    projects: { 'my-batch': { steps: ['restrict-keys'], when: { rule: ['credit-exhausted'] } } },
  },
}
