/** Plain tables for a terminal: padded columns, numbers to the right, nothing a terminal could obey. */

import { plain } from './plain.ts'

export type Column = { readonly title: string; readonly align?: 'left' | 'right' }

/** Longer cells would push everything else off the screen. */
const CELL_MAX = 120
const GAP = '  '

/**
 * Lines of equal columns under a heading, without a trailing line end. Every cell is made one harmless line first.
 * `heading` may style the heading line; widths count code points.
 */
export const table = (
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  heading: (line: string) => string = (line) => line,
): string => {
  const cells = rows.map((row) => columns.map((_, index) => plain(row[index] ?? '', CELL_MAX)))
  const widths = columns.map(({ title }, index) =>
    Math.max(...[title, ...cells.map((row) => row[index] ?? '')].map(widthOf)),
  )
  const line = (row: readonly string[]): string =>
    columns
      .map(({ align }, index) => pad(row[index] ?? '', widths[index] ?? 0, align ?? 'left'))
      .join(GAP)
      .trimEnd()
  return [heading(line(columns.map(({ title }) => title))), ...cells.map(line)].join('\n')
}

const widthOf = (text: string): number => [...text].length

const pad = (text: string, width: number, align: 'left' | 'right'): string => {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)))
  return align === 'right' ? blanks + text : text + blanks
}
