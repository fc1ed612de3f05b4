import { expect, test } from 'vitest'
import { formatDecimal, nanos } from '../../functions/domain/money.ts'
import type { GrantStanding } from '../../functions/domain/standing.ts'
import { DAY_MS } from '../../functions/domain/time.ts'
import { lostAtExpiry } from '../../functions/rules/expiry.ts'
import { AS_OF, grant, type StandingOverrides, standing } from '../support/standing.ts'

const lost = (perDay: string, grants: readonly GrantStanding[], overrides: StandingOverrides = {}) =>
  Object.fromEntries(
    [...lostAtExpiry(standing({ burn: { perDay: nanos(perDay) }, grants, ...overrides }))].map(([id, amount]) => [
      id,
      formatDecimal(amount, 'USD'),
    ]),
  )

const pot = (id: string, remaining: string, days: number, more: Partial<GrantStanding> = {}) =>
  grant({ id, remaining: nanos(remaining), expiresAt: AS_OF + days * DAY_MS, ...more })

test('without burn an expiry takes all that remains', () => {
  expect(lost('0', [pot('A', '50', 3), pot('B', '7.25', 9)])).toEqual({ A: '50.00', B: '7.25' })
})

test('what the first expiry takes no longer absorbs the burn of the second', () => {
  // 4 a day for 5 days leave 30 of A to be lost; the next 15 days burn 60, more than the 50 of B.
  expect(lost('4', [pot('A', '50', 5), pot('B', '50', 20)])).toEqual({ A: '30.00', B: '0.00' })
})

test('a lower priority number burns first, though it ends later', () => {
  expect(lost('4', [pot('A', '50', 5), pot('B', '50', 20, { priority: 10 })])).toEqual({ A: '50.00', B: '0.00' })
})

test('at equal priority the earlier expiry burns first, no expiry last, then the earlier start, then the id', () => {
  const { expiresAt: _, ...endless } = pot('E', '50', 1)
  expect(lost('10', [endless, pot('A', '30', 2)])).toEqual({ A: '10.00' })
  expect(lost('10', [pot('A', '30', 2), endless])).toEqual({ A: '10.00' })
  expect(lost('10', [pot('B', '15', 2, { effectiveAt: 0 }), pot('A', '15', 2)])).toEqual({ A: '10.00', B: '0.00' })
  expect(lost('10', [pot('B', '15', 2), pot('A', '15', 2)])).toEqual({ A: '0.00', B: '10.00' })
})

test('a grant that starts before the expiry and burns first takes the burn over', () => {
  const later = pot('S', '100', 40, { state: 'scheduled', effectiveAt: AS_OF + 2 * DAY_MS, priority: 1 })
  expect(lost('4', [pot('A', '50', 10), later])).toEqual({ A: '42.00', S: '0.00' })
})

test('estimated spend that is not billed yet is drawn first', () => {
  expect(lost('0', [pot('A', '50', 3)], { balance: { unbilled: nanos('12') } })).toEqual({ A: '38.00' })
})

test('under gemini-prepay promotional credit burns first, but not once prepaid credit is gone', () => {
  const promo = pot('G', '20', 10, { kind: 'promotional', priority: 200 })
  expect(lost('4', [pot('A', '50', 30), promo])).toEqual({ A: '0.00', G: '0.00' })
  expect(lost('4', [promo])).toEqual({ G: '20.00' })
  expect(lost('4', [promo], { plan: 'cloud-credit' })).toEqual({ G: '0.00' })
})
