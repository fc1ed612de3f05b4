/** The burn-down chart as a PNG for mail, where no client shows SVG: drawn here, without a font and without a native library. */

import { type Chart, type Frame, frameOf } from './chart-frame.ts'
import { GLYPH_HEIGHT, strokesOf } from './glyphs.ts'
import { encodePng } from './png.ts'
import { blankRaster, drawStroke, fillBox, inkIndex, type Palette, type Raster } from './raster.ts'

/** Pixels of the file for each pixel of the chart: screens have two. */
const SCALE = 2
const DIGIT_PX = 10
const TEXT_PX = 1.25
const RULE_PX = 1
const LINE_PX = 2
const DOT_PX = 8
/** Between a label and what it names. */
const GAP_PX = 8

/** White reads in a dark mail client too; nothing of it follows the reader's scheme. */
const PALETTE: Palette = {
  grounds: [
    [0xff, 0xff, 0xff],
    [0xe2, 0xe9, 0xf6],
    [0xcd, 0xd3, 0xdc],
    [0xb3, 0x26, 0x1e],
  ],
  inks: [
    [0x4a, 0x52, 0x5c],
    [0x1f, 0x57, 0xb8],
  ],
}
const [AREA, GRID, ZERO] = [1, 2, 3]
const [TEXT, LINE] = [0, 1]

/**
 * Pure: the same chart gives the same bytes. Twice the chart's width and height in pixels; `undefined` for fewer than two
 * points.
 */
export const burnDownPng = (chart: Chart): Uint8Array | undefined => {
  const frame = frameOf(chart)
  if (!frame) return undefined
  const raster = blankRaster(frame.width * SCALE, frame.height * SCALE, PALETTE)
  drawArea(raster, frame)
  drawAxes(raster, frame)
  drawLine(raster, frame)
  return encodePng(raster)
}

const px = (value: number): number => Math.round(value * SCALE)

/** Between the line and zero, whichever is above. */
const drawArea = (raster: Raster, { line, zeroY }: Frame): void => {
  for (const [index, { x, y }] of line.entries()) {
    const right = line[index + 1]?.x ?? x
    const [top, bottom] = [px(Math.min(y, zeroY)), px(Math.max(y, zeroY))]
    fillBox(raster, { left: px(x), right: px(right), top, bottom }, AREA)
  }
}

const drawAxes = (raster: Raster, { yTicks, xTicks, left, right, height }: Frame): void => {
  for (const { y, text, isZero } of yTicks) {
    rule(raster, [left, y, right, y], RULE_PX, isZero ? ZERO : GRID)
    write(raster, text, { x: left - GAP_PX, y: y - DIGIT_PX / 2, anchor: 'end' })
  }
  for (const { x, text, anchor } of xTicks) write(raster, text, { x, y: height - GAP_PX - DIGIT_PX, anchor })
}

type Ends = readonly [fromX: number, fromY: number, toX: number, toY: number]

/** A level or an upright line, crisp, of whole pixels. */
const rule = (raster: Raster, ends: Ends, width: number, index: number): void => {
  const [fromX, fromY, toX, toY] = ends.map(px)
  const half = (width * SCALE) / 2
  const [xs, ys] = [[fromX ?? 0, toX ?? 0] as const, [fromY ?? 0, toY ?? 0] as const]
  const box = { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) }
  const isLevel = box.top === box.bottom
  const around = isLevel
    ? { ...box, top: box.top - half, bottom: box.bottom + half }
    : { left: box.left - half, right: box.right + half, top: box.top - half, bottom: box.bottom + half }
  fillBox(raster, around, index)
}

/** Each balance holds until the next one, so the line goes right, then up or down. */
const drawLine = (raster: Raster, { line }: Frame): void => {
  for (const [index, { x, y }] of line.entries()) {
    const next = line[index + 1] ?? { x, y }
    rule(raster, [x, y, next.x, y], LINE_PX, inkIndex(raster, LINE))
    rule(raster, [next.x, y, next.x, next.y], LINE_PX, inkIndex(raster, LINE))
  }
  const last = line.at(-1)
  if (last) drawStroke(raster, [[px(last.x), px(last.y)]], { ink: LINE, width: DOT_PX * SCALE })
}

type Place = { readonly x: number; readonly y: number; readonly anchor: 'start' | 'middle' | 'end' }

/** `y` is the top of the digits. */
const write = (raster: Raster, text: string, { x, y, anchor }: Place): void => {
  const unit = (DIGIT_PX * SCALE) / GLYPH_HEIGHT
  const { width, strokes } = strokesOf(text)
  const start = x * SCALE - { start: 0, middle: width / 2, end: width }[anchor] * unit
  for (const stroke of strokes) {
    const placed = stroke.map(([glyphX, glyphY]) => [start + glyphX * unit, y * SCALE + glyphY * unit] as const)
    drawStroke(raster, placed, { ink: TEXT, width: TEXT_PX * SCALE })
  }
}
