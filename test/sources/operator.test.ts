/** Operator facts: every kind of the contract, and every way to get one wrong. */

import { describe, expect, test } from 'vitest'
import type { AlertKey } from '../../functions/domain/keys.ts'
import { operator } from '../../functions/sources/operator.ts'
import { changed, fixture, parsed, sourceContract } from '../contracts/source.contract.ts'

const ACCOUNT = '01D4EE-079462-DFD6EC'
/** 2026-11-23T10:00:00Z, which the fixtures write with an offset. */
const AT = 1_795_428_000_000
const AT_TEXT = '2026-11-23T10:00:00Z'
const PUBLISHED = '1795428000123.456789'
const ALERT = '0123456789abcdef0123' as AlertKey
const USD = { accountId: ACCOUNT, currencyCode: 'USD' }
const PLAIN = { accountId: ACCOUNT }

sourceContract(operator, [
  {
    fixture: 'operator-grant',
    required: ['billingAccountId', 'grantId', 'kind', 'amount', 'currencyCode', 'effectiveAt'],
    claims: [
      {
        ...USD,
        keyParts: ['P1'],
        body: {
          kind: 'grant',
          grantId: 'P1',
          grantKind: 'prepayment',
          amount: 50_000_000_000n,
          currencyCode: 'USD',
          effectiveAt: 1_793_491_200_000,
          expiresAt: 1_825_027_200_000,
          priority: 10,
        },
      },
    ],
  },
  {
    fixture: 'operator-void',
    required: ['billingAccountId', 'grantId', 'at'],
    claims: [{ ...PLAIN, keyParts: ['P1', AT_TEXT], body: { kind: 'void', grantId: 'P1', at: AT } }],
  },
  {
    fixture: 'operator-refund',
    required: ['billingAccountId', 'grantId', 'amount', 'at'],
    claims: [
      { ...PLAIN, keyParts: ['P1', AT_TEXT], body: { kind: 'refund', grantId: 'P1', amount: 12_500_000_000n, at: AT } },
    ],
  },
  {
    fixture: 'operator-balance-reading',
    required: ['billingAccountId', 'balance', 'currencyCode', 'at'],
    claims: [
      {
        ...USD,
        keyParts: [AT_TEXT],
        body: { kind: 'balance-reading', balance: -420_000_000n, currencyCode: 'USD', at: AT },
      },
    ],
  },
  {
    fixture: 'operator-prepayment-required',
    required: ['at'],
    claims: [
      {
        ...USD,
        keyParts: ['my-app', AT_TEXT],
        body: {
          kind: 'prepayment-required',
          projectId: 'my-app',
          amount: 25_000_000_000n,
          currencyCode: 'USD',
          dueAt: 1_795_996_800_000,
          reason: 'mail from Google',
          at: AT,
        },
      },
    ],
  },
  {
    fixture: 'operator-plan',
    required: ['billingAccountId', 'plan', 'at'],
    claims: [{ ...PLAIN, keyParts: [AT_TEXT], body: { kind: 'plan', plan: 'gemini-prepay', at: AT } }],
  },
  {
    fixture: 'operator-tier',
    required: ['tier', 'at'],
    claims: [
      { ...PLAIN, keyParts: ['my-app', AT_TEXT], body: { kind: 'tier', tier: 'tier-2', projectId: 'my-app', at: AT } },
    ],
  },
  {
    fixture: 'operator-auto-reload',
    required: ['billingAccountId', 'enabled', 'triggerBalance', 'reloadAmount', 'currencyCode', 'at'],
    claims: [
      {
        ...USD,
        keyParts: [AT_TEXT],
        body: {
          kind: 'auto-reload',
          enabled: true,
          triggerBalance: 10_000_000_000n,
          reloadAmount: 50_000_000_000n,
          monthlyLimit: 500_000_000_000n,
          currencyCode: 'USD',
          at: AT,
        },
      },
    ],
  },
  {
    fixture: 'operator-acknowledge',
    required: ['billingAccountId', 'alertKey', 'by'],
    claims: [
      {
        ...PLAIN,
        keyParts: [ALERT, 'ops@example.com', '', PUBLISHED],
        body: { kind: 'acknowledge', alertKey: ALERT, by: 'ops@example.com' },
      },
    ],
  },
  {
    fixture: 'operator-snooze',
    required: ['billingAccountId', 'alertKey', 'by'],
    claims: [
      {
        ...PLAIN,
        keyParts: [ALERT, 'ops@example.com', '2026-11-24T10:00:00Z', PUBLISHED],
        body: { kind: 'snooze', alertKey: ALERT, by: 'ops@example.com', until: 1_795_514_400_000 },
      },
    ],
  },
])

