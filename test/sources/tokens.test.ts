/** Token counts under every client's names, and counts that cannot be. */

import { describe, expect, test } from 'vitest'
import { changed, parsed, parsedWith } from '../contracts/source.contract.ts'
import { costOf } from './usage-bodies.ts'

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
    ['the Live API’s name of the output', { responseTokenCount: 4, response_token_count: 9 }, 15_000n],
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
