/** The trailing balance as a few rows of text and bar: a chart that every mail client can show. */

import type { ChartPoint, Message } from '../domain/alerts.ts'
import { formatForPeople, maxNanos, type Nanos, parseNanos } from '../domain/money.ts'
import { formatInZone } from '../domain/time.ts'

export type BalanceRow = {
  /** A day, or a time of day where all points lie in one day. */
  readonly label: string
  readonly amount: string
  /** Length of the bar in whole percent of the highest balance shown; 0 at or below zero. */
  readonly percent: number
  readonly negative: boolean
}

/** A week and today, or as many days of a longer time: what fits a phone without scrolling. */
const ROWS_MAX = 8

type Point = { readonly label: string; readonly balance: Nanos }

/** Oldest first, the last balance of each day in the message's zone, the first and the last day always among them; empty where fewer than two points are known. */
export const balanceRows = ({ chart, timeZone, currencyCode, locale }: Message): readonly BalanceRow[] => {
  const byDay = latestBy(chart, (point) => formatInZone(point.at, timeZone).slice(0, 10))
  const points = byDay.length > 1 ? byDay : latestBy(chart, (point) => formatInZone(point.at, timeZone).slice(11))
  const shown = spread(points)
  if (shown.length < 2) return []
  const highest = shown.reduce((most, point) => maxNanos(most, point.balance), 0n)
  return shown.map(({ label, balance }) => ({
    label,
    amount: formatForPeople(balance, currencyCode, locale),
    percent: percentOf(balance, highest),
    negative: balance < 0n,
  }))
}

/** At most `ROWS_MAX` of them, as far apart as they can be. */
const spread = (points: readonly Point[]): readonly Point[] => {
  const gaps = ROWS_MAX - 1
  if (points.length <= ROWS_MAX) return points
  return Array.from(
    { length: ROWS_MAX },
    (_, index) => points[Math.round((index * (points.length - 1)) / gaps)],
  ).filter((point) => point !== undefined)
}

const latestBy = (chart: readonly ChartPoint[], labelOf: (point: ChartPoint) => string): readonly Point[] => {
  const points = new Map<string, Nanos>()
  for (const point of chart) {
    const balance = parseNanos(point.balance)
    if (balance !== undefined) points.set(labelOf(point), balance)
  }
  return [...points].map(([label, balance]) => ({ label, balance }))
}

/** Rounded down, but what is left stays visible. */
const percentOf = (balance: Nanos, highest: Nanos): number =>
  balance <= 0n ? 0 : Math.max(1, Number((balance * 100n) / highest))
