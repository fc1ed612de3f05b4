import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PubSub } from '@google-cloud/pubsub'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AccountId } from '../../functions/domain/keys.ts'
import { DAY_MS, formatInstant } from '../../functions/domain/time.ts'
import { staysLocal } from '../../functions/environment.ts'
import { openStore } from '../../functions/wire.ts'
import { type Cloud, type Line, type Push, startCloud } from '../support/cloud.ts'
import { emulatorSuite, firestoreEmulator, ownProject, pubsubEmulator } from '../support/emulators.ts'
import { type SmtpPeer, startSmtp } from '../support/smtp-server.ts'

/**
 * The whole way: a publisher, the real Pub/Sub and its push subscriptions, the functions under their framework, one store,
 * `alert-deliveries`, a real mail server. Lines fail in between; the mail arrives, and arrives once.
 */
const START_MAX_MS = 60_000
const WAIT_MAX_MS = 20_000

const NAMES = ['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon', 'Zeta'] as const
type Name = (typeof NAMES)[number]
const ACCOUNTS = new Map<Name, AccountId>(NAMES.map((name, at) => [name, `0A0A0A-0B0B0B-0C0C0${at}` as AccountId]))
const budgetOf = (name: Name): string => `de72f49d-779b-4945-a127-00000000000${NAMES.indexOf(name)}`
const idOf = (name: Name): AccountId => ACCOUNTS.get(name) ?? expect.fail(name)

const CONFIG = `
accounts:
${NAMES.map(
  (name) => `
  - id: ${idOf(name)}
    name: ${name}
    projects: [app-${name.toLowerCase()}]
    budgets: { ${budgetOf(name)}: drawdown }
    thresholds: { percent: [50], runwayHours: [], expiryDays: [] }`,
).join('')}
channels:
  ops-mail: { kind: email, to: [ops@example.com], from: drawdown@example.com, smtp: SMTP_URL }
routes:
  - { when: { severity: [warning, critical] }, to: [ops-mail] }
`

const [pubsub, firestore] = await Promise.all([pubsubEmulator(), firestoreEmulator()])

