/** Times: strict in, UTC out, calendars only where money has one. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addMonths,
  billingMonthStart,
  formatInstant,
  formatInZone,
  formatSpan,
  instant,
  parseInstant,
  parseSourceTime,
  utcDay,
} from '../../functions/domain/time.ts'

describe('parseSourceTime', () => {
  test.each([
    ['1970-01-01T00:00:00Z', 0, 0],
    ['2026-11-23T10:00:00Z', 1_795_428_000_000, 0],
    ['2026-11-23t10:00:00z', 1_795_428_000_000, 0],
    ['2026-11-23T02:00:00-08:00', 1_795_428_000_000, 0],
    ['2026-11-23T15:30:00+05:30', 1_795_428_000_000, 0],
    ['2026-11-24T00:00:00+14:00', 1_795_428_000_000, 0],
    ['2026-11-23T10:00:00.5Z', 1_795_428_000_500, 0],
    ['2026-11-23T10:00:00.123456789Z', 1_795_428_000_123, 456_789],
    ['2026-11-23T10:00:00.000000001Z', 1_795_428_000_000, 1],
    ['2028-02-29T00:00:00Z', 1_835_395_200_000, 0],
    ['9999-12-31T23:59:59.999Z', 253_402_300_799_999, 0],
  ])('%s is %i ms and %i ns', (text, ms, subNanos) => {
    expect(parseSourceTime(text)).toEqual({ ms, subNanos })
    expect(parseInstant(text)).toBe(ms)
  })

  test.each([
    '',
    '2026-11-01',
    '2026-11-01T00:00:00',
    '2026-11-01 00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-11-00T00:00:00Z',
    '2026-11-01T24:00:00Z',
    '2026-11-01T23:60:00Z',
    '2016-12-31T23:59:60Z',
    '2026-11-01T00:00:00+24:00',
    '2026-11-01T00:00:00+01:60',
    '2026-11-01T00:00:00+0100',
    '2026-11-01T00:00:00.Z',
    '2026-11-01T00:00:00.1234567890Z',
    '2026-11-01T00:00:00Z ',
    '2026-11-01T00:00:00Z\n',
    '26-11-01T00:00:00Z',
    '+012026-11-01T00:00:00Z',
    '1969-12-31T23:59:59Z',
    '1970-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '1793520000',
  ])('%j is no time', (text) => {
    expect(parseSourceTime(text)).toBe(undefined)
    expect(parseInstant(text)).toBe(undefined)
  })

  test('what is written is read back, for any instant there is (2,000 runs)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (ms) => {
        expect(parseInstant(formatInstant(ms))).toBe(ms)
        expect(Date.parse(formatInstant(ms))).toBe(ms)
      }),
      { numRuns: 2_000 },
    )
  })

  test('no text throws (2,000 runs)', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\dTZ:.+-]{10,30}$/)), (text) => {
        const ms = parseInstant(text)
        expect(ms === undefined || (Number.isSafeInteger(ms) && ms >= 0)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})

test('instant throws on a typo of our own', () => {
  expect(instant('2026-11-23T10:00:00Z')).toBe(1_795_428_000_000)
  expect(() => instant('2026-11-31T00:00:00Z')).toThrow('2026-11-31')
})

test.each([
  [1_795_428_000_000, '2026-11-23T10:00:00Z'],
  [1_795_428_000_250, '2026-11-23T10:00:00.25Z'],
  [1_795_428_000_001, '2026-11-23T10:00:00.001Z'],
  [1_795_428_000_100, '2026-11-23T10:00:00.1Z'],
])('%i is written %s', (ms, text) => {
  expect(formatInstant(ms)).toBe(text)
})

test('a day is a day in UTC', () => {
  expect(utcDay(instant('2026-11-23T23:59:59-08:00'))).toBe('2026-11-24')
})

test.each([
  ['2026-11-01T05:00:00Z', 12, '2027-11-01T05:00:00Z'],
  ['2028-02-29T12:00:00.5Z', 12, '2029-02-28T12:00:00.5Z'],
  ['2027-02-28T00:00:00Z', 12, '2028-02-28T00:00:00Z'],
  ['2026-01-31T00:00:00Z', 1, '2026-02-28T00:00:00Z'],
  ['2026-08-31T23:59:59Z', 1, '2026-09-30T23:59:59Z'],
  ['2026-12-31T00:00:00Z', 1, '2027-01-31T00:00:00Z'],
  ['2026-12-31T00:00:00Z', 2, '2027-02-28T00:00:00Z'],
  ['2026-03-31T00:00:00Z', -1, '2026-02-28T00:00:00Z'],
  ['2026-01-15T00:00:00Z', -1, '2025-12-15T00:00:00Z'],
  ['2026-05-05T00:00:00Z', 0, '2026-05-05T00:00:00Z'],
])('%s and %i months is %s', (from, months, to) => {
  expect(formatInstant(addMonths(instant(from), months))).toBe(to)
})

test.each([
  ['2026-11-23T10:00:00Z', '2026-11-01T07:00:00Z'],
  ['2026-12-15T10:00:00Z', '2026-12-01T08:00:00Z'],
  ['2026-07-15T10:00:00Z', '2026-07-01T07:00:00Z'],
  ['2026-03-31T10:00:00Z', '2026-03-01T08:00:00Z'],
  ['2026-12-01T07:59:59.999Z', '2026-11-01T07:00:00Z'],
  ['2026-12-01T08:00:00Z', '2026-12-01T08:00:00Z'],
  ['2027-01-01T07:00:00Z', '2026-12-01T08:00:00Z'],
])('the billing month of %s begins %s', (at, start) => {
  expect(formatInstant(billingMonthStart(instant(at)))).toBe(start)
})

test('billing months begin where the time zone data of this Node put midnight in Los Angeles, 2007 to 2106', () => {
  const clock = new Intl.DateTimeFormat('sv', {
    timeZone: 'America/Los_Angeles',
    dateStyle: 'short',
    timeStyle: 'medium',
  })
  const months = Array.from({ length: 1_200 }, (_, n) => new Date(Date.UTC(2007, n, 15)).toISOString().slice(0, 7))
  for (const [n, month] of months.entries()) {
    const start = billingMonthStart(Date.parse(`${month}-15T00:00:00Z`))
    expect(clock.format(start)).toBe(`${month}-01 00:00:00`)
    expect(billingMonthStart(start)).toBe(start)
    expect(clock.format(billingMonthStart(start - 1))).toBe(`${months[n - 1] ?? '2006-12'}-01 00:00:00`)
  }
})

test.each([
  ['UTC', '2026-11-23 00:05 UTC'],
  ['America/Los_Angeles', '2026-11-22 16:05 PST'],
  ['Asia/Kolkata', '2026-11-23 05:35 GMT+5:30'],
])('in %s people read %s', (zone, text) => {
  expect(formatInZone(instant('2026-11-23T00:05:00Z'), zone)).toBe(text)
})

test.each([
  [0, '0 min'],
  [12 * 60_000, '12 min'],
  [59.4 * 60_000, '59 min'],
  [59.6 * 60_000, '1 h'],
  [90 * 60_000, '1 h 30 min'],
  [5 * 3_600_000, '5 h'],
  [10.5 * 3_600_000, '10 h'],
  [47 * 3_600_000, '47 h'],
  [48 * 3_600_000, '2 d'],
  [76 * 3_600_000, '3 d 4 h'],
  [250 * 3_600_000, '10 d'],
  [-76 * 3_600_000, '3 d 4 h'],
])('%i ms is %s', (ms, text) => {
  expect(formatSpan(ms)).toBe(text)
})
