/** `drawdown status`: the balance JSON of one account, or of all. */

import { expect, test } from 'vitest'
import { ACCOUNT, OTHER, sandbox } from './drawdown.ts'

const AT = '2025-01-06T08:00:00Z'

test('one account is the balance JSON itself, all are keyed by their ids', async () => {
  const box = sandbox()
  await box.run('grant', 'add', ACCOUNT, 'P1', '50.00', '--effective', AT)
  const one = {
    account: ACCOUNT,
    plan: 'cloud-credit',
    currencyCode: 'USD',
    asOf: expect.stringMatching(/Z$/),
    standing: 'funded',
    balance: { value: '50.00', low: '50.00', high: '50.00' },
    overage: '0.00',
    spent: { billed: '0.00' },
    burnRate: { perDay: '0.00' },
    runway: null,
    grants: [
      {
        id: 'P1',
        kind: 'prepayment',
        amount: '50.00',
        remaining: '50.00',
        drawn: '0.00',
        expired: '0.00',
        refunded: '0.00',
        voided: '0.00',
        state: 'active',
      },
    ],
    tier: expect.objectContaining({ entitled: 'tier-1', since: AT }),
    prepaymentRequired: false,
    alerts: [],
    sources: {},
  }
  expect(await box.json('status', ACCOUNT)).toEqual(one)
  expect(await box.json('status', `billingAccounts/${ACCOUNT}`)).toEqual(one)
  const all = (await box.json('status')) as { accounts: object }
  expect(Object.keys(all)).toEqual(['accounts'])
  expect(all.accounts).toMatchObject({ [ACCOUNT]: one, [OTHER]: { standing: 'unfunded', currencyCode: 'EUR' } })
})

test('people see value, bounds and what is open', async () => {
  const box = sandbox()
  await box.run('grant', 'add', ACCOUNT, 'P1', '1250', '--effective', AT)
  expect((await box.run('status', ACCOUNT)).out).toBe(
    [
      'ACCOUNT               NAME        PLAN                 VALUE               LOW – HIGH  RUNWAY  ALERTS',
      '01D4EE-079462-DFD6EC  Production  cloud-credit  1,250.00 USD  1,250.00 – 1,250.00 USD               0',
      '',
      'No open alerts.',
      '',
    ].join('\n'),
  )
})
