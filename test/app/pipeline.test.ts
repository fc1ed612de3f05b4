import { describe, expect, test } from 'vitest'
import { drain } from '../../functions/app/deliver.ts'
import { ingest } from '../../functions/app/ingest.ts'
import { schedule } from '../../functions/app/schedule.ts'
import { formatDecimal } from '../../functions/domain/money.ts'
import { DAY_MS, formatInstant, HOUR_MS } from '../../functions/domain/time.ts'
import { arrivalFrom } from '../../functions/sources/arrival.ts'
import { openMemoryStore } from '../../functions/store/memory.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { ACCOUNT, T0 } from '../support/facts.ts'

const grantOf = (id: string, amount: string, at: number): Record<string, unknown> => ({
  grantId: id,
  kind: 'prepayment',
  amount,
  currencyCode: 'USD',
  effectiveAt: formatInstant(at),
})
const said = (app: TestApp): string[] =>
  app.told.map(({ message }) => `${message.step} ${message.rule} ${message.level}`.trim())
const balanceOf = async (app: TestApp): Promise<string> =>
  formatDecimal((await app.desk.view(ACCOUNT)).standing.balance.value, 'USD')

describe('a billing message in, the right alert out', () => {
  test('1,000 identical deliveries at once are one fact, one alert, one mail', async () => {
    const app = openTestApp({ thresholds: { percent: [50], amount: [], runwayHours: [], expiryDays: [] } })
    await app.fact('grant', grantOf('G1', '50.00', T0))
    await drain(app.deps)
    app.clock.now = T0 + 2 * DAY_MS
    const results = await Promise.all(Array.from({ length: 1_000 }, () => app.budget(30)))
    await drain(app.deps)
    expect(results.filter((result) => result.kind === 'facts' && result.receipt.news.length > 0)).toHaveLength(1)
    expect(said(app)).toEqual(['firing prepayment-received', 'firing credit-low 50%'])
    const { facts } = await app.deps.store.load(ACCOUNT, 0)
    expect(facts).toHaveLength(2)
    expect(await balanceOf(app)).toBe('20.00')
  })

  test('a budget threshold repeated in 40 messages is one alert', async () => {
    const app = openTestApp({ thresholds: { percent: [], amount: [], runwayHours: [], expiryDays: [] } })
    await app.fact('grant', grantOf('G1', '500.00', T0))
    for (let message = 1; message <= 40; message += 1) {
      app.clock.now = T0 + message * 20 * 60_000
      await app.budget(51 + message / 100, { alertThresholdExceeded: 0.5 })
    }
    await drain(app.deps)
    expect(said(app)).toEqual(['firing prepayment-received', 'firing budget-threshold 50%'])
  })

  test('a top-up re-arms a level; a correction does not', async () => {
    const app = openTestApp({ thresholds: { percent: [50], amount: [], runwayHours: [], expiryDays: [] } })
    const step = async (hours: number, act: () => Promise<unknown>): Promise<string[]> => {
      app.clock.now = T0 + hours * HOUR_MS
      app.told.length = 0
      await act()
      await drain(app.deps)
      return said(app)
    }
    await step(0, () => app.fact('grant', grantOf('G1', '50.00', T0)))
    expect(await step(48, () => app.budget(30))).toEqual(['firing credit-low 50%'])
    expect(await step(54, () => app.budget(2))).toEqual(['resolved credit-low 50%'])
    expect(await step(60, () => app.budget(30))).toEqual([])
    expect(await step(66, () => app.fact('grant', grantOf('G2', '100.00', T0 + 66 * HOUR_MS)))).toEqual([
      'firing prepayment-received',
    ])
    expect(await step(72, () => app.budget(100))).toEqual(['firing credit-low 50%', 'firing tier-changed'])
  })
})

