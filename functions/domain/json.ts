/** Strict JSON for outside text: exact numbers, no duplicate keys, bounded depth and size. */

/** A JSON number as its source text, so that no amount ever passes through a double. */
export class JsonNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type Json = null | boolean | string | JsonNumber | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json }

/** Why a text is no acceptable JSON; each is a quarantine reason. */
export type JsonFault = 'JSON' | 'DEPTH' | 'DUP_KEY' | 'SIZE'
export type JsonResult =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly reason: JsonFault }

/** Deeper nesting appears in no vendor message; the limit keeps recursion safe. */
const DEPTH_MAX = 32
/** Vendor messages have tens of fields; ten thousand would be an attack. */
const FIELDS_MAX = 2_000

const [QUOTE, BACKSLASH, COLON, COMMA] = [34, 92, 58, 44]
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125]
const [MINUS, ZERO, NINE] = [45, 48, 57]

/** `isPlain`: there is no backslash in the whole text. */
const stringEnd = (text: string, start: number, isPlain: boolean): number => {
  if (isPlain) {
    const end = text.indexOf('"', start + 1)
    return end === -1 ? text.length : end
  }
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at
}

const isKey = (text: string, end: number): boolean => {
  let at = end + 1
  while (text.charCodeAt(at) <= 32) at += 1
  return text.charCodeAt(at) === COLON
}

/** A number ends where a list, an object, white space or the text ends it. */
const numberEnd = (text: string, start: number): number => {
  let at = start + 1
  for (; at < text.length; at += 1) {
    const char = text.charCodeAt(at)
    if (char <= 32 || char === COMMA || char === CLOSE_LIST || char === CLOSE_OBJECT) break
  }
  return at
}

type Scan = {
  readonly fault?: Exclude<JsonFault, 'JSON'>
  /** Source texts of the numbers, in order. */
  readonly numbers: readonly string[]
  /** A key that is dropped, or one that JavaScript moves to the front of its object. */
  readonly hasOddKey: boolean
}

/** Scans JSON text for what `JSON.parse` forgives (depth, repeated keys, sheer number of fields) and what it loses. */
const scan = (text: string): Scan => {
  const open: (Set<string> | undefined)[] = []
  const numbers: string[] = []
  const isPlain = !text.includes('\\')
  let fields = 0
  let hasOddKey = false
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at)
    if (char === QUOTE) {
      const end = stringEnd(text, at, isPlain)
      const keys = open.at(-1)
      if (keys && isKey(text, end)) {
        const key = isPlain ? text.slice(at + 1, end) : keyOf(text.slice(at + 1, end))
        if (keys.has(key)) return { fault: 'DUP_KEY', numbers, hasOddKey }
        keys.add(key)
        fields += 1
        if (fields > FIELDS_MAX) return { fault: 'SIZE', numbers, hasOddKey }
        hasOddKey ||= isOdd(key)
      }
      at = end
    } else if (char === MINUS || (char >= ZERO && char <= NINE)) {
      const end = numberEnd(text, at)
      numbers.push(text.slice(at, end))
      at = end - 1
    } else if (char === OPEN_OBJECT || char === OPEN_LIST) {
      if (open.push(char === OPEN_OBJECT ? new Set() : undefined) > DEPTH_MAX)
        return { fault: 'DEPTH', numbers, hasOddKey }
    } else if (char === CLOSE_OBJECT || char === CLOSE_LIST) open.pop()
  }
  return { numbers, hasOddKey }
}

const keyOf = (raw: string): string => (raw.includes('\\') ? unquoteKey(`"${raw}"`) : raw)

const isOdd = (key: string): boolean => {
  const first = key.charCodeAt(0)
  return (first >= ZERO && first <= NINE) || FORBIDDEN_KEYS.has(key)
}

/** A malformed escape is left as it is: `JSON.parse` rejects the text a moment later. */
const unquoteKey = (quoted: string): string => {
  try {
    return JSON.parse(quoted) as string
  } catch {
    return quoted
  }
}

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown

