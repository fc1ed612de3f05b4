/** API errors: which of them say that the credit is gone. */

import { describe, expect, test } from 'vitest'
import type { Usage } from '../../functions/domain/facts.ts'
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