describe('bad input', () => {
  test('is quarantined once, moves nothing, and is told once per reason and day', async () => {
    const app = openTestApp()
    await app.fact('grant', grantOf('G1', '50.00', T0))
    const before = await balanceOf(app)
    for (let index = 0; index < 20; index += 1) await app.budget(10, { costAmount: '10' })
    await app.budget(10, { costAmount: '11' })
    await drain(app.deps)
    expect(await balanceOf(app)).toBe(before)
    expect((await app.deps.store.quarantine({ limit: 10 })).map(({ reason }) => reason)).toEqual(['TYPE', 'TYPE'])
    expect(said(app)).toEqual(['firing prepayment-received', 'firing input-rejected'])
    app.clock.now = T0 + DAY_MS
    await app.budget(10, { costAmount: '12' })
    await drain(app.deps)
    expect(said(app).slice(2)).toEqual(['firing input-rejected'])
  })

  test('a feed’s greeting is no input: it is acknowledged and forgotten, and its words elsewhere are not', async () => {
    const app = openTestApp()
    const words = 'You have successfully configured real time feed projects/1/feeds/drawdown'
    const post = (text: string) => {
      const message = {
        data: Buffer.from(text).toString('base64'),
        messageId: '1',
        publishTime: '2026-11-01T00:00:00Z',
      }
      const body = Buffer.from(JSON.stringify({ message }))
      return ingest(app.deps, app.desk, arrivalFrom({ headers: {}, body }, 'billing-notifications', app.clock.now))
    }
    expect(await post(words)).toEqual({ kind: 'ignored', why: 'greeting of a feed: it is connected' })
    expect(await post(`x ${words}`)).toMatchObject({ kind: 'quarantined', reason: 'JSON' })
    expect(await post(JSON.stringify({ words }))).toMatchObject({ kind: 'quarantined' })
    expect(await app.deps.store.quarantine({ limit: 10 })).toHaveLength(2)
  })

  test('of no listed account is kept and told all the same', async () => {
    const app = openTestApp()
    const result = await app.post(
      'billing-notifications',
      {
        billingAccountId: 'AAAAAA-BBBBBB-CCCCCC',
        budgetId: 'de72f49d-779b-4945-a127-4d6ce8def0bb',
        schemaVersion: '1.0',
      },
      {
        budgetDisplayName: 'x',
        costAmount: 1,
        costIntervalStart: '2026-11-01T07:00:00Z',
        budgetAmount: 1,
        budgetAmountType: 'SPECIFIED_AMOUNT',
        currencyCode: 'USD',
      },
    )
    await drain(app.deps)
    expect(result.kind === 'quarantined' && result.reason).toBe('UNKNOWN_ACCOUNT')
    expect(said(app)).toEqual(['firing input-rejected'])
  })

  test('in another currency than the account is quarantined, never converted', async () => {
    const app = openTestApp()
    const result = await app.budget(10, { currencyCode: 'EUR' })
    expect(result.kind === 'quarantined' && result.reason).toBe('CURRENCY')
  })

  test('operator facts are believed on the billing topic only', async () => {
    const app = openTestApp()
    const result = await app.post(
      'gemini-usage',
      { drawdown: 'grant' },
      { billingAccountId: ACCOUNT, ...grantOf('G1', '1000.00', T0) },
    )
    expect(result.kind).toBe('quarantined')
    expect((await app.desk.view(ACCOUNT)).standing.funded).toBe(false)
  })
})

describe('402', () => {
  const refused = {
    requestId: 'r1',
    error: { code: 402, message: 'Your prepayment credits are depleted.', status: 'RESOURCE_EXHAUSTED' },
  }
  const served = { requestId: 'r2', usageMetadata: { promptTokenCount: 1_000_000, candidatesTokenCount: 1 } }

  test('near zero is prepayment-required, and ends when a paid call is served', async () => {
    const app = openTestApp({ thresholds: { percent: [], amount: [], runwayHours: [], expiryDays: [] } })
    await app.fact('grant', grantOf('G1', '50.00', T0))
    app.clock.now = T0 + 2 * DAY_MS
    await app.budget(49.5)
    await app.usage(refused)
    app.clock.now += HOUR_MS
    await app.fact('grant', grantOf('G2', '50.00', app.clock.now))
    app.clock.now += HOUR_MS
    await app.usage(served)
    await drain(app.deps)
    expect(said(app)).toEqual([
      'firing prepayment-received',
      'firing prepayment-required',
      'firing prepayment-received',
      'resolved prepayment-required',
    ])
  })

  test('on a funded ledger is false-depletion, or wrong-bucket once a payment had half an hour', async () => {
    const run = async (paidHoursAgo: number): Promise<string[]> => {
      const app = openTestApp()
      await app.fact('grant', grantOf('G1', '500.00', T0))
      app.clock.now = T0 + 20 * DAY_MS
      await app.budget(20)
      await app.fact('grant', grantOf('G2', '100.00', app.clock.now - paidHoursAgo * HOUR_MS))
      await app.usage({ ...refused, error: { ...refused.error, code: 429 } })
      await drain(app.deps)
      return said(app).filter((line) => !line.includes('received'))
    }
    expect(await run(0)).toEqual(['firing false-depletion'])
    expect(await run(1)).toEqual(['firing wrong-bucket'])
  })

  test('an ordinary 429 is no depletion', async () => {
    const app = openTestApp()
    await app.usage({
      requestId: 'r1',
      error: {
        code: 429,
        message: 'You exceeded your current quota, please check your plan and billing details.',
        status: 'RESOURCE_EXHAUSTED',
      },
    })
    expect((await app.desk.view(ACCOUNT)).standing.evidence.depletion).toBeUndefined()
  })
})

