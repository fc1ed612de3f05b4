/** Typed readers over outside JSON; the first fault is kept with the path of its field. */

import type { ReasonCode } from '../domain/errors.ts'
import type { FactBody } from '../domain/facts.ts'
import { isObject, type Json, JsonNumber, type JsonObject } from '../domain/json.ts'
import { contentHash } from '../domain/keys.ts'
import { isCurrency, type Nanos, parseNanos } from '../domain/money.ts'
import { type Instant, parseInstant } from '../domain/time.ts'
import type { Parsed, RawMessage } from './source.ts'

/** Why a field cannot be read; `detail` names the field and never quotes more than a short scalar. */
export type Fault = { readonly reason: ReasonCode; readonly detail: string }

/** Identifiers are far shorter; a longer one would only bloat keys. */
const TEXT_CHARS_MAX = 256
const DECIMAL = /^-?\d+(?:\.\d+)?$/

/**
 * Reads the fields of one JSON object. After a fault a reader hands back a placeholder of its type, so read everything,
 * then look at `fault` once before using any of it. An absent field and a null one are the same. Never throws.
 */
export class Fields {
  private readonly object: JsonObject
  private readonly path: string
  private readonly faults: Fault[]

  constructor(object: JsonObject, path = '', faults: Fault[] = []) {
    this.object = object
    this.path = path
    this.faults = faults
  }

  /** The first fault of this object or of any `nested` one. */
  get fault(): Fault | undefined {
    return this.faults[0]
  }

  fail(name: string, reason: ReasonCode, what: string): void {
    this.faults.push({ reason, detail: `${this.path}${name}: ${what}` })
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  /** Non-empty text of at most 256 characters; TYPE otherwise. */
  text(name: string): string {
    const value = this.get(name)
    if (typeof value === 'string' && value.length > 0 && value.length <= TEXT_CHARS_MAX) return value
    this.fail(name, 'TYPE', `must be a text of 1 to ${TEXT_CHARS_MAX} characters`)
    return ''
  }

  /** Text for people, cut at `charsMax` characters and otherwise kept as it is; TYPE if it is no text. */
  words(name: string, charsMax: number): string {
    const value = this.get(name)
    if (typeof value === 'string') return cut(value, charsMax)
    this.fail(name, 'TYPE', 'must be a text')
    return ''
  }

  /** RFC 3339 with a zone, to the millisecond; TYPE if it is no text, else TIME. */
  time(name: string): Instant {
    const value = this.get(name)
    const instant = typeof value === 'string' ? parseInstant(value) : undefined
    if (instant === undefined)
      this.fail(name, typeof value === 'string' ? 'TIME' : 'TYPE', 'must be an RFC 3339 time with a zone')
    return instant ?? 0
  }

  /** Money as decimal text; MONEY if it is none (a JSON number is none), RANGE if it leaves 64 bits of nanos. */
  money(name: string): Nanos {
    const value = this.get(name)
    if (typeof value === 'string' && DECIMAL.test(value)) return this.inRange(name, parseNanos(value))
    const reason = value === undefined ? 'TYPE' : 'MONEY'
    this.fail(name, reason, 'must be a decimal amount as text, such as "50.00"')
    return 0n
  }

  /** A JSON number, exact from its source text, in nanos rounded half to even; TYPE if it is none, RANGE if too large. */
  number(name: string): Nanos {
    const value = this.get(name)
    if (value instanceof JsonNumber) return this.inRange(name, parseNanos(value.text))
    this.fail(name, 'TYPE', 'must be a JSON number')
    return 0n
  }

  /** A whole JSON number from `min` up, safe as a double; TYPE if it is none, RANGE below `min` or beyond. */
  integer(name: string, min = 0): number {
    const value = this.get(name)
    const number = value instanceof JsonNumber ? Number(value.text) : Number.NaN
    if (Number.isSafeInteger(number) && number >= min) return number
    const isWhole = Number.isInteger(number) || Math.abs(number) === Number.POSITIVE_INFINITY
    this.fail(name, isWhole ? 'RANGE' : 'TYPE', `must be a whole number of at least ${min}`)
    return min
  }

  /** One of the listed words; `reason` otherwise. */
  oneOf<Word extends string>(name: string, words: readonly [Word, ...Word[]], reason: ReasonCode = 'TYPE'): Word {
    const value = this.get(name)
    const found = words.find((word) => word === value)
    if (found === undefined) this.fail(name, reason, `must be one of ${words.join(', ')}`)
    return found ?? words[0]
  }

  flag(name: string): boolean {
    const value = this.get(name)
    if (typeof value === 'boolean') return value
    this.fail(name, 'TYPE', 'must be true or false')
    return false
  }

  /** An ISO 4217 code in capitals; CURRENCY otherwise. */
  currency(name: string): string {
    const value = this.get(name)
    if (typeof value === 'string' && isCurrency(value)) return value
    this.fail(name, 'CURRENCY', 'must be an ISO 4217 code in capitals')
    return ''
  }

  /** Readers of a nested object, whose faults count as this one's; TYPE if it is no object. */
  nested(name: string): Fields {
    const value = this.get(name)
    const object = value !== undefined && isObject(value) ? value : undefined
    if (!object) this.fail(name, 'TYPE', 'must be an object')
    return new Fields(object ?? {}, `${this.path}${name}.`, this.faults)
  }

  /** Readers of the objects of a list, as `nested`; TYPE if it is no list of at most `itemsMax` objects. */
  list(name: string, itemsMax: number): readonly Fields[] {
    const value = this.get(name)
    if (Array.isArray(value) && value.length <= itemsMax && value.every(isObject))
      return value.map((item, index) => new Fields(item, `${this.path}${name}[${index}].`, this.faults))
    this.fail(name, 'TYPE', `must be a list of at most ${itemsMax} objects`)
    return []
  }

  /** The raw value, for shapes that need a reader of their own; `undefined` where absent or null. */
  get(name: string): Exclude<Json, null> | undefined {
    return this.object[name] ?? undefined
  }

  private inRange(name: string, amount: Nanos | undefined): Nanos {
    if (amount === undefined) this.fail(name, 'RANGE', 'is out of range')
    return amount ?? 0n
  }
}

/** The first `charsMax` characters, never half of one. */
export const cut = (text: string, charsMax: number): string =>
  text.length <= charsMax ? text : [...text.slice(0, charsMax * 2)].slice(0, charsMax).join('')

/** A fault as a source's answer; `accountId` where the message named one, so that its quarantine finds a home. */
export const rejected = (fault: Fault, accountId?: string): Parsed => ({
  kind: 'rejected',
  ...fault,
  ...(accountId !== undefined && { accountId }),
})

/** A publish time (ms and the nanoseconds below it) tells two facts apart; without one, only what they say can. */
export const sourcePart = ({ source, timed }: RawMessage, body: FactBody): string =>
  timed ? `${source.ms}.${String(source.subNanos).padStart(6, '0')}` : contentHash(body)
