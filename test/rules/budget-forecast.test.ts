import { expect, test } from 'vitest'
import { budgetForecast } from '../../functions/rules/budget-forecast.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { BUDGET_ID, budget, context, standing } from '../support/standing.ts'

ruleContract(budgetForecast)

test('forecast thresholds alone are judged, per budget and period', () => {
  const budgets = [
    budget({ thresholdsBp: [5000], forecastThresholdsBp: [10000, 12000] }),
    budget({ budgetId: 'other', role: 'watch', thresholdsBp: [9000] }),
  ]
  const findings = budgetForecast.evaluate(standing({ budgets }), context())
  expect(findings.map(({ scope, level, severity }) => [scope, level, severity])).toEqual([
    [`${BUDGET_ID}@2026-11-01T07:00:00Z`, '100%', 'warning'],
    [`${BUDGET_ID}@2026-11-01T07:00:00Z`, '120%', 'warning'],
  ])
  expect(findings[1]?.words.title).toBe('Budget Gemini month is forecast to reach 120% of 100.00 USD on Production')
  expect(findings[1]?.words.summary).toContain('So far it has cost 8.80 USD.')
})