describe('time alone', () => {
  test('a silent feed is told after 36 hours from the first start, and ends with the next message', async () => {
    const app = openTestApp()
    await schedule(app.deps, app.desk)
    app.clock.now = T0 + 36 * HOUR_MS - 1
    await schedule(app.deps, app.desk)
    expect(said(app)).toEqual([])
    app.clock.now = T0 + 36 * HOUR_MS
    await schedule(app.deps, app.desk)
    expect(said(app)).toEqual(['firing feed-stale'])
    await app.budget(1)
    await drain(app.deps)
    expect(said(app)).toEqual(['firing feed-stale', 'resolved feed-stale'])
  })

  test('an evaluation that changes nothing writes nothing', async () => {
    const app = openTestApp()
    await schedule(app.deps, app.desk)
    const { version } = await app.deps.store.load(ACCOUNT, 0)
    for (let tick = 1; tick < 20; tick += 1) {
      app.clock.now = T0 + tick * 300_000
      await schedule(app.deps, app.desk)
    }
    expect((await app.deps.store.load(ACCOUNT, 0)).version).toBe(version)
  })
})

describe('acknowledging', () => {
  test('stops repeats of that alert', async () => {
    const app = openTestApp({ thresholds: { percent: [50], amount: [], runwayHours: [], expiryDays: [] } })
    await app.fact('grant', grantOf('G1', '50.00', T0))
    app.clock.now = T0 + DAY_MS
    await app.budget(48)
    const [open] = (await app.desk.view(ACCOUNT)).episodes.filter(({ rule }) => rule === 'credit-low')
    app.clock.now += 5 * HOUR_MS
    await schedule(app.deps, app.desk)
    await app.fact('acknowledge', { alertKey: open?.key, by: 'ana' })
    app.clock.now += 5 * HOUR_MS
    await schedule(app.deps, app.desk)
    expect(said(app)).toEqual(['firing prepayment-received', 'firing credit-low 50%', 'repeat credit-low 50%'])
  })
})

test('every reminder is a delivery of its own', async () => {
  const app = openTestApp({ thresholds: { percent: [50], amount: [], runwayHours: [], expiryDays: [] } })
  await app.fact('grant', grantOf('G1', '50.00', T0))
  app.clock.now = T0 + DAY_MS
  await app.budget(48)
  for (const hours of [4, 8, 12]) {
    app.clock.now = T0 + DAY_MS + hours * HOUR_MS
    await schedule(app.deps, app.desk)
  }
  expect(said(app).filter((line) => line === 'repeat credit-low 50%')).toHaveLength(3)
  expect(new Set(app.told.map(({ key }) => key)).size).toBe(app.told.length)
})

test('that nothing feeds the ledger is told once, however long it stays so', async () => {
  const app = openTestApp({ budgets: {} })
  for (let day = 0; day <= 6; day += 1) {
    app.clock.now = T0 + day * DAY_MS
    await schedule(app.deps, app.desk)
  }
  expect(said(app)).toEqual(['firing feed-stale'])
})

