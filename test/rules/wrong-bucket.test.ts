import { expect, test } from 'vitest'
import { MINUTE_MS } from '../../functions/domain/time.ts'
import { wrongBucket } from '../../functions/rules/wrong-bucket.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { AS_OF, context, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(wrongBucket)

const depletion = {
  at: AS_OF,
  code: 402,
  message: 'depleted',
  projectId: 'my-app',
  nearZero: false,
  paidAt: AS_OF - 45 * MINUTE_MS,
}

const words = (overrides: StandingOverrides = {}) =>
  wrongBucket.evaluate(standing({ evidence: { depletion }, ...overrides }), context())[0]?.words

test('the words say when the payment was recorded, how long calls have failed since, and where it probably lies', () => {
  expect(words()?.title).toBe('A payment on Production seems to be in the wrong place: calls still fail as depleted')
  expect(words()?.summary).toContain('recorded for 2026-11-23 09:15 UTC, and 45 min later')
  expect(words()?.summary).toContain('Postpay bucket')
  expect(words()?.figure).toBe('41.20 USD by the ledger')
})

test('the first look is at AI Studio, the second at the console’s payments', () => {
  expect(
    words()
      ?.next.slice(0, 2)
      .map(({ url }) => url),
  ).toEqual([
    'https://aistudio.google.com/billing',
    'https://console.cloud.google.com/billing/01D4EE-079462-DFD6EC/payment',
  ])
})

test('on an account thought to be on cloud-credit it asks whether Google moved it to Prepay', () => {
  const labels = (plan: 'cloud-credit' | 'gemini-prepay') =>
    words({ plan })
      ?.next.map(({ label }) => label)
      .join()
  expect(labels('cloud-credit')).toContain('npx drawdown plan')
  expect(labels('gemini-prepay')).not.toContain('npx drawdown plan')
})
