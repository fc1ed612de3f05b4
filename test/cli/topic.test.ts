/** `--topic`: what a command publishes, read back from the real Pub/Sub emulator and by the real parser. */

import { existsSync } from 'node:fs'
import { createServer } from 'node:http2'
import { describe, expect, test } from 'vitest'
import { decodeEnvelope } from '../../functions/sources/envelope.ts'
import { parseMessage } from '../../functions/sources/index.ts'
import { emulatorSuite, ownProject, pubsubEmulator } from '../support/emulators.ts'
import { openBus, type Pulled } from '../support/pubsub.ts'
import { ACCOUNT, OTHER, sandbox } from './drawdown.ts'

const AT = '2025-01-06T08:00:00Z'
const KEY = '3f9a61c2d07be4581a6c'

/** As a push of this message would be read by the billing function. */
const parsed = (message: Pulled | undefined) => {
  const body = Buffer.from(JSON.stringify({ message, subscription: 'projects/p/subscriptions/s' }))
  const decoded = decodeEnvelope({ headers: {}, body }, 'billing-notifications', 0)
  return decoded.kind === 'message' ? parseMessage(decoded.message) : decoded
}

const textOf = (message: Pulled | undefined): unknown =>
  JSON.parse(Buffer.from(message?.data ?? '', 'base64').toString())

emulatorSuite('--topic', await pubsubEmulator(), ({ host }) => {
  /** A project with its topic; `run` is `drawdown` in an environment that points at it and has no store. */
  const project = async (topic = 'billing-notifications') => {
    const id = ownProject('topic')
    const bus = openBus(host, id)
    await bus.createTopic(topic)
    await bus.subscribe('all', topic)
    const box = sandbox()
    const env = { PUBSUB_EMULATOR_HOST: host, GOOGLE_CLOUD_PROJECT: id, STORE: 'firestore:nowhere-at-all' }
    const run = (more: Record<string, string>, ...words: string[]) =>
      box.runWith({ env: { ...env, ...more } }, ...words)
    return { id, bus, box, run }
  }

  test.each([
    [
      'grant',
      ['grant', 'add', ACCOUNT, 'P1', '50.00', '--effective', AT],
      { grantId: 'P1', amount: '50.00', currencyCode: 'USD' },
    ],
    ['void', ['grant', 'void', ACCOUNT, 'P1', '--at', AT], { grantId: 'P1', at: AT }],
    ['refund', ['grant', 'refund', ACCOUNT, 'P1', '5', '--at', AT], { grantId: 'P1', amount: '5', at: AT }],
    ['balance-reading', ['reading', OTHER, '-1.25', '--at', AT], { balance: '-1.25', currencyCode: 'EUR', at: AT }],
    ['plan', ['plan', ACCOUNT, 'postpay', '--at', AT], { plan: 'postpay', at: AT }],
    [
      'tier',
      ['tier', ACCOUNT, 'tier-2', '--at', AT, '--project', 'my-app'],
      { tier: 'tier-2', projectId: 'my-app', at: AT },
    ],
    ['acknowledge', ['alerts', 'ack', KEY, '--account', ACCOUNT], { alertKey: KEY, by: 'ada' }],
    [
      'snooze',
      ['alerts', 'snooze', KEY, '--account', ACCOUNT, '--until', '2099-01-01T00:00:00Z'],
      { alertKey: KEY, until: '2099-01-01T00:00:00Z' },
    ],
  ])('%s is published as the parser takes it, and no store is opened', async (kind, words, fields) => {
    const { id, bus, box, run } = await project()
    const { code, out, err } = await run({}, ...words, '--json', '--topic')
    expect([code, err]).toEqual([0, ''])
    const [message] = await bus.pull('all', 1)
    expect(message?.attributes).toEqual({ drawdown: kind })
    const account = words.includes(OTHER) ? OTHER : ACCOUNT
    expect(textOf(message)).toMatchObject({ billingAccountId: account, ...fields })
    expect(parsed(message)).toMatchObject({ kind: 'claims', claims: [{ accountId: account, body: { kind } }] })
    expect(JSON.parse(out)).toMatchObject({
      result: 'published',
      messageId: message?.messageId,
      topic: `projects/${id}/topics/billing-notifications`,
      account,
      kind,
      fact: fields,
    })
    expect(existsSync(box.path('drawdown.db'))).toBe(false)
  })

  test('a person is told the message id, and that published is not yet recorded', async () => {
    const { bus, run } = await project()
    const { code, out, err } = await run({}, 'reading', ACCOUNT, '41.20', '--at', AT, '--topic')
    const [message] = await bus.pull('all', 1)
    expect([code, out, err]).toEqual([
      0,
      `Published: balance of 41.20 USD seen at ${AT}, as message ${message?.messageId}. It is recorded once the function has taken it.\n`,
      '',
    ])
  })

  test('the topic is the one typed, else the one of the environment', async () => {
    const { id, bus, run } = await project('facts')
    const words = ['plan', ACCOUNT, 'postpay', '--at', AT]
    expect((await run({}, ...words, '--topic', 'facts')).code).toBe(0)
    expect((await run({ GOOGLE_CLOUD_PROJECT: '' }, ...words, '--topic', `projects/${id}/topics/facts`)).code).toBe(0)
    expect((await run({ BILLING_NOTIFICATIONS_TOPIC: 'facts' }, ...words, '--topic')).code).toBe(0)
    expect(await bus.pull('all', 3)).toHaveLength(3)
  })

  test('without a configuration any account may be told of, with its currency', async () => {
    const { bus, run } = await project()
    const words = ['grant', 'add', '0A0A0A-0B0B0B-0C0C0C', 'P1', '50', '--effective', AT, '--topic']
    const refused = await run({ DRAWDOWN_CONFIG: '' }, ...words)
    expect([refused.code, refused.out, refused.err]).toEqual([
      1,
      '',
      'Give --currency, such as USD: without DRAWDOWN_CONFIG the account’s own is not known here.\n',
    ])
    expect((await run({ DRAWDOWN_CONFIG: '' }, ...words, '--currency', 'CHF')).code).toBe(0)
    const [message] = await bus.pull('all', 1)
    expect(textOf(message)).toMatchObject({ billingAccountId: '0A0A0A-0B0B0B-0C0C0C', currencyCode: 'CHF' })
  })

  test('what no function would take is refused before it is published', async () => {
    const { run } = await project()
    const { code, out, err } = await run(
      {},
      ...['grant', 'add', ACCOUNT, 'P1', '50', '--effective', AT, '--expires', '2025-01-01T00:00:00Z', '--topic'],
    )
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^A time is not valid .* Mend the time\. Nothing was recorded\.\n$/)
  })

  test('a topic that is not there is one line with the mend', async () => {
    const { id, run } = await project()
    const { code, out, err } = await run({}, 'plan', ACCOUNT, 'postpay', '--topic', 'nowhere')
    expect([code, out]).toEqual([1, ''])
    expect(err).toBe(
      `There is no topic projects/${id}/topics/nowhere. Name another with --topic or BILLING_NOTIFICATIONS_TOPIC.\n`,
    )
  })
})

