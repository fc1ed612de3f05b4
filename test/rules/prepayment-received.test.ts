import { describe, expect, test } from 'vitest'
import { nanos } from '../../functions/domain/money.ts'
import { DAY_MS, instant } from '../../functions/domain/time.ts'
import { prepaymentReceived } from '../../functions/rules/prepayment-received.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { AS_OF, context, grant, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(prepaymentReceived)

const judge = (overrides: StandingOverrides) => prepaymentReceived.evaluate(standing(overrides), context())

describe('a prepayment is news for seven days', () => {
  test.each([
    [0, 1],
    [7 * DAY_MS, 1],
    [7 * DAY_MS + 1, 0],
  ])('%s ms after it took effect there are %s findings', (age, count) => {
    expect(judge({ grants: [grant({ effectiveAt: AS_OF - age })] })).toHaveLength(count)
  })
})

test('a grant that has not started, or is no prepayment, is not told', () => {
  expect(judge({ grants: [grant({ state: 'scheduled', effectiveAt: AS_OF + 1 })] })).toEqual([])
  for (const kind of ['promotional', 'free-trial', 'adjustment'] as const)
    expect(judge({ grants: [grant({ kind, effectiveAt: AS_OF })] })).toEqual([])
})

test('each grant is its own scope, and the words name amount, balance and expiry', () => {
  const findings = judge({
    grants: [grant({ effectiveAt: AS_OF }), grant({ id: 'P2', amount: nanos('1234.5'), effectiveAt: AS_OF - DAY_MS })],
    tier: {
      entitled: 'tier-1',
      next: { tier: 'tier-2', paidStillNeeded: nanos('50'), earliestAt: instant('2026-11-26T00:00:00Z') },
    },
  })
  expect(findings.map(({ scope, severity }) => [scope, severity])).toEqual([
    ['P1', 'info'],
    ['P2', 'info'],
  ])
  const words = findings[1]?.words
  expect(words?.title).toBe('Prepayment of 1,234.50 USD is in on Production: the balance is 41.20 USD')
  expect(words?.summary).toContain('It expires at 2027-11-01 00:00 UTC.')
  expect(words?.arithmetic.at(-1)).toBe('tier-2 needs 50.00 USD more paid, at the earliest 2026-11-26 00:00 UTC')
})
