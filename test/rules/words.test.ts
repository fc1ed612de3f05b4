import { describe, expect, test } from 'vitest'
import { nanos } from '../../functions/domain/money.ts'
import { clip, headline, hoursText, percentOf, sureness, whatStops } from '../../functions/rules/words.ts'
import { standing } from '../support/standing.ts'

test.each([
  [190.99, '190 h'],
  [10, '10 h'],
  [9.99, '9.9 h'],
  [1, '1 h'],
  [0.99, '59 min'],
  [0, '0 min'],
  [-4, '0 min'],
  [87_600, '87600 h'],
  [87_601, 'more than ten years'],
  [Number.POSITIVE_INFINITY, 'more than ten years'],
])('%s hours are written %s', (hours, text) => {
  expect(hoursText(hours)).toBe(text)
})

describe('clipping', () => {
  test('keeps text that fits and marks what was cut', () => {
    expect(clip('abcde', 5)).toBe('abcde')
    expect(clip('abcdef', 5)).toBe('abcd…')
  })

  test('never leaves half a character', () => {
    expect(clip('abc😀def', 5)).toBe('abc…')
    expect(headline('😀'.repeat(100)).isWellFormed()).toBe(true)
  })
})

test('a share is cut, never rounded up, and there is none of nothing', () => {
  expect(percentOf(nanos('9.999'), nanos('50'))).toBe('19.9%')
  expect(percentOf(nanos('50'), nanos('50'))).toBe('100%')
  expect(percentOf(nanos('1'), 0n)).toBeUndefined()
})

test('a balance without uncertainty is stated as one number', () => {
  const balance = { low: nanos('5'), value: nanos('5'), high: nanos('5') }
  expect(sureness(standing({ balance }))).toBe('The ledger puts the balance at 5.00 USD.')
})

describe('what stops', () => {
  test('without a runway there is no date', () => {
    expect(whatStops(standing({ runway: null }))).toMatch(/^When credit reaches zero, every API key/)
  })

  test('a runway beyond ten years is no date either', () => {
    const runway = { p10Hours: 100_000, p50Hours: Number.POSITIVE_INFINITY, p90Hours: Number.POSITIVE_INFINITY }
    expect(whatStops(standing({ runway }))).toMatch(/^When credit reaches zero/)
  })

  test('at zero it stops now', () => {
    expect(whatStops(standing({ balance: { value: 0n } }))).toMatch(/^Now: every API key/)
  })

  test('a long list of projects is cut and counted', () => {
    const projects = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    expect(whatStops(standing({ account: { projects } }))).toContain('(a, b, c, d, e and 2 more)')
  })
})