describe('where nothing can be published', () => {
  const PLAN = ['plan', ACCOUNT, 'postpay', '--topic']

  test.each([
    [{}, PLAN, /^GOOGLE_CLOUD_PROJECT: is not set\. .*projects\/my-project\/topics\/billing-notifications\.\n$/],
    [
      { GOOGLE_CLOUD_PROJECT: 'my-project' },
      [...PLAN, 'no topic'],
      /^--topic: must be a topic of 3 to 255 letters.*\n$/,
    ],
    [
      { GOOGLE_CLOUD_PROJECT: 'my-project', BILLING_NOTIFICATIONS_TOPIC: 'x' },
      PLAN,
      /^BILLING_NOTIFICATIONS_TOPIC: must be.*\n$/,
    ],
    [{ GOOGLE_CLOUD_PROJECT: 'my-project' }, [...PLAN, '--send'], /^Give either --send or --topic: .*\n$/],
    [{ GOOGLE_CLOUD_PROJECT: 'my-project' }, ['alerts', 'ack', KEY, '--topic'], /^With --topic .* with --account\.\n$/],
    [
      { GOOGLE_CLOUD_PROJECT: 'my-project' },
      ['alerts', 'ack', KEY.slice(0, 8), '--account', ACCOUNT, '--topic'],
      /^With --topic .* its whole key of 20 characters, not 3f9a61c2\.\n$/,
    ],
    [
      { GOOGLE_CLOUD_PROJECT: 'my-project' },
      ['plan', '0A0A0A-0B0B0B-0C0C0C', 'postpay', '--topic'],
      /^Account 0A0A0A-0B0B0B-0C0C0C is not in the configuration\. .*\n$/,
    ],
  ])('%j %j is one line with the mend', async (env, words, line) => {
    const { code, out, err } = await sandbox().runWith({ env: env as Record<string, string> }, ...words)
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(line)
    expect(err.trimEnd()).not.toContain('\n')
  })

  test('without a sign-in it is one line with the mend', async () => {
    const box = sandbox()
    const env = { GOOGLE_CLOUD_PROJECT: 'my-project', HOME: box.path('.'), METADATA_SERVER_DETECTION: 'none' }
    const { code, out, err } = await box.runWith({ env }, ...PLAN)
    expect([code, out]).toEqual([1, ''])
    expect(err).toBe('Google does not know who you are: run gcloud auth application-default login.\n')
  })

  test.each([
    [
      7,
      /^You may not publish to projects\/my-project\/topics\/billing-notifications: have roles\/pubsub\.publisher granted on it\.\n$/,
    ],
    [16, /^Google does not know who you are: run gcloud auth application-default login\.\n$/],
    [3, /^Publishing to projects\/my-project\/topics\/billing-notifications failed: .*\n$/],
  ])('a peer that answers with status %i is one line with the mend', async (status, line) => {
    const server = createServer().on('stream', (stream) => {
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': String(status) },
        { endStream: true },
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const host = `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
    const env = { GOOGLE_CLOUD_PROJECT: 'my-project', PUBSUB_EMULATOR_HOST: host }
    const { code, out, err } = await sandbox().runWith({ env }, ...PLAN)
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(line)
    server.close()
  })
})
