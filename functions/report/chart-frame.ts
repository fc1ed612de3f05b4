/** The burn-down chart as numbers: where every line, tick and label lies. What draws it, SVG or pixels, adds only colour. */

import { DEFAULT_LOCALE, numeral } from '../domain/locale.ts'
import { formatForPeople, parseNanos } from '../domain/money.ts'
import { DAY_MS, formatInZone, type Instant } from '../domain/time.ts'

/** A line to hold the balance against, such as an alert's level; labels are escaped. */
export type ChartLevel = { readonly balance: string; readonly label: string }

export type Chart = {
  /** Balance that holds from `at` until the next point, as decimal text; oldest first. */
  readonly points: readonly { readonly at: Instant; readonly balance: string }[]
  readonly currencyCode: string
  readonly timeZone: string
  /** For its numbers (BCP 47); `en` unless told. */
  readonly locale?: string | undefined
  /** Pixels; 640 × 240 unless told. */
  readonly width?: number
  readonly height?: number
  readonly levels?: readonly ChartLevel[]
}

/** Positions are pixels from the top left, rounded to a tenth. */
export type Frame = {
  readonly width: number
  readonly height: number
  /** What the chart shows, in a sentence with its numbers. */
  readonly words: string
  readonly left: number
  readonly right: number
  /** Where the balance is zero. */
  readonly zeroY: number
  readonly line: readonly { readonly x: number; readonly y: number }[]
  readonly yTicks: readonly { readonly y: number; readonly text: string; readonly isZero: boolean }[]
  readonly xTicks: readonly { readonly x: number; readonly text: string; readonly anchor: 'start' | 'middle' | 'end' }[]
  readonly levels: readonly { readonly y: number; readonly label: string }[]
}

const MARGIN = { top: 14, right: 16, bottom: 28, left: 64 } as const
/** Room for a tick's label: a number of many digits moves the frame to the right. */
const LABEL_PX = 20
const CHAR_PX = 8
/** More ticks crowd a phone. */
const X_TICKS = 4
const X_TICKS_NARROW = 2
const NARROW = 480
const Y_TICKS = 4
/** A screen has no more columns to tell points apart; the newest are kept. */
const POINTS_MAX = 1_000
const LEVELS_MAX = 6
const LABEL_MAX = 40

/** `value` is a pixel position's raw material, a float; amounts in words come from the exact text. */
type Dot = { readonly at: Instant; readonly value: number; readonly text: string }

/** Pure. `undefined` for fewer than two points: a line needs two. */
export const frameOf = (chart: Chart): Frame | undefined => {
  const dots = dotsOf(chart)
  const [first, last] = [dots[0], dots.at(-1)]
  if (dots.length < 2 || !first || !last) return undefined
  const { width = 640, height = 240 } = chart
  const values = dots.map(({ value }) => value)
  const ticks = niceTicks(Math.min(0, ...values), Math.max(0, ...values))
  const labels = ticks.map((tick) => tickText(tick, chart.locale))
  const left = Math.max(MARGIN.left, LABEL_PX + CHAR_PX * Math.max(...labels.map(({ length }) => length)))
  const x = scale([first.at, Math.max(last.at, first.at + 1)], [left, width - MARGIN.right])
  const y = scale([ticks[0] ?? 0, ticks.at(-1) ?? 1], [height - MARGIN.bottom, MARGIN.top])
  return {
    width,
    height,
    words: wordsOf(chart, dots),
    left,
    right: width - MARGIN.right,
    zeroY: y(0),
    line: dots.map(({ at, value }) => ({ x: x(at), y: y(value) })),
    yTicks: ticks.map((tick, index) => ({ y: y(tick), text: labels[index] ?? '', isZero: tick === 0 })),
    xTicks: timesOf(chart, first.at, last.at).map((tick) => ({ ...tick, x: x(tick.at) })),
    levels: levelsOf(chart, ticks.at(-1) ?? 0).map(({ value, label }) => ({ y: y(value), label })),
  }
}

const dotsOf = ({ points, currencyCode, locale }: Chart): readonly Dot[] =>
  points.slice(-POINTS_MAX).flatMap(({ at, balance }) => {
    const amount = parseNanos(balance)
    return amount === undefined
      ? []
      : [{ at, value: Number(amount) / 1e9, text: formatForPeople(amount, currencyCode, locale) }]
  })

const wordsOf = ({ timeZone }: Chart, dots: readonly Dot[]): string => {
  const [first, last] = [dots[0], dots.at(-1)]
  const lowest = dots.reduce((least, dot) => (dot.value < least.value ? dot : least))
  const topUps = dots.filter((dot, index) => dot.value > (dots[index - 1]?.value ?? dot.value)).length
  const when = (dot: Dot | undefined): string => `${dot?.text} at ${formatInZone(dot?.at ?? 0, timeZone)}`
  const rises = topUps === 1 ? '1 rise' : `${topUps} rises`
  return `Balance from ${when(first)} to ${when(last)}; lowest ${when(lowest)}; ${rises}.`
}

type Range = readonly [number, number]

const scale =
  ([from, to]: Range, [start, end]: Range) =>
  (value: number): number =>
    Math.round((start + ((value - from) / (to - from)) * (end - start)) * 10) / 10

/** Multiples of 1, 2 or 5 times a power of ten that enclose the range; zero is always one of them. */
const niceTicks = (low: number, high: number): readonly number[] => {
  const rough = Math.max(high - low, 1e-9) / Y_TICKS
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power
  const [first, last] = [Math.floor(low / step), Math.max(Math.ceil(high / step), 1)]
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step)
}

/** Ticks are round numbers; `toPrecision` only removes the float's own dust. */
const tickText = (value: number, locale = DEFAULT_LOCALE): string =>
  numeral(
    Number(value.toPrecision(6))
      .toFixed(9)
      .replace(/\.?0+$/, ''),
    locale,
  )

const timesOf = ({ width = 640, timeZone }: Chart, start: Instant, end: Instant) => {
  const byDay = end - start >= 2 * DAY_MS
  const count = width < NARROW ? X_TICKS_NARROW : X_TICKS
  return Array.from({ length: count + 1 }, (_, index) => {
    const at = start + ((end - start) * index) / count
    const text = formatInZone(at, timeZone)
    const anchor = index === 0 ? ('start' as const) : index === count ? ('end' as const) : ('middle' as const)
    return { at, anchor, text: byDay ? text.slice(5, 10) : text.slice(11, 16) }
  })
}

/** Only levels inside the frame; one above the highest balance would squeeze the line for nothing. */
const levelsOf = ({ levels = [] }: Chart, highest: number) =>
  levels.slice(0, LEVELS_MAX).flatMap(({ balance, label }) => {
    const amount = parseNanos(balance)
    const value = Number(amount ?? 0n) / 1e9
    return amount === undefined || value <= 0 || value > highest ? [] : [{ value, label: label.slice(0, LABEL_MAX) }]
  })
