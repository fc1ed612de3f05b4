import { describe, expect, test } from 'vitest'
import { formatInstant, instant } from '../../functions/domain/time.ts'
import { heldUntil, quietUntil } from '../../functions/outbox/quiet.ts'
import type { PlanRoute, QuietHours } from '../../functions/outbox/route.ts'
import { account } from '../support/standing.ts'

const NIGHT: QuietHours = { fromMinute: 22 * 60, toMinute: 7 * 60 }
const until = (quiet: QuietHours, zone: string, at: string): string =>
  formatInstant(quietUntil(quiet, zone, instant(at)))

describe('quiet from 22:00 to 07:00', () => {
  test.each([
    ['UTC', '2026-11-23T21:59:59Z', '2026-11-23T21:59:59Z'],
    ['UTC', '2026-11-23T22:00:00Z', '2026-11-24T07:00:00Z'],
    ['UTC', '2026-11-24T06:59:59Z', '2026-11-24T07:00:00Z'],
    ['UTC', '2026-11-24T07:00:00Z', '2026-11-24T07:00:00Z'],
    ['Europe/Berlin', '2026-11-23T21:30:00Z', '2026-11-24T06:00:00Z'],
    ['America/Los_Angeles', '2026-11-24T06:30:00Z', '2026-11-24T15:00:00Z'],
  ])('in %s, at %s: until %s', (zone, at, end) => {
    expect(until(NIGHT, zone, at)).toBe(end)
  })

  test.each([
    // The night of 28 to 29 March has eight hours in Berlin, that of 24 to 25 October ten.
    ['Europe/Berlin', '2026-03-28T21:30:00Z', '2026-03-29T05:00:00Z'],
    ['Europe/Berlin', '2026-03-29T04:59:00Z', '2026-03-29T05:00:00Z'],
    ['Europe/Berlin', '2026-03-29T05:00:00Z', '2026-03-29T05:00:00Z'],
    ['Europe/Berlin', '2026-10-24T20:30:00Z', '2026-10-25T06:00:00Z'],
    ['Europe/Berlin', '2026-10-25T05:30:00Z', '2026-10-25T06:00:00Z'],
    ['America/New_York', '2026-03-08T03:30:00Z', '2026-03-08T11:00:00Z'],
    ['America/New_York', '2026-11-01T02:30:00Z', '2026-11-01T12:00:00Z'],
    ['America/New_York', '2026-11-01T11:30:00Z', '2026-11-01T12:00:00Z'],
  ])('where summer time begins or ends, in %s at %s: until %s', (zone, at, end) => {
    expect(until(NIGHT, zone, at)).toBe(end)
  })
})

describe('an end that summer time moves', () => {
  test('a time that is left out ends the span at the jump', () => {
    const quiet = { fromMinute: 22 * 60, toMinute: 2 * 60 + 30 }
    expect(until(quiet, 'Europe/Berlin', '2026-03-29T00:30:00Z')).toBe('2026-03-29T01:00:00Z')
  })

  test('a time that comes twice ends the span the first time, and it is not quiet again', () => {
    const quiet = { fromMinute: 22 * 60, toMinute: 2 * 60 + 30 }
    expect(until(quiet, 'Europe/Berlin', '2026-10-25T00:15:00Z')).toBe('2026-10-25T00:30:00Z')
    expect(until(quiet, 'Europe/Berlin', '2026-10-25T01:15:00Z')).toBe('2026-10-25T01:15:00Z')
  })
})

describe('on some days only', () => {
  const weekend: QuietHours = { fromMinute: 0, toMinute: 1_440, days: ['sat', 'sun'] }

  test.each([
    ['2026-11-27T23:59:00Z', '2026-11-27T23:59:00Z'],
    ['2026-11-28T00:00:00Z', '2026-11-30T00:00:00Z'],
    ['2026-11-29T12:00:00Z', '2026-11-30T00:00:00Z'],
    ['2026-11-30T00:00:00Z', '2026-11-30T00:00:00Z'],
  ])('a quiet weekend, at %s: until %s', (at, end) => {
    expect(until(weekend, 'UTC', at)).toBe(end)
  })

  test('a night belongs to the day it begins on', () => {
    const friday: QuietHours = { ...NIGHT, days: ['fri'] }
    expect(until(friday, 'UTC', '2026-11-28T03:00:00Z')).toBe('2026-11-28T07:00:00Z')
    expect(until(friday, 'UTC', '2026-11-27T03:00:00Z')).toBe('2026-11-27T03:00:00Z')
    expect(until(friday, 'UTC', '2026-11-28T22:30:00Z')).toBe('2026-11-28T22:30:00Z')
  })

  test('a span within one day', () => {
    const lunch: QuietHours = { fromMinute: 12 * 60, toMinute: 13 * 60 }
    expect(until(lunch, 'UTC', '2026-11-28T12:30:00Z')).toBe('2026-11-28T13:00:00Z')
    expect(until(lunch, 'UTC', '2026-11-28T13:30:00Z')).toBe('2026-11-28T13:30:00Z')
  })
})

describe('a route holds', () => {
  const route = (quiet?: QuietHours): PlanRoute => ({ when: {}, to: ['mail'], ...(quiet && { quiet }) })
  const night = instant('2026-11-24T03:00:00Z')
  const berlin = account({ timeZone: 'Europe/Berlin' })

  test('what is not critical, by the zone of the account or its own', () => {
    expect(formatInstant(heldUntil(route(NIGHT), berlin, 'warning', night))).toBe('2026-11-24T06:00:00Z')
    const own = { ...NIGHT, timeZone: 'America/New_York' }
    expect(formatInstant(heldUntil(route(own), berlin, 'info', night))).toBe('2026-11-24T12:00:00Z')
  })

  test('nothing that is critical, and nothing without quiet hours', () => {
    expect(heldUntil(route(NIGHT), berlin, 'critical', night)).toBe(night)
    expect(heldUntil(route(), berlin, 'warning', night)).toBe(night)
  })
})
