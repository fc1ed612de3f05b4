/** The burn-down chart as SVG: balance falls in steps, top-ups rise, zero is always in sight. */

import { formatForPeople, parseNanos } from '../domain/money.ts'
import { DAY_MS, formatInZone, type Instant } from '../domain/time.ts'
import { html, type Markup, markupText } from './html.ts'

/** A line to hold the balance against, such as an alert's level; labels are escaped. */
export type ChartLevel = { readonly balance: string; readonly label: string }

export type Chart = {
  /** Balance that holds from `at` until the next point, as decimal text; oldest first. */
  readonly points: readonly { readonly at: Instant; readonly balance: string }[]
  readonly currencyCode: string
  readonly timeZone: string
  /** Pixels; 640 × 240 unless told. */
  readonly width?: number
  readonly height?: number
  readonly levels?: readonly ChartLevel[]
}

const MARGIN = { top: 14, right: 16, bottom: 28, left: 64 } as const
/** More ticks crowd a phone. */
const X_TICKS = 4
const X_TICKS_NARROW = 2
const NARROW = 480
const Y_TICKS = 4
/** A screen has no more columns to tell points apart; the newest are kept. */
const POINTS_MAX = 1_000
const LEVELS_MAX = 6

/** `value` is a pixel position's raw material, a float; amounts in words come from the exact text. */
type Dot = { readonly at: Instant; readonly value: number; readonly text: string }

type Frame = {
  readonly chart: Chart
  readonly dots: readonly Dot[]
  readonly width: number
  readonly height: number
  readonly x: (at: Instant) => number
  readonly y: (value: number) => number
  readonly ticks: readonly number[]
}

/**
 * Pure. Colours come from `--chart-line`, `--chart-fill`, `--chart-grid`, `--chart-text`, `--chart-zero` and
 * `--chart-level` with light fallbacks, so that a page decides about dark. Empty text for fewer than two points.
 */
export const burnDownSvg = (chart: Chart): string => {
  const dots = dotsOf(chart)
  if (dots.length < 2) return ''
  const frame = frameOf(chart, dots)
  const words = describe(chart, dots)
  const { width, height } = frame
  return markupText(
    html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${words}" font-family="system-ui, sans-serif" font-size="12"><title>${words}</title>${yAxis(frame)}${xAxis(frame)}${levels(frame)}${line(frame)}</svg>`,
  )
}

const dotsOf = ({ points, currencyCode }: Chart): readonly Dot[] =>
  points.slice(-POINTS_MAX).flatMap(({ at, balance }) => {
    const amount = parseNanos(balance)
    return amount === undefined
      ? []
      : [{ at, value: Number(amount) / 1e9, text: formatForPeople(amount, currencyCode) }]
  })

const describe = ({ timeZone }: Chart, dots: readonly Dot[]): string => {
  const [first, last] = [dots[0], dots.at(-1)]
  const lowest = dots.reduce((least, dot) => (dot.value < least.value ? dot : least))
  const topUps = dots.filter((dot, index) => dot.value > (dots[index - 1]?.value ?? dot.value)).length
  const when = (dot: Dot | undefined): string => `${dot?.text} at ${formatInZone(dot?.at ?? 0, timeZone)}`
  const rises = topUps === 1 ? '1 rise' : `${topUps} rises`
  return `Balance from ${when(first)} to ${when(last)}; lowest ${when(lowest)}; ${rises}.`
}

