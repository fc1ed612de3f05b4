/** Budget notifications: what is taken, what is refused, and that no amount loses a digit. */

import { describe, expect, test } from 'vitest'
import type { Reading } from '../../functions/domain/facts.ts'
import { budget } from '../../functions/sources/budget.ts'
import type { Parsed } from '../../functions/sources/source.ts'
import {
  changed,
  decoded,
  fixture,
  parsed,
  parsedWith,
  RECEIVED,
  sourceContract,
} from '../contracts/source.contract.ts'

const ACCOUNT = '01D4EE-079462-DFD6EC'
const BUDGET = 'de72f49d-779b-4945-a127-4d6ce8def0bb'
const READING: Reading = {
  kind: 'reading',
  budgetId: BUDGET,
  budgetName: 'My Personal Budget',
  periodStart: 1_612_166_400_000,
  cost: 140_321_000_000n,
  budgetAmount: 152_557_000_000n,
  budgetAmountType: 'SPECIFIED_AMOUNT',
  currencyCode: 'USD',
}
const CLAIM = {
  accountId: ACCOUNT,
  currencyCode: 'USD',
  keyParts: [BUDGET, '2021-02-01T08:00:00Z', '1795428000123.456789'],
}
const REQUIRED = [
  'budgetDisplayName',
  'costAmount',
  'costIntervalStart',
  'budgetAmount',
  'budgetAmountType',
  'currencyCode',
]

sourceContract(budget, [
  { fixture: 'budget-ordinary', claims: [{ ...CLAIM, body: READING }], required: REQUIRED },
  {
    fixture: 'budget-thresholds',
    claims: [{ ...CLAIM, body: { ...READING, thresholdBp: 9_000, forecastThresholdBp: 2_000 } }],
    required: REQUIRED,
  },
])

const parseText = (field: string, text: string): Parsed => parsedWith('budget-thresholds', field, text)

const readingOf = (field: string, text: string): Reading => {
  const result = parseText(field, text)
  const body = result.kind === 'claims' ? result.claims[0]?.body : undefined
  if (body?.kind !== 'reading') throw new Error(JSON.stringify(result))
  return body
}

