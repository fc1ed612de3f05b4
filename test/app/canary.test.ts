/** The canary on its way: once a day and recipient, whoever plans it, through the very outbox that alerts take. */

import { describe, expect, test } from 'vitest'
import type { Deps } from '../../functions/app/deps.ts'
import { openDesk } from '../../functions/app/desk.ts'
import { schedule } from '../../functions/app/schedule.ts'
import type { AccountId } from '../../functions/domain/keys.ts'
import { formatInstant, HOUR_MS, instant, MINUTE_MS } from '../../functions/domain/time.ts'
import { openMemoryStore } from '../../functions/store/memory.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { ACCOUNT, settings, T0 } from '../support/facts.ts'

const canary = { every: 'daily', atMinute: 9 * 60, timeZone: 'UTC' } as const
const recipients = { mail: ['a@example.com', 'b@example.com'], chat: [''] }
const quiet = { routes: [], recipients, canary }

const tick = async (app: TestApp, at: string): Promise<void> => {
  app.clock.now = instant(at)
  await schedule(app.deps, app.desk)
}

const canaries = async ({ deps }: { readonly deps: Deps }) =>
  (await deps.store.deliveries({ limit: 100 })).filter(({ message }) => message.rule === 'canary')

describe('planned by the schedule', () => {
  test('at its time, one for each recipient of each channel, and sent in the same run', async () => {
    const app = openTestApp({}, undefined, quiet)
    await tick(app, '2026-11-23T08:55:00Z')
    expect(app.told).toEqual([])
    await tick(app, '2026-11-23T09:00:00Z')
    expect(app.told.map(({ recipient, message }) => `${message.rule} ${recipient}`).sort()).toEqual([
      'canary ',
      'canary a@example.com',
      'canary b@example.com',
    ])
    expect((await canaries(app)).map(({ state }) => state.status)).toEqual(['sent', 'sent', 'sent'])
    expect((await app.desk.view(ACCOUNT)).episodes.map(({ rule }) => rule)).not.toContain('canary')
  })

  test('once a day however often it runs, and again the next day', async () => {
    const app = openTestApp({}, undefined, quiet)
    for (let minutes = 0; minutes < 3 * 24 * 60; minutes += 5)
      await tick(app, formatInstant(instant('2026-11-23T00:00:00Z') + minutes * MINUTE_MS))
    expect(app.told.filter(({ message }) => message.rule === 'canary')).toHaveLength(9)
    const { version } = await app.deps.store.load(ACCOUNT, 0)
    await tick(app, '2026-11-25T20:00:00Z')
    expect((await app.deps.store.load(ACCOUNT, 0)).version).toBe(version)
  })

  test('once, by three instances at one moment and by one that has forgotten everything', async () => {
    const store = openMemoryStore()
    const apps = [1, 2, 3].map(() => openTestApp({}, store, quiet))
    for (const app of apps) app.clock.now = instant('2026-11-23T09:00:00Z')
    await Promise.all(apps.map((app) => schedule(app.deps, app.desk)))
    const late = openTestApp({}, store, quiet)
    await tick(late, '2026-11-23T12:00:00Z')
    expect(await canaries(late)).toHaveLength(3)
    expect([...apps, late].flatMap(({ told }) => told).filter(({ message }) => message.rule === 'canary')).toHaveLength(
      3,
    )
  })

  test('once also where so much was sent since that it is no longer among the latest', async () => {
    const app = openTestApp({}, undefined, quiet)
    await tick(app, '2026-11-23T09:00:00Z')
    const blind = { ...app.deps, store: { ...app.deps.store, deliveries: async () => [] } }
    app.clock.now = instant('2026-11-23T10:00:00Z')
    await schedule(blind, openDesk(blind))
    expect(await canaries(app)).toHaveLength(3)
    expect(app.told.filter(({ message }) => message.rule === 'canary')).toHaveLength(3)
  })

  test('to the channels named, where some are', async () => {
    const app = openTestApp({}, undefined, { ...quiet, canary: { ...canary, to: ['chat'] } })
    await tick(app, '2026-11-23T09:00:00Z')
    expect((await canaries(app)).map(({ channel }) => channel)).toEqual(['chat'])
  })

  test('never, where none is configured', async () => {
    const app = openTestApp({}, undefined, { routes: [], recipients })
    await tick(app, '2026-11-23T09:00:00Z')
    expect(await canaries(app)).toEqual([])
  })

  test('leaves the account as it was: its facts, its episodes, and what it knows of rejected inputs', async () => {
    const app = openTestApp({}, undefined, quiet)
    await app.fact('grant', {
      grantId: 'G1',
      kind: 'prepayment',
      amount: '50.00',
      currencyCode: 'USD',
      effectiveAt: formatInstant(T0),
    })
    await tick(app, '2026-11-23T08:55:00Z')
    const before = await app.deps.store.load(ACCOUNT, 0)
    await tick(app, '2026-11-23T09:00:00Z')
    const after = await app.deps.store.load(ACCOUNT, 0)
    expect(after).toEqual({ ...before, version: before.version + 1 })
    await app.budget(10)
    expect((await app.desk.view(ACCOUNT)).standing.balance.high).toBe(40_000_000_000n)
  })

  test('a store that fails on it costs the canary alone, and the next run makes it up', async () => {
    const app = openTestApp({}, undefined, quiet)
    const broken: Deps = {
      ...app.deps,
      store: { ...app.deps.store, deliveries: () => Promise.reject(new Error('no index')) },
    }
    app.clock.now = instant('2026-11-23T09:00:00Z')
    expect(await schedule(broken, app.desk)).toMatchObject({ failed: 0 })
    expect(app.log).toContain('the canary could not be planned Error: no index')
    await tick(app, '2026-11-23T09:05:00Z')
    expect(await canaries(app)).toHaveLength(3)
  })

  test('what fails stays an ordinary delivery: tried again, then dead, and listed as such', async () => {
    const app = openTestApp({}, undefined, { ...quiet, canary: { ...canary, to: ['chat'] } })
    app.outcomes.push({ kind: 'rejected', reason: 'refused', note: 'HTTP 403' })
    await tick(app, '2026-11-23T09:00:00Z')
    const dead = await app.deps.store.deliveries({ account: ACCOUNT, status: 'dead', limit: 10 })
    expect(dead.map(({ channel, message, state }) => [channel, message.rule, state.note])).toEqual([
      ['chat', 'canary', 'HTTP 403'],
    ])
  })
})