emulatorSuite('from a publisher to a mail', firestore && pubsub, ({ host }) => {
  const folder = mkdtempSync(join(tmpdir(), 'drawdown-cloud-'))
  const project = ownProject('cloud')
  const STORE = 'firestore:'
  const emulated = {
    PUBSUB_EMULATOR_HOST: host,
    FIRESTORE_EMULATOR_HOST: firestore?.host ?? '',
    GOOGLE_CLOUD_PROJECT: project,
  }
  const start = Date.now() - 10 * DAY_MS
  let smtp: SmtpPeer
  let cloud: Cloud
  let client: PubSub

  beforeAll(async () => {
    smtp = await startSmtp()
    writeFileSync(join(folder, 'config.yaml'), CONFIG)
    const config = join(folder, 'config.yaml')
    cloud = await startCloud(host, project, { ...emulated, STORE, DRAWDOWN_CONFIG: config, SMTP_URL: smtp.url })
    staysLocal(Object.assign(process.env, emulated))
    client = new PubSub({ projectId: project })
  }, START_MAX_MS)
  afterAll(async () => {
    await client?.close()
    await cloud?.close()
    await smtp?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const eventually = async <Value>(look: () => Value, isThere: (value: Value) => boolean): Promise<Value> => {
    const end = Date.now() + WAIT_MAX_MS
    for (;;) {
      const value = look()
      if (isThere(value) || Date.now() > end) return value
      await sleep(50)
    }
  }

  const publish = async (topic: string, text: string, attributes: Record<string, string> = {}): Promise<string> =>
    client.topic(topic).publishMessage({ data: Buffer.from(text), attributes })
  const pushesOf = (text: string): readonly Push[] => cloud.pushes.filter((push) => push.text === text)
  const taken = async (text: string, times = 1): Promise<readonly Push[]> => {
    const done = () => pushesOf(text).filter(({ status }) => status === 200)
    expect(await eventually(done, (found) => found.length >= times)).toHaveLength(times)
    return done()
  }
  const resultOf = async (text: string): Promise<unknown> =>
    (await taken(text)).map(({ answer }) => (JSON.parse(answer) as { readonly result: unknown }).result)[0]
  const mailsOf = (name: Name): readonly string[] =>
    smtp
      .mails()
      .map(({ parsed }) => parsed.subject ?? '')
      .filter((subject) => subject.includes(name))
  const mailed = (name: Name): Promise<readonly string[]> =>
    eventually(
      () => mailsOf(name),
      (mails) => mails.length > 0,
    )
  const lowOn = (name: Name): readonly unknown[] => [
    expect.stringMatching(
      new RegExp(`^\\[critical\\] Credit is low: \\d+\\.\\d\\d USD left on ${name} \\(at or under 50%`),
    ),
  ]
  /** Whoever would send a second mail has had every chance to once these are answered. */
  const nudged = async (): Promise<void> => {
    const texts = [1, 2, 3].map((count) => JSON.stringify({ nudge: `${cloud.pushes.length}-${count}` }))
    for (const [at, text] of texts.entries()) {
      await publish(at === 1 ? 'drawdown-schedule' : 'alert-deliveries', text)
      await taken(text)
    }
  }

  const usageText = (requestId: string, projectId: string, model: string): string => {
    const usageMetadata = { promptTokenCount: 1_000 }
    return JSON.stringify({ requestId, projectId, at: formatInstant(Date.now()), model, usageMetadata })
  }
  const costText = (name: Name, cost: number): string =>
    JSON.stringify({
      budgetDisplayName: name,
      costAmount: cost,
      costIntervalStart: formatInstant(start),
      budgetAmount: 1_000,
      budgetAmountType: 'SPECIFIED_AMOUNT',
      currencyCode: 'USD',
    })
  const costAttributes = (name: Name) => ({
    billingAccountId: idOf(name),
    budgetId: budgetOf(name),
    schemaVersion: '1.0',
  })
  const bought = async (name: Name): Promise<void> => {
    const text = JSON.stringify({
      billingAccountId: idOf(name),
      grantId: 'P1',
      kind: 'prepayment',
      amount: '100.00',
      currencyCode: 'USD',
      effectiveAt: formatInstant(start),
    })
    await publish('billing-notifications', text, { drawdown: 'grant' })
    await taken(text)
  }
  /** 100 bought, 60 spent: one alert at the level of 50 %. */
  const spent = async (name: Name): Promise<{ readonly text: string; readonly messageId: string }> => {
    const text = costText(name, 60)
    return { text, messageId: await publish('billing-notifications', text, costAttributes(name)) }
  }
  const readingsOf = async (name: Name): Promise<readonly string[]> => {
    const store = await openStore(STORE)
    const { facts } = await store.load(idOf(name), 0)
    await store.close()
    return facts.flatMap(({ body }) => (body.kind === 'reading' ? [String(body.cost)] : []))
  }

  test('a purchase and what it was spent on become one mail, announced on alert-deliveries', async () => {
    await bought('Alpha')
    await publish('billing-notifications', costText('Alpha', 10), costAttributes('Alpha'))
    await taken(costText('Alpha', 10))
    const { text } = await spent('Alpha')
    const mails = await mailed('Alpha')
    expect(mails).toEqual(lowOn('Alpha'))
    expect(cloud.pushes.filter(({ target }) => target === 'schedule')).toEqual([])
    const [announced] = await eventually(
      () => cloud.pushes.filter(({ target }) => target === 'alertDelivery'),
      (found) => found.length > 0,
    )
    expect(JSON.parse(announced?.text ?? '')).toEqual({ account: idOf('Alpha'), deliveries: [expect.any(String)] })

    await publish('billing-notifications', text, costAttributes('Alpha'))
    await taken(text, 2)
    await nudged()
    expect(mailsOf('Alpha')).toEqual(mails)
  })

  test('usage of a model without a price is told once, whoever calls it how often', async () => {
    const calls = [1, 2, 3].map((call) => usageText(`r${call}`, 'app-zeta', 'gemini-nobody-1'))
    await Promise.all(calls.map((call) => publish('gemini-usage', call)))
    for (const call of calls) await taken(call)
    expect(await mailed('Zeta')).toEqual([expect.stringContaining('No price is known for model gemini-nobody-1')])
    await nudged()
    expect(mailsOf('Zeta')).toHaveLength(1)
  })

  test('a function that cannot be reached at first gets the message again, and records it once', async () => {
    await bought('Beta')
    let refusals = 2
    cloud.onPush((text): Line => (text.includes('"Beta"') && refusals-- > 0 ? 'request lost' : 'whole'))
    const { text } = await spent('Beta')
    await taken(text)
    expect(pushesOf(text).map(({ status }) => status)).toEqual([503, 503, 200])
    expect(await mailed('Beta')).toEqual(lowOn('Beta'))
    await nudged()
    expect(await readingsOf('Beta')).toEqual(['60000000000'])
    expect(mailsOf('Beta')).toHaveLength(1)
  })

  test('a dead letter is redriven: what was recorded all the same is recognised, what was not is recorded', async () => {
    await bought('Gamma')
    const call = usageText('r9', 'app-delta', 'gemini-nobody-2')
    cloud.onPush((text): Line => {
      if (text.includes('"Gamma"')) return 'answer lost'
      return text === call ? 'request lost' : 'whole'
    })
    const sent = await Promise.all([spent('Gamma'), publish('gemini-usage', call)])
    const dead = await cloud.bus.pull('dead', 2)
    expect(dead).toHaveLength(2)
    expect([mailsOf('Gamma'), mailsOf('Delta')]).toEqual([lowOn('Gamma'), []])

    cloud.onPush(() => 'whole')
    for (const { data, attributes = {}, messageId } of dead) {
      expect(attributes).toMatchObject({
        CloudPubSubDeadLetterSourceDeliveryCount: '5',
        CloudPubSubDeadLetterSourceTopicPublishTime: expect.stringMatching(/^\d{4}-/),
      })
      expect([sent[0].messageId, sent[1]]).not.toContain(messageId)
      const topic = attributes['CloudPubSubDeadLetterSourceSubscription']?.replace(/-push$/, '') ?? ''
      await publish(topic, Buffer.from(data, 'base64').toString(), attributes)
    }
    expect([await resultOf(sent[0].text), await resultOf(call)]).toEqual(['duplicate', 'recorded'])
    expect(await mailed('Delta')).toEqual([expect.stringContaining('No price is known for model gemini-nobody-2')])
    await nudged()
    expect(await readingsOf('Gamma')).toEqual(['60000000000'])
    expect([mailsOf('Gamma').length, mailsOf('Delta').length]).toEqual([1, 1])
  })

  test('a lost announcement is made good by the schedule', async () => {
    await cloud.bus.deleteTopic('alert-deliveries')
    await bought('Epsilon')
    await taken((await spent('Epsilon')).text)
    expect(cloud.output()).toContain('deliveries were not announced; the schedule sends them')
    expect(mailsOf('Epsilon')).toEqual([])
    await publish('drawdown-schedule', '{"tick":1}')
    await taken('{"tick":1}')
    expect(await mailed('Epsilon')).toEqual(lowOn('Epsilon'))
    await publish('drawdown-schedule', '{"tick":2}')
    await taken('{"tick":2}')
    expect(mailsOf('Epsilon')).toHaveLength(1)
  })
})
