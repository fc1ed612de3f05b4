import { expect, test } from 'vitest'
import { falseDepletion } from '../../functions/rules/false-depletion.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { AS_OF, context, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(falseDepletion)

const depletion = { at: AS_OF, code: 429, message: 'depleted', projectId: 'my-app', nearZero: false }

const words = (overrides: StandingOverrides = {}) =>
  falseDepletion.evaluate(standing({ evidence: { depletion }, ...overrides }), context())[0]?.words

test('its first step is to check the balance in AI Studio, under any plan', () => {
  for (const plan of ['gemini-prepay', 'cloud-credit', 'postpay'] as const)
    expect(words({ plan })?.next[0]).toMatchObject({
      label: 'Check the balance in AI Studio',
      url: 'https://aistudio.google.com/billing',
    })
})

test('the words set what the ledger holds against what Google says', () => {
  expect(words()?.title).toBe('Calls fail as depleted on Production, though the ledger holds 41.20 USD')
  expect(words()?.summary).toContain('at least 36.80 USD is left')
  expect(words()?.arithmetic[0]).toBe('error 429 at 2026-11-23 10:00 UTC in project my-app: “depleted”')
})

test('a plan that knows no depletion error is questioned', () => {
  expect(words({ plan: 'postpay' })?.next.at(-1)?.label).toContain('npx drawdown plan')
  expect(words()?.next.at(-1)?.label).not.toContain('npx drawdown plan')
})
