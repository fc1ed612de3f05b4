import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { StoredDelivery } from '../../functions/domain/alerts.ts'
import type { Instant } from '../../functions/domain/time.ts'
import type { Store } from '../../functions/store/store.ts'
import { allFacts } from '../support/all-facts.ts'
import { startCuttingProxy } from '../support/cutting-proxy.ts'
import { emulatorSuite, firestoreEmulator, ownProject } from '../support/emulators.ts'
import { ACCOUNT, BUDGET, BUDGET_TWO } from '../support/facts.ts'
import { openAny, type Where } from '../support/firestore-stores.ts'
import { startFramework } from '../support/framework.ts'
import { nameOf, postsOf, purchases, spending } from '../support/three-processes-facts.ts'
import { type Host, killHost, publish, startHost, type Tally } from '../support/three-processes-load.ts'
import {
  drainAt,
  drainBy,
  HELD_MAX_MS,
  killWhileSending,
  nudge,
  type Sender,
  startSender,
} from '../support/three-processes-senders.ts'

/**
 * One account, three hosts, two senders, every message three times, 50 at a time; one host and one sender are killed by
 * `kill -9` in the middle of it. Nothing is lost, nothing counts twice, and every mail that came twice is explained.
 */
const LIMIT_MS = 90_000
const WAIT_MAX_MS = 20_000
const LEASE_MS = 160_000

const RECIPIENTS = ['ann@example.com', 'bob@example.com', 'cay@example.com']
/** Each is found once on the way, whatever the order: the balance only falls, to 357.50. */
const RULES = ['budget-threshold', 'credit-low', 'prepayment-received', 'unpriced-model']
const CONFIG = `
accounts:
  - id: ${ACCOUNT}
    name: Production
    projects: [my-app]
    budgets: { ${BUDGET}: drawdown, ${BUDGET_TWO}: watch }
    thresholds: { percent: [], amount: ["400.00"], runwayHours: [], expiryDays: [] }
channels:
  ops-mail: { kind: email, to: [${RECIPIENTS.join(', ')}], from: drawdown@example.com, smtp: SMTP_URL }
routes:
  - { when: { rule: [${RULES.join(', ')}] }, to: [ops-mail] }
`
/** Posts that were sent when the host may be killed, and posts it must then owe an answer for. */
const KILL_AFTER = 250
const OWED_MIN = 5

type Place = { readonly where: Where; readonly env: Readonly<Record<string, string>> }

