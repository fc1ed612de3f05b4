import { expect, test } from 'vitest'
import { nanos } from '../../functions/domain/money.ts'
import { HOUR_MS } from '../../functions/domain/time.ts'
import { falseDepletion } from '../../functions/rules/false-depletion.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { AS_OF, context, grant, type StandingOverrides, standing } from '../support/standing.ts'

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

test('it ends with a text for a support ticket: account, error, first and last sight, receipts, and our figures', () => {
  const seen = { ...depletion, since: AS_OF - 3 * HOUR_MS, requests: 41 }
  const lines = words({
    evidence: { depletion: seen, paidCallAt: AS_OF - 4 * HOUR_MS },
    grants: [
      grant(),
      grant({ id: 'GPA.3344', amount: nanos('20'), remaining: nanos('20'), effectiveAt: AS_OF - 24 * HOUR_MS }),
      grant({ id: 'later', effectiveAt: AS_OF + HOUR_MS, state: 'scheduled' }),
    ],
  })?.arithmetic
  expect(lines?.slice(lines.indexOf('for a ticket to billing support, copy from here:'))).toEqual([
    'for a ticket to billing support, copy from here:',
    'Calls are refused as depleted although the billing account holds Gemini API credit. Billing account 01D4EE-079462-DFD6EC, projects my-app, my-batch.',
    'Error 429 “depleted” first seen 2026-11-23 07:00 UTC, last seen 2026-11-23 10:00 UTC in project my-app, 41 requests.',
    'Last call that was served: 2026-11-23 06:00 UTC.',
    'Receipt GPA.3344: prepayment of 20.00 USD at 2026-11-22 10:00 UTC, of which 20.00 is left.',
    'Receipt P1: prepayment of 50.00 USD at 2026-11-01 00:00 UTC, of which 41.20 is left.',
    'Our records at 2026-11-23 10:00 UTC: billed 8.80, left 36.80 to 41.20 USD. Please compare with the Prepay balance.',
  ])
})
