import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY_MS, formatInZone, HOUR_MS, instant, parseSpan } from '../../functions/domain/time.ts'
import { dayIn, instantOf, parseTimeOfDay, weekdayOf } from '../../functions/domain/wall-clock.ts'

/** Days from 1970-01-01, counted by another hand: whole days between two midnights in UTC. */
const day = (date: string): number => (instant(`${date}T00:00:00Z`) - instant('1970-01-01T00:00:00Z')) / 86_400_000

describe('a time of day becomes an instant', () => {
  test.each([
    ['UTC', '2026-11-23', '09:00', '2026-11-23T09:00:00Z'],
    ['Europe/Berlin', '2026-11-23', '09:00', '2026-11-23T08:00:00Z'],
    ['Europe/Berlin', '2026-07-01', '09:00', '2026-07-01T07:00:00Z'],
    ['America/Los_Angeles', '2026-11-23', '22:00', '2026-11-24T06:00:00Z'],
    ['Asia/Kolkata', '2026-11-23', '07:30', '2026-11-23T02:00:00Z'],
    ['Pacific/Kiritimati', '2026-11-23', '00:00', '2026-11-22T10:00:00Z'],
    ['UTC', '2026-11-23', '24:00', '2026-11-24T00:00:00Z'],
  ])('%s %s %s is %s', (zone, date, time, expected) => {
    expect(instantOf(day(date), parseTimeOfDay(time) ?? -1, zone)).toBe(instant(expected))
  })

  test.each([
    // Clocks go from 02:00 to 03:00: the hour between is left out.
    ['Europe/Berlin', '2026-03-29', '01:59', '2026-03-29T00:59:00Z'],
    ['Europe/Berlin', '2026-03-29', '02:00', '2026-03-29T01:00:00Z'],
    ['Europe/Berlin', '2026-03-29', '02:30', '2026-03-29T01:00:00Z'],
    ['Europe/Berlin', '2026-03-29', '03:00', '2026-03-29T01:00:00Z'],
    ['Europe/Berlin', '2026-03-29', '07:00', '2026-03-29T05:00:00Z'],
    ['America/New_York', '2026-03-08', '02:30', '2026-03-08T07:00:00Z'],
    ['America/New_York', '2026-03-08', '07:00', '2026-03-08T11:00:00Z'],
    // Half an hour is left out.
    ['Australia/Lord_Howe', '2026-10-04', '02:15', '2026-10-03T15:30:00Z'],
    // Midnight itself is left out.
    ['America/Santiago', '2026-09-06', '00:00', '2026-09-06T04:00:00Z'],
  ])('where summer time begins, in %s on %s at %s: %s', (zone, date, time, expected) => {
    expect(instantOf(day(date), parseTimeOfDay(time) ?? -1, zone)).toBe(instant(expected))
  })

  test.each([
    // Clocks go from 03:00 back to 02:00: the hour before comes twice, and the first one counts.
    ['Europe/Berlin', '2026-10-25', '01:59', '2026-10-24T23:59:00Z'],
    ['Europe/Berlin', '2026-10-25', '02:30', '2026-10-25T00:30:00Z'],
    ['Europe/Berlin', '2026-10-25', '03:00', '2026-10-25T02:00:00Z'],
    ['America/New_York', '2026-11-01', '01:30', '2026-11-01T05:30:00Z'],
    ['America/New_York', '2026-11-01', '02:00', '2026-11-01T07:00:00Z'],
    ['America/New_York', '2026-11-01', '07:00', '2026-11-01T12:00:00Z'],
  ])('where it ends, in %s on %s at %s: %s', (zone, date, time, expected) => {
    expect(instantOf(day(date), parseTimeOfDay(time) ?? -1, zone)).toBe(instant(expected))
  })

  test('a day that a zone skipped whole begins at the jump', () => {
    expect(instantOf(day('2011-12-30'), 12 * 60, 'Pacific/Apia')).toBe(instant('2011-12-30T10:00:00Z'))
  })

  test('the clock shows what was asked for, wherever and whenever it can', () => {
    const zone = fc.constantFrom('Europe/London', 'America/Chicago', 'Asia/Kathmandu', 'Australia/Sydney', 'UTC')
    const days = fc.integer({ min: day('2020-01-01'), max: day('2035-01-01') })
    const shown = (number: number, minute: number): string =>
      `${new Date(number * DAY_MS).toISOString().slice(0, 10)} ${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
    fc.assert(
      fc.property(zone, days, fc.integer({ min: 4 * 60, max: 1_439 }), (timeZone, number, minute) => {
        const at = instantOf(number, minute, timeZone)
        expect(formatInZone(at, timeZone).slice(0, 16)).toBe(shown(number, minute))
        expect(dayIn(at, timeZone)).toBe(number)
      }),
      { numRuns: 300 },
    )
  })

  test('an hour of winter and one of summer time are as long as they are', () => {
    const spring = instantOf(day('2026-03-30'), 0, 'Europe/Berlin') - instantOf(day('2026-03-29'), 0, 'Europe/Berlin')
    const autumn = instantOf(day('2026-10-26'), 0, 'Europe/Berlin') - instantOf(day('2026-10-25'), 0, 'Europe/Berlin')
    expect([spring / HOUR_MS, autumn / HOUR_MS]).toEqual([23, 25])
  })
})

test.each([
  ['2026-11-23', 'mon'],
  ['2026-11-29', 'sun'],
  ['1970-01-01', 'thu'],
  ['2028-02-29', 'tue'],
])('%s is a %s', (date, weekday) => {
  expect(weekdayOf(day(date))).toBe(weekday)
})

test.each([
  ['00:00', 0],
  ['07:30', 450],
  ['23:59', 1_439],
  ['24:00', 1_440],
  ['24:01', undefined],
  ['7:30', undefined],
  ['07:60', undefined],
  ['25:00', undefined],
  ['07:30:00', undefined],
  ['', undefined],
])('the time of day %j is %s minutes', (text, minutes) => {
  expect(parseTimeOfDay(text)).toBe(minutes)
})

test.each([
  ['30m', 1_800_000],
  ['12h', 43_200_000],
  ['2d', 172_800_000],
  ['0m', undefined],
  ['1.5h', undefined],
  ['90', undefined],
  ['-1h', undefined],
  ['1 h', undefined],
  ['1w', undefined],
  ['1000000m', undefined],
])('the span %j is %s ms', (text, ms) => {
  expect(parseSpan(text)).toBe(ms)
})
