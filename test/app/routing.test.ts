/** Routes through the whole of the app: what is held, collected, handed on and told elsewhere, on both stores that need no cloud. */

import { describe, expect, test } from 'vitest'
import { drain } from '../../functions/app/deliver.ts'
import { schedule } from '../../functions/app/schedule.ts'
import type { SendOutcome } from '../../functions/channels/channel.ts'
import { formatInstant, HOUR_MS, instant, MINUTE_MS } from '../../functions/domain/time.ts'
import type { PlanRoute } from '../../functions/outbox/route.ts'
import { openMemoryStore } from '../../functions/store/memory.ts'
import { openSqliteStore } from '../../functions/store/sqlite.ts'
import type { Store } from '../../functions/store/store.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { ACCOUNT } from '../support/facts.ts'

/** A Monday, ten in the evening and a second: no scheduler is on the dot. */
const EVENING = instant('2026-11-23T22:00:01Z')
const NONE = { percent: [], amount: [], runwayHours: [], expiryDays: [] }
const LOST: SendOutcome = { kind: 'retry', reason: 'connection', note: 'connection failed', ambiguous: false }
const REFUSED: SendOutcome = { kind: 'rejected', reason: 'refused', note: 'HTTP 404 Not Found' }

type Story = {
  readonly app: TestApp
  /** Lets so many minutes pass, with a schedule every five; what was told: `HH:MM channel step rule`. */
  readonly pass: (minutes: number) => Promise<readonly string[]>
  /** Sends what is due at this moment. */
  readonly now: () => Promise<readonly string[]>
}

const open = (routes: readonly PlanRoute[], store: Store): Story => {
  const recipients = { mail: ['ana@example.com'], chat: [''], boss: ['boss@example.com'] }
  const app = openTestApp({ thresholds: NONE }, store, { routes, recipients })
  app.clock.now = EVENING
  const told = (): readonly string[] =>
    app.told
      .splice(0)
      .map(
        ({ channel, message }) =>
          `${formatInstant(app.clock.now).slice(11, 16)} ${channel} ${message.step} ${message.rule}`,
      )
  const now = async (): Promise<readonly string[]> => {
    await drain(app.deps)
    return told()
  }
  const pass = async (minutes: number): Promise<readonly string[]> => {
    const all: string[] = []
    for (let minute = 5; minute <= minutes; minute += 5) {
      app.clock.now += 5 * MINUTE_MS
      await schedule(app.deps, app.desk)
      all.push(...told())
    }
    return all
  }
  return { app, pass, now }
}

const TEAM = 'aaaaaaaa-0000-4000-8000-000000000001'

/** A budget of a team passes its half, or is back below it in a new month. */
const teamBudget = (app: TestApp, cost: number, month = '2026-11-01T08:00:00Z') =>
  app.post(
    'billing-notifications',
    { billingAccountId: ACCOUNT, budgetId: TEAM, schemaVersion: '1.0' },
    {
      budgetDisplayName: 'Team',
      costAmount: cost,
      costIntervalStart: month,
      budgetAmount: 100,
      budgetAmountType: 'SPECIFIED_AMOUNT',
      alertThresholdExceeded: 0.5,
      currencyCode: 'USD',
    },
  )

/** Calls are refused although the ledger has credit: critical, until a paid call is served. */
const refused = async (app: TestApp): Promise<void> => {
  const grant = { grantId: 'G', kind: 'prepayment', amount: '500.00', currencyCode: 'USD' }
  await app.fact('grant', { ...grant, effectiveAt: formatInstant(app.clock.now - 20 * 24 * HOUR_MS) })
  await app.budget(20)
  const message = 'Your prepayment credits are depleted.'
  await app.usage({ requestId: 'r1', error: { code: 402, message, status: 'RESOURCE_EXHAUSTED' } })
}
const only = (rule: string, lines: readonly string[]): readonly string[] => lines.filter((line) => line.endsWith(rule))