describe('what is taken', () => {
  test('a grant without priority has 100, without expiry none, and null is the same as absent', () => {
    const result = parsed(changed('operator-grant', { priority: null, expiresAt: null }))
    const body = result.kind === 'claims' ? result.claims[0]?.body : undefined
    expect(body).toMatchObject({ priority: 100 })
    expect(body).not.toHaveProperty('expiresAt')
  })

  test.each([
    ['9223372036.854775807', 9_223_372_036_854_775_807n],
    ['0.000000001', 1n],
    ['0.0000000015', 2n],
    ['007.50', 7_500_000_000n],
  ])('an amount of %s is %s nanos', (amount, nanos) => {
    expect(parsed(changed('operator-grant', { amount }))).toMatchObject({ claims: [{ body: { amount: nanos } }] })
  })

  test('a balance may be 0', () => {
    expect(parsed(changed('operator-balance-reading', { balance: '0' }))).toMatchObject({
      claims: [{ body: { balance: 0n } }],
    })
  })

  test('a demand may say nothing but when it was made', () => {
    const bare = { projectId: null, amount: null, currencyCode: null, dueAt: null, reason: null }
    expect(parsed(changed('operator-prepayment-required', bare))).toEqual({
      kind: 'claims',
      claims: [{ ...PLAIN, keyParts: ['', AT_TEXT], body: { kind: 'prepayment-required', at: AT } }],
    })
  })

  test('a fact that names only a project is a claim by that project', () => {
    const result = parsed(changed('operator-tier', { billingAccountId: undefined }))
    expect(result).toMatchObject({ claims: [{ projectId: 'my-app' }] })
    expect(result).not.toMatchObject({ claims: [{ accountId: expect.anything() }] })
  })

  test('an account may be written as a resource name', () => {
    const result = parsed(changed('operator-plan', { billingAccountId: `billingAccounts/${ACCOUNT}` }))
    expect(result).toMatchObject({ claims: [{ accountId: ACCOUNT }] })
  })

  test('the same acknowledgement sent later is another fact, redelivered it is the same', () => {
    const { topic, message } = fixture('operator-acknowledge')
    const later = { topic, message: { ...message, publishTime: '2026-11-23T10:00:01Z' } }
    const partsOf = (recorded: Parameters<typeof parsed>[0]) => {
      const result = parsed(recorded)
      return result.kind === 'claims' ? result.claims[0]?.keyParts : undefined
    }
    expect(partsOf(fixture('operator-acknowledge'))).toEqual(partsOf({ topic, message }))
    expect(partsOf(later)).not.toEqual(partsOf({ topic, message }))
  })
})

describe('trust', () => {
  test('an operator fact on the usage topic is nobody’s', () => {
    const { message } = fixture('operator-grant')
    expect(parsed({ topic: 'gemini-usage', message })).toMatchObject({ kind: 'rejected', reason: 'UNKNOWN_SOURCE' })
  })

  test('an operator fact dressed as usage is nobody’s', () => {
    const usage = fixture('usage-generate')
    const message = { ...usage.message, attributes: { drawdown: 'grant' } }
    expect(parsed({ topic: 'gemini-usage', message })).toMatchObject({ kind: 'rejected', reason: 'UNKNOWN_SOURCE' })
  })
})
