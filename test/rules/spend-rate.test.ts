import { describe, expect, test } from 'vitest'
import { nanos } from '../../functions/domain/money.ts'
import { HOUR_MS } from '../../functions/domain/time.ts'
import { spendRate } from '../../functions/rules/spend-rate.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { story } from '../support/scenario.ts'
import { AS_OF, context, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(spendRate)

const judge = (usd: string, over: StandingOverrides = {}) =>
  spendRate.evaluate(standing({ spendRate: { usd: nanos(usd), at: AS_OF }, ...over }), context())

const refusal = (at: number) => ({
  cause: 'spend-rate' as const,
  projectId: 'my-app',
  at,
  code: 429,
  message: 'You exceeded your spend-based rate limit.',
  quotaIds: [],
  count: 7,
})

describe('the dearest ten minutes', () => {
  test.each([
    ['8', 'holds'],
    ['7.999999999', 'between'],
    ['5', 'between'],
    ['4.999999999', 'clear'],
    ['12', 'holds'],
  ])('%s of 10 USD on Tier 1: %s', (usd, state) => {
    expect(judge(usd)).toMatchObject([{ severity: 'warning', level: '', state }])
  })

  test.each([
    ['tier-2', '40'],
    ['tier-3', '160'],
  ] as const)('on %s the warning begins at %s USD', (observed, usd) => {
    expect(judge(usd, { tier: { entitled: 'tier-1', observed } })[0]?.state).toBe('holds')
    expect(judge(String(Number(usd) - 0.01), { tier: { entitled: 'tier-1', observed } })[0]?.state).toBe('between')
  })

  test('is told against what the tier allows', () => {
    const words = judge('8.40')[0]?.words
    expect(words?.title).toBe('Production spent 8.40 USD in ten minutes; Tier 1 allows 10.00 USD')
    expect(words?.arithmetic[0]).toBe('peak 8.40 USD in the ten minutes to 2026-11-23 10:00 UTC, 84% of the limit')
  })

  test('is not judged without usage, on the Free tier, or where the tier is not known', () => {
    expect(judge('12', { spendRate: undefined })).toEqual([])
    expect(judge('12', { tier: { entitled: 'tier-1', observed: 'free' } })).toEqual([])
    expect(judge('12', { plan: 'postpay' })).toEqual([])
  })
})

test('a refusal holds for an hour, whatever the estimate says', () => {
  const at = (ms: number) => judge('0.01', { evidence: { causes: [refusal(ms)] } })
  expect(at(AS_OF - HOUR_MS + 1)).toMatchObject([{ severity: 'warning', state: 'holds' }])
  expect(at(AS_OF - HOUR_MS + 1)[0]?.words.title).toBe(
    'Google slows Production down: it spends faster than its tier allows',
  )
  expect(at(AS_OF - HOUR_MS)).toMatchObject([{ state: 'clear' }])
})

/** 3.5 Flash: a million prompt tokens cost 1.50 USD. */
const call = (requestId: string, millions: number, at: string) => ({
  requestId,
  at,
  usageMetadata: { promptTokenCount: millions * 1_000_000 },
  requests: 100,
})

test('opens with a rush, is over an hour later, and opens anew', async () => {
  const { app, time, steps, at } = story('spend-rate')
  const calls = (hours: number, id: string, millions: number) => () => app.usage(call(id, millions, time(hours)))
  expect(await steps(1, calls(1, 'a', 3))).toEqual([]) // 4.50
  const [told] = await at(1.1, calls(1.1, 'b', 3)) // 9.00 within six minutes
  expect(told).toMatchObject({ step: 'firing', severity: 'warning', words: { figure: '9.00 USD in ten minutes' } })
  expect(await steps(1.9)).toEqual([])
  expect(await steps(2.5)).toEqual(['resolved warning'])
  expect(await steps(3, calls(3, 'c', 6))).toEqual(['firing warning'])
})

test('what is more than ten minutes apart does not add up', async () => {
  const { app, time, steps } = story('spend-rate')
  await steps(1, () => app.usage(call('a', 3, time(1))))
  expect(await steps(1.5, () => app.usage(call('b', 3, time(1 + 10 / 60))))).toEqual([])
  expect(await steps(1.6, () => app.usage(call('c', 3, time(1 + 19 / 60))))).toEqual(['firing warning'])
})

test('a refusal that goes on is told again after a day', async () => {
  const { app, steps } = story('spend-rate')
  const fails = (id: string) => () =>
    app.usage({
      requestId: id,
      error: {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        message:
          'You exceeded your spend-based rate limit. Your spending rate has exceeded the allowed limit for your account’s billing history and tier.',
      },
    })
  expect(await steps(0, fails('r0'))).toEqual(['firing warning'])
  for (let quarter = 1; quarter < 48; quarter += 1) expect(await steps(quarter / 2, fails(`r${quarter}`))).toEqual([])
  expect(await steps(24, fails('r48'))).toEqual(['repeat warning'])
  expect(await steps(25)).toEqual(['resolved warning'])
})
