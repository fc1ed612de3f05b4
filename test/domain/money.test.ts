/** Money: exact in, exact out, rounded only where it is said. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  currencyDigits,
  divideHalfEven,
  formatDecimal,
  formatForPeople,
  inRange,
  isCurrency,
  maxNanos,
  minNanos,
  NANOS_MAX,
  nanos,
  parseNanos,
  UNIT,
} from '../../functions/domain/money.ts'

describe('parseNanos', () => {
  test.each([
    ['0', 0n],
    ['-0', 0n],
    ['1', 1_000_000_000n],
    ['-12.5', -12_500_000_000n],
    ['140.321', 140_321_000_000n],
    ['1.005', 1_005_000_000n],
    ['1E2', 100_000_000_000n],
    ['1e+2', 100_000_000_000n],
    ['12.5e-3', 12_500_000n],
    ['0.30000000000000004', 300_000_000n],
    ['0.0000000005', 0n],
    ['0.0000000015', 2n],
    ['0.00000000150000000000000001', 2n],
    ['0.0000000025', 2n],
    ['-0.0000000015', -2n],
    ['-0.0000000025', -2n],
    ['1e-10', 0n],
    ['5e-324', 0n],
    ['999999999999999999999999999999e-99', 0n],
    ['0e99', undefined],
    ['9223372036.854775807', NANOS_MAX],
    ['9223372036.8547758074', NANOS_MAX],
    ['-9223372036.854775807', -NANOS_MAX],
    ['9223372036.854775808', undefined],
    ['-9223372036.854775808', undefined],
    ['12345678901234567890.12', undefined],
    ['1e400', undefined],
    ['1e40', undefined],
    ['1e1000', undefined],
  ])('%s is %s', (text, amount) => {
    expect(parseNanos(text)).toBe(amount)
  })

  test.each([
    '',
    '-',
    '+1',
    '.5',
    '5.',
    '1,5',
    '1_000',
    ' 1',
    '1 ',
    '1\n',
    '0x10',
    'NaN',
    'Infinity',
    '1e',
    '1e1.5',
    '١',
    '--1',
    '1.2.3',
    '1n',
  ])('%j is no amount', (text) => {
    expect(parseNanos(text)).toBe(undefined)
  })

  test('whole nanos come back from their decimal text (2,000 runs)', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -NANOS_MAX, max: NANOS_MAX }), (amount) => {
        expect(parseNanos(formatDecimal(amount, 'USD'))).toBe(amount)
      }),
      { numRuns: 2_000 },
    )
  })

  test('a double is read as its shortest text, never as its binary (2,000 runs)', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10_000_000, max: 10_000_000 }), (thousandths) => {
        expect(parseNanos(String(thousandths / 1_000))).toBe(BigInt(thousandths) * 1_000_000n)
      }),
      { numRuns: 2_000 },
    )
  })
})

test('nanos throws on a typo of our own', () => {
  expect(nanos('0.75')).toBe(750_000_000n)
  expect(() => nanos('0,75')).toThrow('0,75')
})

describe('divideHalfEven', () => {
  test.each([
    [7n, 2n, 4n],
    [5n, 2n, 2n],
    [3n, 2n, 2n],
    [1n, 2n, 0n],
    [-1n, 2n, 0n],
    [-3n, 2n, -2n],
    [-5n, 2n, -2n],
    [-7n, 2n, -4n],
    [2n, 3n, 1n],
    [1n, 3n, 0n],
    [-2n, 3n, -1n],
    [6n, 3n, 2n],
    [0n, 5n, 0n],
  ])('%s / %s = %s', (dividend, divisor, quotient) => {
    expect(divideHalfEven(dividend, divisor)).toBe(quotient)
  })

  test('is never further than half a step from the truth, and takes the even neighbour at the half (2,000 runs)', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        fc.bigInt({ min: 1n, max: 10n ** 15n }),
        (dividend, divisor) => {
          const quotient = divideHalfEven(dividend, divisor)
          const miss = dividend - quotient * divisor
          const twice = (miss < 0n ? -miss : miss) * 2n
          expect(twice <= divisor).toBe(true)
          if (twice === divisor) expect(quotient % 2n).toBe(0n)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

test('the range is that of a signed 64-bit integer, without its lowest', () => {
  expect(NANOS_MAX).toBe(9_223_372_036_854_775_807n)
  expect([NANOS_MAX, -NANOS_MAX, NANOS_MAX + 1n, -NANOS_MAX - 1n].map(inRange)).toEqual([true, true, false, false])
})

describe('currencies', () => {
  test.each([
    ['USD', 2],
    ['EUR', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['VND', 0],
    ['KWD', 3],
  ])('%s is written with %i digits', (code, digits) => {
    expect(isCurrency(code)).toBe(true)
    expect(currencyDigits(code)).toBe(digits)
  })

  test.each(['', 'usd', 'US', 'USDD', 'XXX', 'XTS', '💶', 'ABC', ' USD'])('%j is none', (code) => {
    expect(isCurrency(code)).toBe(false)
  })
})

describe('formatDecimal', () => {
  test.each([
    [0n, 'USD', '0.00'],
    [8_800_000_000n, 'USD', '8.80'],
    [125_000n, 'USD', '0.000125'],
    [-420_000_000n, 'USD', '-0.42'],
    [-1n, 'USD', '-0.000000001'],
    [41_200_000_000n, 'USD', '41.20'],
    [41_000_000_000n, 'JPY', '41'],
    [41_500_000_000n, 'JPY', '41.5'],
    [1_000_000_000n, 'KWD', '1.000'],
    [NANOS_MAX, 'USD', '9223372036.854775807'],
  ])('%s nanos of %s are %s', (amount, code, text) => {
    expect(formatDecimal(amount, code)).toBe(text)
  })
})

describe('formatForPeople', () => {
  test.each([
    [41_200_000_000n, 'USD', '41.20 USD'],
    [12_345_678_905_000_000n, 'USD', '12,345,678.90 USD'],
    [12_345_678_915_000_000n, 'USD', '12,345,678.92 USD'],
    [-1_234_567_000_000_000n, 'USD', '-1,234,567.00 USD'],
    [-123_000_000_000n, 'USD', '-123.00 USD'],
    [999_999_999n, 'USD', '1.00 USD'],
    [-4_000_000n, 'USD', '0.00 USD'],
    [1_234_500_000_000n, 'JPY', '1,234 JPY'],
    [1_235_500_000_000n, 'JPY', '1,236 JPY'],
    [1_500_000n, 'KWD', '0.002 KWD'],
  ])('%s nanos of %s are %s', (amount, code, text) => {
    expect(formatForPeople(amount, code)).toBe(text)
  })
})

test('the larger and the smaller of two amounts', () => {
  expect([maxNanos(UNIT, -UNIT), maxNanos(0n, UNIT), minNanos(UNIT, -UNIT), minNanos(0n, UNIT)]).toEqual([
    UNIT,
    UNIT,
    -UNIT,
    0n,
  ])
})
