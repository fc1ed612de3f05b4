import { expect, test } from 'vitest'
import { nanos } from '../../functions/domain/money.ts'
import { budgetThreshold } from '../../functions/rules/budget-threshold.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { BUDGET_ID, budget, context, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(budgetThreshold)

const judge = (overrides: StandingOverrides) => budgetThreshold.evaluate(standing(overrides), context())

test('every threshold that was reached is a level, scoped to the budget and its period', () => {
  const findings = judge({ budgets: [budget({ thresholdsBp: [5000, 9000, 11050] })] })
  expect(findings.map(({ level, severity, state }) => [level, severity, state])).toEqual([
    ['50%', 'warning', 'holds'],
    ['90%', 'warning', 'holds'],
    ['110.5%', 'warning', 'holds'],
  ])
  expect(findings[0]?.scope).toBe(`${BUDGET_ID}@2026-11-01T07:00:00Z`)
  expect([...findings].sort((a, b) => b.rank - a.rank)[0]?.level).toBe('110.5%')
})

test('watch budgets speak too, also without funds and under postpay', () => {
  const budgets = [budget({ role: 'watch', thresholdsBp: [10000] })]
  expect(judge({ budgets, funded: false, plan: 'postpay' })).toHaveLength(1)
})

test('a budget below its thresholds says nothing', () => {
  expect(judge({})).toEqual([])
})

test('the words name budget, level, cost, amount and period, in the budget’s own currency', () => {
  const words = judge({
    budgets: [budget({ cost: nanos('140321'), amount: nanos('152557'), currencyCode: 'JPY', thresholdsBp: [9000] })],
  })[0]?.words
  expect(words?.title).toBe('Budget Gemini month reached 90% of 152,557 JPY on Production')
  expect(words?.figure).toBe('140,321 JPY')
  expect(words?.summary).toContain('Since 2026-11-01 07:00 UTC')
  expect(words?.arithmetic[0]).toBe('cost 140,321 JPY of 152,557 JPY, 91.9%')
})

test('a budget of nothing has no share to show', () => {
  const words = judge({ budgets: [budget({ amount: 0n, thresholdsBp: [10000] })] })[0]?.words
  expect(words?.arithmetic[0]).toBe('cost 8.80 USD of 0.00 USD')
})
