/** Every way to get an operator fact wrong. */

import { describe, expect, test } from 'vitest'
import { operator } from '../../functions/sources/operator.ts'
import { changed, decoded, parsed } from '../contracts/source.contract.ts'

const ACCOUNT = '01D4EE-079462-DFD6EC'

describe('what is refused', () => {
  test.each([
    ['grant', { amount: 50 }, 'MONEY'],
    ['grant', { amount: '50,00' }, 'MONEY'],
    ['grant', { amount: '5e1' }, 'MONEY'],
    ['grant', { amount: ' 50' }, 'MONEY'],
    ['grant', { amount: '+50' }, 'MONEY'],
    ['grant', { amount: '' }, 'MONEY'],
    ['grant', { amount: '.5' }, 'MONEY'],
    ['grant', { amount: '0' }, 'RANGE'],
    ['grant', { amount: '0.0000000001' }, 'RANGE'],
    ['grant', { amount: '-1' }, 'RANGE'],
    ['grant', { amount: '9223372036.854775808' }, 'RANGE'],
    ['grant', { amount: '9'.repeat(40) }, 'RANGE'],
    ['grant', { kind: 'gift' }, 'TYPE'],
    ['grant', { currencyCode: 'usd' }, 'CURRENCY'],
    ['grant', { currencyCode: 'ABC' }, 'CURRENCY'],
    ['grant', { effectiveAt: '2026-11-01' }, 'TIME'],
    ['grant', { expiresAt: '2026-11-01T00:00:00Z' }, 'TIME'],
    ['grant', { expiresAt: '2026-10-31T23:59:59Z' }, 'TIME'],
    ['grant', { expiresAt: 'never' }, 'TIME'],
    ['grant', { priority: '1' }, 'TYPE'],
    ['grant', { priority: 1.5 }, 'TYPE'],
    ['grant', { priority: -1 }, 'RANGE'],
    ['grant', { grantId: '' }, 'TYPE'],
    ['grant', { grantId: 'x'.repeat(257) }, 'TYPE'],
    ['grant', { billingAccountId: 'my account' }, 'TYPE'],
    ['refund', { amount: '0.00' }, 'RANGE'],
    ['refund', { amount: 1 }, 'MONEY'],
    ['refund', { at: '2026-02-30T00:00:00Z' }, 'TIME'],
    ['balance-reading', { balance: 41.2 }, 'MONEY'],
    ['prepayment-required', { amount: '-25' }, 'RANGE'],
    ['prepayment-required', { dueAt: 5 }, 'TYPE'],
    ['plan', { plan: 'free' }, 'TYPE'],
    ['tier', { tier: 'tier-4' }, 'TIER'],
    ['tier', { tier: 2 }, 'TIER'],
    ['auto-reload', { enabled: 'yes' }, 'TYPE'],
    ['auto-reload', { triggerBalance: '-1' }, 'RANGE'],
    ['snooze', { until: 'tomorrow' }, 'TIME'],
  ])('%s with %o is %s', (kind, fields, reason) => {
    const [field = ''] = Object.keys(fields)
    expect(parsed(changed(`operator-${kind}`, fields))).toMatchObject({
      kind: 'rejected',
      reason,
      detail: expect.stringContaining(field),
    })
  })

  test.each(['top-up', '', 'Grant', 'constructor', '__proto__', 'toString'])('the kind %j is unknown', (kind) => {
    const recorded = changed('operator-grant', {})
    const raw = { ...decoded(recorded), attributes: { drawdown: kind } }
    expect(operator.parse(raw)).toMatchObject({ kind: 'rejected', reason: 'KIND' })
  })

  test('a rejection names the account it would have concerned', () => {
    expect(parsed(changed('operator-grant', { amount: 'x' }))).toMatchObject({ accountId: ACCOUNT })
  })
})
