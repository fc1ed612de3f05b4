/** Cost anomaly notifications: a page that contradicts itself, read either way; and what is refused. */

import { describe, expect, test } from 'vitest'
import type { Anomaly } from '../../functions/domain/facts.ts'
import { anomaly } from '../../functions/sources/anomaly.ts'
import { changed, fixture, parsed, parsedWith, sourceContract } from '../contracts/source.contract.ts'

const ACCOUNT = '01D4EE-079462-DFD6EC'
const ID = 'billingAccounts/01D4EE-079462-DFD6EC/anomalies/aaa'
const BODY: Anomaly = {
  kind: 'anomaly',
  anomalyId: ID,
  detectedAt: 1_706_774_400_000,
  actual: 196_220_000_000n,
  expected: 165_210_000_000n,
  deviation: 31_010_000_000n,
  where: 'my-project',
  causes: ['Gemini API'],
}
const REQUIRED = ['anomalyName', 'detectionDate', 'actualSpendAmount']

sourceContract(anomaly, [
  {
    fixture: 'anomaly',
    claims: [{ accountId: ACCOUNT, currencyCode: 'USD', keyParts: [ID, '1795428000123.456789'], body: BODY }],
    required: REQUIRED,
  },
  {
    fixture: 'anomaly-money',
    claims: [
      {
        accountId: ACCOUNT,
        currencyCode: 'USD',
        keyParts: ['billingAccounts/01D4EE-079462-DFD6EC/anomalies/bbb', '1795428000123.456789'],
        body: {
          ...BODY,
          anomalyId: 'billingAccounts/01D4EE-079462-DFD6EC/anomalies/bbb',
          detectedAt: 1_795_334_400_000,
          actual: 5_000_000_000_000n,
          expected: 0n,
          deviation: 5_000_000_000_000n,
        },
      },
    ],
    required: REQUIRED,
  },
])

const bodyWith = (fields: Readonly<Record<string, unknown>>): Anomaly => {
  const result = parsed(changed('anomaly', fields))
  const body = result.kind === 'claims' ? result.claims[0]?.body : undefined
  if (body?.kind !== 'anomaly') throw new Error(JSON.stringify(result))
  return body
}

