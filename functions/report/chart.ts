/** The burn-down chart as SVG: balance falls in steps, top-ups rise, zero is always in sight. */

import { type Chart, type Frame, frameOf } from './chart-frame.ts'
import { html, type Markup, markupText } from './html.ts'

/**
 * Pure. Colours come from `--chart-line`, `--chart-fill`, `--chart-grid`, `--chart-text`, `--chart-zero` and
 * `--chart-level` with light fallbacks, so that a page decides about dark. Empty text for fewer than two points.
 */
export const burnDownSvg = (chart: Chart): string => {
  const frame = frameOf(chart)
  if (!frame) return ''
  const { width, height, words } = frame
  return markupText(
    html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${words}" font-family="system-ui, sans-serif" font-size="12"><title>${words}</title>${yAxis(frame)}${xAxis(frame)}${levels(frame)}${line(frame)}</svg>`,
  )
}

const paint = (kind: 'stroke' | 'fill', name: string, fallback: string): Markup =>
  html` ${kind}="${fallback}" style="${kind}:var(--chart-${name},${fallback})"`

const yAxis = ({ yTicks, left, right }: Frame): readonly Markup[] =>
  yTicks.map(({ y, text, isZero }) => {
    const colour = isZero ? paint('stroke', 'zero', '#8a5a5a') : paint('stroke', 'grid', '#e1e4e8')
    return html`<line x1="${left}" x2="${right}" y1="${y}" y2="${y}"${colour} stroke-width="1" shape-rendering="crispEdges"/><text x="${left - 8}" y="${y + 4}" text-anchor="end"${paint('fill', 'text', '#5b636d')}>${text}</text>`
  })

const xAxis = ({ xTicks, height }: Frame): readonly Markup[] =>
  xTicks.map(
    ({ x, text, anchor }) =>
      html`<text x="${x}" y="${height - 8}" text-anchor="${anchor}"${paint('fill', 'text', '#5b636d')}>${text}</text>`,
  )

const levels = (frame: Frame): readonly Markup[] =>
  frame.levels.map(
    ({ y, label }) =>
      html`<line x1="${frame.left}" x2="${frame.right}" y1="${y}" y2="${y}"${paint('stroke', 'level', '#b06000')} stroke-width="1" stroke-dasharray="4 4"/><text x="${frame.left + 6}" y="${y - 4}"${paint('fill', 'level', '#b06000')}>${label}</text>`,
  )

const line = ({ line: dots, zeroY }: Frame): Markup => {
  const [first, last] = [dots[0], dots.at(-1)]
  if (!first || !last) return html``
  const steps = dots
    .slice(1)
    .map(({ x, y }) => `H${x}V${y}`)
    .join('')
  const path = `M${first.x} ${first.y}${steps}`
  const area = `${path}V${zeroY}H${first.x}Z`
  return html`<path d="${area}"${paint('fill', 'fill', '#3b78d8')} fill-opacity="0.12"/><path d="${path}" fill="none"${paint('stroke', 'line', '#2a63c4')} stroke-width="2" stroke-linejoin="round"/><circle cx="${last.x}" cy="${last.y}" r="3.5"${paint('fill', 'line', '#2a63c4')}/>`
}