const frameOf = (chart: Chart, dots: readonly Dot[]): Frame => {
  const width = chart.width ?? 640
  const height = chart.height ?? 240
  const values = [0, ...dots.map(({ value }) => value)]
  const ticks = niceTicks(Math.min(...values), Math.max(...values))
  const [low, high] = [ticks[0] ?? 0, ticks.at(-1) ?? 1]
  const [start, end] = [dots[0]?.at ?? 0, dots.at(-1)?.at ?? 0]
  const x = scale([start, Math.max(end, start + 1)], [MARGIN.left, width - MARGIN.right])
  const y = scale([low, high], [height - MARGIN.bottom, MARGIN.top])
  return { chart, dots, width, height, x, y, ticks }
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

const paint = (kind: 'stroke' | 'fill', name: string, fallback: string): Markup =>
  html` ${kind}="${fallback}" style="${kind}:var(--chart-${name},${fallback})"`

/** Ticks are round numbers; `toPrecision` only removes the float's own dust. */
const tickText = (value: number): string =>
  Number(value.toPrecision(6)).toLocaleString('en', { maximumFractionDigits: 9 })

const yAxis = ({ ticks, x, y, width, dots }: Frame): readonly Markup[] =>
  ticks.map((tick) => {
    const left = x(dots[0]?.at ?? 0)
    const colour = tick === 0 ? paint('stroke', 'zero', '#8a5a5a') : paint('stroke', 'grid', '#e1e4e8')
    return html`<line x1="${left}" x2="${width - MARGIN.right}" y1="${y(tick)}" y2="${y(tick)}"${colour} stroke-width="1" shape-rendering="crispEdges"/><text x="${left - 8}" y="${y(tick) + 4}" text-anchor="end"${paint('fill', 'text', '#5b636d')}>${tickText(tick)}</text>`
  })

const xAxis = ({ chart, dots, x, width, height }: Frame): readonly Markup[] => {
  const [start, end] = [dots[0]?.at ?? 0, dots.at(-1)?.at ?? 0]
  const byDay = end - start >= 2 * DAY_MS
  const ticks = width < NARROW ? X_TICKS_NARROW : X_TICKS
  return Array.from({ length: ticks + 1 }, (_, index) => {
    const at = start + ((end - start) * index) / ticks
    const text = formatInZone(at, chart.timeZone)
    const anchor = index === 0 ? 'start' : index === ticks ? 'end' : 'middle'
    return html`<text x="${x(at)}" y="${height - 8}" text-anchor="${anchor}"${paint('fill', 'text', '#5b636d')}>${byDay ? text.slice(5, 10) : text.slice(11, 16)}</text>`
  })
}

/** Only levels inside the frame; one above the highest balance would squeeze the line for nothing. */
const levels = ({ chart, y, ticks, width }: Frame): readonly Markup[] =>
  (chart.levels ?? []).slice(0, LEVELS_MAX).flatMap(({ balance, label }) => {
    const amount = parseNanos(balance)
    const value = Number(amount ?? 0n) / 1e9
    if (amount === undefined || value <= 0 || value > (ticks.at(-1) ?? 0)) return []
    const end = width - MARGIN.right
    return [
      html`<line x1="${MARGIN.left}" x2="${end}" y1="${y(value)}" y2="${y(value)}"${paint('stroke', 'level', '#b06000')} stroke-width="1" stroke-dasharray="4 4"/><text x="${MARGIN.left + 6}" y="${y(value) - 4}"${paint('fill', 'level', '#b06000')}>${label.slice(0, 40)}</text>`,
    ]
  })

const line = ({ dots, x, y }: Frame): Markup => {
  const [first, last] = [dots[0], dots.at(-1)]
  if (!first || !last) return html``
  const steps = dots
    .slice(1)
    .map(({ at, value }) => `H${x(at)}V${y(value)}`)
    .join('')
  const path = `M${x(first.at)} ${y(first.value)}${steps}`
  const area = `${path}V${y(0)}H${x(first.at)}Z`
  return html`<path d="${area}"${paint('fill', 'fill', '#3b78d8')} fill-opacity="0.12"/><path d="${path}" fill="none"${paint('stroke', 'line', '#2a63c4')} stroke-width="2" stroke-linejoin="round"/><circle cx="${x(last.at)}" cy="${y(last.value)}" r="3.5"${paint('fill', 'line', '#2a63c4')}/>`
}