const attributesWith = (fields: Readonly<Record<string, string | undefined>>): Record<string, string> => {
  const all = { ...fixture('anomaly').message.attributes, ...fields }
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

describe('what may vary', () => {
  test.each([
    [{ currencyCode: 'USD', units: '196', nanos: 220_000_000 }, 196_220_000_000n],
    [{ currency_code: 'USD', units: 196 }, 196_000_000_000n],
    [{ currencyCode: 'USD', nanos: 5_413_077 }, 5_413_077n],
    [{ currencyCode: 'USD' }, 0n],
    [{ units: '-1', nanos: -750_000_000 }, -1_750_000_000n],
    [196.22, 196_220_000_000n],
    [0, 0n],
  ])('an amount of %j is %s nanos', (amount, nanos) => {
    expect(bodyWith({ actualSpendAmount: amount }).actual).toBe(nanos)
  })

  test('snake case means the same as camel case', () => {
    const { message } = fixture('anomaly')
    const snake = Object.fromEntries(
      Object.entries(message.json).map(([name, value]) => [
        name.replace(/[A-Z]/g, (letter, at) => `${at === 0 ? '' : '_'}${letter.toLowerCase()}`),
        value,
      ]),
    )
    expect(Object.keys(snake)).toContain('actual_spend_amount')
    expect(parsed({ topic: 'billing-notifications', message: { ...message, json: snake } })).toEqual(
      parsed(fixture('anomaly')),
    )
  })

  test('a deviation that is not stated is the difference; without an expectation there is none', () => {
    expect(bodyWith({ deviationAmount: undefined }).deviation).toBe(31_010_000_000n)
    expect(bodyWith({ deviationAmount: 30 }).deviation).toBe(30_000_000_000n)
    const bare = bodyWith({ deviationAmount: undefined, expectedSpendAmount: undefined })
    expect(bare).not.toHaveProperty('deviation')
    expect(bare).not.toHaveProperty('expected')
  })

  test.each([
    ['a list', [{ display_name: 'A' }, { displayName: 'B' }, { resource: 'services/C' }], ['A', 'B', 'services/C']],
    ['one without a list', { display_name: 'A' }, ['A']],
    ['nothing readable', ['x', 5, null, {}, { display_name: '' }, { display_name: 7 }], []],
    ['no field', undefined, []],
    ['a text', 'Gemini API', []],
    ['more than five', Array.from('abcdefg', (name) => ({ display_name: name })), ['a', 'b', 'c', 'd', 'e']],
  ])('root causes: %s', (_, root_causes, causes) => {
    expect(bodyWith({ root_causes }).causes).toEqual(causes)
  })

  test('it is in the project by its name, else by its number; about the whole account it is nowhere', () => {
    const nameless = attributesWith({ resourceDisplayName: undefined })
    const where = (fields: Readonly<Record<string, unknown>>) => {
      const result = parsed(changed('anomaly', { resourceDisplayName: undefined, ...fields }, nameless))
      const body = result.kind === 'claims' ? result.claims[0]?.body : undefined
      return body?.kind === 'anomaly' ? body.where : 'refused'
    }
    expect(where({})).toBe('123456')
    expect(where({ resourceDisplayName: '' })).toBe('123456')
    expect(where({ resourceName: `billingAccounts/${ACCOUNT}`, resourceDisplayName: 'All' })).toBeUndefined()
    expect(bodyWith({ resourceDisplayName: 'x'.repeat(10_000) }).where).toHaveLength(100)
  })

  test('amounts without a currency are in the account’s own', () => {
    const result = parsed(changed('anomaly', { expectedSpendAmount: 165.21 }))
    expect(result.kind === 'claims' && result.claims[0]).not.toHaveProperty('currencyCode')
  })

  test('it stays an anomaly should its version be spelt like a budget’s, or its attributes be lost but the version', () => {
    for (const attributes of [
      attributesWith({ SchemaVersion: undefined, schemaVersion: '1.0' }),
      { SchemaVersion: '1.0' },
    ])
      expect(parsed(changed('anomaly', {}, attributes))).toMatchObject({ claims: [{ body: { kind: 'anomaly' } }] })
  })

  test('a budget message whose attributes it carries stays a budget message', () => {
    const { message } = fixture('budget-ordinary')
    const attributes = { ...fixture('anomaly').message.attributes, ...message.attributes }
    expect(parsed(changed('budget-ordinary', {}, attributes))).toMatchObject({
      claims: [{ body: { kind: 'reading' } }],
    })
  })
})

describe('what is refused, on behalf of its account', () => {
  test.each([
    ['anomalyName', '7', 'TYPE'],
    ['anomalyName', `"${'x'.repeat(300)}"`, 'TYPE'],
    ['detectionDate', '"2026-02-30T00:00:00Z"', 'TIME'],
    ['detectionDate', '"2026-11-01"', 'TIME'],
    ['detectionDate', '1706774400', 'TYPE'],
    ['actualSpendAmount', '"196.22"', 'TYPE'],
    ['actualSpendAmount', '1e400', 'RANGE'],
    ['actualSpendAmount', '[196]', 'TYPE'],
    ['actualSpendAmount', '{"units":"abc"}', 'MONEY'],
    ['actualSpendAmount', '{"units":"1.5"}', 'MONEY'],
    ['actualSpendAmount', '{"units":"1","nanos":-1}', 'MONEY'],
    ['actualSpendAmount', '{"units":"-1","nanos":1}', 'MONEY'],
    ['actualSpendAmount', '{"units":"1","nanos":1000000000}', 'MONEY'],
    ['actualSpendAmount', '{"units":"9223372036","nanos":854775808}', 'RANGE'],
    ['actualSpendAmount', '{"currencyCode":"usd","units":"1"}', 'CURRENCY'],
    ['actualSpendAmount', '{"currencyCode":"EUR","units":"1"}', 'CURRENCY'],
    ['expectedSpendAmount', '"lots"', 'TYPE'],
    ['deviationAmount', 'true', 'TYPE'],
  ])('%s of %s is refused as %s', (field, text, reason) => {
    expect(parsedWith('anomaly', field, text)).toMatchObject({ kind: 'rejected', reason, accountId: ACCOUNT })
  })

  test('a difference that leaves 64 bits', () => {
    const result = parsed(
      changed('anomaly', {
        actualSpendAmount: 9_000_000_000,
        expectedSpendAmount: -9_000_000_000,
        deviationAmount: undefined,
      }),
    )
    expect(result).toMatchObject({ kind: 'rejected', reason: 'RANGE' })
  })

  test.each([
    [{ SchemaVersion: '2.0' }, {}, 'SCHEMA'],
    [{ billingAccountName: 'billingAccounts/../x' }, {}, 'ATTR'],
    [{ billingAccountName: 'billingAccounts/0A0A0A-0B0B0B-0C0C0C' }, {}, 'ATTR'],
    [{ billingAccountName: undefined }, { billingAccountName: undefined }, 'ATTR'],
    [{ billingAccountName: undefined }, { billingAccountName: 'mine' }, 'ATTR'],
  ])('attributes %j over body %j: %s', (attributes, fields, reason) => {
    expect(parsed(changed('anomaly', fields, attributesWith(attributes)))).toMatchObject({ kind: 'rejected', reason })
  })

  test('one word for the account is enough, attribute or body', () => {
    const claims = [{ accountId: ACCOUNT }]
    expect(parsed(changed('anomaly', { billingAccountName: undefined }))).toMatchObject({ claims })
    expect(parsed(changed('anomaly', {}, attributesWith({ billingAccountName: undefined })))).toMatchObject({ claims })
  })
})

test('a later message about the same anomaly is another fact, a redelivery the same', () => {
  const partsOf = (publishTime: string) => {
    const { topic, message } = fixture('anomaly')
    const result = parsed({ topic, message: { ...message, publishTime } })
    return result.kind === 'claims' ? result.claims[0]?.keyParts : undefined
  }
  expect(partsOf('2026-11-23T10:00:00.123456789Z')).toEqual([ID, '1795428000123.456789'])
  expect(partsOf('2026-11-24T10:00:00Z')).not.toEqual(partsOf('2026-11-23T10:00:00Z'))
})
