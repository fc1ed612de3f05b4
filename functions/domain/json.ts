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

const QUOTE = 34
const BACKSLASH = 92

const stringEnd = (text: string, start: number): number => {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at
}

const isKey = (text: string, end: number): boolean => {
  let at = end + 1
  while (at < text.length && text.charCodeAt(at) <= 32) at += 1
  return text[at] === ':'
}

/** Scans valid JSON text for what `JSON.parse` forgives: depth, repeated keys, sheer number of fields. */
const scan = (text: string): Exclude<JsonFault, 'JSON'> | undefined => {
  const open: (Set<string> | undefined)[] = []
  let fields = 0
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]
    if (char === '{' || char === '[') {
      if (open.push(char === '{' ? new Set() : undefined) > DEPTH_MAX) return 'DEPTH'
    } else if (char === '}' || char === ']') open.pop()
    else if (char === '"') {
      const end = stringEnd(text, at)
      const keys = open.at(-1)
      if (keys && isKey(text, end)) {
        const raw = text.slice(at, end + 1)
        const key = raw.includes('\\') ? unquoteKey(raw) : raw.slice(1, -1)
        if (keys.has(key)) return 'DUP_KEY'
        keys.add(key)
        fields += 1
        if (fields > FIELDS_MAX) return 'SIZE'
      }
      at = end
    }
  }
  return undefined
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
const exactNumbers: Reviver = (key, value, context) => {
  if (FORBIDDEN_KEYS.has(key)) return undefined
  return typeof value === 'number' ? new JsonNumber(context.source ?? String(value)) : value
}

/** Parses outside text; keys that could reach a prototype are dropped. Never throws. */
export const parseJson = (text: string): JsonResult => {
  const fault = scan(text)
  if (fault) return { ok: false, reason: fault }
  try {
    return { ok: true, value: JSON.parse(text, exactNumbers as Parameters<typeof JSON.parse>[1]) as Json }
  } catch {
    return { ok: false, reason: 'JSON' }
  }
}

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

/** Deterministic JSON: keys sorted at every level, so equal content has equal text. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) => {
    if (typeof item === 'bigint') return { $n: item.toString() }
    if (item instanceof JsonNumber) return { $d: item.text }
    if (!isObject(item)) return item
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
