/** Money as bigint nanos (1e-9 of a currency unit), exact from the source text to the edge. */

import { DEFAULT_LOCALE, numeral } from './locale.ts'

/** An amount in nanos of its currency; the same scale as google.type.Money. */
export type Nanos = bigint

/** Nanos in one currency unit. */
export const UNIT: Nanos = 1_000_000_000n

/** Stores keep amounts as 64-bit integers, so nothing may leave this range. */
export const NANOS_MAX: Nanos = 2n ** 63n - 1n

const SCALE_DIGITS = 9
const DECIMAL = /^(-?)(\d{1,30})(?:\.(\d{1,64}))?(?:[eE]([+-]?\d{1,3}))?$/
/** A larger exponent is no amount anybody owns, and would only cost memory. */
const EXPONENT_MAX = 40

/** Divides and rounds half to even; `divisor` must be positive. */
export const divideHalfEven = (dividend: bigint, divisor: bigint): bigint => {
  const quotient = dividend / divisor
  const rest = dividend % divisor
  const twice = (rest < 0n ? -rest : rest) * 2n
  const away = twice > divisor || (twice === divisor && quotient % 2n !== 0n)
  if (!away) return quotient
  return dividend < 0n ? quotient - 1n : quotient + 1n
}

/** Whether every sum of this amount still fits the stores' 64-bit integers. */
export const inRange = (amount: Nanos): boolean => amount <= NANOS_MAX && amount >= -NANOS_MAX

/**
 * Parses decimal text (with an optional exponent) to nanos, rounding half to even at the ninth digit.
 * Returns `undefined` for anything that is no plain decimal or leaves the 64-bit range.
 */
export const parseNanos = (text: string): Nanos | undefined => {
  const match = DECIMAL.exec(text)
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match
  const exponent = Number(exponentText)
  if (exponent > EXPONENT_MAX) return undefined
  const digits = BigInt(whole + fraction)
  const shift = SCALE_DIGITS - fraction.length + exponent
  const magnitude = shift >= 0 ? digits * 10n ** BigInt(shift) : divideHalfEven(digits, 10n ** BigInt(-shift))
  const amount = sign === '-' ? -magnitude : magnitude
  return inRange(amount) ? amount : undefined
}

/** As `parseNanos`, for literals of our own code; throws on a typo. */
export const nanos = (text: string): Nanos => {
  const amount = parseNanos(text)
  if (amount === undefined) throw new Error(`not a decimal amount: ${text}`)
  return amount
}

const digitsByCurrency = new Map<string, number>()

/** Decimal places the currency is written with (ISO 4217, as ICU knows it): USD 2, JPY 0, KWD 3. */
export const currencyDigits = (currencyCode: string): number => {
  const known = digitsByCurrency.get(currencyCode)
  if (known !== undefined) return known
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: currencyCode })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  digitsByCurrency.set(currencyCode, digits)
  return digits
}

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'))
const NO_CURRENCY = new Set(['XXX', 'XTS'])

/** Whether the text is a currency code that ICU lists; upper case only. */
export const isCurrency = (text: string): boolean => CURRENCIES.has(text) && !NO_CURRENCY.has(text)

/** Decimal text with at least the currency's own digits, at most nine, and no other trailing zeros. */
export const formatDecimal = (amount: Nanos, currencyCode: string): string => {
  const magnitude = amount < 0n ? -amount : amount
  const fraction = (magnitude % UNIT).toString().padStart(SCALE_DIGITS, '0')
  const digits = Math.max(currencyDigits(currencyCode), fraction.replace(/0+$/, '').length)
  const whole = `${amount < 0n ? '-' : ''}${magnitude / UNIT}`
  return digits === 0 ? whole : `${whole}.${fraction.slice(0, digits)}`
}

/**
 * For people: rounded half to even to the currency's digits, in the numerals of the locale, with the code behind it:
 * `1,234.50 USD`, in de-DE `1.234,50 EUR`. A code says which dollar it is, in every locale and in every font.
 */
export const formatForPeople = (amount: Nanos, currencyCode: string, locale = DEFAULT_LOCALE): string => {
  const step = 10n ** BigInt(SCALE_DIGITS - currencyDigits(currencyCode))
  const rounded = divideHalfEven(amount, step) * step
  return `${numeral(formatDecimal(rounded, currencyCode), locale)} ${currencyCode}`
}

export const maxNanos = (a: Nanos, b: Nanos): Nanos => (a > b ? a : b)
export const minNanos = (a: Nanos, b: Nanos): Nanos => (a < b ? a : b)
