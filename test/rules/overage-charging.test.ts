import { expect, test } from 'vitest'
import { nanos } from '../../functions/domain/money.ts'
import { overageCharging } from '../../functions/rules/overage-charging.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { context, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(overageCharging)

const judge = (overrides: StandingOverrides = {}) =>
  overageCharging.evaluate(
    standing({
      plan: 'cloud-credit',
      overage: nanos('12.50'),
      overageSinceGrant: nanos('3.20'),
      balance: { value: 0n, low: 0n, high: 0n },
      ...overrides,
    }),
    context(),
  )

test('it holds while credit is gone and cost came after the latest grant', () => {
  expect(judge()).toHaveLength(1)
  expect(judge({ overageSinceGrant: 1n })).toHaveLength(1)
  expect(judge({ overageSinceGrant: 0n })).toEqual([])
  expect(judge({ balance: { value: 1n, low: 0n, high: 1n } })).toEqual([])
})

test('no other plan charges below zero, and without funds nothing is judged', () => {
  expect(judge({ plan: 'gemini-prepay' })).toEqual([])
  expect(judge({ plan: 'postpay' })).toEqual([])
  expect(judge({ funded: false })).toEqual([])
})

test('the words name what was charged since the grant, not all overage ever', () => {
  const [finding] = judge()
  expect(finding?.severity).toBe('critical')
  expect(finding?.words.title).toBe('The card is being charged on Production: 3.20 USD beyond the credit so far')
  expect(finding?.words.figure).toBe('3.20 USD')
  expect(finding?.words.arithmetic[0]).toBe('overage since the last grant 3.20, in all 12.50')
  expect(finding?.words.summary).toContain('4.40 USD a day')
})
