import { expect, test } from 'vitest'
import { nanos } from '../../functions/domain/money.ts'
import { HOUR_MS } from '../../functions/domain/time.ts'
import { prepaymentRequired } from '../../functions/rules/prepayment-required.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { AS_OF, context, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(prepaymentRequired)

const message = 'Your prepayment credits are depleted.'
const depletion = { at: AS_OF - HOUR_MS, code: 402, message, projectId: 'my-app', nearZero: true }
const demand = {
  kind: 'prepayment-required' as const,
  projectId: 'my-app',
  amount: nanos('1500'),
  currencyCode: 'JPY',
  dueAt: AS_OF + 48 * HOUR_MS,
  reason: 'account verification',
  at: AS_OF - HOUR_MS,
}

const judge = (overrides: StandingOverrides) => prepaymentRequired.evaluate(standing(overrides), context())[0]

test('a demand is told with its own amount and currency, due time, project and reason', () => {
  const finding = judge({ evidence: { demand } })
  expect(finding).toMatchObject({ scope: '', level: '', severity: 'critical', state: 'holds' })
  expect(finding?.words.title).toBe('Prepayment required on Production: 1,500 JPY by 2026-11-25 10:00 UTC')
  expect(finding?.words.figure).toBe('1,500 JPY')
  expect(finding?.words.summary).toContain('for project my-app by 2026-11-25 10:00 UTC')
  expect(finding?.words.summary).toContain('account verification')
})

test('a bare demand is told without inventing an amount or a date', () => {
  const words = judge({ evidence: { demand: { kind: 'prepayment-required', at: AS_OF } } })?.words
  expect(words?.title).toBe('Prepayment required on Production: the amount is on the billing page')
  expect(words?.stops).toContain('Until it is paid')
})

test('under cloud-credit an unpaid demand keeps the free tier, and is paid in the console', () => {
  const words = judge({ plan: 'cloud-credit', evidence: { demand } })?.words
  expect(words?.stops).toContain('free tier')
  expect(words?.next[0]?.url).toBe('https://console.cloud.google.com/billing/01D4EE-079462-DFD6EC/payment')
})

test('failing calls are told with code, project, time and the vendor’s own sentence', () => {
  const words = judge({
    evidence: { depletion },
    balance: { value: nanos('0.12'), low: 0n, high: nanos('0.12') },
  })?.words
  expect(words?.title).toBe('Prepayment required on Production: calls of my-app fail, credit is depleted')
  expect(words?.figure).toBe('0.12 USD')
  expect(words?.summary).toContain('The ledger agrees')
  expect(words?.stops).toContain('Since 2026-11-23 09:00 UTC: every API key')
  expect(words?.arithmetic[0]).toBe(`error 402 at 2026-11-23 09:00 UTC in project my-app: “${message}”`)
  expect(words?.next.map(({ url }) => url)).toEqual([
    'https://aistudio.google.com/billing',
    undefined,
    'https://ai.studio/projects',
  ])
})

test('how sure it is depends on the ledger: silent feed, or no grant known', () => {
  const unsure = { ...depletion, nearZero: false }
  const feeds = { budget: { lastAt: 0, stale: true } }
  expect(judge({ evidence: { depletion: unsure }, feeds })?.words.summary).toContain('silent for 36 h')
  const unfunded = judge({ evidence: { depletion: unsure }, funded: false })?.words
  expect(unfunded?.summary).toContain('knows no grant yet')
  expect(unfunded?.figure).toBe('Error 402')
  expect(unfunded?.arithmetic.join()).not.toContain('high')
})
