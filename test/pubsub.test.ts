import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { Delivery } from '../functions/domain/alerts.ts'
import type { AccountId, DeliveryId } from '../functions/domain/keys.ts'
import { staysLocal } from '../functions/environment.ts'
import { type Announcer, openAnnouncer, openTopic, type Topic } from '../functions/pubsub.ts'
import { announcerFrom } from '../functions/wire.ts'
import { emulatorSuite, ownProject, pubsubEmulator } from './support/emulators.ts'
import { sampleMessage } from './support/message.ts'
import { openBus } from './support/pubsub.ts'
import { run } from './support/run.ts'

/** The publisher against the real emulator, and against a peer that is silent, gone or has never heard of the topic. */
const ROOT = join(import.meta.dirname, '..')
const ACCOUNT = '01D4EE-079462-DFD6EC' as AccountId

const delivery = (id: string): Delivery => ({
  id: id as DeliveryId,
  account: ACCOUNT,
  channel: 'ops-mail',
  recipient: 'ops@example.com',
  message: sampleMessage(),
  createdAt: 0,
})

const logged = () => {
  const warnings: string[] = []
  const log = {
    info: () => undefined,
    warning: (text: string, fields?: Readonly<Record<string, unknown>>) =>
      void warnings.push(`${text} ${JSON.stringify(fields)}`),
    error: () => undefined,
  }
  return { log, warnings }
}

const withHost = (host: string): void => {
  process.env['PUBSUB_EMULATOR_HOST'] = host
  staysLocal(process.env)
}

const opened: Announcer[] = []
const announcerOn = (topic: Topic) => {
  const { log, warnings } = logged()
  const announcer = openAnnouncer(topic, log)
  opened.push(announcer)
  return { ...announcer, warnings }
}
afterEach(async () => {
  for (const announcer of opened.splice(0)) await announcer.close()
})

const timed = async (work: Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await work
  return performance.now() - start
}

emulatorSuite('over the real Pub/Sub', await pubsubEmulator(), ({ host }) => {
  test('a commit’s deliveries are one message that names them', async () => {
    const project = ownProject('announce')
    const bus = openBus(host, project)
    await bus.createTopic('alert-deliveries')
    await bus.subscribe('all', 'alert-deliveries')
    withHost(host)
    const { announce, announced, warnings } = announcerOn(openTopic({ project, topic: 'alert-deliveries' }))
    announce(ACCOUNT, [delivery('d1'), delivery('d2')])
    await announced()
    announce(ACCOUNT, [delivery('d3')])
    await announced()
    const bodies = (await bus.pull('all', 2)).map(({ data }) => Buffer.from(data, 'base64').toString())
    expect(bodies.sort()).toEqual([
      '{"account":"01D4EE-079462-DFD6EC","deliveries":["d1","d2"]}',
      '{"account":"01D4EE-079462-DFD6EC","deliveries":["d3"]}',
    ])
    expect(warnings).toEqual([])
  })

  test('a message stays small however many deliveries a commit holds', async () => {
    const project = ownProject('announce')
    const bus = openBus(host, project)
    await bus.createTopic('alert-deliveries')
    await bus.subscribe('all', 'alert-deliveries')
    withHost(host)
    const { announce, announced } = announcerOn(openTopic({ project, topic: 'alert-deliveries' }))
    announce(
      ACCOUNT,
      Array.from({ length: 5_000 }, (_, index) => delivery(`d${index}`)),
    )
    await announced()
    const [message] = await bus.pull('all', 1)
    expect(JSON.parse(Buffer.from(message?.data ?? '', 'base64').toString()).deliveries).toHaveLength(100)
  })

  test('a topic that does not exist is a warning, and nothing is thrown', async () => {
    withHost(host)
    const project = ownProject('announce')
    const { announce, announced, warnings } = announcerOn(openTopic({ project, topic: 'nowhere' }))
    announce(ACCOUNT, [delivery('d1')])
    await announced()
    expect(warnings).toEqual([
      expect.stringMatching(/^deliveries were not announced; the schedule sends them .*NOT_FOUND/),
    ])
  })
})

