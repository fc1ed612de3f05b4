/** The canary: at which times a sign of life is due, pure. */

import { DAY_MS, type Instant, instant, MINUTE_MS, utcDay } from '../domain/time.ts'
import { dayIn, instantOf, WEEKDAYS, wallClock, weekdayOf } from '../domain/wall-clock.ts'

export type CanarySettings = {
  /** Weekly is Mondays. */
  readonly every: 'daily' | 'weekly'
  /** Minutes after midnight in `timeZone`. */
  readonly atMinute: number
  /** IANA zone. */
  readonly timeZone: string
  /** Names of channels; absent: every channel. */
  readonly to?: readonly string[]
}

/** A run that was missed is made up for this long; a sign of life that comes later says little about its day. */
const LATE_MINUTES_MAX = 12 * 60
const DAY_MINUTES = 24 * 60
/** Midnight lies behind this much earlier, also on a day that summer time made an hour longer. */
const BEFORE_MIDNIGHT_MINUTES = 2 * 60

/** The calendar day (`2026-11-23`) whose canary is due at `now`; `undefined` while none is. */
export const canaryDay = ({ every, atMinute, timeZone }: CanarySettings, now: Instant): string | undefined => {
  const { day: today, minute } = wallClock(now, timeZone)
  const isToday = minute >= atMinute
  const yesterday = wallClock(now - (minute + BEFORE_MIDNIGHT_MINUTES) * MINUTE_MS, timeZone).day
  const lateMinutes = isToday ? minute - atMinute : minute + DAY_MINUTES - atMinute
  const day = isToday ? today : yesterday
  if (lateMinutes >= LATE_MINUTES_MAX || (every === 'weekly' && !isMonday(day))) return undefined
  return day
}

export type DueCanary = {
  /** As `canaryDay` writes it. */
  readonly day: string
  readonly dueAt: Instant
  /** Whether a run that was missed is made up no longer. */
  readonly isOver: boolean
}

/** The latest canary that fell due by `now`, whether or not it is still made up. */
export const lastCanary = (settings: CanarySettings, now: Instant): DueCanary => {
  const { every, atMinute, timeZone } = settings
  const today = dayIn(now, timeZone)
  const last = instantOf(today, atMinute, timeZone) <= now ? today : today - 1
  const number = every === 'weekly' ? last - WEEKDAYS.indexOf(weekdayOf(last)) : last
  const day = utcDay(number * DAY_MS)
  return { day, dueAt: instantOf(number, atMinute, timeZone), isOver: canaryDay(settings, now) !== day }
}

/** 1970-01-05 was the first Monday. */
const isMonday = (day: string): boolean => (instant(`${day}T00:00:00Z`) / DAY_MS - 4) % 7 === 0
