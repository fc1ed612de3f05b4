/** A replay for people: counts, accounts, and the alerts in the order they came. */

import type { Replayed } from '../app/replay.ts'
import { REASONS, type ReasonCode } from '../domain/errors.ts'
import { formatInstant } from '../domain/time.ts'
import { plain } from '../report/plain.ts'
import { standingTable } from './standing-table.ts'
import type { Terminal } from './terminal.ts'

/** Bad lines shown; the JSON holds all. */
const BAD_SHOWN_MAX = 20
const TITLE_MAX = 200
/** `2026-11-23T10:00:00.123Z`, `01D4EE-079462-DFD6EC`. */
const TIME_WIDTH = 24
const ACCOUNT_WIDTH = 20

/** Several paragraphs, the last without a line end. */
export const replayText = (terminal: Terminal, replayed: Replayed): string => {
  const { lines, facts, duplicates } = replayed.counts
  return [
    `${lines} lines, ${facts} facts, ${duplicates} duplicates, ${replayed.quarantined.length} quarantined`,
    standingTable(terminal, [...replayed.views.values()]),
    alertLines(replayed),
    ...(replayed.quarantined.length === 0 ? [] : [badLines(replayed)]),
  ].join('\n\n')
}

const alertLines = ({ alerts }: Replayed): string =>
  alerts.length === 0
    ? 'No alerts.'
    : alerts
        .map(({ account, transition: { at, step, episode, words } }) => {
          const what = step === 'resolved' ? 'resolved' : episode.severity
          return `${formatInstant(at).padEnd(TIME_WIDTH)}  ${account.padEnd(ACCOUNT_WIDTH)}  ${what.padEnd(8)}  ${plain(words.title, TITLE_MAX)}`
        })
        .join('\n')

const badLines = ({ quarantined }: Replayed): string => {
  const shown = quarantined
    .slice(0, BAD_SHOWN_MAX)
    .map(({ line, reason }) => `line ${line}: ${reason}: ${REASONS[reason as ReasonCode]}`)
  const more = quarantined.length - shown.length
  return [...shown, ...(more > 0 ? [`… and ${more} more: see --json.`] : [])].join('\n')
}
