/** Strict JSON for outside text, and our own JSON for stores. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonical, decode, encode, isObject, JsonNumber, parseJson } from '../../functions/domain/json.ts'

const num = (text: string): JsonNumber => new JsonNumber(text)

/** The value with every JsonNumber back as a plain number, to compare with the engine's own parser. */
const plain = (value: unknown): unknown => {
  if (value instanceof JsonNumber) return Number(value.text)
  if (Array.isArray(value)) return value.map(plain)
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)])) : value
}

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
const wide = (fields: number): string => `{${[...Array(fields).keys()].map((n) => `"f${n}":0`).join(',')}}`

describe('parseJson', () => {
  test.each(['1E2', '-0', '1e400', '0.30000000000000004', '12345678901234567890.12', '1.50', '0.10000000000000000001'])(
    'keeps the source text of %s',
    (text) => {
      expect(parseJson(text)).toEqual({ ok: true, value: num(text) })
      expect(parseJson(`{"a":[${text}]}`)).toEqual({ ok: true, value: { a: [num(text)] } })
    },
  )

  test.each([
    '',
    ' ',
    '{',
    '{"a":1,}',
    '[1,]',
    "{'a':1}",
    'NaN',
    '-Infinity',
    '// x\n1',
    '01',
    '.5',
    '1.',
    '"\\x"',
    '"a\nb"',
    '\ufeff{}',
    '{"a" 1}',
    '}{',
    '"open',
    '{"\\u12":1}',
  ])('%j is JSON fault', (text) => {
    expect(parseJson(text)).toEqual({ ok: false, reason: 'JSON' })
  })

  test('32 levels are read, 33 are not, and 200,000 do not exhaust the stack', () => {
    expect(parseJson(nested(32)).ok).toBe(true)
    expect(parseJson(nested(33))).toEqual({ ok: false, reason: 'DEPTH' })
    expect(parseJson(`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`)).toEqual({ ok: false, reason: 'DEPTH' })
    expect(parseJson(nested(200_000))).toEqual({ ok: false, reason: 'DEPTH' })
  })

  test('brackets within texts are no nesting', () => {
    expect(parseJson(JSON.stringify('['.repeat(100)))).toEqual({ ok: true, value: '['.repeat(100) })
  })

  test('2,000 fields are read, 2,001 are not', () => {
    expect(parseJson(wide(2_000)).ok).toBe(true)
    expect(parseJson(wide(2_001))).toEqual({ ok: false, reason: 'SIZE' })
  })

  test.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"a" :1,\n"b":{"c":1,"c":1}}',
    '[{"x":[],"x":[]}]',
    '{"\\"":1,"\\"":2}',
    '{"__proto__":1,"__proto__":2}',
  ])('%s repeats a key', (text) => {
    expect(parseJson(text)).toEqual({ ok: false, reason: 'DUP_KEY' })
  })

  test.each([
    '{"a":"a","b":"a"}',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":2}]',
    '{"a":["a","a"]}',
    '{"a\\\\":1,"a":"\\\\"}',
    '{"a":"\\"a\\":","b":1}',
  ])('%s repeats none', (text) => {
    expect(parseJson(text).ok).toBe(true)
  })

  test('keys that reach a prototype are dropped at every level', () => {
    const parsed = parseJson('{"__proto__":{"x":1},"a":{"constructor":1,"prototype":2,"b":3}}')
    expect(parsed).toEqual({ ok: true, value: { a: { b: num('3') } } })
    expect(({} as { x?: number }).x).toBe(undefined)
  })

  test('agrees with the engine on any JSON (2,000 runs)', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value)
        fc.pre(!/"(?:__proto__|constructor|prototype)":/.test(text))
        const parsed = parseJson(text)
        expect(parsed.ok && plain(parsed.value)).toEqual(JSON.parse(text))
      }),
      { numRuns: 2_000 },
    )
  })

  test('no text throws, and none is read that the engine refuses (3,000 runs)', () => {
    const jsonish = fc.stringMatching(/^[[\]{}":,\\a10.eE \-u]{0,40}$/)
    fc.assert(
      fc.property(fc.oneof(fc.string(), jsonish), (text) => {
        const engine = ((): boolean => {
          try {
            JSON.parse(text)
            return true
          } catch {
            return false
          }
        })()
        const parsed = parseJson(text)
        if (!engine) expect(parsed.ok).toBe(false)
        if (!parsed.ok) expect(['JSON', 'DEPTH', 'DUP_KEY', 'SIZE']).toContain(parsed.reason)
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('isObject', () => {
  test.each([[null], [[]], ['x'], [num('1')], [undefined], [true]])('%j is none', (value) => {
    expect(isObject(value)).toBe(false)
  })

  test('an object is one', () => {
    expect(isObject({})).toBe(true)
  })
})

describe('encode and decode', () => {
  test('no amount loses a digit', () => {
    const value = { amount: 2n ** 63n - 1n, list: [-1n, 0n], text: '1', none: null, deep: { at: 1.5 } }
    expect(encode(value)).toBe(
      '{"amount":{"$n":"9223372036854775807"},"list":[{"$n":"-1"},{"$n":"0"}],"text":"1","none":null,"deep":{"at":1.5}}',
    )
    expect(decode(encode(value))).toEqual(value)
  })

  test('any record of amounts and texts comes back (1,000 runs)', () => {
    const leaf = fc.oneof(fc.bigInt(), fc.string({ unit: 'binary' }), fc.boolean(), fc.integer())
    const key = fc.string().filter((name) => name !== '$n' && name !== '__proto__')
    fc.assert(
      fc.property(fc.dictionary(key, fc.oneof(leaf, fc.array(leaf)), { noNullPrototype: true }), (value) => {
        expect(decode(encode(value))).toEqual(value)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('canonical', () => {
  test('equal content has equal text, whatever the order of its keys', () => {
    const text = '{"a":{"x":{"$n":"1"},"y":[2,1]},"b":{"$d":"1.50"}}'
    expect(canonical({ b: num('1.50'), a: { y: [2, 1], x: 1n } })).toBe(text)
    expect(canonical({ a: { x: 1n, y: [2, 1] }, b: num('1.50') })).toBe(text)
  })

  test('absent and undefined are the same, different values are not', () => {
    expect(canonical({ a: undefined, b: 1 })).toBe(canonical({ b: 1 }))
    expect(canonical({ a: 1n })).not.toBe(canonical({ a: '1' }))
    expect(canonical({ a: 1n })).not.toBe(canonical({ a: 1 }))
    expect(canonical([1, 2])).not.toBe(canonical([2, 1]))
  })
})