const attributesWith = (fields: Readonly<Record<string, string | undefined>>): Record<string, string> => {
  const all = { ...fixture('budget-ordinary').message.attributes, ...fields }
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

describe('amounts', () => {
  test.each([
    ['-0', 0n],
    ['-12.5', -12_500_000_000n],
    ['1E2', 100_000_000_000n],
    ['0.30000000000000004', 300_000_000n],
    ['1e-10', 0n],
    ['5e-324', 0n],
    ['1.005', 1_005_000_000n],
    ['0.0000000005', 0n],
    ['0.0000000015', 2n],
    ['9223372036.854775807', 9_223_372_036_854_775_807n],
    ['140.32100000000000000001', 140_321_000_000n],
  ])('a cost of %s is %s nanos exactly', (text, cost) => {
    expect(readingOf('costAmount', text).cost).toBe(cost)
  })

  test.each([
    ['costAmount', '"100.01"', 'TYPE'],
    ['costAmount', 'null', 'TYPE'],
    ['costAmount', 'true', 'TYPE'],
    ['costAmount', '[1]', 'TYPE'],
    ['costAmount', '1e400', 'RANGE'],
    ['costAmount', '12345678901234567890.12', 'RANGE'],
    ['costAmount', '9223372036.854775808', 'RANGE'],
    ['budgetAmount', '-1', 'RANGE'],
    ['budgetAmount', '"1"', 'TYPE'],
    ['currencyCode', '"usd"', 'CURRENCY'],
    ['currencyCode', '"XXX"', 'CURRENCY'],
    ['currencyCode', '"💶"', 'CURRENCY'],
    ['currencyCode', 'null', 'CURRENCY'],
    ['currencyCode', '5', 'CURRENCY'],
    ['budgetAmountType', '"FREE"', 'TYPE'],
    ['budgetDisplayName', '7', 'TYPE'],
    ['alertThresholdExceeded', '-0.1', 'RANGE'],
    ['alertThresholdExceeded', '"0.9"', 'TYPE'],
    ['costIntervalStart', '"2026-02-30T00:00:00Z"', 'TIME'],
    ['costIntervalStart', '"2026-11-01"', 'TIME'],
    ['costIntervalStart', '"2026-11-01T00:00:00"', 'TIME'],
    ['costIntervalStart', '1793520000', 'TYPE'],
  ])('%s of %s is refused as %s, on behalf of its account', (field, text, reason) => {
    expect(parseText(field, text)).toMatchObject({
      kind: 'rejected',
      reason,
      accountId: ACCOUNT,
      detail: expect.stringContaining(field),
    })
  })

  test('a budget of 0 is read', () => {
    expect(readingOf('budgetAmount', '0').budgetAmount).toBe(0n)
  })

  test.each(['JPY', 'KWD', 'VND'])('%s is read to the nano whatever its own digits are', (code) => {
    expect(readingOf('currencyCode', `"${code}"`)).toMatchObject({ currencyCode: code, cost: 140_321_000_000n })
  })
})

describe('thresholds', () => {
  test.each([
    ['0.9', 9_000],
    ['1.1', 11_000],
    ['1.1000000000000001', 11_000],
    ['0.9999999999', 10_000],
    ['0.3333', 3_333],
    ['2.5', 25_000],
    ['0', 0],
    ['1e0', 10_000],
  ])('%s is %i basis points', (text, bp) => {
    expect(readingOf('alertThresholdExceeded', text).thresholdBp).toBe(bp)
    expect(readingOf('forecastThresholdExceeded', text).forecastThresholdBp).toBe(bp)
  })

  test('a null threshold is an absent one', () => {
    expect(readingOf('alertThresholdExceeded', 'null')).not.toHaveProperty('thresholdBp')
  })
})

describe('names and types', () => {
  test.each([
    [60, 60],
    [61, 60],
    [10_000, 60],
  ])('a name of %i characters is kept to %i', (length, kept) => {
    expect(readingOf('budgetDisplayName', JSON.stringify('ä'.repeat(length))).budgetName).toBe('ä'.repeat(kept))
  })

  test('a name is never cut within a character', () => {
    expect(readingOf('budgetDisplayName', JSON.stringify('💶'.repeat(61))).budgetName).toBe('💶'.repeat(60))
  })

  test('controls, direction marks and lone surrogates are kept for the renderers to escape', () => {
    expect(readingOf('budgetDisplayName', '"a\\u0000\\u202e\\ud800\\r\\nBcc: x"').budgetName).toBe(
      'a\u0000\u202e\ud800\r\nBcc: x',
    )
  })

  test.each(['SPECIFIED_AMOUNT', 'LAST_MONTH_COST', 'LAST_PERIODS_COST'])('a budget of type %s is read', (type) => {
    expect(readingOf('budgetAmountType', `"${type}"`).budgetAmountType).toBe(type)
  })
})

describe('attributes', () => {
  test.each([
    ['billingAccountId', undefined, 'ATTR'],
    ['billingAccountId', '01d4ee-079462-dfd6ec', 'ATTR'],
    ['billingAccountId', 'billingAccounts/../x', 'ATTR'],
    ['budgetId', undefined, 'ATTR'],
    ['budgetId', 'a/b', 'ATTR'],
    ['budgetId', '..', 'ATTR'],
    ['budgetId', '__x__', 'ATTR'],
    ['budgetId', `${BUDGET}\n`, 'ATTR'],
    ['budgetId', 'a'.repeat(129), 'ATTR'],
    ['schemaVersion', undefined, 'SCHEMA'],
    ['schemaVersion', '2.0', 'SCHEMA'],
    ['schemaVersion', '1', 'SCHEMA'],
  ])('%s %s is refused as %s', (name, value, reason) => {
    expect(parsed(changed('budget-ordinary', {}, attributesWith({ [name]: value })))).toMatchObject({
      kind: 'rejected',
      reason,
    })
  })

  test('a message without any attribute still is a budget message, without an account', () => {
    expect(parsed(changed('budget-ordinary', {}, {}))).toMatchObject({ kind: 'rejected', reason: 'ATTR' })
  })

  test('the account may be written as a resource name', () => {
    const attributes = attributesWith({ billingAccountId: `billingAccounts/${ACCOUNT}` })
    expect(parsed(changed('budget-ordinary', {}, attributes))).toMatchObject({ claims: [{ accountId: ACCOUNT }] })
  })
})

describe('identity', () => {
  const partsOf = (recorded: Parameters<typeof parsed>[0]): readonly string[] => {
    const result = parsed(recorded)
    return result.kind === 'claims' ? (result.claims[0]?.keyParts ?? []) : []
  }

  test('one instant written with two offsets is one period', () => {
    const pacific = changed('budget-ordinary', { costIntervalStart: '2021-02-01T00:00:00-08:00' })
    expect(partsOf(pacific)).toEqual(partsOf(fixture('budget-ordinary')))
  })

  test('untimed messages are told apart by what they say, and not by when they came', () => {
    const { topic, message } = fixture('budget-ordinary')
    const { publishTime: _, ...untimed } = message
    const first = { topic, message: untimed }
    const other = { topic, message: { ...untimed, json: { ...message.json, costAmount: 141 } } }
    expect(partsOf(first)[2]).toMatch(/^[0-9a-f]{64}$/)
    expect(partsOf(other)[2]).not.toBe(partsOf(first)[2])
    const later = { ...decoded(first), source: { ms: RECEIVED + 1, subNanos: 0 } }
    expect(budget.parse(later)).toMatchObject({ claims: [{ keyParts: partsOf(first) }] })
  })
})
