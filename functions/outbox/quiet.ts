/** Quiet hours: until when an alert that can wait is held, whatever summer time does meanwhile. */

import type { Severity } from '../domain/alerts.ts'
import type { AccountSettings } from '../domain/standing.ts'
import type { Instant } from '../domain/time.ts'
import { type DayNumber, dayIn, instantOf, weekdayOf } from '../domain/wall-clock.ts'
import type { PlanRoute, QuietHours } from './route.ts'

/** Spans that follow one another without a gap, such as the days of a weekend; there is always a gap within a week. */
const SPANS_MAX = 8

/** When the route may tell an alert of this severity that is due at `at`: at once, or when its quiet hours are over. Critical is never held. */
export const heldUntil = (
  { quiet }: PlanRoute,
  { timeZone }: AccountSettings,
  severity: Severity,
  at: Instant,
): Instant => (quiet === undefined || severity === 'critical' ? at : quietUntil(quiet, quiet.timeZone ?? timeZone, at))

/** The end of the quiet time that `at` lies in, spans that touch taken together; `at` itself where it is not quiet. */
export const quietUntil = (quiet: QuietHours, timeZone: string, at: Instant): Instant => {
  let until = at
  for (let span = 0; span < SPANS_MAX; span += 1) {
    const end = spanEnd(quiet, timeZone, until)
    if (end === undefined) return until
    until = end
  }
  return until
}

/** Compared as instants, not as times of day: an hour that comes twice is quiet once. */
const spanEnd = (quiet: QuietHours, timeZone: string, at: Instant): Instant | undefined => {
  const today = dayIn(at, timeZone)
  return [today - 1, today]
    .filter((day) => quiet.days?.includes(weekdayOf(day)) ?? true)
    .map((day) => spanOf(quiet, timeZone, day))
    .find(({ start, end }) => start <= at && at < end)?.end
}

const spanOf = ({ fromMinute, toMinute }: QuietHours, timeZone: string, day: DayNumber) => ({
  start: instantOf(day, fromMinute, timeZone),
  end: instantOf(toMinute > fromMinute ? day : day + 1, toMinute, timeZone),
})
