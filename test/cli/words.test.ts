/** The small readers behind the commands. */

import { InvalidArgumentError } from 'commander'
import { describe, expect, test } from 'vitest'
import { linesOf } from '../../functions/cli/lines.ts'
import { errorLine } from '../../functions/cli/one-line.ts'
import { pick } from '../../functions/cli/pick.ts'
import { spanWord } from '../../functions/cli/words.ts'
import { ConfigError } from '../../functions/domain/errors.ts'
import { nearest } from '../../functions/domain/nearest.ts'

describe('a stream is cut into lines', () => {
  const lines = async (chunks: readonly string[], max = 100): Promise<readonly string[]> => {
    const stream = async function* () {
      yield* chunks
    }
    return Array.fromAsync(linesOf(stream(), max))
  }

  test('wherever its chunks end', async () => {
    expect(await lines(['a\nb', 'c\n', '\n', 'd'])).toEqual(['a', 'bc', '', 'd'])
    expect(await lines(['a\n'])).toEqual(['a'])
    expect(await lines([])).toEqual([])
  })

  test('and of a long line only so much is kept that its length shows', async () => {
    expect(await lines(['12345', '67\n123456\nabc', 'defgh'], 5)).toEqual(['123456', '123456', 'abcdef'])
    expect(await lines(['12345\n'], 5)).toEqual(['12345'])
  })
})

describe('the nearest known word', () => {
  test('is found by few edits, and letters’ case is none', () => {
    expect(nearest('gemini-2.5-FLSH', ['gemini-2.5-pro', 'gemini-2.5-flash'])).toBe('gemini-2.5-flash')
  })
  test('is nothing where nothing is near', () => {
    expect(nearest('abcdef', ['uvwxyz'])).toBeUndefined()
    expect(nearest('x'.repeat(10_000), ['x'])).toBeUndefined()
    expect(nearest('a', [])).toBeUndefined()
  })
})

describe('a key is picked', () => {
  const keys = ['abcd1', 'abcd2', 'abcd', 'wxyz9']
  const of = (word: string) => pick(keys, word, (key) => key)

  test('whole before its beginning, and by a beginning of four characters that only one has', () => {
    expect(of('abcd')).toEqual({ kind: 'one', item: 'abcd' })
    expect(of('wxyz')).toEqual({ kind: 'one', item: 'wxyz9' })
  })
  test('never by less', () => {
    expect(of('wxy')).toEqual({ kind: 'none', items: keys })
    expect(pick(['abcd1', 'abcd2'], 'abcd', (key) => key)).toEqual({ kind: 'many', items: ['abcd1', 'abcd2'] })
  })
})

describe('a span', () => {
  test.each([
    ['90m', 5_400_000],
    ['4h', 14_400_000],
    ['2d', 172_800_000],
  ])('%s is %d ms', (text, ms) => expect(spanWord(text)).toBe(ms))

  test.each(['0h', '4', 'h', '-4h', '1.5h', '367d', '4H'])('%s is none', (text) =>
    expect(() => spanWord(text)).toThrow(InvalidArgumentError),
  )
})

describe('an error is one line', () => {
  test('with the number of a configuration’s other faults', () => {
    expect(errorLine(new ConfigError('a:1: first\na:2: second\na:3: third'))).toBe(
      'a:1: first (2 more: drawdown config check)',
    )
  })
  test('without anything a terminal could obey', () => {
    expect(errorLine(new Error('\u001b[31mred\u001b[0m\nat line 1'))).toMatch(/^\S*\[31mred \[0m$/)
  })
})
