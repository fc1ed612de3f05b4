/** Usage messages: tokens to dollars, errors to evidence. */

import { describe, expect, test } from 'vitest'
import { usage } from '../../functions/sources/usage.ts'
import { changed, parsed, sourceContract } from '../contracts/source.contract.ts'
import { bodyOf, costOf } from './usage-bodies.ts'

const AT = 1_795_427_998_500
const KEY = ['my-app', 'r-1', '2026-11-23T09:59:58.5Z']
const CALL = { kind: 'usage', requestId: 'r-1', projectId: 'my-app', at: AT, requests: 1 } as const
const BY_PROJECT = { projectId: 'my-app', keyParts: KEY }
const REQUIRED = ['requestId', 'projectId', 'at', 'model']

sourceContract(usage, [
  {
    fixture: 'usage-generate',
    required: [...REQUIRED, 'usageMetadata'],
    claims: [
      {
        accountId: '01D4EE-079462-DFD6EC',
        keyParts: KEY,
        body: { ...CALL, model: 'gemini-3.8-flash', costUsd: 6_922_500n },
      },
    ],
  },
  {
    // 475 audio at 3.00, the other 47 of 522 at 0.75; 42 audio out at 12.00; 136 thoughts at 4.50.
    fixture: 'usage-live',
    required: REQUIRED,
    claims: [
      {
        ...BY_PROJECT,
        body: { ...CALL, model: 'gemini-3.8-live', costUsd: 1_425_000n + 35_250n + 504_000n + 612_000n },
      },
    ],
  },
  {
    // 600 text at 0.30, 400 audio at 1.00, 150 out at 2.50, 10 tool use at 0.30.
    fixture: 'usage-interactions',
    required: REQUIRED,
    claims: [
      { ...BY_PROJECT, body: { ...CALL, model: 'gemini-2.5-flash', costUsd: 180_000n + 400_000n + 375_000n + 3_000n } },
    ],
  },
  {
    fixture: 'usage-cache-storage',
    required: REQUIRED,
    claims: [{ ...BY_PROJECT, body: { ...CALL, model: 'gemini-3.8-flash', costUsd: 750_000_000n } }],
  },
  {
    fixture: 'usage-depleted',
    required: REQUIRED,
    claims: [
      {
        ...BY_PROJECT,
        body: {
          ...CALL,
          model: 'gemini-3.8-flash',
          costUsd: 0n,
          error: {
            code: 402,
            status: 'RESOURCE_EXHAUSTED',
            message:
              'Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing. Learn more at https://ai.google.dev/gemini-api/docs/billing#prepay.',
            cause: 'depleted',
            quotaIds: [],
          },
        },
      },
    ],
  },
  {
    fixture: 'usage-quota',
    required: REQUIRED,
    claims: [
      {
        ...BY_PROJECT,
        body: {
          ...CALL,
          model: 'gemini-omni-1.1-flash',
          costUsd: 0n,
          error: {
            code: 429,
            status: 'RESOURCE_EXHAUSTED',
            message:
              'You exceeded your current quota, please check your plan and billing details. * Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_paid_tier_2_requests, limit: 100, model: gemini-omni-1.1-flash Please retry in 1.58s',
            cause: 'quota',
            quotaIds: ['GenerateRequestsPerMinutePerProjectPerModel-PaidTier2'],
          },
        },
      },
    ],
  },
])

