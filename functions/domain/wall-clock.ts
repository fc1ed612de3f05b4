/** Wall clocks: calendar days and times of day in a zone, right also where summer time begins and ends. */

import { DAY_MS, type Instant, MINUTE_MS, utcDay, zoneParts } from './time.ts'

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** A calendar day, counted from 1970-01-01 whatever the zone. */
export type DayNumber = number

/** Minutes of a day, as clocks count them: where summer time begins or ends it has more or fewer. */
export const DAY_MINUTES = 1_440

const TIME_OF_DAY = /^(\d{2}):(\d{2})$/

/** `07:30` as minutes since midnight; `24:00` is the end of the day. `undefined` for anything else. */
export const parseTimeOfDay = (text: string): number | undefined => {
  const match = TIME_OF_DAY.exec(text)
  if (!match) return undefined
  const [hour, minute] = [Number(match[1]), Number(match[2])]
  const minutes = hour * 60 + minute
  return minute < 60 && minutes <= DAY_MINUTES ? minutes : undefined
}

/** As `parseTimeOfDay` reads it. */
export const formatTimeOfDay = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

/** What the zone's clock shows, as if it stood in UTC; cut to the minute. */
const shownAt = (at: Instant, timeZone: string): Instant => {
  const part = zoneParts(at, timeZone)
  return Date.UTC(
    Number(part['year']),
    Number(part['month']) - 1,
    Number(part['day']),
    Number(part['hour']),
    Number(part['minute']),
  )
}

/** The calendar day in the zone. */
export const dayIn = (at: Instant, timeZone: string): DayNumber => Math.floor(shownAt(at, timeZone) / DAY_MS)

/** 1970-01-01 was a Thursday. */
export const weekdayOf = (day: DayNumber): Weekday => WEEKDAYS[(day + 3) % 7] ?? 'mon'

/**
 * The first instant at which the zone's clock shows this minute of the day, 0 to 1440. A time that summer time leaves
 * out is the instant of the jump; one that comes twice is the first of the two.
 */
export const instantOf = (day: DayNumber, minute: number, timeZone: string): Instant => {
  const shown = day * DAY_MS + minute * MINUTE_MS
  const before = shown - offsetAt(shown - DAY_MS, timeZone)
  const after = shown - offsetAt(shown + DAY_MS, timeZone)
  const fits = [before, after].filter((at) => shownAt(at, timeZone) === shown)
  return fits.length > 0 ? Math.min(...fits) : jumpBetween(Math.min(before, after), Math.max(before, after), timeZone)
}

const offsetAt = (at: Instant, timeZone: string): number =>
  shownAt(at, timeZone) - Math.floor(at / MINUTE_MS) * MINUTE_MS

/** The minute at which the offset changes, by bisection: a zone leaves out a day at most. */
const jumpBetween = (from: Instant, to: Instant, timeZone: string): Instant => {
  const offset = offsetAt(from, timeZone)
  let [low, high] = [from, to]
  while (high - low > MINUTE_MS) {
    const middle = low + Math.floor((high - low) / 2 / MINUTE_MS) * MINUTE_MS
    if (offsetAt(middle, timeZone) === offset) low = middle
    else high = middle
  }
  return high
}

/** What a clock on the wall shows in the zone: the calendar day, and the minutes since its midnight as clocks count them. */
export const wallClock = (at: Instant, timeZone: string): { readonly day: string; readonly minute: number } => {
  const shown = shownAt(at, timeZone)
  return { day: utcDay(shown), minute: (shown % DAY_MS) / MINUTE_MS }
}
