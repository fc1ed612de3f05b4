/** How a locale writes numbers: its separators, grouping and minus sign, in Latin digits; words and dates stay as they are. */

/** Writes numbers where nothing else is configured, and where an older message names no locale. */
export const DEFAULT_LOCALE = 'en'

/** Longer is no language tag that ICU knows (RFC 5646 §4.4.1). */
const TAG_MAX = 35

/** Whether the text is a language tag (BCP 47) that ICU has number rules for, such as `de-DE`. */
export const isLocale = (text: string): boolean => {
  try {
    return text.length <= TAG_MAX && Intl.NumberFormat.supportedLocalesOf(text).length === 1
  } catch {
    return false
  }
}

const formats = new Map<string, Intl.NumberFormat>()

/** Amounts have separators of their own in some locales (de-AT), so they are asked for as amounts; the currency is left out. */
const formatOf = (locale: string, digits: number): Intl.NumberFormat => {
  const key = `${locale} ${digits}`
  const known = formats.get(key)
  if (known) return known
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'XXX',
    currencyDisplay: 'code',
    numberingSystem: 'latn',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  formats.set(key, format)
  return format
}

const NUMERALS = new Set(['minusSign', 'integer', 'group', 'decimal', 'fraction'])

/**
 * Exact decimal text as the locale writes an amount, with all its digits: `-1234.50` is `-1.234,50` in de-DE. No float is
 * involved: ICU takes the text itself. Marks of direction are left out, for the words around it are English.
 */
export const numeral = (decimal: string, locale: string): string => {
  const digits = decimal.split('.')[1]?.length ?? 0
  return formatOf(locale, digits)
    .formatToParts(decimal as Intl.StringNumericLiteral)
    .filter(({ type }) => NUMERALS.has(type))
    .map(({ value }) => value.replace(/\p{Cf}/gu, ''))
    .join('')
}
