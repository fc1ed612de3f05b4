/** Usage messages: tokens to dollars, errors to evidence. */

import { describe, expect, test } from 'vitest'
import type { Usage } from '../../functions/domain/facts.ts'
import { usage } from '../../functions/sources/usage.ts'
import { changed, parsed, parsedWith, sourceContract } from '../contracts/source.contract.ts'

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
            cause: 'other',
            quotaIds: ['GenerateRequestsPerMinutePerProjectPerModel-PaidTier2'],
          },
        },
      },
    ],
  },
])

const bodyOf = (fields: Readonly<Record<string, unknown>>, name = 'usage-generate'): Usage => {
  const result = parsed(changed(name, fields))
  const body = result.kind === 'claims' ? result.claims[0]?.body : undefined
  if (body?.kind !== 'usage') throw new Error(JSON.stringify(result))
  return body
}

const costOf = (model: string, usageMetadata: object, rest: object = {}): bigint | undefined =>
  bodyOf({ model, usageMetadata, ...rest }).costUsd

describe('tokens', () => {
  test.each([
    [
      'the Python client’s names',
      {
        prompt_token_count: 1_000,
        cached_content_token_count: 400,
        candidates_token_count: 10,
        thoughts_token_count: 1,
        tool_use_prompt_token_count: 2,
        total_token_count: 9,
      },
      450_000n + 30_000n + 37_500n + 3_750n + 1_500n,
    ],
    [
      'null where the Python client has none',
      { prompt_token_count: 1_000, cached_content_token_count: null },
      750_000n,
    ],
    [
      'an output count that is missing beside its breakdown',
      { promptTokenCount: 0, candidatesTokensDetails: [{ modality: 'TEXT', tokenCount: 4 }] },
      15_000n,
    ],
    [
      'a breakdown with an omitted zero',
      { promptTokenCount: 4, promptTokensDetails: [{ modality: 'AUDIO' }, {}] },
      3_000n,
    ],
    ['a total that claims more than its parts', { promptTokenCount: 4, totalTokenCount: 9_999 }, 3_000n],
    ['an empty reply', {}, 0n],
  ])('%s', (_, metadata, cost) => {
    expect(costOf('gemini-3.8-flash', metadata)).toBe(cost)
  })

  test('countTokens costs nothing, whatever it counted and for whatever model', () => {
    const reply = {
      totalTokens: 31,
      cachedContentTokenCount: 5,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 31 }],
    }
    expect(costOf('gemini-3.8-flash', reply)).toBe(0n)
    expect(costOf('gemini-9', { total_tokens: 31 })).toBe(0n)
  })

  test.each([
    ['promptTokenCount', '"12"', 'TYPE'],
    ['promptTokenCount', '1.5', 'TYPE'],
    ['promptTokenCount', '-1', 'RANGE'],
    ['promptTokenCount', '9007199254740992', 'RANGE'],
    ['promptTokenCount', '1e400', 'RANGE'],
    ['candidatesTokenCount', 'true', 'TYPE'],
    ['cachedContentTokenCount', '12041', 'TYPE'],
    ['thoughtsTokenCount', '-0.5', 'TYPE'],
  ])('%s of %s is refused as %s', (name, text, reason) => {
    const metadata = `{"promptTokenCount":12040,"${name}":${text}}`.replace(
      /^\{"promptTokenCount":12040,"promptTokenCount"/,
      '{"promptTokenCount"',
    )
    expect(parsedWith('usage-generate', 'usageMetadata', metadata)).toMatchObject({
      kind: 'rejected',
      reason,
      detail: expect.stringContaining('usageMetadata'),
    })
  })

  test.each([
    ['a list', [1]],
    ['a text', 'none'],
    ['a breakdown that is no list', { promptTokensDetails: {} }],
    ['a breakdown of numbers', { promptTokensDetails: [1] }],
    ['a breakdown of 33 kinds', { promptTokensDetails: Array(33).fill({}) }],
  ])('usage metadata of %s is refused', (_, usageMetadata) => {
    expect(parsed(changed('usage-generate', { usageMetadata }))).toMatchObject({ kind: 'rejected', reason: 'TYPE' })
  })

  test('counts so large that the cost leaves 64 bits are refused', () => {
    const usageMetadata = { promptTokenCount: 0, candidatesTokenCount: 9e15 }
    expect(parsed(changed('usage-generate', { model: 'gemini-3.1-pro', usageMetadata }))).toMatchObject({
      kind: 'rejected',
      reason: 'RANGE',
    })
  })
})

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

describe('errors', () => {
  const errorOf = (error: unknown): Usage['error'] => bodyOf({ error }).error

  test('a failed call costs nothing, even with tokens and an unknown model', () => {
    expect(bodyOf({ error: { code: 500 }, model: 'gemini-9' })).toMatchObject({
      costUsd: 0n,
      error: { code: 500, cause: 'other' },
    })
  })

  test.each([
    [
      'the older 429 by its words',
      { code: 429, message: 'Sorry. YOUR Prepayment Credits are DEPLETED.' },
      429,
      'depleted',
    ],
    ['402 without words', { code: 402 }, 402, 'depleted'],
    ['402 as a text', { code: '402' }, 402, 'depleted'],
    ['a string code of the Interactions API', { error: { code: 'payment_required', message: 'x' } }, 402, 'depleted'],
    ['a string code beside a status', { code: 'payment_required', status: 'RESOURCE_EXHAUSTED' }, 402, 'depleted'],
    ['a status word alone', { status: 'PAYMENT_REQUIRED' }, 402, 'depleted'],
    ['the status number of a client’s error', { status: 402, message: '{"error":{}}' }, 402, 'depleted'],
    ['an error within a list, as streams have it', [{ error: { code: 402 } }], 402, 'depleted'],
    ['a spending cap', { code: 429, message: 'Your project has exceeded its monthly spending cap.' }, 429, 'other'],
    ['the words on another code', { code: 400, message: 'prepayment credits are depleted' }, 400, 'other'],
    ['a string code of a limit', { code: 'rate_limit_exceeded' }, 429, 'other'],
    ['an error that says nothing', {}, 0, 'other'],
    ['a code that is no number', { code: { a: 1 } }, 0, 'other'],
  ])('%s', (_, error, code, cause) => {
    expect(errorOf(error)).toMatchObject({ code, cause })
  })

  test('the message is cut at 500 characters, quota ids are told once and at most 20', () => {
    const violations = [...Array(30).keys()].flatMap((n) => [
      { quotaId: `q${n}` },
      { quotaId: `q${n}` },
      { quotaId: 7 },
      null,
    ])
    const error = errorOf({
      code: 429,
      message: 'm'.repeat(9_000),
      details: [{ violations }, 'odd', { violations: 'none' }],
    })
    expect(error?.message).toBe('m'.repeat(500))
    expect(error?.quotaIds).toEqual([...Array(20).keys()].map((n) => `q${n}`))
  })
})