describe.each([
  ['memory', openMemoryStore],
  ['SQLite', () => openSqliteStore(':memory:')],
] as const)('on the %s store', (_, openStore) => {
  describe('quiet hours', () => {
    const quiet = { fromMinute: 22 * 60, toMinute: 7 * 60 }
    const routes: readonly PlanRoute[] = [
      { when: {}, to: ['mail'], quiet },
      { when: {}, to: ['chat'] },
    ]

    test('hold a warning until the morning, on their route alone, committed all the while', async () => {
      const { app, pass, now } = open(routes, openStore())
      await teamBudget(app, 60)
      expect(await now()).toEqual(['22:00 chat firing budget-threshold'])
      const [held] = (await app.deps.store.deliveries({ limit: 9 })).filter(({ channel }) => channel === 'mail')
      expect(held).toMatchObject({ createdAt: EVENING, state: { status: 'pending', attempts: 0 } })
      expect(await pass(8 * 60 + 55)).toEqual([])
      expect(await pass(5)).toEqual(['07:00 mail firing budget-threshold'])
    })

    test('hold nothing that is critical', async () => {
      const { app, now } = open(routes, openStore())
      await refused(app)
      expect(only('false-depletion', await now())).toEqual([
        '22:00 mail firing false-depletion',
        '22:00 chat firing false-depletion',
      ])
    })

    test('of an alert that is over by morning both are told, the beginning first', async () => {
      const { app, pass } = open([{ when: { rule: ['feed-stale'] }, to: ['mail'], quiet }], openStore())
      app.clock.now = EVENING - 35 * HOUR_MS
      await schedule(app.deps, app.desk)
      app.clock.now = EVENING + 2 * HOUR_MS
      expect(await pass(5)).toEqual([])
      await app.budget(1)
      expect(await pass(6 * 60 + 50)).toEqual([])
      expect(await pass(10)).toEqual(['07:00 mail firing feed-stale', '07:00 mail resolved feed-stale'])
    })
  })

  describe('a digest', () => {
    const routes: readonly PlanRoute[] = [
      { when: {}, to: ['mail'], digest: { every: 'daily', atMinute: 9 * 60 } },
      { when: { severity: ['critical'] }, to: ['chat'] },
    ]

    test('is one message at its hour; what is critical does not wait for it', async () => {
      const { app, pass, now } = open(routes, openStore())
      await teamBudget(app, 60)
      await refused(app)
      expect(only('false-depletion', await now()).toSorted()).toEqual([
        '22:00 chat firing false-depletion',
        '22:00 mail firing false-depletion',
      ])
      const told = await pass(12 * 60)
      expect(told.filter((line) => line.includes(' mail firing'))).toEqual([])
      expect(told.filter((line) => line.includes('digest'))).toEqual(['09:00 mail digest digest'])
      const [sent] = (await app.deps.store.deliveries({ status: 'sent', limit: 99 })).filter(
        ({ message }) => message.step === 'digest',
      )
      expect(sent?.message.words.arithmetic).toEqual([
        '2026-11-23 22:00 UTC, warning: Budget Team reached 50% of 100.00 USD on Production',
      ])
    })

    test('that nobody fetched for days is one message all the same, and never comes twice', async () => {
      const { app, pass } = open(routes, openStore())
      await teamBudget(app, 60)
      app.clock.now += 3 * 24 * HOUR_MS
      expect(only('digest', await pass(5))).toHaveLength(1)
      expect(only('digest', await pass(60))).toEqual([])
    })

    test('survives a restart: another process tells what the first collected', async () => {
      const store = openStore()
      const one = open(routes, store)
      await teamBudget(one.app, 60)
      const two = open(routes, store)
      two.app.clock.now = EVENING + 11 * HOUR_MS
      expect(only('digest', await two.pass(5))).toHaveLength(1)
    })
  })

  describe('escalation', () => {
    const routes: readonly PlanRoute[] = [
      { when: { severity: ['critical'] }, to: ['mail'], escalate: { afterMs: 30 * MINUTE_MS, to: ['boss'] } },
    ]

    test('tells others once that nobody has acknowledged, and then that it is over', async () => {
      const { app, pass, now } = open(routes, openStore())
      await refused(app)
      expect(await now()).toEqual(['22:00 mail firing false-depletion'])
      expect(await pass(60)).toEqual(['22:30 boss escalation false-depletion'])
      await app.usage({ requestId: 'r2', usageMetadata: { promptTokenCount: 1_000_000, candidatesTokenCount: 1 } })
      expect((await pass(10)).slice(0, 2).sort()).toEqual([
        '23:05 boss resolved false-depletion',
        '23:05 mail resolved false-depletion',
      ])
    })

    test('does not tell others where somebody has', async () => {
      const { app, pass, now } = open(routes, openStore())
      await refused(app)
      await now()
      const [alert] = (await app.desk.view(ACCOUNT)).episodes.filter(({ rule }) => rule === 'false-depletion')
      await app.fact('acknowledge', { alertKey: alert?.key, by: 'ana' })
      expect(await pass(120)).toEqual([])
    })
  })

  describe('failover', () => {
    const routes: readonly PlanRoute[] = [
      { when: {}, to: ['chat'] },
      { when: { severity: ['warning'] }, to: ['mail'] },
    ]

    test('a channel that fails is told on another one, once, with what it did not deliver; and when it works again', async () => {
      const { app, pass, now } = open(routes, openStore())
      app.down.set('chat', LOST)
      await teamBudget(app, 60)
      expect(await now()).toEqual(['22:00 mail firing budget-threshold'])
      const told = await pass(90)
      expect(told).toEqual([expect.stringMatching(/^22:[1-2]\d mail firing delivery-failed$/)])
      const [alert] = (await app.deps.store.deliveries({ limit: 99 })).filter(
        ({ message }) => message.rule === 'delivery-failed',
      )
      expect(alert?.message.words.title).toBe('1 alert of Production did not get through on chat')
      expect(alert?.message.words.arithmetic).toContain('reason: connection failed')
      app.down.clear()
      const after = await pass(180)
      expect(after.filter((line) => line.includes('chat'))).toEqual([
        expect.stringContaining('chat firing budget-threshold'),
      ])
      expect(only('delivery-failed', after)).toEqual([expect.stringContaining('mail resolved delivery-failed')])
    })

    test('a dead letter is told, and no more once it was redriven', async () => {
      const { app, pass, now } = open(routes, openStore())
      app.down.set('chat', REFUSED)
      await teamBudget(app, 60)
      await now()
      expect(await pass(10)).toEqual(['22:05 mail firing delivery-failed'])
      app.down.clear()
      const [dead] = await app.deps.store.deliveries({ status: 'dead', limit: 9 })
      if (dead) await app.deps.store.redrive(dead.id, app.clock.now)
      expect(await now()).toEqual(['22:10 chat firing budget-threshold'])
      expect(await pass(10)).toEqual(['22:15 mail resolved delivery-failed'])
    })

    test('a dead letter that nobody redrives is told no longer than three days', async () => {
      const { app, pass, now } = open(routes, openStore())
      app.down.set('chat', REFUSED)
      await teamBudget(app, 60)
      await now()
      app.down.clear()
      const told = only('delivery-failed', await pass(4 * 24 * 60))
      expect(told.map((line) => line.split(' ')[2])).toEqual(['firing', 'repeat', 'repeat', 'resolved'])
    })

    test('a critical alert that no channel took reaches somebody, with what it had to say', async () => {
      const { app, pass, now } = open([{ when: { severity: ['critical'] }, to: ['chat'] }], openStore())
      app.down.set('chat', REFUSED)
      await refused(app)
      expect(await now()).toEqual([])
      const told = await pass(5)
      expect(told.toSorted()).toEqual(['22:05 boss firing delivery-failed', '22:05 mail firing delivery-failed'])
      const [alert] = (await app.desk.view(ACCOUNT)).episodes.filter(({ rule }) => rule === 'false-depletion')
      const [carrier] = (await app.deps.store.deliveries({ limit: 99 })).filter(
        ({ message }) => message.rule === 'delivery-failed',
      )
      expect(carrier?.message).toMatchObject({ severity: 'critical' })
      expect(carrier?.message.words.title).toBe(`Reached nobody so far: ${alert?.title}`)
      expect(JSON.stringify(carrier?.message.words)).toContain(alert?.key)
    })

    test('a critical alert that is over need reach nobody any more', async () => {
      const { app, pass, now } = open([{ when: { severity: ['critical'] }, to: ['chat'] }], openStore())
      app.down.set('chat', REFUSED)
      await refused(app)
      await now()
      await pass(5)
      await app.usage({ requestId: 'r2', usageMetadata: { promptTokenCount: 1_000_000, candidatesTokenCount: 1 } })
      await pass(10)
      const { episodes } = await app.desk.view(ACCOUNT)
      const failures = episodes.filter(({ rule }) => rule === 'delivery-failed')
      expect(failures.map(({ severity, status }) => [severity, status]).toSorted()).toEqual([
        ['critical', 'resolved'],
        ['warning', 'firing'],
      ])
    })

    test('a critical alert that one channel took is no critical failure of another', async () => {
      const { app, pass, now } = open([{ when: { severity: ['critical'] }, to: ['chat', 'mail'] }], openStore())
      app.down.set('chat', REFUSED)
      await refused(app)
      expect(await now()).toEqual(['22:00 mail firing false-depletion'])
      await pass(5)
      const failures = (await app.desk.view(ACCOUNT)).episodes.filter(({ rule }) => rule === 'delivery-failed')
      expect(failures.map(({ severity, scope }) => [severity, scope])).toEqual([['warning', 'channel chat']])
    })

    test('a critical alert does not wait for a channel that is known to fail: others are told at once', async () => {
      const { app, pass, now } = open([{ when: {}, to: ['chat'] }], openStore())
      app.down.set('chat', LOST)
      await teamBudget(app, 60)
      await now()
      await pass(60)
      await refused(app)
      expect(only('false-depletion', await now()).toSorted()).toEqual([
        '23:00 boss firing false-depletion',
        '23:00 mail firing false-depletion',
      ])
    })

    test('where no channel is left, the log says so, and the alert stands on the dashboard', async () => {
      const { app, pass, now } = open([{ when: {}, to: ['chat'] }], openStore())
      for (const channel of ['chat', 'mail', 'boss']) app.down.set(channel, REFUSED)
      await teamBudget(app, 60)
      expect(await now()).toEqual([])
      await pass(5)
      expect(app.log).not.toContain('alerts reach nobody Error: every channel fails')
      await pass(5)
      expect(app.log).toContain('alerts reach nobody Error: every channel fails')
      const { episodes } = await app.desk.view(ACCOUNT)
      expect(episodes.filter(({ status }) => status === 'firing').map(({ rule }) => rule)).toContain('delivery-failed')
    })
  })
})
