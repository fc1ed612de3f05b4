import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Deps } from '../../functions/app/deps.ts'
import { type LookUp, type LookUpLimits, openLookUps } from '../../functions/app/look-up.ts'
import { schedule } from '../../functions/app/schedule.ts'
import type { AccountId } from '../../functions/domain/keys.ts'
import { formatInstant, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../functions/domain/time.ts'
import { openMemoryStore } from '../../functions/store/memory.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { type BillingPeer, billingOf, startBilling } from '../support/billing-server.ts'
import { ACCOUNT, T0 } from '../support/facts.ts'

const OTHER = '0A0A0A-0B0B0B-0C0C0C'
const LIMITS: LookUpLimits = { everyMs: 14 * MINUTE_MS, roundMs: 20 * SECOND_MS, parallel: 4, perRun: 100 }

/** A test app whose schedule asks the peer; each call is one run at so many minutes. */
type Bench = { readonly app: TestApp; readonly run: (minutes: number) => Promise<string[]>; readonly deps: Deps }

const benchOf = (lookUp: LookUp, app: TestApp = openTestApp(), limits: LookUpLimits = LIMITS): Bench => {
  const deps: Deps = { ...app.deps, lookUps: openLookUps(lookUp, limits) }
  const run = async (minutes: number): Promise<string[]> => {
    app.clock.now = T0 + minutes * MINUTE_MS
    app.told.length = 0
    await schedule(deps, app.desk)
    return said(app)
  }
  return { app, run, deps }
}

const said = (app: TestApp): string[] =>
  app.told.map(({ message }) => `${message.step} ${message.rule}`).filter((line) => /billing-|account-/.test(line))

const factsOf = async (app: TestApp): Promise<number> => (await app.deps.store.load(ACCOUNT, 0)).facts.length

let peer: BillingPeer
let lookUp: LookUp
/** A second one with a shorter patience. */
let hasty: LookUp

beforeEach(async () => {
  peer = await startBilling()
  lookUp = billingOf(peer, 2_000)
  hasty = billingOf(peer, 500)
  peer.link('my-app', ACCOUNT)
  peer.account(ACCOUNT, true)
})
afterEach(async () => {
  await Promise.all([lookUp.close(), hasty.close()])
  await peer.close()
})

describe('schedule asks Google’s own server', () => {
  test('an unlinked project is exactly one mail; it repeats, resolves, and opens anew', async () => {
    const { app, run } = benchOf(lookUp)
    peer.link('my-app')
    expect(await run(0)).toEqual(['firing billing-unlinked'])
    expect(app.told).toHaveLength(1)
    expect(app.told[0]?.message).toMatchObject({ severity: 'critical', rule: 'billing-unlinked' })
    for (const minutes of [5, 10, 15, 30, 239]) expect(await run(minutes)).toEqual([])
    expect(await run(240)).toEqual(['repeat billing-unlinked'])
    peer.link('my-app', ACCOUNT)
    expect(await run(260)).toEqual(['resolved billing-unlinked'])
    expect(app.told[0]?.message.words.title).toBe('Project my-app is linked to Production again')
    peer.link('my-app')
    expect(await run(280)).toEqual(['firing billing-unlinked'])
  })

  test('all is well: the first look is recorded, nothing is told, and later looks add nothing', async () => {
    const { app, run } = benchOf(lookUp)
    expect(await run(0)).toEqual([])
    expect(await factsOf(app)).toBe(2)
    for (let minutes = 5; minutes <= 600; minutes += 5) await run(minutes)
    expect(await factsOf(app)).toBe(2)
    expect(peer.asked().length).toBeGreaterThan(60)
    expect((await app.desk.view(ACCOUNT)).standing.billing).toEqual({
      links: [{ projectId: 'my-app', linkedTo: ACCOUNT, billingEnabled: true, since: T0 }],
      open: { open: true, since: T0 },
      refused: [],
    })
  })

  test('a project billed elsewhere is told with the other account', async () => {
    const { app, run } = benchOf(lookUp)
    peer.link('my-app', OTHER)
    expect(await run(0)).toEqual(['firing billing-unlinked'])
    expect(app.told[0]?.message.words.title).toContain(OTHER)
  })

  test('a project moved to another account is told when it moves, and when it is back', async () => {
    const { run } = benchOf(lookUp)
    expect(await run(0)).toEqual([])
    peer.link('my-app', OTHER)
    expect(await run(15)).toEqual(['firing billing-unlinked'])
    peer.link('my-app', ACCOUNT)
    expect(await run(30)).toEqual(['resolved billing-unlinked'])
  })

  test('two instances that hear different things in one millisecond contradict nobody; the next look decides', async () => {
    const store = openMemoryStore()
    const [first, second] = [benchOf(lookUp, openTestApp({}, store)), benchOf(lookUp, openTestApp({}, store))]
    await first.run(0)
    peer.link('my-app')
    await second.run(0)
    expect((await second.app.desk.view(ACCOUNT)).standing.setAside).toEqual([])
    await first.run(15)
    await second.run(15)
    expect((await second.app.desk.view(ACCOUNT)).standing.billing.links).toMatchObject([{ billingEnabled: false }])
    peer.link('my-app', ACCOUNT)
    await first.run(30)
    expect((await first.app.desk.view(ACCOUNT)).standing.billing.links).toMatchObject([{ billingEnabled: true }])
  })

  test('a closed account is one mail, not one for each project as well', async () => {
    const { run } = benchOf(lookUp, openTestApp({ projects: ['my-app', 'my-batch'] }))
    for (const project of ['my-app', 'my-batch']) peer.link(project, ACCOUNT, false)
    peer.account(ACCOUNT, false)
    expect(await run(0)).toEqual(['firing account-closed'])
    expect(await run(240)).toEqual(['repeat account-closed'])
    for (const project of ['my-app', 'my-batch']) peer.link(project, ACCOUNT)
    peer.account(ACCOUNT, true)
    expect(await run(260)).toEqual(['resolved account-closed'])
  })
})

describe('silence is no all-clear and no alarm', () => {
  test.each([
    ['too many requests', { code: 8 }],
    ['away', { code: 14 }],
    ['too slow', { code: 4 }],
    ['an answer about another project', { fields: { name: 'projects/x/billingInfo', projectId: 'x' } }],
  ] as const)('%s: nothing is told, nothing resolves, nothing is recorded, and the log says why', async (_, answer) => {
    const { app, run } = benchOf(lookUp)
    peer.answer('projects/my-app', answer)
    peer.answer(`billingAccounts/${ACCOUNT}`, answer)
    expect(await run(0)).toEqual([])
    expect(await factsOf(app)).toBe(0)
    expect(app.log.filter((line) => line.startsWith('a billing look-up failed'))).toHaveLength(2)
    peer.link('my-app')
    expect(await run(20)).toEqual(['firing billing-unlinked'])
    peer.answer('projects/my-app', answer)
    expect(await run(40)).toEqual([])
    expect((await app.desk.view(ACCOUNT)).standing.billing.links).toMatchObject([{ billingEnabled: false }])
  })
})

describe('a refusal', () => {
  test('is told once, however long it lasts, and resolves with the first answer', async () => {
    const { app, run } = benchOf(lookUp)
    peer.answer('projects/my-app', { code: 7 })
    expect(await run(0)).toEqual(['firing billing-unseen'])
    expect(app.told[0]?.message.severity).toBe('warning')
    for (let hours = 1; hours <= 72; hours += 1) expect(await run(hours * 60)).toEqual([])
    expect(await factsOf(app)).toBe(2)
    peer.link('my-app', ACCOUNT)
    expect(await run(73 * 60)).toEqual(['resolved billing-unseen'])
    peer.answer('projects/my-app', { code: 7 })
    expect(await run(74 * 60)).toEqual(['firing billing-unseen'])
  })

  test('ends with an answer that says what was known before', async () => {
    const { app, run } = benchOf(lookUp)
    await run(0)
    peer.answer('projects/my-app', { code: 7 })
    expect(await run(15)).toEqual(['firing billing-unseen'])
    peer.link('my-app', ACCOUNT)
    expect(await run(30)).toEqual(['resolved billing-unseen'])
    const [link] = (await app.desk.view(ACCOUNT)).standing.billing.links
    expect(link?.since).toBe(T0)
  })

  test('of everything at once is one mail that names it all', async () => {
    const { app, run } = benchOf(lookUp, openTestApp({ projects: ['a', 'b'] }))
    for (const name of ['projects/a', 'projects/b', `billingAccounts/${ACCOUNT}`]) peer.answer(name, { code: 7 })
    expect(await run(0)).toEqual(['firing billing-unseen'])
    const text = JSON.stringify(app.told[0]?.message.words)
    for (const name of ['projects/a', 'projects/b', `billingAccounts/${ACCOUNT}`]) expect(text).toContain(name)
  })

  test('does not end what was seen before it', async () => {
    const { run } = benchOf(lookUp)
    peer.link('my-app')
    await run(0)
    peer.answer('projects/my-app', { code: 7 })
    expect(await run(20)).toEqual(['firing billing-unseen'])
    expect(await run(240)).toEqual(['repeat billing-unlinked'])
  })
})

describe('a look-up never stops the sweep', () => {
  /** Credit that expired an hour ago, which only an evaluation can notice, and a mail that is due. */
  const withDueWork = async (): Promise<TestApp> => {
    const app = openTestApp()
    await app.fact('grant', {
      grantId: 'G1',
      kind: 'prepayment',
      amount: '50.00',
      currencyCode: 'USD',
      effectiveAt: formatInstant(T0),
      expiresAt: formatInstant(T0 + HOUR_MS),
    })
    return app
  }
  const never: LookUp = {
    billingLink: () => new Promise(() => undefined),
    accountOpen: () => new Promise(() => undefined),
    close: async () => undefined,
  }
  const throwing: LookUp = {
    billingLink: () => {
      throw new Error('broken port')
    },
    accountOpen: () => Promise.reject(new Error('broken port')),
    close: async () => undefined,
  }

  test.each([
    ['a port that never answers', never],
    ['a port that throws', throwing],
  ])('%s', async (_, port) => {
    const app = await withDueWork()
    const { deps } = benchOf(port, app, { ...LIMITS, roundMs: 300 })
    app.clock.now = T0 + 2 * HOUR_MS
    const began = performance.now()
    const result = await schedule(deps, app.desk)
    expect(performance.now() - began).toBeLessThan(3_000)
    expect(result).toMatchObject({ accounts: 1, failed: 0 })
    expect(app.told.map(({ message }) => message.rule)).toContain('credit-exhausted')
    expect(app.log.filter((line) => line.startsWith('a billing look-up failed'))).toHaveLength(2)
  })

  test('look-ups that throw as a whole are logged', async () => {
    const app = await withDueWork()
    app.clock.now = T0 + 2 * HOUR_MS
    const lookUps = () => Promise.reject(new Error('broken'))
    await schedule({ ...app.deps, lookUps }, app.desk)
    expect(app.told.map(({ message }) => message.rule)).toContain('credit-exhausted')
    expect(app.log.join('\n')).toContain('the billing look-ups failed')
  })

  test('a server that hangs costs the round’s limit at most, and the others are answered', async () => {
    const { app, run } = benchOf(hasty, openTestApp({ projects: ['my-app', 'slow'] }))
    peer.answer('projects/slow', 'hang')
    peer.link('my-app')
    const began = performance.now()
    expect(await run(0)).toEqual(['firing billing-unlinked'])
    expect(performance.now() - began).toBeLessThan(5_000)
    expect(await factsOf(app)).toBe(2)
  })

  test('a store that fails loses no answer: it is asked again at the next run', async () => {
    const store = openMemoryStore()
    let isBroken = true
    const app = openTestApp(
      {},
      {
        ...store,
        commit: async (commit) => {
          if (isBroken) throw new Error('disk full')
          return store.commit(commit)
        },
      },
    )
    const { run } = benchOf(lookUp, app)
    peer.link('my-app')
    expect(await run(0)).toEqual([])
    expect(app.log.join('\n')).toContain('billing look-ups could not be recorded')
    isBroken = false
    expect(await run(5)).toEqual(['firing billing-unlinked'])
  })
})

describe('Google is asked no more than needed', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `p-${index}`)

  test('not again within 14 minutes by one instance; a fresh instance asks at once and tells nothing twice', async () => {
    const store = openMemoryStore()
    const first = benchOf(lookUp, openTestApp({}, store))
    peer.link('my-app')
    await first.run(0)
    await first.run(5)
    await first.run(10)
    expect(peer.asked()).toHaveLength(2)
    const second = benchOf(lookUp, openTestApp({}, store))
    expect(await second.run(11)).toEqual([])
    expect(peer.asked()).toHaveLength(4)
    await first.run(15)
    expect(peer.asked()).toHaveLength(6)
    expect(await factsOf(first.app)).toBe(2)
  })

  test('two runs at the same time ask once', async () => {
    const { app, deps } = benchOf(lookUp)
    await Promise.all([schedule(deps, app.desk), schedule(deps, app.desk)])
    expect(peer.asked()).toHaveLength(2)
  })

  test('at most four at a time, at most 100 in a run, the longest unasked first', async () => {
    const projects = many(150)
    for (const project of projects) peer.link(project, ACCOUNT)
    const { run } = benchOf(lookUp, openTestApp({ projects }))
    await run(0)
    expect(peer.asked()).toHaveLength(100)
    await run(5)
    expect(new Set(peer.asked()).size).toBe(151)
    expect(peer.asked()).toHaveLength(151)
    expect(peer.openMost()).toBeLessThanOrEqual(4)
    await run(15)
    expect(peer.asked().slice(151)).toEqual(expect.arrayContaining(peer.asked().slice(0, 100)))
    expect(peer.asked()).toHaveLength(251)
  })

  test('nobody is passed over for those whose turn has come again', async () => {
    const projects = many(150)
    for (const project of projects) peer.link(project, ACCOUNT)
    const { run } = benchOf(lookUp, openTestApp({ projects }))
    await run(0)
    await run(15)
    expect(new Set(peer.asked()).size).toBe(151)
  })

  test('what a round had no time for is due at the next run', async () => {
    const projects = many(8)
    for (const project of projects) peer.answer(`projects/${project}`, 'hang')
    peer.answer(`billingAccounts/${ACCOUNT}`, 'hang')
    const { run } = benchOf(lookUp, openTestApp({ projects }), { ...LIMITS, roundMs: 300 })
    await run(0)
    const begun = new Set(peer.asked())
    expect(begun.size).toBe(4)
    await run(5)
    const next = peer.asked().slice(4)
    expect(next).toHaveLength(4)
    for (const name of next) expect(begun.has(name)).toBe(false)
  })

  test('once the process stops, no further call is begun', async () => {
    const { app, deps } = benchOf(lookUp)
    await schedule({ ...deps, stopping: () => true }, app.desk)
    expect(peer.asked()).toEqual([])
  })

  test('accounts keep their answers apart', async () => {
    const app = openTestApp()
    const other = { ...(app.deps.accounts[0] ?? expect.unreachable()), id: OTHER as AccountId, projects: ['theirs'] }
    peer.link('theirs', OTHER)
    peer.account(OTHER, false)
    const accounts = [...app.deps.accounts, other]
    const lookUps = openLookUps(lookUp)
    const { openDesk } = await import('../../functions/app/desk.ts')
    const deps: Deps = { ...app.deps, accounts, lookUps }
    await schedule(deps, openDesk(deps))
    expect(app.told.map(({ message }) => [message.account.id, message.rule])).toEqual([[OTHER, 'account-closed']])
  })
})