test('a snooze without an end lasts a day', async () => {
  const app = openTestApp({ thresholds: { percent: [50], amount: [], runwayHours: [], expiryDays: [] } })
  await app.fact('grant', grantOf('G1', '50.00', T0))
  app.clock.now = T0 + DAY_MS
  await app.budget(48)
  const [open] = (await app.desk.view(ACCOUNT)).episodes.filter(({ rule }) => rule === 'credit-low')
  await app.fact('snooze', { alertKey: open?.key, by: 'ana' })
  for (const hours of [10, 20, 25]) {
    app.clock.now = T0 + DAY_MS + hours * HOUR_MS
    await schedule(app.deps, app.desk)
  }
  expect(said(app).slice(2)).toEqual(['repeat credit-low 50%'])
})

test('a call dated more than a day after its message is quarantined', async () => {
  const app = openTestApp()
  const result = await app.usage({
    requestId: 'r',
    at: formatInstant(T0 + 2 * DAY_MS),
    usageMetadata: { promptTokenCount: 1 },
  })
  expect(result.kind === 'quarantined' && result.reason).toBe('CLOCK')
})

describe('delivery', () => {
  test('a failed attempt is tried again under the same key, and only there', async () => {
    const app = openTestApp()
    app.outcomes.push({ kind: 'retry', reason: 'connection', note: 'lost', ambiguous: true })
    await app.fact('grant', grantOf('G1', '50.00', T0))
    await drain(app.deps)
    await drain(app.deps)
    expect(app.told).toHaveLength(1)
    app.clock.now += HOUR_MS
    await drain(app.deps)
    expect(app.told.map(({ key }) => key)).toEqual([app.told[0]?.key, app.told[0]?.key])
    const [row] = await app.deps.store.deliveries({ limit: 1 })
    expect(row?.state).toMatchObject({ status: 'sent', attempts: 2, ambiguous: 1 })
  })

  test('a sender that always dies over a delivery ends as a dead letter', async () => {
    const app = openTestApp()
    await app.fact('grant', grantOf('G1', '50.00', T0))
    for (let life = 0; life < 11; life += 1) {
      await app.deps.store.claim({ now: app.clock.now, leaseId: `life-${life}`, leaseMs: 1_000, limit: 1 })
      app.clock.now += 1_000
    }
    await drain(app.deps)
    expect(app.told).toEqual([])
    expect((await app.deps.store.deliveries({ limit: 1 }))[0]?.state).toMatchObject({ status: 'dead', ambiguous: 11 })
  })

  test('what a channel rejects is dead with its reason', async () => {
    const app = openTestApp()
    app.outcomes.push({ kind: 'rejected', reason: 'refused', note: 'no such mailbox' })
    await app.fact('grant', grantOf('G1', '50.00', T0))
    await drain(app.deps)
    expect((await app.deps.store.deliveries({ limit: 1 }))[0]?.state).toMatchObject({ status: 'dead', attempts: 1 })
  })
})

describe('two instances on one store', () => {
  test('decide the same facts once, whoever comes first', async () => {
    const store = openMemoryStore()
    const [one, two] = [openTestApp({}, store), openTestApp({}, store)]
    await Promise.all([one, two].map((app) => app.fact('grant', grantOf('G1', '50.00', T0))))
    for (const app of [one, two]) app.clock.now = T0 + 2 * DAY_MS
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => (index % 2 ? one : two).budget(10 + Math.floor(index / 20))),
    )
    for (const app of [one, two]) await drain(app.deps)
    expect(await balanceOf(one)).toBe(await balanceOf(two))
    const told = [...one.told, ...two.told].map(({ key }) => key)
    expect(new Set(told).size).toBe(told.length)
  })

  test('a store that fails once loses nothing and keeps no half-made decision', async () => {
    const store = openMemoryStore()
    let failures = 1
    const app = openTestApp(
      {},
      {
        ...store,
        commit: async (commit) => (failures-- > 0 ? Promise.reject(new Error('disk full')) : store.commit(commit)),
      },
    )
    await expect(app.fact('grant', grantOf('G1', '50.00', T0))).rejects.toThrow('disk full')
    expect((await app.desk.view(ACCOUNT)).standing.funded).toBe(false)
    await app.fact('grant', grantOf('G1', '50.00', T0))
    expect(await balanceOf(app)).toBe('50.00')
  })
})
