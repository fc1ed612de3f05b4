import { describe, expect, test } from 'vitest'
import { nanos } from '../../functions/domain/money.ts'
import { HOUR_MS, instant, MINUTE_MS } from '../../functions/domain/time.ts'
import { tierCap } from '../../functions/rules/tier-cap.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { prepayment, story } from '../support/scenario.ts'
import { AS_OF, context, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(tierCap)

/** 2026-11-23T10:00Z: 7 days and 22 h of the Pacific month are left. */
const month = (spent: string) => ({
  from: instant('2026-11-01T07:00:00Z'),
  to: instant('2026-12-01T08:00:00Z'),
  spent: nanos(spent),
})
const judge = (spent: string, perDay: string, over: StandingOverrides = {}) =>
  tierCap.evaluate(
    standing({
      balance: { high: nanos('1000'), value: nanos('1000'), low: nanos('1000') },
      month: month(spent),
      burn: { perDay: nanos(perDay) },
      ...over,
    }),
    context(),
  )
const states = (...args: Parameters<typeof judge>) =>
  judge(...args).map(({ severity, level, state }) => `${severity} ${level}: ${state}`)

const refusal = (at: number) => ({
  cause: 'tier-cap' as const,
  projectId: 'my-app',
  at,
  code: 429,
  message: 'Your billing account has exceeded its monthly spending cap.',
  quotaIds: [],
  count: 3,
})

describe('the pace towards 250 USD on Tier 1', () => {
  test.each([
    ['200', '10', 'holds'], // 50 left at 10 a day: 5 days
    ['200', '6', 'between'], // 50 left at 6 a day: 8.3 days, the month ends before; comes to 247.5
    ['200', '3', 'clear'], // comes to 223.75, below 225
    ['0', '40', 'holds'], // 6.25 days
  ])('%s spent and %s a day: %s', (spent, perDay, state) => {
    expect(states(spent, perDay)).toEqual([`warning : ${state}`])
  })

  test('is told with its date, the end of the month, and the sums', () => {
    const words = judge('200', '10')[0]?.words
    expect(words?.title).toBe(
      'Production reaches the monthly cap of Tier 1, 250.00 USD, on 2026-11-28 10:00 UTC at this pace',
    )
    expect(words?.stops).toBe(
      'About 2026-11-28 10:00 UTC: Google pauses the Gemini API of every linked project until 2026-12-01 08:00 UTC.',
    )
    expect(words?.arithmetic[0]).toBe('spent since 2026-11-01 07:00 UTC: 200.00 USD of 250.00 USD (80%)')
  })

  test('is judged after a day of spend, not sooner', () => {
    const burn = { perDay: nanos('40'), coveredMs: 24 * HOUR_MS - 1 }
    expect(states('100', '40', { burn })).toEqual(['warning : clear'])
    expect(states('100', '40', { burn: { ...burn, coveredMs: 24 * HOUR_MS } })).toEqual(['warning : holds'])
  })

  test('is none while prepaid credit ends first, unless it reloads itself', () => {
    const balance = { high: nanos('49.99'), value: nanos('49.99'), low: nanos('49.99') }
    expect(states('200', '10', { balance })).toEqual(['warning : between'])
    const autoReload = {
      kind: 'auto-reload' as const,
      enabled: true,
      triggerBalance: nanos('30'),
      reloadAmount: nanos('100'),
      currencyCode: 'USD',
      at: 0,
    }
    expect(states('200', '10', { balance, autoReload })).toEqual(['warning : holds'])
  })

  test('goes by the observed tier, in the account’s currency', () => {
    expect(judge('200', '10', { tier: { entitled: 'tier-1', observed: 'tier-2' } })[0]?.state).toBe('clear')
    const account = { currency: 'EUR', usdRate: nanos('0.8') }
    expect(judge('150', '10', { account })[0]?.words.title).toContain('200.00 EUR, on 2026-11-28 10:00 UTC')
  })
})

describe('the cap reached', () => {
  test('by spend: critical, and the pace is no news any more', () => {
    expect(states('249.99', '10')).toEqual(['warning : holds'])
    expect(states('250', '10')).toEqual(['critical 100%: holds', 'warning : between'])
    const words = judge('250', '10')[0]?.words
    expect(words?.title).toBe('Production has reached the monthly cap of Tier 1: Google pauses every linked project')
    expect(words?.summary).toContain('Buying credit does not help')
    expect(words?.stops).toContain('until 2026-12-01 08:00 UTC')
  })

  test('by spend of less than a day only where the tier was observed', () => {
    const burn = { perDay: nanos('10'), coveredMs: 24 * HOUR_MS - 1 }
    expect(states('250', '10', { burn })).toEqual(['warning : between'])
    const observed = { entitled: 'tier-1', observed: 'tier-1' } as const
    expect(states('250', '10', { burn, tier: observed })).toEqual(['critical 100%: holds', 'warning : between'])
  })

  test('by a refusal, until a paid call is served; whatever the plan, and without any feed', () => {
    const evidence = { causes: [refusal(AS_OF - HOUR_MS)] }
    expect(states('20', '1', { evidence })).toEqual(['critical 100%: holds', 'warning : between'])
    expect(states('20', '1', { evidence: { ...evidence, paidCallAt: AS_OF } })).toEqual(['warning : clear'])
    const bare = { plan: 'cloud-credit' as const, evidence, month: undefined }
    expect(states('20', '1', bare)).toEqual(['critical 100%: holds'])
  })

  test('a refusal of the month before is over', () => {
    const evidence = { causes: [refusal(instant('2026-11-01T06:59:59Z'))] }
    expect(states('20', '1', { evidence })).toEqual(['warning : clear'])
  })

  test('well above it with calls just served: another tier is in force, a warning', () => {
    const served = { paidCallAt: AS_OF - 30 * MINUTE_MS }
    expect(states('275', '10', { evidence: served })).toEqual(['critical 100%: holds', 'warning : between'])
    expect(states('275.01', '10', { evidence: served })).toEqual(['warning : holds'])
    expect(judge('275.01', '10', { evidence: served })[0]?.words.title).toBe(
      'Production is above the monthly cap of Tier 1, yet calls are served',
    )
    expect(states('275.01', '10', { evidence: { paidCallAt: AS_OF - 31 * MINUTE_MS } })).toHaveLength(2)
  })
})

describe('spend is not judged', () => {
  test('where the budget counts all services', () => {
    expect(states('300', '10', { plan: 'cloud-credit', tier: { entitled: 'tier-1', observed: 'tier-1' } })).toEqual([])
  })

  test('under postpay until a tier was observed: the card’s payments are not in the ledger', () => {
    expect(states('300', '10', { plan: 'postpay' })).toEqual([])
    expect(states('300', '10', { plan: 'postpay', tier: { entitled: 'tier-1', observed: 'tier-1' } })).toHaveLength(2)
  })

  test('before caps were enforced, without a rate, and on the Free tier', () => {
    expect(states('300', '10', { asOf: instant('2026-03-31T00:00:00Z') })).toEqual([])
    expect(states('300', '10', { account: { currency: 'JPY' } })).toEqual([])
    expect(states('300', '10', { tier: { entitled: 'tier-1', observed: 'free' } })).toEqual([])
  })
})

test('warns on the way, tells the cap, repeats, ends with the month, and warns anew', async () => {
  const { app, time, steps } = story('tier-cap')
  const bills =
    (cost: number, over = {}) =>
    () =>
      app.budget(cost, over)
  await steps(0, () => app.fact('tier', { tier: 'tier-1', at: time(0) }))
  await steps(0, () => app.fact('grant', prepayment('P1', '1000.00', time(0))))
  expect(await steps(20, bills(9))).toEqual([])
  expect(await steps(24, bills(15))).toEqual(['firing warning'])
  expect(await steps(47, bills(30))).toEqual([])
  expect(await steps(48, bills(31))).toEqual(['repeat warning'])
  expect(await steps(60, bills(250))).toEqual(['firing critical 100%'])
  expect(await steps(64)).toEqual(['repeat critical 100%'])
  await steps(30 * 24, bills(251))
  const december = { costIntervalStart: '2026-12-01T08:00:00Z' }
  expect(await steps(30 * 24 + 1, bills(0, december))).toEqual(['resolved critical 100%'])
  expect(await steps(32 * 24 + 1, bills(60, december))).toEqual(['firing warning'])
})

test('a refusal told by a caller opens it at once, and the next paid call ends it', async () => {
  const { app, steps } = story('tier-cap')
  const message =
    'Your billing account has exceeded its monthly spending cap. Please go to AI Studio at https://ai.studio/billing to manage it. #tier-spend-caps.'
  const fails = () => app.usage({ requestId: 'r1', error: { code: 429, status: 'RESOURCE_EXHAUSTED', message } })
  const served = () =>
    app.usage({ requestId: 'r2', usageMetadata: { promptTokenCount: 1000, candidatesTokenCount: 10 } })
  expect(await steps(1, fails)).toEqual(['firing critical 100%'])
  expect(await steps(5)).toEqual(['repeat critical 100%'])
  expect(await steps(6, served)).toEqual(['resolved critical 100%'])
})