/** Node 21 and later hand the source text of a primitive to the reviver (TC39 proposal-json-parse-with-source). */
const exactNumbers: Reviver = (key, value, { source }) => {
  if (FORBIDDEN_KEYS.has(key)) return undefined
  if (typeof value !== 'number') return value
  if (source === undefined) throw lost()
  return new JsonNumber(source)
}

/** Parses outside text; keys that could reach a prototype are dropped. Never throws. */
export const parseJson = (text: string): JsonResult => {
  const { fault, numbers, hasOddKey } = scan(text)
  if (fault) return { ok: false, reason: fault }
  try {
    return { ok: true, value: hasOddKey ? parseSlowly(text) : withNumbers(JSON.parse(text), numbers) }
  } catch {
    return { ok: false, reason: 'JSON' }
  }
}

const parseSlowly = (text: string): Json => JSON.parse(text, exactNumbers as Parameters<typeof JSON.parse>[1]) as Json

/**
 * Puts the source texts in place of the numbers, in the order both have; a third of the time a reviver takes. Throws where
 * the two disagree: having once met the key `\\`, Node 24.21 reads other keys written with an escape as that one, and of
 * two such keys in one object keeps the last.
 */
const withNumbers = (value: unknown, numbers: readonly string[]): Json => {
  let next = 0
  const walk = (item: unknown): unknown => {
    if (typeof item === 'number') {
      const text = numbers[next] ?? ''
      if (Number(text) !== item) throw lost()
      next += 1
      return new JsonNumber(text)
    }
    if (typeof item !== 'object' || item === null) return item
    const holder = item as Record<string, unknown>
    for (const key in holder) {
      const inner = holder[key]
      if (typeof inner === 'number' || typeof inner === 'object') holder[key] = walk(inner)
    }
    return holder
  }
  const walked = walk(value) as Json
  if (next !== numbers.length) throw lost()
  return walked
}

const lost = (): Error => new SyntaxError('the source text of a number is lost')

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)

type Encoded = { readonly $n: string }
const isEncoded = (value: unknown): value is Encoded => isObject(value) && typeof value['$n'] === 'string'

/** Our own JSON for stores: bigint as `{"$n":"123"}`, so that no amount loses a digit. */
export const encode = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? { $n: item.toString() } : item))

/** Reads back what `encode` wrote; the caller states the type it stored. A walk in place is seven times a reviver's speed. */
export const decode = <T>(text: string): T => revive(JSON.parse(text)) as T

const revive = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if (isEncoded(value)) return BigInt(value.$n)
  const holder = value as Record<string, unknown>
  for (const key in holder) {
    const item = holder[key]
    if (typeof item === 'object' && item !== null) holder[key] = revive(item)
  }
  return value
}

/** Deterministic JSON: keys sorted at every level (those that are whole numbers first, by size), so equal content has equal text. */
export const canonical = (value: unknown): string => canonicalText(value) ?? 'null'

/** As `JSON.stringify` has it: `undefined` for what is left out of an object. */
const canonicalText = (value: unknown): string | undefined => {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `{"$n":"${value}"}`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (value instanceof JsonNumber) return `{"$d":${JSON.stringify(value.text)}}`
  if (Array.isArray(value)) return `[${value.map((item) => canonicalText(item) ?? 'null').join(',')}]`
  return canonicalObject(value as Readonly<Record<string, unknown>>)
}

const canonicalObject = (object: Readonly<Record<string, unknown>>): string => {
  let fields = ''
  for (const key of sortedKeys(object)) {
    const text = canonicalText(object[key])
    if (text !== undefined) fields += `${fields === '' ? '' : ','}${JSON.stringify(key)}:${text}`
  }
  return `{${fields}}`
}

/** An object lists whole-number keys first and by size, whatever their order of insertion. */
const sortedKeys = (object: object): readonly string[] => {
  const sorted = Object.keys(object).sort()
  return sorted.some(isOdd) ? Object.keys(Object.fromEntries(sorted.map((key) => [key, 0]))) : sorted
}