describe('where Pub/Sub does not answer', () => {
  test('a silent peer costs a request at most three seconds, and only a warning', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    const address = silent.address()
    withHost(`127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`)
    const { announce, announced, warnings } = announcerOn(
      openTopic({ project: 'my-project', topic: 'alert-deliveries' }),
    )
    expect(await timed(Promise.resolve(announce(ACCOUNT, [delivery('d1')])))).toBeLessThan(500)
    const waited = await timed(announced())
    expect(waited).toBeGreaterThan(500)
    expect(waited).toBeLessThan(3_500)
    expect(warnings).toHaveLength(1)
    silent.close()
  })

  test('a peer that is gone is a warning as well', async () => {
    const gone = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => gone.once('listening', resolve))
    const address = gone.address()
    await new Promise((resolve) => gone.close(resolve))
    withHost(`127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`)
    const { announce, announced, warnings } = announcerOn(
      openTopic({ project: 'my-project', topic: 'alert-deliveries' }),
    )
    announce(ACCOUNT, [delivery('d1')])
    expect(await timed(announced())).toBeLessThan(3_500)
    expect(warnings).toHaveLength(1)
  })

  test('a failed sign-in ends neither the request nor the process', async () => {
    const program = `
      import { openAnnouncer, openTopic } from ${JSON.stringify(join(ROOT, 'functions/pubsub.ts'))}
      const log = { warning: (text, { why }) => console.log(why.slice(0, 39)) }
      const { announce, announced } = openAnnouncer(openTopic({ project: 'my-project', topic: 'alerts' }), log)
      for (const id of ['d1', 'd2']) {
        announce('01D4EE-079462-DFD6EC', [{ id }])
        await announced()
      }
      setTimeout(() => console.log('alive'), 200)`
    const folder = mkdtempSync(join(tmpdir(), 'drawdown-pubsub-'))
    const env = { HOME: folder, METADATA_SERVER_DETECTION: 'none' }
    const { code, stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: ROOT, env })
    rmSync(folder, { recursive: true, force: true })
    const why = 'Could not load the default credentials.'
    expect([code, stdout.split('\n')]).toEqual([0, [why, why, 'alive', '']])
  })

  test('a publish that never ends is given up, and closing does not wait for it for ever', async () => {
    const never = new Promise<never>(() => undefined)
    const { announce, announced, warnings, close } = announcerOn({ publish: () => never, close: () => never })
    announce(ACCOUNT, [delivery('d1')])
    expect(await timed(announced())).toBeLessThan(5_500)
    expect(warnings).toEqual([
      'deliveries were not announced; the schedule sends them {"account":"01D4EE-079462-DFD6EC","why":"no answer within 5000 ms"}',
    ])
    expect(await timed(close())).toBeLessThan(1_000)
  })

  test('of a hundred announcements in flight the next is left to the schedule', async () => {
    let published = 0
    const slow = Promise.withResolvers<string>()
    const publish = () => {
      published += 1
      return slow.promise
    }
    const { announce, announced, warnings } = announcerOn({ publish, close: async () => undefined })
    for (let count = 0; count < 101; count += 1) announce(ACCOUNT, [delivery(`d${count}`)])
    expect([published, warnings.length]).toEqual([100, 1])
    slow.resolve('1')
    await announced()
    expect(warnings).toHaveLength(1)
  })
})

describe('when deliveries are announced', () => {
  const isOn = (env: Record<string, string>): boolean => announcerFrom(env, logged().log) !== undefined

  test.each([
    ['in the cloud', { K_SERVICE: 'x' }, true],
    ['with the emulator', { PUBSUB_EMULATOR_HOST: '127.0.0.1:1', PUBSUB_PROJECT_ID: 'my-project' }, true],
    ['where the topic is named', { ALERT_DELIVERIES_TOPIC: 'projects/my-project/topics/alerts' }, true],
    ['on a machine of one’s own', { GOOGLE_CLOUD_PROJECT: 'my-project' }, false],
  ])('%s: %j: %s', (_, env, expected) => {
    expect(isOn(env)).toBe(expected)
  })

  test.each([
    [{ PUBSUB_EMULATOR_HOST: '127.0.0.1:1' }, /^GOOGLE_CLOUD_PROJECT: is not set\. .*projects\/my-project\/topics\//],
    [{ K_SERVICE: 'x', ALERT_DELIVERIES_TOPIC: 'go' }, /^ALERT_DELIVERIES_TOPIC: must be a topic of 3 to 255 letters/],
    [{ K_SERVICE: 'x', ALERT_DELIVERIES_TOPIC: 'google-topic' }, /^ALERT_DELIVERIES_TOPIC: must be/],
    [{ K_SERVICE: 'x', ALERT_DELIVERIES_TOPIC: '1topic' }, /^ALERT_DELIVERIES_TOPIC: must be/],
    [{ K_SERVICE: 'x', ALERT_DELIVERIES_TOPIC: 'a topic' }, /^ALERT_DELIVERIES_TOPIC: must be/],
    [{ K_SERVICE: 'x', ALERT_DELIVERIES_TOPIC: 'projects/P/topics/alerts' }, /^ALERT_DELIVERIES_TOPIC: must be/],
    [{ K_SERVICE: 'x', ALERT_DELIVERIES_TOPIC: 'projects/my-project/topics/' }, /^ALERT_DELIVERIES_TOPIC: must be/],
    [{ K_SERVICE: 'x', GOOGLE_CLOUD_PROJECT: 'My Project' }, /^GOOGLE_CLOUD_PROJECT: must be a project id/],
  ])('%j stops the start with the variable and the mend', (env, message) => {
    expect(() => isOn(env as Record<string, string>)).toThrow(message)
  })

  test('where an emulator is meant nobody looks for the metadata server, unless told to', () => {
    const looks = (env: Record<string, string>): string | undefined => {
      staysLocal(env)
      return env['METADATA_SERVER_DETECTION']
    }
    expect(looks({})).toBeUndefined()
    expect(looks({ PUBSUB_EMULATOR_HOST: '127.0.0.1:1' })).toBe('none')
    expect(looks({ FIRESTORE_EMULATOR_HOST: '127.0.0.1:1' })).toBe('none')
    expect(looks({ FIRESTORE_EMULATOR_HOST: '127.0.0.1:1', METADATA_SERVER_DETECTION: 'ping-only' })).toBe('ping-only')
  })
})
