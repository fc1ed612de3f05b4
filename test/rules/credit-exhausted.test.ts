import { expect, test } from 'vitest'
import { nanos } from '../../functions/domain/money.ts'
import { creditExhausted } from '../../functions/rules/credit-exhausted.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { context, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(creditExhausted)

const judge = (value: string, overrides: StandingOverrides = {}) =>
  creditExhausted.evaluate(
    standing({ balance: { value: nanos(value), low: nanos('-9'), high: nanos('50') }, ...overrides }),
    context(),
  )

test.each([
  ['0', 1],
  ['-0.000000001', 1],
  ['0.000000001', 0],
])('value %s gives %s finding: it judges value, never the cautious bound', (value, count) => {
  const findings = judge(value)
  expect(findings).toHaveLength(count)
  for (const finding of findings) expect(finding).toMatchObject({ level: '', severity: 'critical', state: 'holds' })
})

test('it is silent without funds and under postpay', () => {
  expect(judge('0', { funded: false })).toEqual([])
  expect(judge('0', { plan: 'postpay' })).toEqual([])
})

test('under gemini-prepay every key stops and the deficit is shown', () => {
  const words = judge('-0.40')[0]?.words
  expect(words?.title).toBe('Credit is gone on Production: every API key of every linked project stops at once')
  expect(words?.figure).toBe('-0.40 USD')
  expect(words?.stops).toContain('my-app, my-batch')
  expect(words?.next[0]?.url).toBe('https://aistudio.google.com/billing')
})

test('under cloud-credit calls go on and the card is charged from now on', () => {
  const words = judge('0', { plan: 'cloud-credit' })[0]?.words
  expect(words?.title).toBe('Credit is gone on Production: the card is charged from now on')
  expect(words?.stops).toContain('calls go on')
  expect(JSON.stringify(words)).not.toContain('API key')
})

test('it says whether a depletion error confirms the ledger', () => {
  const depletion = { at: 0, code: 402, message: 'depleted', projectId: 'my-app', nearZero: true }
  expect(judge('0')[0]?.words.summary).toContain('No depletion error has been reported yet')
  expect(judge('0', { evidence: { depletion } })[0]?.words.summary).toContain('already fail with the depletion error')
})
