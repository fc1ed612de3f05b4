import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonical, isObject, JsonNumber, parseJson } from '../../functions/domain/json.ts'
import { contentHash } from '../../functions/domain/keys.ts'

/** The quick ways against the plain ones the language itself offers: a reviver, a replacer. */
const RUNS = { numRuns: 3_000 }

/** Every number as its source text, by the engine's own account of it. */
const byReviver = (text: string): unknown =>
  JSON.parse(text, ((key: string, value: unknown, { source }: { source?: string }) => {
    if (['__proto__', 'constructor', 'prototype'].includes(key)) return undefined
    return typeof value === 'number' ? new JsonNumber(source ?? '') : value
  }) as Parameters<typeof JSON.parse>[1])

const byReplacer = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => {
    if (typeof item === 'bigint') return { $n: item.toString() }
    if (item instanceof JsonNumber) return { $d: item.text }
    return isObject(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item
  })

const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.constantFrom('-0', '0.10', '1E2', '1e+400', '-1.5e-7', '12345678901234567890.12', '1.005'),
)
const key = fc.oneof(
  // The engine mixes up keys with a backslash: see below.
  fc.string().filter((name) => !name.includes('\\')),
  fc.constantFrom('a', 'b', '1', '10', '9', '01', '-1', '__proto__', 'constructor', 'prototype', 'toString', 'é', '"'),
)
const blank = fc.constantFrom('', ' ', '\n\t')
/** JSON text of every shape, numbers as they may be written. */
const { text } = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 4 },
    number,
    fc.string().map((value) => JSON.stringify(value)),
    fc.constantFrom('null', 'true', 'false', '"1,2]"', '"\\u0031"', '"a\\\\"'),
    fc
      .array(fc.tuple(blank, tie('text')), { maxLength: 4 })
      .map((all) => `[${all.map(([b, t]) => b + t + b).join(',')}]`),
    fc
      .uniqueArray(fc.tuple(key, blank, tie('text')), { maxLength: 4, selector: ([name]) => name })
      .map((all) => `{${all.map(([name, b, t]) => `${b}${JSON.stringify(name)}${b}:${b}${t}${b}`).join(',')}}`),
  ),
}))

describe('parsing', () => {
  test('every number of any JSON text is its source text, as a reviver finds it', () => {
    fc.assert(
      fc.property(text, (json) => {
        expect(parseJson(json)).toEqual({ ok: true, value: byReviver(json) })
      }),
      RUNS,
    )
  })

  test('where the engine mixes up escaped keys, no number is taken for another', () => {
    // Node 24.21: after the key `\\`, `JSON.parse` reads an escaped key in the same place as that one.
    for (const polluting of ['{"a":1,"\\\\":1}', '{"a":1,"\\\\":1,"b":2}']) parseJson(polluting)
    const parsed = parseJson('{"a":1.10,"\\n":2.20,"\\t":3.30,"b":4.40}')
    const found = parsed.ok ? Object.values(parsed.value as object) : undefined
    expect(found ?? ['1.10', '2.20', '3.30', '4.40'].map((text) => new JsonNumber(text))).toEqual(
      ['1.10', '2.20', '3.30', '4.40'].map((text) => new JsonNumber(text)),
    )
  })

  test('a text the language refuses is refused, whatever is broken in it', () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.constantFrom('', '-', '1', ',', '}', ']', '"', ':', 'x'), (json, where, put) => {
        const at = where % (json.length + 1)
        const broken = json.slice(0, at) + put + json.slice(at + 1)
        const parsed = parseJson(broken)
        if (parsed.ok) expect(parsed.value).toEqual(byReviver(broken))
        else if (parsed.reason === 'JSON') expect(() => JSON.parse(broken)).toThrow()
        else expect(parsed.reason).toBe('DUP_KEY')
      }),
      RUNS,
    )
  })

  test('the time it takes grows with the length of a text, not with its square', () => {
    const json = `[${Array.from({ length: 150_000 }, () => '"a"').join(',')}]`
    const from = performance.now()
    expect(parseJson(json).ok).toBe(true)
    expect(parseJson(json.replace('"a"', '"\\\\"')).ok).toBe(true)
    expect(performance.now() - from).toBeLessThan(2_000)
  })
})

describe('canonical text', () => {
  test('is what a replacer that sorts makes of it', () => {
    fc.assert(
      fc.property(text, (json) => {
        const parsed = parseJson(json)
        expect(parsed.ok && canonical(parsed.value)).toBe(byReplacer(byReviver(json)))
      }),
      RUNS,
    )
  })

  test('knows bigints, what is left out, and keys that are whole numbers', () => {
    const value = { b: 1n, a: undefined, 10: [undefined, null, -0, 1.5, true], 9: { z: '\u2028', y: {} }, 'a b': '' }
    expect(canonical(value)).toBe(byReplacer(value))
    expect(canonical(value)).toBe('{"9":{"y":{},"z":"\u2028"},"10":[null,null,0,1.5,true],"a b":"","b":{"$n":"1"}}')
  })

  test('its hash is SHA-256 as hex', () => {
    expect(contentHash({ b: '\u00e9', a: 1n })).toBe(
      createHash('sha256').update('{"a":{"$n":"1"},"b":"\u00e9"}', 'utf8').digest('hex'),
    )
  })
})
