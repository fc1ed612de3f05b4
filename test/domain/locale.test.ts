import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isLocale, numeral } from '../../functions/domain/locale.ts'
import { formatForPeople, NANOS_MAX, nanos } from '../../functions/domain/money.ts'

describe('numbers as a locale writes amounts, in Latin digits', () => {
  test.each([
    ['en', '1234567.50', '1,234,567.50'],
    ['en-US', '-1234.5', '-1,234.5'],
    ['de-DE', '1234567.50', '1.234.567,50'],
    ['de-DE', '-0.42', '-0,42'],
    ['de-AT', '1234.50', '1.234,50'],
    ['de-CH', '1234.50', "1'234.50"],
    ['es-ES', '1234.50', '1234,50'],
    ['fr-FR', '1234.50', '1\u202f234,50'],
    ['sv-SE', '-1234.50', '−1\u00a0234,50'],
    ['hi-IN', '12345678.90', '1,23,45,678.90'],
    ['ja-JP', '1234567', '1,234,567'],
    ['ar-EG', '-1234.500', '-1,234.500'],
    ['he-IL', '-1234.50', '-1,234.50'],
    ['fa-IR', '-1234.50', '−1,234.50'],
    ['en-u-nu-arab', '12.50', '12.50'],
  ])('%s: %s is %s', (locale, decimal, written) => {
    expect(numeral(decimal, locale)).toBe(written)
  })

  test('no digit is lost or rounded, however many there are', () => {
    const digits = fc.stringMatching(/^[1-9]\d{0,30}\.\d{1,9}$/)
    const locale = fc.constantFrom('en', 'de-DE', 'hi-IN', 'ar-EG', 'fr-FR', 'sv-SE')
    fc.assert(
      fc.property(digits, locale, (decimal, tag) => {
        expect(numeral(decimal, tag).replace(/\D/g, '')).toBe(decimal.replace('.', ''))
      }),
    )
  })
})

describe('amounts', () => {
  test.each([
    ['1234.50', 'EUR', 'de-DE', '1.234,50 EUR'],
    ['-1234.50', 'EUR', 'de-DE', '-1.234,50 EUR'],
    ['1234.50', 'USD', 'en-US', '1,234.50 USD'],
    ['-0.40', 'USD', 'en-US', '-0.40 USD'],
    ['-0.004', 'EUR', 'de-DE', '0,00 EUR'],
    ['1234567.90', 'INR', 'hi-IN', '12,34,567.90 INR'],
    ['152557', 'JPY', 'ja-JP', '152,557 JPY'],
    ['1234.5675', 'KWD', 'ar-KW', '1,234.568 KWD'],
    ['1234.5665', 'KWD', 'de-DE', '1.234,566 KWD'],
  ])('%s %s in %s is %s', (decimal, currency, locale, written) => {
    expect(formatForPeople(nanos(decimal), currency, locale)).toBe(written)
  })

  test('the largest amount a store can hold keeps its digits', () => {
    expect(formatForPeople(NANOS_MAX, 'USD', 'de-DE')).toBe('9.223.372.036,85 USD')
  })
})

describe('language tags', () => {
  test.each(['en', 'en-US', 'de-DE', 'hi-IN', 'ja-JP', 'ar-KW', 'zh-Hant-TW', 'de-CH-1996'])('%s is one', (tag) => {
    expect(isLocale(tag)).toBe(true)
  })

  test.each(['', 'deutsch', 'de_DE', 'xx', 'tlh', '*', 'en\r\nBcc: x', `en-${'x-abcdefgh-'.repeat(9)}`])(
    '%j is none',
    (tag) => {
      expect(isLocale(tag)).toBe(false)
    },
  )
})
