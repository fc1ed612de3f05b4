/** An examination for people: worst first, the mend under each finding, and what could not be seen by its reason. */

import { STATUSES, type Status } from '../doctor/check.ts'
import type { Examination, Examined } from '../doctor/examine.ts'
import { plain } from '../report/plain.ts'
import type { Style, Terminal } from './terminal.ts'

const TITLES: Readonly<Record<Status, string>> = {
  problem: 'PROBLEMS',
  warning: 'WARNINGS',
  unknown: 'NOT CHECKED',
  ok: 'IN ORDER',
}
const STYLES: Readonly<Record<Status, Style>> = { problem: 'red', warning: 'yellow', unknown: 'bold', ok: 'green' }

/** The longest line that makes a subscription has a third of this. */
const LINE_MAX = 2_000
const INDENT = '  '

export const doctorText = (terminal: Terminal, { findings, counts }: Examination): string => {
  const groups = STATUSES.flatMap((status) => {
    const own = findings.filter((one) => one.status === status)
    return own.length === 0
      ? []
      : [[terminal.paint(STYLES[status], TITLES[status]), ...linesOf(status, own)].join('\n')]
  })
  return [...groups, summary(counts)].join('\n\n')
}

const linesOf = (status: Status, findings: readonly Examined[]): readonly string[] =>
  status === 'ok' ? findings.map(headOf) : byReason(findings)

/** Findings with one reason and one mend are told together. */
const byReason = (findings: readonly Examined[]): readonly string[] =>
  [...Map.groupBy(findings, (one) => JSON.stringify('why' in one ? [one.why, one.mend] : []))].flatMap(([, own]) => {
    const [first] = own
    const why =
      first && 'why' in first ? [`${INDENT}Why: ${shown(first.why)}`, `${INDENT}Mend: ${shown(first.mend)}`] : []
    return [...own.map(headOf), ...why]
  })

const headOf = ({ check, what }: Examined): string => `${check}: ${shown(what)}`

/** Names of Google’s resources are outside text: one harmless line, but with its addresses whole, so that a mend can be pasted. */
const shown = (text: string): string => plain(text, LINE_MAX).replaceAll(': //', '://')

const summary = ({ problem, warning, unknown, ok }: Examination['counts']): string =>
  `${counted(problem, 'problem')}, ${counted(warning, 'warning')}, ${unknown} not checked, ${ok} in order.`

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`
