/** `drawdown statement`: a month of one account. */

import { expect, test } from 'vitest'
import { ACCOUNT, sandbox } from './drawdown.ts'

test('a month that is over is reconciled, in text and in JSON', async () => {
  const box = sandbox()
  await box.run('grant', 'add', ACCOUNT, 'P1', '50.00', '--effective', '2025-01-06T08:00:00Z')
  await box.run('reading', ACCOUNT, '41.20', '--at', '2025-01-20T08:00:00Z')
  await box.run('grant', 'refund', ACCOUNT, 'P1', '1.20', '--at', '2025-01-21T08:00:00Z')
  const parts = {
    opening: '0.00',
    granted: '50.00',
    drawn: '8.80',
    expired: '0.00',
    refunded: '1.20',
    voided: '0.00',
    closing: '40.00',
  }
  expect(await box.json('statement', ACCOUNT, '2025-01')).toEqual({
    account: ACCOUNT,
    month: '2025-01',
    currencyCode: 'USD',
    from: '2025-01-01T08:00:00Z',
    to: '2025-02-01T08:00:00Z',
    isOver: true,
    grants: [{ id: 'P1', kind: 'prepayment', ...parts }],
    total: parts,
    billed: '0.00',
    corrected: '8.80',
    carried: '0.00',
    beyond: '0.00',
  })
  const { out } = await box.run('statement', ACCOUNT, '2025-01')
  expect(out).toContain('P1     prepayment     0.00    50.00   8.80     0.00      1.20    0.00    40.00')
  expect(out).toContain('billed 0.00 + corrected 8.80 = drawn 8.80 + beyond credit 0.00')
  const february = await box.run('statement', ACCOUNT, '2025-02')
  expect(february.out).toContain('P1     prepayment    40.00     0.00   0.00     0.00      0.00    0.00    40.00')
})

test('a word that is no month is wrong usage', async () => {
  const { code, err } = await sandbox().run('statement', ACCOUNT, '2025-13')
  expect(code).toBe(2)
  expect(err).toContain('It must be a month, such as 2026-11.')
})
