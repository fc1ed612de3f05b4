/** Readers of words typed on a command line; a word that does not fit is wrong usage, told with an example. */

import { InvalidArgumentError } from 'commander'
import { parseAccountId } from '../domain/keys.ts'
import { isCurrency, parseNanos } from '../domain/money.ts'
import { DAY_MS, type Instant, parseInstant, parseSpan } from '../domain/time.ts'

const DECIMAL = /^-?\d+(?:\.\d+)?$/
/** A snooze of years is a mute button by another name. */
const SPAN_DAYS_MAX = 366
const TEXT_CHARS_MAX = 256

const fail = (what: string): never => {
  throw new InvalidArgumentError(what)
}

/** A billing account id, without the prefix `billingAccounts/`. */
export const accountWord = (text: string): string =>
  parseAccountId(text) ?? fail('It must be a billing account id, such as 01D4EE-079462-DFD6EC.')

/** Decimal text as it stands; may be negative. */
export const decimalWord = (text: string): string =>
  DECIMAL.test(text) && parseNanos(text) !== undefined ? text : fail('It must be a decimal amount, such as 50.00.')

/** Decimal text above 0. */
export const amountWord = (text: string): string =>
  (parseNanos(decimalWord(text)) ?? 0n) > 0n ? text : fail('It must be above 0, such as 50.00.')

/** RFC 3339 with a zone. */
export const timeWord = (text: string): Instant =>
  parseInstant(text) ?? fail('It must be an RFC 3339 time with a zone, such as 2026-11-23T10:00:00Z.')

/** A span such as `90m`, `4h` or `2d`, in milliseconds. */
export const spanWord = (text: string): number => {
  const ms = parseSpan(text)
  return ms !== undefined && ms <= SPAN_DAYS_MAX * DAY_MS
    ? ms
    : fail('It must be a span such as 90m, 4h or 2d, at most 366d.')
}

/** A whole number from 0 up. */
export const countWord = (text: string): number => {
  const count = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(count) ? count : fail('It must be a whole number, such as 1500.')
}

export const currencyWord = (text: string): string =>
  isCurrency(text) ? text : fail('It must be an ISO 4217 code in capitals, such as USD.')

/** A name or id of 1 to 256 characters. */
export const nameWord = (text: string): string =>
  text.trim() !== '' && text.length <= TEXT_CHARS_MAX ? text : fail(`It must have 1 to ${TEXT_CHARS_MAX} characters.`)

/** A DKIM selector: labels of a host name. https://www.rfc-editor.org/rfc/rfc6376#section-3.1 */
export const selectorWord = (text: string): string =>
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?){0,3}$/i.test(text)
    ? text
    : fail('It must be a selector, such as google or s1.')
