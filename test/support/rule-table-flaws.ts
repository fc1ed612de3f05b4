/** Whether a table shows what it says it shows, and all that the table of such a rule has to show. */

import type { Rule } from '../../functions/rules/rule.ts'
import type { Row, RuleTable, Shows } from './rule-table.ts'

/** How the table stood before a row. */
type Before = {
  readonly row: Row | undefined
  readonly shown: readonly Shows[]
  readonly isOpen: boolean
  /** When the rule last spoke. */
  readonly toldAt: number
  readonly isNotice: boolean
}

/** Design §4.5; info is never repeated. */
const REPEAT_HOURS: Readonly<Record<string, number>> = { warning: 24, critical: 4 }
const LONGEST_HOURS = 24
/** How close before a repetition the silence has to be seen; hours are no exact numbers. */
const CLOSE_HOURS = 0.11

const tells = ({ expect }: Row, step: string): boolean => expect.length === 1 && expect[0]?.split(' ')[0] === step
const isSilent = ({ expect }: Row): boolean => expect.length === 0
const isNews = (row: Row): boolean => row.act !== undefined && isSilent(row)
const isQuiet = (row: Row): boolean => row.act === undefined && isSilent(row)
const intervalOf = ({ expect }: Row): number => REPEAT_HOURS[expect[0]?.split(' ')[1] ?? ''] ?? Number.POSITIVE_INFINITY
const after = ({ shown }: Before, what: Shows): boolean => shown.includes(what)

const CLAIMS: Readonly<Record<Shows, (row: Row, before: Before) => boolean>> = {
  opens: (row, { shown }) => tells(row, 'firing') && shown.length === 0,
  again: (row, { isOpen }) => isNews(row) && isOpen,
  'too soon': (row, { isOpen }) => isQuiet(row) && isOpen,
  repeats: (row, { row: silent, toldAt }) =>
    tells(row, 'repeat') &&
    silent?.shows === 'too soon' &&
    row.at - silent.at < CLOSE_HOURS &&
    row.at - toldAt >= intervalOf(row) &&
    silent.at - toldAt < intervalOf(row),
  'never again': (row, { isOpen, toldAt }) => isQuiet(row) && isOpen && row.at - toldAt >= LONGEST_HOURS,
  resolves: (row) => tells(row, 'resolved'),
  disarmed: (row, before) => isNews(row) && !before.isOpen && after(before, 'resolves'),
  're-armed': (row, before) => isNews(row) && !before.isOpen && after(before, 'disarmed'),
  'opens anew': (row, before) => tells(row, 'firing') && after(before, before.isNotice ? 'opens' : 'resolves'),
}

/** Rows that do not show what they claim, or are out of order; none for a sound table. */
export const flawsOf = ({ notice, rows }: RuleTable): readonly string[] => {
  const flaws: string[] = []
  let before: Before = { row: undefined, shown: [], isOpen: false, toldAt: 0, isNotice: notice !== undefined }
  for (const row of rows) {
    if (before.row && row.at < before.row.at) flaws.push(`${row.at} h comes after ${before.row.at} h`)
    if (row.shows && !CLAIMS[row.shows](row, before)) flaws.push(`${row.at} h is not "${row.shows}"`)
    before = next(before, row)
  }
  return flaws
}

const next = (before: Before, row: Row): Before => ({
  ...before,
  row,
  shown: row.shows ? [...before.shown, row.shows] : before.shown,
  isOpen: isSilent(row) ? before.isOpen : !tells(row, 'resolved'),
  toldAt: isSilent(row) ? before.toldAt : row.at,
})

/** What the first table of a rule still lacks, in the order it is to be shown; nothing for a whole one. */
export const lacksOf = (table: RuleTable, { aboutCredit, notice }: Rule): readonly string[] => {
  const lacks: string[] = []
  let place = 0
  for (const shows of wanted(table, aboutCredit)) {
    const found = table.rows.findIndex((row, index) => index >= place && row.shows === shows)
    if (found < 0) lacks.push(shows)
    else place = found + 1
  }
  if (notice && !table.notice) lacks.push('why it is a notice')
  if (table.notice && table.rows.some((row) => tells(row, 'resolved'))) lacks.push('a notice without an end')
  if (table.uncorrected && !aboutCredit) lacks.push('a rule about credit')
  return lacks
}

const wanted = ({ notice, once, uncorrected }: RuleTable, aboutCredit: boolean): readonly Shows[] => {
  if (notice) return ['opens', 'again', 'never again', 'opens anew']
  if (once) return ['opens', 'again', 'never again', 'resolves', 'opens anew']
  const corrected: readonly Shows[] = aboutCredit && !uncorrected ? ['disarmed', 're-armed'] : []
  return ['opens', 'again', 'too soon', 'repeats', 'resolves', ...corrected, 'opens anew']
}