/** `placeIn` is told a folder that lasts as long as the tests. */
const prove = (placeIn: (folder: string) => Place): void => {
  let folder = ''
  const now = Date.now()
  const told = [...purchases(now), ...spending(now)]
  const hosts: Host[] = []
  const senders: Sender[] = []
  let environment: Record<string, string> = {}
  let store: Store
  const tallies: Tally[] = []
  let killedAt: Instant
  /** Deliveries when both senders are done: what the killed one held is not settled. */
  let left: readonly StoredDelivery[]

  const senderAt = (index: number): Sender => senders[index] ?? expect.fail(`no sender ${index}`)
  const rows = (): Promise<readonly StoredDelivery[]> => store.deliveries({ limit: 1_000 })
  const held = (): readonly StoredDelivery[] => left.filter(({ state }) => state.lease !== undefined)
  const untilOf = ({ state }: StoredDelivery): Instant => state.lease?.until ?? expect.fail('not leased')
  const mails = () => senders.flatMap(({ smtp }) => smtp.mails())
  const copiesOf = ({ recipient, message }: StoredDelivery): number =>
    mails().filter(({ to, parsed }) => to.join() === recipient && parsed.subject?.includes(message.words.title)).length

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drawdown-three-'))
    const config = join(folder, 'config.yaml')
    writeFileSync(config, CONFIG)
    const { where, env } = placeIn(folder)
    environment = { DRAWDOWN_CONFIG: config, SMTP_URL: 'smtp://127.0.0.1:1', ...env }
    await Promise.all([
      ...[0, 1, 2].map(async () => hosts.push(await startHost(environment))),
      ...[0, 1].map(async () => senders.push(await startSender(environment))),
    ])
    store = await openAny(where)
    for (const one of purchases(now)) tallies.push(await publish(hosts, postsOf([one])))
    expect(await nudge(senderAt(0))).toEqual({ sent: 3, retried: 0, dead: 0 })
    const death = killWhileSending(senderAt(0))
    const kill = (host: Host, sent: number) => {
      if (host === hosts[0] && sent > KILL_AFTER && host.inFlight >= OWED_MIN) killHost(host)
    }
    tallies.push(await publish(hosts, postsOf(spending(now)), kill))
    killedAt = await death
    await drainBy(senderAt(1))
    left = await rows()
  }, LIMIT_MS)
  afterAll(async () => {
    for (const { processes } of hosts) for (const { child } of processes.values()) child.kill('SIGKILL')
    for (const { process: started, smtp } of senders) {
      started.child.kill('SIGKILL')
      await smtp.close()
    }
    await store?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('every post was answered, though a killed host left some without an answer', () => {
    const answers = tallies.flatMap(({ results }) => [...results])
    expect(answers.reduce((sum, [, count]) => sum + count, 0)).toBe(600)
    expect(new Set(answers.map(([result]) => result))).toEqual(new Set(['recorded', 'duplicate']))
    expect(hosts.map(({ isKilled }) => isKilled)).toEqual([true, false, false])
    expect(tallies.map(({ lost }) => lost)).toEqual([0, 0, expect.toSatisfy((lost: number) => lost > 0)])
  })

  test('the store holds the 200 facts, none twice', async () => {
    const facts = await allFacts(store, ACCOUNT)
    expect(facts).toHaveLength(200)
    expect(facts.map(nameOf).toSorted()).toEqual(told.map(({ name }) => name).toSorted())
    expect(await store.quarantine({ limit: 10 })).toEqual([])
  })

  test('a new process tells the balance to the cent: 1,000.00 bought, 642.50 drawn', async () => {
    const { url, child } = await startFramework('status', environment)
    const answer = await (await fetch(`${url}/v1/accounts/${ACCOUNT}`)).json()
    child.kill('SIGKILL')
    expect(answer).toMatchObject({
      balance: { value: '357.50', low: '357.50', high: '357.50' },
      overage: '0.00',
      spent: { billed: '642.50', estimated: '0.09' },
      grants: [
        { id: 'P1', amount: '900.00', remaining: '257.50', drawn: '642.50', state: 'active' },
        { id: 'P2', amount: '100.00', remaining: '100.00', drawn: '0.00', state: 'active' },
      ],
    })
  })

  test('each alert is one delivery to each recipient, and only what the killed sender held is not sent', () => {
    const expected = RULES.flatMap((rule) => RECIPIENTS.map((recipient) => `${rule} ${recipient} firing`))
    expect(left.map(({ message, recipient }) => `${message.rule} ${recipient} ${message.step}`).toSorted()).toEqual(
      expected,
    )
    expect(held().length).toBeGreaterThan(0)
    for (const row of left.filter(({ state }) => state.lease === undefined)) {
      expect(row.state).toMatchObject({ status: 'sent', attempts: 1, ambiguous: 0 })
      expect([row.message.rule, row.recipient, copiesOf(row)]).toEqual([row.message.rule, row.recipient, 1])
    }
  })

  test('what it held comes free when its lease ends, not before, and is then sent with the doubt on record', async () => {
    const { url } = senderAt(1).smtp
    const untils = held().map(untilOf)
    const [soonest, latest] = [Math.min(...untils), Math.max(...untils)]
    expect(latest).toBeLessThanOrEqual(killedAt + LEASE_MS)
    expect(soonest).toBeGreaterThan(killedAt + LEASE_MS - HELD_MAX_MS)
    expect(await drainBy(senderAt(1))).toBe(0)
    expect(await drainAt(store, CONFIG, url, soonest - 1)).toEqual({ sent: 0, retried: 0, dead: 0 })
    expect(await drainAt(store, CONFIG, url, latest)).toEqual({ sent: untils.length, retried: 0, dead: 0 })
    const after = new Map((await rows()).map((row) => [row.id, row.state]))
    for (const { id } of held()) expect(after.get(id)).toMatchObject({ status: 'sent', attempts: 2, ambiguous: 1 })
    expect([...after.values()].filter(({ status, lease }) => status !== 'sent' || lease)).toEqual([])
  })

  test('a mail came twice only where the record says that nobody could know, and both bear one Message-ID', async () => {
    const copies = (await rows()).map((row) => ({ copies: copiesOf(row), ambiguous: row.state.ambiguous }))
    for (const { copies: count, ambiguous } of copies) {
      expect(count).toBeGreaterThanOrEqual(1)
      expect(count).toBeLessThanOrEqual(1 + ambiguous)
    }
    const byKilled = senderAt(0).smtp.mails().length - 3
    expect(copies.filter(({ copies: count }) => count === 2)).toHaveLength(byKilled)
    expect(mails()).toHaveLength(12 + byKilled)
    expect(new Set(mails().map(({ parsed }) => parsed.messageId)).size).toBe(12)
  })
}

describe('three processes on one SQLite file', () =>
  prove((folder) => {
    const file = join(folder, 'ledger.db')
    return { where: { file }, env: { STORE: `sqlite:${file}` } }
  }))

emulatorSuite('three processes on Firestore', await firestoreEmulator(), ({ host }) => {
  const on = (address: string, project: string): Record<string, string> => ({
    STORE: 'firestore:',
    FIRESTORE_EMULATOR_HOST: address,
    GOOGLE_CLOUD_PROJECT: project,
  })
  const project = ownProject('three')
  prove(() => ({ where: { firestore: { host, project } }, env: on(host, project) }))

  test('a host killed while its commit is on the wire has promised nothing', { timeout: LIMIT_MS }, async () => {
    const own = ownProject('promise')
    const folder = mkdtempSync(join(tmpdir(), 'drawdown-promise-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const config = join(folder, 'config.yaml')
    writeFileSync(config, CONFIG)
    const proxy = await startCuttingProxy(host)
    onTestFinished(proxy.close)
    const env = { DRAWDOWN_CONFIG: config, SMTP_URL: 'smtp://127.0.0.1:1' }
    const hosts = await Promise.all([on(proxy.host, own), on(host, own)].map((one) => startHost({ ...env, ...one })))
    onTestFinished(() => hosts.forEach(killHost))
    const told = spending(Date.now()).filter(({ target }) => target === 'usageNotification')

    proxy.cut('silence', ':commit', 1_000)
    const tally = publish(
      hosts,
      postsOf(told).filter(({ home }) => home === 0),
    )
    await vi.waitUntil(() => proxy.done() > 0, { timeout: WAIT_MAX_MS })
    for (const one of hosts.slice(0, 1)) killHost(one)
    expect(await tally).toEqual({ results: new Map([['recorded', 64]]), lost: 50, again: 0 })

    const store = await openAny({ firestore: { host, project: own } })
    onTestFinished(() => store.close())
    const facts = await allFacts(store, ACCOUNT)
    expect(facts.map(nameOf).toSorted()).toEqual(told.map(({ name }) => name).toSorted())
  })
})
