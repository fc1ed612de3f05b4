/** List prices against sums made by hand, and what has no price. */

import { describe, expect, test } from 'vitest'
import { formatDecimal } from '../../functions/domain/money.ts'
import { priceUsage } from '../../functions/policy/pricing.ts'
import { CALL, CASES, HOUR, use } from './price-cases.ts'

describe('priceUsage', () => {
  test.each(CASES)('%s', (_, call, sum, dollars) => {
    const priced = priceUsage(call)
    expect(priced).toMatchObject({ kind: 'priced', cost: sum })
    expect(formatDecimal(sum, 'USD')).toBe(dollars)
  })

  test('lines state the rate after the service class and add up to the whole', () => {
    expect(priceUsage(use('gemini-3.8-flash', { ...CALL, tier: 'priority' }))).toEqual({
      kind: 'priced',
      cost: 12_460_500n,
      lines: [
        { kind: 'input', tokens: 1_040, perMillion: 1_350_000_000n, cost: 1_404_000n },
        { kind: 'cached', tokens: 11_000, perMillion: 135_000_000n, cost: 1_485_000n },
        { kind: 'output', tokens: 512, perMillion: 6_750_000_000n, cost: 3_456_000n },
        { kind: 'thoughts', tokens: 900, perMillion: 6_750_000_000n, cost: 6_075_000n },
        { kind: 'tool-use', tokens: 30, perMillion: 1_350_000_000n, cost: 40_500n },
      ],
    })
  })

  test.each([
    [1, 38n],
    [3, 112n],
    [5, 188n],
  ])('%i flex cached tokens of 37.5 nanos round half to even', (tokens, cost) => {
    expect(priceUsage(use('gemini-3.8-flash', { prompt: tokens, cached: tokens, tier: 'flex' }))).toMatchObject({
      cost,
    })
  })

  test('the total is rounded once: 37.5 and 1.5 nanos are 39, though their lines show 38 and 2', () => {
    const priced = priceUsage(
      use('gemini-3.8-flash', { prompt: 1, cached: 1, tier: 'flex', storage: { tokens: 1, hours: 3_000_000n } }),
    )
    expect(priced).toMatchObject({ kind: 'priced', cost: 39n, lines: [{ cost: 38n }, { cost: 2n }] })
  })

  test('a breakdown above its total takes no more than the total', () => {
    const call = use('gemini-2.5-flash', { prompt: 100, promptByModality: { AUDIO: 125 } })
    expect(priceUsage(call)).toMatchObject({ kind: 'priced', cost: 100_000n })
  })

  test('nothing costs nothing', () => {
    expect(priceUsage(use('gemini-3.8-flash', {}))).toEqual({ kind: 'priced', cost: 0n, lines: [] })
  })

  test.each([
    ['an unknown model', use('gemini-9-ultra', { prompt: 1 }), 'model'],
    ['a moving alias that names no model', use('gemini-flash-latest', { prompt: 1 }), 'model'],
    ['a retired preview that had another price', use('gemini-2.5-flash-preview-05-20', { prompt: 1 }), 'model'],
    ['a name every object has', use('constructor', { prompt: 1 }), 'model'],
    [
      'images out of a text model',
      use('gemini-3.8-flash', { output: 10, outputByModality: { IMAGE: 10 } }),
      'modality',
    ],
    ['words out of an embedding', use('gemini-embedding-001', { output: 1 }), 'modality'],
    ['a cache of a model without a cached rate', use('gemini-3-pro-image', { prompt: 10, cached: 5 }), 'modality'],
    [
      'storage where its rate is not known',
      use('gemini-3.5-flash', { storage: { tokens: 1, hours: HOUR } }),
      'modality',
    ],
    ['more cached than prompt', use('gemini-3.8-flash', { prompt: 1, cached: 2 }), 'cached'],
    ['a negative count', use('gemini-3.8-flash', { prompt: -1 }), 'range'],
    ['a fraction of a token', use('gemini-3.8-flash', { prompt: 1, output: 0.5 }), 'range'],
    ['a fractional breakdown', use('gemini-2.5-flash', { prompt: 9, promptByModality: { AUDIO: 0.5 } }), 'range'],
    ['no requests at all', use('gemini-3.8-flash', { prompt: 1, requests: 0 }), 'range'],
    ['negative hours', use('gemini-3.8-flash', { storage: { tokens: 1, hours: -1n } }), 'range'],
    ['a cost beyond 64 bits', use('gemini-3-pro-image', { output: 9e15, outputByModality: { IMAGE: 9e15 } }), 'range'],
  ])('%s has no price', (_, call, reason) => {
    expect(priceUsage(call)).toMatchObject({ kind: 'unpriced', reason })
  })
})