describe('prices', () => {
  test('an unknown model is kept without a cost', () => {
    expect(bodyOf({ model: 'gemini-9-ultra' })).not.toHaveProperty('costUsd')
  })

  test('a modality without a price leaves the call without a cost', () => {
    const usageMetadata = { candidatesTokenCount: 9, candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 9 }] }
    expect(bodyOf({ usageMetadata })).not.toHaveProperty('costUsd')
  })

  test('the call’s own time picks the price', () => {
    expect(costOf('gemini-3.8-flash', { promptTokenCount: 4 }, { at: '2026-12-31T23:59:59.999Z' })).toBe(3_000n)
    expect(costOf('gemini-3.8-flash', { promptTokenCount: 4 }, { at: '2027-01-01T00:00:00Z' })).toBe(6_000n)
  })

  test('summed calls have the band of their average', () => {
    const usageMetadata = { promptTokenCount: 400_000 }
    expect(costOf('gemini-3.1-pro', usageMetadata, { requests: 2 })).toBe(800_000_000n)
    expect(costOf('gemini-3.1-pro', usageMetadata, { requests: 1 })).toBe(1_600_000_000n)
  })

  test.each([
    ['the message', { serviceTier: 'flex' }, {}, 1_500n],
    ['the message, as an enum', { serviceTier: 'SERVICE_TIER_BATCH' }, {}, 1_500n],
    ['the message before the reply', { serviceTier: 'standard' }, { serviceTier: 'flex' }, 3_000n],
    ['the reply', {}, { serviceTier: 'priority' }, 5_400n],
    [
      'an unspecified word, then the traffic',
      { serviceTier: 'unspecified' },
      { serviceTier: 'SERVICE_TIER_UNSPECIFIED', trafficType: 'ON_DEMAND_FLEX' },
      1_500n,
    ],
    ['the traffic', {}, { trafficType: 'ON_DEMAND_PRIORITY' }, 5_400n],
    ['ordinary traffic', {}, { trafficType: 'ON_DEMAND' }, 3_000n],
  ])('the class of service comes from %s', (_, rest, metadata, cost) => {
    expect(costOf('gemini-3.8-flash', { promptTokenCount: 4, ...metadata }, rest)).toBe(cost)
  })

  test('a class of the reply that has no known price leaves the call without a cost', () => {
    expect(costOf('gemini-3.8-flash', { promptTokenCount: 4, trafficType: 'PROVISIONED_THROUGHPUT' })).toBe(undefined)
  })

  test('storage and tokens of one message add up', () => {
    expect(costOf('gemini-3.8-flash', { promptTokenCount: 4 }, { cacheStorage: { tokens: 1_000, hours: 0.001 } })).toBe(
      3_000n + 500n,
    )
  })

  test.each([
    [{ serviceTier: 'gold' }, 'TYPE', 'serviceTier'],
    [{ requests: 0 }, 'RANGE', 'requests'],
    [{ requests: 1.5 }, 'TYPE', 'requests'],
    [{ cacheStorage: { tokens: 1, hours: -1 } }, 'RANGE', 'cacheStorage.hours'],
    [{ cacheStorage: { tokens: 1.5, hours: 1 } }, 'TYPE', 'cacheStorage.tokens'],
    [{ cacheStorage: { tokens: 1 } }, 'TYPE', 'cacheStorage.hours'],
    [{ at: '2026-11-23 10:00:00' }, 'TIME', 'at'],
    [{ billingAccountId: 'mine' }, 'TYPE', 'billingAccountId'],
    [{ error: 'boom' }, 'TYPE', 'error'],
    [{ error: [] }, 'TYPE', 'error'],
  ])('%o is refused as %s', (fields, reason, field) => {
    expect(parsed(changed('usage-generate', fields))).toMatchObject({
      kind: 'rejected',
      reason,
      detail: expect.stringContaining(field),
    })
  })
})

test('a message is recognised by what the caller sent, whatever we priced it at', () => {
  const contentOf = (model: string, tokens: number): string => {
    const body = {
      requestId: 'r',
      projectId: 'p',
      at: '2026-11-23T10:00:00Z',
      model,
      usageMetadata: { promptTokenCount: tokens },
    }
    const result = parsed({
      topic: 'gemini-usage',
      message: { json: body, attributes: {}, publishTime: body.at },
    })
    return result.kind === 'claims' ? JSON.stringify(result.claims[0]?.content) : ''
  }
  expect(contentOf('gemini-3.8-flash', 10)).not.toContain('costUsd')
  expect(contentOf('gemini-3.8-flash', 10)).toBe(contentOf('models/gemini-3.8-flash', 10))
  expect(contentOf('gemini-3.8-flash', 10)).not.toBe(contentOf('gemini-3.8-flash', 11))
})
