/** API errors: what is kept of them, and which of them say that the credit is gone; see also `error-corpus.test.ts`. */

import { describe, expect, test } from 'vitest'
import type { Usage } from '../../functions/domain/facts.ts'
import { contentHash } from '../../functions/domain/keys.ts'
import { changed, fixture, parsed } from '../contracts/source.contract.ts'
import { bodyOf } from './usage-bodies.ts'

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
    [
      'a spending cap',
      { code: 429, message: 'Your project has exceeded its monthly spending cap.' },
      429,
      'project-cap',
    ],
    ['the words on another code', { code: 400, message: 'prepayment credits are depleted' }, 400, 'other'],
    ['a string code of a limit', { code: 'rate_limit_exceeded' }, 429, 'quota'],
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

describe('a call told again after causes were told apart', () => {
  const cap = { code: 429, message: 'Your project has exceeded its monthly spending cap.' }
  /** Hashes of the contents as the program of 2026-11-23 made them. */
  test.each([
    ['depleted', fixture('usage-depleted'), '5b18b8f36c2a9d817491133b9eeb1a9d1353a8c10cac9b9347f95c966e437a75'],
    ['a quota', fixture('usage-quota'), 'b34e70ce73d9a756ba5eeb029c70c47dea5135b82e8767d78b5378fa37408c8d'],
    [
      'a cap',
      changed('usage-quota', { error: cap }),
      '989edc173719223bdc48ff5eed88968db45e66f5c3c984382cefa7d204d2376f',
    ],
    [
      'a string code of depletion',
      changed('usage-quota', { error: { code: 429, status: 'payment_required' } }),
      '7618692be24fe6da168919a03d6ee92b7dc333014c545442a8f069a15b25b5d3',
    ],
    ['no error', fixture('usage-generate'), '7f3b2c768eae5855509df7c31da19ebf9ee588691504c0e5798ecff17726acf8'],
  ])('%s is still the same content, not a second one', (_, message, hash) => {
    const result = parsed(message)
    expect(result.kind === 'claims' && contentHash(result.claims[0]?.content)).toBe(hash)
  })
})
