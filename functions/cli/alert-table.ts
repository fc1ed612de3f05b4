/** Alerts as rows and as JSON. */

import type { Episode } from '../domain/alerts.ts'
import type { AccountId } from '../domain/keys.ts'
import { formatInstant } from '../domain/time.ts'
import { plain } from '../report/plain.ts'
import { table } from '../report/table.ts'
import type { Style, Terminal } from './terminal.ts'

export type ListedAlert = { readonly account: AccountId; readonly episode: Episode }

const TITLE_MAX = 200
const STYLES: Readonly<Record<Episode['severity'], Style | undefined>> = {
  critical: 'red',
  warning: 'yellow',
  info: undefined,
}

/** The firing ones among an account's episodes. */
export const openAlerts = (account: { readonly id: AccountId }, episodes: readonly Episode[]): readonly ListedAlert[] =>
  episodes.filter(({ status }) => status === 'firing').map((episode) => ({ account: account.id, episode }))

/** As `alerts list --json` prints an alert; times in UTC, what does not apply is absent. */
export const alertJson = ({ account, episode }: ListedAlert): object => ({
  key: episode.key,
  account,
  rule: episode.rule,
  level: episode.level,
  severity: episode.severity,
  state: episode.status,
  title: episode.title,
  openedAt: formatInstant(episode.openedAt),
  ...(episode.resolvedAt === undefined ? {} : { resolvedAt: formatInstant(episode.resolvedAt) }),
  ...(episode.ackedBy === undefined ? {} : { acknowledgedBy: episode.ackedBy }),
  ...(episode.snoozedUntil === undefined ? {} : { snoozedUntil: formatInstant(episode.snoozedUntil) }),
  ...(episode.escalatedTo === undefined ? {} : { escalatedTo: episode.escalatedTo }),
})

const COLUMNS = ['KEY', 'SEVERITY', 'RULE', 'STATE', 'OPENED', 'ANSWERED'].map((title) => ({ title }))

/** A row for each and, below it, its title in full; severe ones are coloured where colours are wanted. */
export const alertTable = (terminal: Terminal, alerts: readonly ListedAlert[]): string => {
  const [head = '', ...rows] = table(COLUMNS, alerts.map(row), (line) => terminal.paint('bold', line)).split('\n')
  const lines = rows.flatMap((line, index) => {
    const episode = alerts[index]?.episode
    const style = episode && STYLES[episode.severity]
    return [style ? terminal.paint(style, line) : line, `    ${plain(episode?.title ?? '', TITLE_MAX)}`]
  })
  return [head, ...lines].join('\n')
}

const row = ({ episode }: ListedAlert): readonly string[] => [
  episode.key,
  episode.severity,
  episode.level === '' ? episode.rule : `${episode.rule} ${episode.level}`,
  episode.status,
  formatInstant(episode.openedAt),
  answered(episode),
]

const answered = ({ ackedBy, snoozedUntil, escalatedTo }: Episode): string => {
  if (ackedBy !== undefined) return `by ${ackedBy}`
  if (snoozedUntil !== undefined) return `snoozed until ${formatInstant(snoozedUntil)}`
  return escalatedTo === undefined ? '' : `by nobody; escalated to ${escalatedTo.join(', ')}`
}
