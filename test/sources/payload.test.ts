/** The data of a message: strict base64, strict UTF-8, strict JSON. */

import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { JsonNumber } from '../../functions/domain/json.ts'
import { BODY, DATA, reasonOf, withBytes, withData } from './requests.ts'

describe('data', () => {
  test.each([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
  ])('%s is NO_DATA', (_, data) => {
    expect(reasonOf(withData(data))).toBe('NO_DATA')
  })

  test.each([
    ['percent signs', '%%%'],
    ['trailing garbage', `${DATA}!`],
    ['a trailing space', `${DATA} `],
    ['a leading line feed', `\n${DATA}`],
    ['a line feed within', `${DATA.slice(0, 8)}\n${DATA.slice(8)}`],
    ['too much padding', `${DATA.replace(/=+$/, '')}====`],
    ['padding alone', '===='],
    ['half the padding', 'e3t9fQ='],
    ['both alphabets in one', 'eyJhIjoiPz8/-_In0='],
    ['bits left over', 'e31='],
    ['one character', 'e'],
    ['a number', 5],
    ['an object', { a: 1 }],
  ])('%s is BASE64', (_, data) => {
    expect(reasonOf(withData(data))).toBe('BASE64')
  })

  test.each([
    ['standard and padded', '{"a":"??>~~"}', 'base64', true],
    ['standard and bare', '{"a":"??>~~"}', 'base64', false],
    ['url-safe and bare', '{"a":"??>~~"}', 'base64url', false],
    ['url-safe and padded', '{"a":"??>~~"}', 'base64url', true],
  ] as const)('%s base64 is taken', (_, text, alphabet, isPadded) => {
    const bare = Buffer.from(text).toString(alphabet).replace(/=+$/, '')
    const data = isPadded ? bare.padEnd(Math.ceil(bare.length / 4) * 4, '=') : bare
    expect(withData(data)).toMatchObject({ kind: 'message', message: { body: { a: '??>~~' } } })
  })

  test.each([
    ['a lone continuation byte', Uint8Array.of(0x22, 0x80, 0x22), 'UTF8'],
    ['an overlong slash', Uint8Array.of(0x22, 0xc0, 0xaf, 0x22), 'UTF8'],
    ['a surrogate in UTF-8', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), 'UTF8'],
    ['UTF-16 with its mark', Buffer.from('\ufeff{}', 'utf16le'), 'UTF8'],
    ['gzip', gzipSync(BODY), 'JSON'],
    ['two byte order marks', Buffer.from(`\ufeff\ufeff${BODY}`), 'JSON'],
    ['a trailing comma', Buffer.from('{"a":1,}'), 'JSON'],
    ['NaN', Buffer.from('{"a":NaN}'), 'JSON'],
    ['Infinity', Buffer.from('{"a":-Infinity}'), 'JSON'],
    ['a comment', Buffer.from('{/*x*/"a":1}'), 'JSON'],
    ['33 levels', Buffer.from(`{"a":${'['.repeat(32)}${']'.repeat(32)}}`), 'DEPTH'],
    ['a repeated amount', Buffer.from('{"costAmount":1,"costAmount":2}'), 'DUP_KEY'],
    ['a repeat in disguise', Buffer.from('{"costAmount":1,"cost\\u0041mount":2}'), 'DUP_KEY'],
    ['a list', Buffer.from('[]'), 'TYPE'],
    ['null', Buffer.from('null'), 'TYPE'],
    ['a number', Buffer.from('1.50'), 'TYPE'],
  ])('%s is refused', (_, bytes, reason) => {
    expect(reasonOf(withBytes(bytes))).toBe(reason)
  })

  test('one byte order mark is dropped', () => {
    expect(withBytes(Buffer.from(`\ufeff${BODY}`))).toMatchObject({
      kind: 'message',
      message: { body: { costAmount: new JsonNumber('140.321'), name: 'é' } },
    })
  })

  test('keys that reach a prototype are dropped and change nothing', () => {
    const result = withBytes(Buffer.from('{"__proto__":{"isAdmin":true},"constructor":1,"a":"b"}'))
    expect(result.kind === 'message' && Object.entries(result.message.body)).toEqual([['a', 'b']])
    expect(({} as { isAdmin?: boolean }).isAdmin).toBe(undefined)
  })
})
