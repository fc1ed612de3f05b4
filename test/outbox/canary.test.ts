/** When a sign of life is due: at its time of day, in its zone, for half a day, also over midnight and summer time. */

import { describe, expect, test } from 'vitest'
import { formatInstant, HOUR_MS, instant } from '../../functions/domain/time.ts'
import { type CanarySettings, canaryDay, lastCanary } from '../../functions/outbox/canary.ts'

const dayAt = (at: string, over: Partial<CanarySettings> = {}): string | undefined =>
  canaryDay({ every: 'daily', atMinute: 9 * 60, timeZone: 'UTC', ...over }, instant(at))

describe('daily', () => {
  test.each([
    ['2026-11-23T08:59:59Z', undefined],
    ['2026-11-23T09:00:00Z', '2026-11-23'],
    ['2026-11-23T20:59:59Z', '2026-11-23'],
    ['2026-11-23T21:00:00Z', undefined],
    ['2026-11-24T00:10:00Z', undefined],
  ])('at 09:00, asked at %s: %s', (at, day) => {
    expect(dayAt(at)).toBe(day)
  })

  test.each([
    ['2026-11-23T23:57:00Z', undefined],
    ['2026-11-23T23:58:00Z', '2026-11-23'],
    ['2026-11-24T00:03:00Z', '2026-11-23'],
    ['2026-11-24T11:57:00Z', '2026-11-23'],
    ['2026-11-24T11:58:00Z', undefined],
    ['2027-01-01T00:01:00Z', '2026-12-31'],
  ])('at 23:58, asked at %s: %s', (at, day) => {
    expect(dayAt(at, { atMinute: 23 * 60 + 58 })).toBe(day)
  })

  test.each([
    ['2026-11-23T07:59:00Z', undefined],
    ['2026-11-23T08:00:00Z', '2026-11-23'],
    ['2026-07-23T06:59:00Z', undefined],
    ['2026-07-23T07:00:00Z', '2026-07-23'],
  ])('in Berlin at %s: %s', (at, day) => {
    expect(dayAt(at, { timeZone: 'Europe/Berlin' })).toBe(day)
  })

  test('on the nights when summer time begins and ends the day before is the day before', () => {
    const late = { timeZone: 'Europe/Berlin', atMinute: 23 * 60 }
    expect(dayAt('2026-03-28T22:30:00Z', late)).toBe('2026-03-28')
    expect(dayAt('2026-03-29T06:00:00Z', late)).toBe('2026-03-28')
    expect(dayAt('2026-03-29T22:30:00Z', late)).toBe('2026-03-29')
    expect(dayAt('2026-10-25T08:30:00Z', late)).toBe('2026-10-24')
    expect(dayAt('2026-10-25T23:30:00Z', late)).toBe('2026-10-25')
  })

  test('a time of day that summer time leaves out comes with the next one that is there', () => {
    const gap = { timeZone: 'Europe/Berlin', atMinute: 2 * 60 + 30 }
    expect(dayAt('2026-03-29T00:59:00Z', gap)).toBeUndefined()
    expect(dayAt('2026-03-29T01:00:00Z', gap)).toBe('2026-03-29')
  })
})

test.each([
  ['2026-11-22T12:00:00Z', undefined],
  ['2026-11-23T08:59:00Z', undefined],
  ['2026-11-23T09:00:00Z', '2026-11-23'],
  ['2026-11-24T09:00:00Z', undefined],
  ['2026-11-30T09:00:00Z', '2026-11-30'],
])('weekly is Mondays: asked at %s: %s', (at, day) => {
  expect(dayAt(at, { every: 'weekly' })).toBe(day)
})

describe('the latest that fell due', () => {
  const lastAt = (at: string, over: Partial<CanarySettings> = {}) => {
    const due = lastCanary({ every: 'daily', atMinute: 9 * 60, timeZone: 'UTC', ...over }, instant(at))
    return [due.day, formatInstant(due.dueAt), due.isOver]
  }

  test.each<[string, Partial<CanarySettings>, string, string, boolean]>([
    ['2026-11-23T08:59:00Z', {}, '2026-11-22', '2026-11-22T09:00:00Z', true],
    ['2026-11-23T09:00:00Z', {}, '2026-11-23', '2026-11-23T09:00:00Z', false],
    ['2026-11-23T20:59:59Z', {}, '2026-11-23', '2026-11-23T09:00:00Z', false],
    ['2026-11-23T21:00:00Z', {}, '2026-11-23', '2026-11-23T09:00:00Z', true],
    ['2026-11-24T03:00:00Z', { atMinute: 23 * 60 + 58 }, '2026-11-23', '2026-11-23T23:58:00Z', false],
    ['2026-11-29T23:00:00Z', { every: 'weekly' }, '2026-11-23', '2026-11-23T09:00:00Z', true],
    ['2026-11-30T08:00:00Z', { every: 'weekly' }, '2026-11-23', '2026-11-23T09:00:00Z', true],
    ['2026-11-30T09:00:00Z', { every: 'weekly' }, '2026-11-30', '2026-11-30T09:00:00Z', false],
    ['2026-07-23T07:00:00Z', { timeZone: 'Europe/Berlin' }, '2026-07-23', '2026-07-23T07:00:00Z', false],
    ['2026-03-29T02:00:00Z', { timeZone: 'Europe/Berlin', atMinute: 150 }, '2026-03-29', '2026-03-29T01:00:00Z', false],
  ])('at %s with %j: %s, due at %s, over: %s', (at, over, ...expected) => {
    expect(lastAt(at, over)).toEqual(expected)
  })

  test('is the one that is made up, whenever one is', () => {
    const zones = ['UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Pacific/Apia']
    const start = instant('2026-03-20T00:00:00Z')
    for (const timeZone of zones)
      for (const every of ['daily', 'weekly'] as const)
        for (let hour = 0; hour < 24 * 16; hour += 1) {
          const settings = { every, atMinute: 22 * 60 + 30, timeZone }
          const now = start + hour * HOUR_MS
          const day = canaryDay(settings, now)
          expect([now, lastCanary(settings, now).isOver]).toEqual([now, day === undefined])
          if (day !== undefined) expect(lastCanary(settings, now).day).toBe(day)
        }
  })
})
