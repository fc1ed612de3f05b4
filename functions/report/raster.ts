/** A picture in few colours, one byte a pixel, and the two things a chart draws on it: boxes, and round strokes with soft edges. */

import type { Point, Stroke } from './glyphs.ts'

export type Colour = readonly [red: number, green: number, blue: number]

/** What is drawn on: plain grounds, where strokes are mixed with what they cover; and lines, which they only replace. */
export type Palette = {
  /** Their place here is their index in the picture; the first is what a blank picture shows. */
  readonly grounds: readonly Colour[]
  /** Colours of strokes. */
  readonly inks: readonly Colour[]
}

export type Raster = {
  readonly width: number
  readonly height: number
  readonly palette: Palette
  /** An index into `coloursOf(palette)` for each pixel, row by row. */
  readonly pixels: Uint8Array
}

/** Edges in pixels from the top left. */
export type Box = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }

/** Steps from a ground to an ink; more are not told apart at the edge of a stroke. */
const SHADES = 16

/** All colours of a picture: the grounds, then for each ink and ground the steps from one to the other. At most 256. */
export const coloursOf = ({ grounds, inks }: Palette): readonly Colour[] => [
  ...grounds,
  ...inks.flatMap((ink) => grounds.flatMap((ground) => shadesBetween(ground, ink))),
]

const shadesBetween = (ground: Colour, ink: Colour): readonly Colour[] =>
  Array.from({ length: SHADES }, (_, index) => {
    const mixed = (channel: 0 | 1 | 2): number =>
      Math.round(ground[channel] + ((ink[channel] - ground[channel]) * (index + 1)) / SHADES)
    return [mixed(0), mixed(1), mixed(2)] as const
  })

/** A picture of the first ground. */
export const blankRaster = (width: number, height: number, palette: Palette): Raster => ({
  width,
  height,
  palette,
  pixels: new Uint8Array(width * height),
})

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

/** The whole pixels a box touches, within the picture. */
const within = ({ width, height }: Raster, { left, top, right, bottom }: Box): Box => ({
  left: clamp(Math.floor(left), 0, width),
  top: clamp(Math.floor(top), 0, height),
  right: clamp(Math.ceil(right), 0, width),
  bottom: clamp(Math.ceil(bottom), 0, height),
})

/** Index of an ink at its full strength, for `fillBox`. */
export const inkIndex = ({ palette: { grounds } }: Raster, ink: number): number =>
  grounds.length + (ink + 1) * grounds.length * SHADES - 1

/** Fills every pixel a box touches with one colour; a box that ends between two pixels takes both. */
export const fillBox = (raster: Raster, box: Box, index: number): void => {
  const { left, top, right, bottom } = within(raster, box)
  for (let y = top; y < bottom; y += 1) raster.pixels.fill(index, y * raster.width + left, y * raster.width + right)
}

export type Pen = { readonly ink: number; readonly width: number }

/** Draws a line with round ends and corners; one point makes a dot. Each pixel is covered once, however the line turns. */
export const drawStroke = (raster: Raster, stroke: Stroke, { ink, width }: Pen): void => {
  const reach = width / 2 + 0.5
  const area = within(raster, around(stroke, reach))
  const row = area.right - area.left
  const covers = new Uint8Array(Math.max(0, row * (area.bottom - area.top)))
  for (const [index, to] of stroke.entries()) {
    const from = stroke[index - 1] ?? to
    const part = within(raster, around([from, to], reach))
    for (let y = part.top; y < part.bottom; y += 1) {
      for (let x = part.left; x < part.right; x += 1) {
        const at = (y - area.top) * row + x - area.left
        const cover = Math.round(clamp(reach - distance(from, to, x + 0.5, y + 0.5), 0, 1) * SHADES)
        if (cover > (covers[at] ?? 0)) covers[at] = cover
      }
    }
  }
  stamp(raster, area, covers, ink)
}

/** Mixes an ink into the grounds it covers; where another line lies already, only what it covers by half or more. */
const stamp = ({ pixels, width, palette }: Raster, area: Box, covers: Uint8Array, ink: number): void => {
  const count = palette.grounds.length
  const row = area.right - area.left
  for (const [index, cover] of covers.entries()) {
    if (cover === 0) continue
    const at = (area.top + Math.floor(index / row)) * width + area.left + (index % row)
    const under = pixels[at] ?? 0
    if (under < count) pixels[at] = count + (ink * count + under) * SHADES + cover - 1
    else if (cover * 2 >= SHADES) pixels[at] = count + ink * count * SHADES + SHADES - 1
  }
}

const around = (points: readonly Point[], reach: number): Box => {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  return {
    left: Math.min(...xs) - reach,
    top: Math.min(...ys) - reach,
    right: Math.max(...xs) + reach,
    bottom: Math.max(...ys) + reach,
  }
}

/** From a place to the nearest point of a straight line between two ends. */
const distance = ([fromX, fromY]: Point, [toX, toY]: Point, x: number, y: number): number => {
  const [alongX, alongY] = [toX - fromX, toY - fromY]
  const length = alongX * alongX + alongY * alongY
  const share = length === 0 ? 0 : clamp(((x - fromX) * alongX + (y - fromY) * alongY) / length, 0, 1)
  const [awayX, awayY] = [x - fromX - share * alongX, y - fromY - share * alongY]
  return Math.sqrt(awayX * awayX + awayY * awayY)
}
