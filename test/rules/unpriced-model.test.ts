import { expect, test } from 'vitest'
import { unpricedModel } from '../../functions/rules/unpriced-model.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { context, standing } from '../support/standing.ts'

ruleContract(unpricedModel)

test('each model without a price is told once, under its own name, also without funds', () => {
  const unpricedModels = ['gemini-9-flash', 'gemini-9-pro', 'gemini-9-flash']
  const findings = unpricedModel.evaluate(standing({ funded: false, unpricedModels }), context())
  expect(findings.map(({ scope, level, severity }) => [scope, level, severity])).toEqual([
    ['gemini-9-flash', '', 'warning'],
    ['gemini-9-pro', '', 'warning'],
  ])
  expect(findings[0]?.words.title).toBe('No price is known for model gemini-9-flash, used on Production')
})
