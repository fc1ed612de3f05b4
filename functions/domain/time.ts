/** Instants as epoch milliseconds; RFC 3339 in and out; the only file that knows calendars. */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number

/** Returns the present instant; only the composition root owns one that reads the machine's clock. */
export type Clock = () => Instant

export const SECOND_MS = 1_000
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/** A publish time to the nanosecond; readings of one millisecond still have an order. */
export type SourceTime = { readonly ms: Instant; readonly subNanos: number }

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/

const daysInMonth = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

/** Later than this no four-digit year can be written back. */
const INSTANT_MAX = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

const isCalendarDate = (year: number, month: number, day: number): boolean =>
  year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)

/** Parses strict RFC 3339 with a zone; `undefined` for dates that do not exist, leap seconds and anything else. */
export const parseSourceTime = (text: string): SourceTime | undefined => {
  const match = RFC3339.exec(text)
  if (!match) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  const [zoneHour, zoneMinute] = [Number(match[9] ?? 0), Number(match[10] ?? 0)]
  if (!isCalendarDate(year, month, day) || hour > 23 || minute > 59 || second > 59) return undefined
  if (zoneHour > 23 || zoneMinute > 59) return undefined
  const fraction = Number((match[7] ?? '').padEnd(9, '0'))
  const offsetMs = (match[8] === '-' ? -1 : 1) * (zoneHour * HOUR_MS + zoneMinute * MINUTE_MS)
  const ms = Date.UTC(year, month - 1, day, hour, minute, second) - offsetMs + Math.floor(fraction / 1e6)
  return ms >= 0 && ms <= INSTANT_MAX ? { ms, subNanos: fraction % 1e6 } : undefined
}

/** As `parseSourceTime`, to the millisecond. */
export const parseInstant = (text: string): Instant | undefined => parseSourceTime(text)?.ms

/** As `parseInstant`, for literals of our own code; throws on a typo. */
export const instant = (text: string): Instant => {
  const ms = parseInstant(text)
  if (ms === undefined) throw new Error(`not an RFC 3339 time: ${text}`)
  return ms
}

/** UTC with `Z` and without a zero fraction: `2026-11-23T10:00:00Z`, `2026-11-23T10:00:00.25Z`. */
export const formatInstant = (ms: Instant): string =>
  new Date(ms).toISOString().replace(/\.(\d*?)0*Z$/, (_, digits: string) => (digits ? `.${digits}Z` : 'Z'))

/** The same day and time `months` later in UTC; the 29th to 31st become the month's last day where it is shorter. */
export const addMonths = (ms: Instant, months: number): Instant => {
  const from = new Date(ms)
  const month = from.getUTCMonth() + months
  const last = daysInMonth(from.getUTCFullYear() + Math.floor(month / 12), (((month % 12) + 12) % 12) + 1)
  const day = Math.min(from.getUTCDate(), last)
  return (
    Date.UTC(from.getUTCFullYear(), month, day) +
    (ms - Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), from.getUTCDate()))
  )
}

/** The calendar day in UTC, e.g. `2026-11-23`. */
export const utcDay = (ms: Instant): string => new Date(ms).toISOString().slice(0, 10)

const zoneFormats = new Map<string, Intl.DateTimeFormat>()

const zoneFormat = (timeZone: string): Intl.DateTimeFormat => {
  const known = zoneFormats.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  })
  zoneFormats.set(timeZone, format)
  return format
}

/** What a clock in the zone shows, part by part (`year`, `month`, `day`, `hour`, `minute`, `timeZoneName`), as text. */
export const zoneParts = (ms: Instant, timeZone: string): Record<string, string> =>
  Object.fromEntries(
    zoneFormat(timeZone)
      .formatToParts(ms)
      .map((part) => [part.type, part.value]),
  )

/** For people, in their zone: `2026-11-23 10:00 UTC`. */
export const formatInZone = (ms: Instant, timeZone: string): string => {
  const part = zoneParts(ms, timeZone)
  return `${part['year']}-${part['month']}-${part['day']} ${part['hour']}:${part['minute']} ${part['timeZoneName']}`
}

/** Where Pacific months begin under daylight time, April to November; the others begin under standard time. */
const [DAYLIGHT_FIRST, DAYLIGHT_LAST] = [3, 10]
const [DAYLIGHT_MS, STANDARD_MS] = [7 * HOUR_MS, 8 * HOUR_MS]

const pacificMonthStart = (year: number, month: number): Instant => {
  const midnightUtc = Date.UTC(year, month, 1)
  const first = new Date(midnightUtc).getUTCMonth()
  return midnightUtc + (first >= DAYLIGHT_FIRST && first <= DAYLIGHT_LAST ? DAYLIGHT_MS : STANDARD_MS)
}

/**
 * Midnight Pacific on the first of the instant's month: where Google Cloud's billing months begin, and with them a
 * monthly budget's periods. By the rule of the United States since 2007 (15 U.S.C. 260a: daylight time from the second
 * Sunday in March to the first in November), written out because a first use of `Intl` is a tenth of a cold start.
 */
export const billingMonthStart = (ms: Instant): Instant => {
  const latest = new Date(ms - DAYLIGHT_MS)
  const [year, month] = [latest.getUTCFullYear(), latest.getUTCMonth()]
  const start = pacificMonthStart(year, month)
  return start <= ms ? start : pacificMonthStart(year, month - 1)
}

/** A span in the two largest units that matter: `3 d 4 h`, `5 h`, `12 min`. */
export const formatSpan = (ms: number): string => {
  const minutes = Math.round(Math.abs(ms) / MINUTE_MS)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 || hours >= 10 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  const days = Math.floor(hours / 24)
  return hours % 24 === 0 || days >= 10 ? `${days} d` : `${days} d ${hours % 24} h`
}

const SPAN_UNITS_MS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS }

/** A span as people write it, `90m`, `4h` or `2d`, in milliseconds; `undefined` for none at all and for anything else. */
export const parseSpan = (text: string): number | undefined => {
  const [, count = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  const ms = Number(count) * (SPAN_UNITS_MS[unit] ?? 0)
  return ms > 0 ? ms : undefined
}
