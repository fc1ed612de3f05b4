import { describe, expect, test } from 'vitest'
import { nanos } from '../../functions/domain/money.ts'
import { DAY_MS, HOUR_MS } from '../../functions/domain/time.ts'
import { planMismatch } from '../../functions/rules/plan-mismatch.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { prepayment, story } from '../support/scenario.ts'
import { AS_OF, context, grant, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(planMismatch)

const judge = (over: StandingOverrides = {}) => planMismatch.evaluate(standing(over), context())
const scopes = (over: StandingOverrides = {}) => judge(over).map(({ scope }) => scope)

const depletion = {
  at: AS_OF - HOUR_MS,
  code: 402,
  message: 'Your prepayment credits are depleted.',
  projectId: 'my-app',
  nearZero: false,
}

test('an account whose facts fit its plan is left alone', () => {
  expect(judge()).toEqual([])
  expect(judge({ evidence: { depletion } })).toEqual([])
})

describe('depleted Prepay credit', () => {
  test.each(['postpay', 'cloud-credit'] as const)('contradicts %s', (plan) => {
    const [finding, ...others] = judge({ plan, recentGrants: [], evidence: { depletion } })
    expect(others).toEqual([])
    expect(finding).toMatchObject({ scope: 'depleted', severity: 'warning', state: 'holds' })
  })

  test('is told with both ways out', () => {
    const words = judge({ plan: 'postpay', recentGrants: [], evidence: { depletion } })[0]?.words
    expect(words?.title).toBe('Production is said to be on Postpay, yet Prepay credit is depleted')
    expect(words?.summary).toContain('by mistake on Postpay projects, for up to 18 hours')
    expect(words?.next.map(({ label }) => label).join()).toContain('npx drawdown plan')
  })
})

describe('billed spend beyond zero under Prepay', () => {
  const below = (high: string, over: StandingOverrides = {}) =>
    scopes({ balance: { high: nanos(high), value: nanos(high), low: nanos(high) }, base: nanos('50'), ...over })

  test.each([
    ['-10', []],
    ['-10.000000001', ['below-zero']],
    ['0', []],
  ])('%s after a balance of 50: %j', (high, expected) => expect(below(high)).toEqual(expected))

  test('is what a depletion error explains, and postpay and cloud-credit allow', () => {
    expect(below('-20', { evidence: { depletion } })).toEqual([])
    expect(below('-20', { plan: 'cloud-credit' })).toEqual([])
    expect(below('-20', { funded: false })).toEqual([])
  })
})

describe('a prepayment on Postpay', () => {
  const paid = grant({ effectiveAt: AS_OF - DAY_MS })

  test('contradicts the plan from its beginning on', () => {
    const on = (planSince?: number) =>
      scopes({ plan: 'postpay', grants: [paid], ...(planSince === undefined ? {} : { planSince }) })
    expect(on()).toEqual(['prepayment'])
    expect(on(paid.effectiveAt)).toEqual(['prepayment'])
    expect(on(paid.effectiveAt + 1)).toEqual([])
  })

  test('is none where it is still to come, was voided, or was no prepayment', () => {
    for (const over of [{ state: 'scheduled' }, { state: 'voided' }, { kind: 'promotional' }] as const)
      expect(scopes({ plan: 'postpay', grants: [{ ...paid, ...over }] })).toEqual([])
  })
})

test('a refund contradicts Prepay, which gives none', () => {
  const refunded = grant({ refunded: nanos('5') })
  expect(scopes({ grants: [refunded] })).toEqual(['refunded'])
  expect(scopes({ plan: 'cloud-credit', grants: [refunded] })).toEqual([])
  expect(judge({ grants: [refunded] })[0]?.words.title).toBe(
    'A refund of 5.00 USD was recorded on Production, which Prepay does not give',
  )
})

test('calls refused as unpaid are told for a day, or until one is served', () => {
  const refusal = {
    cause: 'plan-mismatch' as const,
    projectId: 'my-app',
    code: 429,
    message: 'limit: 0',
    quotaIds: [],
    count: 1,
  }
  const at = (ms: number, paidAt?: number) =>
    scopes({ evidence: { causes: [{ ...refusal, at: ms, ...(paidAt === undefined ? {} : { paidAt }) }] } })
  expect(at(AS_OF - DAY_MS + 1)).toEqual(['refused'])
  expect(at(AS_OF - DAY_MS)).toEqual([])
  expect(at(AS_OF - HOUR_MS, AS_OF)).toEqual([])
})

test('opens with the error, repeats daily, ends when the plan is told, and opens anew on the next contradiction', async () => {
  const { app, time, steps } = story('plan-mismatch', { plan: 'postpay' })
  const fails = (requestId: string) => () =>
    app.usage({
      requestId,
      error: { code: 402, status: 'RESOURCE_EXHAUSTED', message: 'Your prepayment credits are depleted.' },
    })
  const plan = (hours: number, name: string) => () => app.fact('plan', { plan: name, at: time(hours) })
  expect(await steps(1, fails('r1'))).toEqual(['firing warning'])
  expect(await steps(24.9)).toEqual([])
  expect(await steps(25)).toEqual(['repeat warning'])
  expect(await steps(26, plan(26, 'gemini-prepay'))).toEqual(['resolved warning'])
  expect(await steps(27, plan(27, 'postpay'))).toEqual(['firing warning'])
  expect(await steps(28, () => app.fact('grant', prepayment('P1', '50.00', time(28))))).toEqual(['firing warning'])
})