describe('its words', () => {
  test('tell what is left at least, when the budget last spoke, and how many alerts are open', async () => {
    const app = openTestApp({}, undefined, quiet)
    app.clock.now = instant('2026-11-23T06:30:00Z')
    await app.fact('grant', {
      grantId: 'G1',
      kind: 'prepayment',
      amount: '500.00',
      currencyCode: 'USD',
      effectiveAt: '2026-11-01T08:00:00Z',
    })
    await app.budget(10)
    await tick(app, '2026-11-23T09:00:00Z')
    const words = (await canaries(app))[0]?.message.words
    expect(words?.title).toBe('Drawdown is alive: 1 account watched')
    expect(words?.arithmetic).toEqual([
      expect.stringMatching(
        /^Production: at least 489\.\d\d USD left, last budget message 2 h 30 min ago, 0 open alerts$/,
      ),
    ])
  })

  test('name ten accounts and count the rest; one that cannot be judged silences nobody', async () => {
    const accounts = Array.from({ length: 12 }, (_, index) =>
      settings({ id: `0A0A0A-0B0B0B-0C0C${10 + index}` as AccountId, name: `Account ${index + 1}` }),
    )
    const app = openTestApp({}, undefined, { ...quiet, accounts })
    app.clock.now = instant('2026-11-23T09:00:00Z')
    const desk = {
      ...app.desk,
      view: (id: AccountId) => (id === accounts[1]?.id ? Promise.reject(new Error('broken')) : app.desk.view(id)),
    }
    await schedule(app.deps, desk)
    const words = (await canaries(app))[0]?.message.words
    expect(words?.figure).toBe('12 accounts')
    expect(words?.arithmetic).toHaveLength(11)
    expect(words?.arithmetic[0]).toBe('Account 1: no credit entered, no budget message yet, 0 open alerts')
    expect(words?.arithmetic[1]).toBe('Account 2: could not be judged')
    expect(words?.arithmetic[10]).toBe('and 2 more')
  })
})

test('a run that is missed is made up within half a day, then left', async () => {
  const app = openTestApp({}, undefined, quiet)
  await tick(app, '2026-11-23T20:30:00Z')
  expect(await canaries(app)).toHaveLength(3)
  app.clock.now += 14 * HOUR_MS
  await schedule(app.deps, app.desk)
  expect(await canaries(app)).toHaveLength(6)
})
