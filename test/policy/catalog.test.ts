/** Descriptions of SKUs as bills and public reports show them, 2025 to October 2026. */

import { describe, expect, test } from 'vitest'
import { catalogPrice, meaningOf } from '../../functions/policy/catalog.ts'

describe('what a SKU bills', () => {
  test.each([
    ['Generate content input token count gemini 3.8 flash text', 'gemini-3.8-flash', 'input', 'standard', false],
    [
      'Generate content cached input token count gemini 3.5 flash text',
      'gemini-3.5-flash',
      'cached',
      'standard',
      false,
    ],
    [
      'Generate content output token count gemini 2.5 flash short input text',
      'gemini-2.5-flash',
      'output',
      'standard',
      false,
    ],
    ['Generate content input token count Gemini 2.5 Pro long input text', 'gemini-2.5-pro', 'input', 'standard', true],
    [
      'Generate content output token count Gemini 2.5 Pro short output text',
      'gemini-2.5-pro',
      'output',
      'standard',
      false,
    ],
    [
      'Generate content output token count gemini 2.5 flash short output text non-thinking',
      'gemini-2.5-flash',
      'output',
      'standard',
      false,
    ],
    ['Generate content output token count gemini 3.7 flash text batch', 'gemini-3.7-flash', 'output', 'batch', false],
    ['Generate content output token count gemini 3 flash text flex', 'gemini-3-flash', 'output', 'flex', false],
    [
      'Generate content input token count gemini 3.7 flash image flex caching',
      'gemini-3.7-flash',
      'cached-image',
      'flex',
      false,
    ],
    [
      'Generate content input token count gemini 3.5 flash lite image',
      'gemini-3.5-flash-lite',
      'image-input',
      'standard',
      false,
    ],
    [
      'Generate content input token count gemini 3.1 flash lite preview text',
      'gemini-3.1-flash-lite-preview',
      'input',
      'standard',
      false,
    ],
    [
      'Generate_content image output token count for Gemini 3 Pro Image',
      'gemini-3-pro-image',
      'image-output',
      'standard',
      false,
    ],
    ['Generate_content text output token count for gemini 3 flash batch', 'gemini-3-flash', 'output', 'batch', false],
    [
      'Generate_content text cached input token count for gemini 3 pro short',
      'gemini-3-pro',
      'cached',
      'standard',
      false,
    ],
    [
      'Generate_content_cached_input_token_count_gemini_3_pro_short_image',
      'gemini-3-pro',
      'cached-image',
      'standard',
      false,
    ],
    [
      'Generate_content cached image input token count for gemini 3 flash',
      'gemini-3-flash',
      'cached-image',
      'standard',
      false,
    ],
    [
      'Generate_content audio input token count for Gemini 3.5 Live Translate',
      'gemini-3.5-live-translate',
      'audio-input',
      'standard',
      false,
    ],
  ])('%s', (description, model, kind, tier, isLong) => {
    expect(meaningOf(description)).toEqual({ model, kind, tier, isLong })
  })

  test.each([
    'Generate content search query gemini 3 paid one',
    'Grounding with Google Search',
    'Generate content cached token storage gemini 3.8 flash',
    'Imagen 4 fast Generation (output)',
  ])('no tokens of a model: %s', (description) => {
    expect(meaningOf(description)).toBeUndefined()
  })
})

describe('a price by the catalog', () => {
  const sku = (description: string, perMillion: bigint) => ({
    skuId: description,
    description,
    currencyCode: 'USD',
    perMillion,
  })
  const line = { kind: 'input', tokens: 300_000, perMillion: 0n, cost: 0n }
  const bands = [
    sku('Generate content input token count gemini 2.5 pro short input text', 1_250_000_000n),
    sku('Generate content input token count gemini 2.5 pro long input text', 2_500_000_000n),
  ]

  test('follows the context band of the prompt', () => {
    const price = (prompt: number) =>
      catalogPrice({ model: 'gemini-2.5-pro', tier: 'standard', prompt }, [line], bands).lines[0]?.perMillion
    expect([price(200_000), price(200_001)]).toEqual([1_250_000_000n, 2_500_000_000n])
  })

  test('takes no other model’s, and no other class’s', () => {
    const price = (model: string, tier: 'standard' | 'flex') =>
      catalogPrice({ model, tier, prompt: 1 }, [line], bands).missing
    expect(price('gemini-2.5-pro-tts', 'standard')).toEqual(['input'])
    expect(price('gemini-2.5-pro', 'flex')).toEqual(['input'])
    expect(price('models/gemini-2.5-pro-preview', 'standard')).toEqual([])
  })

  test('is rounded once: three halves of a nano are two', () => {
    const lines = [1, 1, 1].map((tokens) => ({ ...line, tokens }))
    const half = [sku('Generate content input token count gemini 3.8 flash text', 500_000n)]
    expect(catalogPrice({ model: 'gemini-3.8-flash', tier: 'standard', prompt: 3 }, lines, half).cost).toBe(2n)
  })
})
