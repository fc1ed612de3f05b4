/** The few characters a chart writes, as strokes of our own: no font to ship, to load or to license. */

export type Point = readonly [x: number, y: number]

/** A line through its points, each at least one; units of a tenth of the height of a digit, from its top left. */
export type Stroke = readonly Point[]

type Glyph = { readonly width: number; readonly strokes: readonly Stroke[] }

/** Height of a digit in the units of its points. */
export const GLYPH_HEIGHT = 10
/** Between two characters. */
const GAP = 2.6
/** Each cut of the corners doubles the points; two make a curve of what was a box. */
const CUTS = 2

/** Cuts the corners of a line (Chaikin 1974); a closed one comes back to where it began. */
const smooth = (points: Stroke, closed: boolean): Stroke => {
  let line = points
  for (let cut = 0; cut < CUTS; cut += 1) {
    const ends = closed ? [...line, line[0] ?? [0, 0]] : line
    const cuts = ends.slice(1).flatMap((to, index): Stroke => {
      const from = ends[index] ?? to
      return [between(from, to, 0.25), between(from, to, 0.75)]
    })
    const [first, last] = [line[0], line.at(-1)]
    line = closed || !first || !last ? cuts : [first, ...cuts, last]
  }
  return closed && line[0] ? [...line, line[0]] : line
}

const between = ([x, y]: Point, [toX, toY]: Point, share: number): Point => [
  x + (toX - x) * share,
  y + (toY - y) * share,
]

const curve = (...points: Stroke): Stroke => smooth(points, false)

/** The oval that touches the sides of a box. */
const oval = (left: number, top: number, right: number, bottom: number): Stroke =>
  smooth(
    [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ],
    true,
  )

const glyph = (width: number, ...strokes: readonly Stroke[]): Glyph => ({ width, strokes })

const GLYPHS: Readonly<Record<string, Glyph>> = {
  '0': glyph(6, oval(0, 0, 6, 10)),
  '1': glyph(6, [
    [1, 2.2],
    [3.4, 0],
    [3.4, 10],
  ]),
  '2': glyph(6, curve([0.3, 2.8], [0.3, 0], [5.8, 0], [5.8, 3.6], [4.6, 5.2], [0.2, 10]), [
    [0.2, 10],
    [6, 10],
  ]),
  '3': glyph(
    6,
    curve([0.5, 1.4], [1.2, 0], [5.6, 0], [5.6, 4.7], [2.4, 4.7]),
    curve([2.4, 4.7], [6, 4.7], [6, 10], [0.8, 10], [0.1, 8.3]),
  ),
  '4': glyph(6, [
    [4.5, 10],
    [4.5, 0],
    [0, 7],
    [6, 7],
  ]),
  '5': glyph(
    6,
    [
      [5.4, 0],
      [1, 0],
      [0.6, 4.5],
    ],
    curve([0.6, 4.5], [2, 3.5], [6, 3.4], [6, 10], [0.9, 10], [0.1, 8.5]),
  ),
  '6': glyph(6, curve([4.9, 0.3], [0.8, 0.9], [0, 5], [0, 7.2]), oval(0, 4, 6, 10)),
  '7': glyph(6, [
    [0, 0],
    [6, 0],
    [2.2, 10],
  ]),
  '8': glyph(6, oval(0.4, 0, 5.6, 4.6), oval(0, 4.6, 6, 10)),
  '9': glyph(6, oval(0, 0, 6, 6), curve([6, 2.8], [6, 5], [5.2, 9.1], [1.1, 9.7])),
  '-': glyph(4.4, [
    [0, 5.6],
    [4.4, 5.6],
  ]),
  '.': glyph(0, [[0, 9.8]]),
  ',': glyph(0.6, [
    [0.6, 9.7],
    [0, 11.8],
  ]),
  ':': glyph(0, [[0, 3.4]], [[0, 9.8]]),
  "'": glyph(0, [
    [0, 0],
    [0, 2.2],
  ]),
  ' ': glyph(1.4),
}

/** Look-alikes in the numerals of other locales. */
const SAME: Readonly<Record<string, string>> = { '−': '-', '’': "'", '\u00a0': ' ', '\u202f': ' ' }

const glyphOf = (char: string): Glyph => GLYPHS[SAME[char] ?? char] ?? glyph(1.4)

/** Strokes of a line of text and how far it reaches; a character that is not drawn leaves a gap. */
export const strokesOf = (text: string): { readonly width: number; readonly strokes: readonly Stroke[] } => {
  let at = 0
  const strokes = [...text].flatMap((char) => {
    const { width, strokes: own } = glyphOf(char)
    const moved = own.map((stroke) => stroke.map(([x, y]): Point => [x + at, y]))
    at += width + GAP
    return moved
  })
  return { width: Math.max(0, at - GAP), strokes }
}
