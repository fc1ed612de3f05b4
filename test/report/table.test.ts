/** Tables for a terminal. */

import { expect, test } from 'vitest'
import { table } from '../../functions/report/table.ts'

const COLUMNS = [{ title: 'NAME' }, { title: 'AMOUNT', align: 'right' }, { title: 'NOTE' }] as const

test('columns are as wide as their widest cell, numbers to the right, no blanks at line ends', () => {
  const rows = [
    ['a', '1.00', 'yes'],
    ['longer name', '1,000.00', ''],
  ]
  expect(table(COLUMNS, rows)).toBe(
    ['NAME           AMOUNT  NOTE', 'a                1.00  yes', 'longer name  1,000.00'].join('\n'),
  )
})

test('a table without rows is its heading', () => {
  expect(table(COLUMNS, [])).toBe('NAME  AMOUNT  NOTE')
})

test('only the heading is styled', () => {
  expect(table(COLUMNS, [['a', '1', '']], (line) => `<${line}>`)).toBe('<NAME  AMOUNT  NOTE>\na          1')
})

test('a cell cannot move the cursor, turn the text or start a new row', () => {
  const out = table(COLUMNS, [['\u001b[2Jgone\r\nnew\trow', '1', '\u202eabc']])
  expect(out.split('\n')).toHaveLength(2)
  expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
})

test('a cell of a megabyte is cut', () => {
  expect(table(COLUMNS, [['x'.repeat(1_000_000), '', '']]).length).toBeLessThan(400)
})
