/** Accounts as a table: what is left, how sure that is, how long it lasts. */

import type { AccountView } from '../app/desk.ts'
import { formatForPeople } from '../domain/money.ts'
import type { Standing } from '../domain/standing.ts'
import { formatSpan, HOUR_MS } from '../domain/time.ts'
import { table } from '../report/table.ts'
import type { Terminal } from './terminal.ts'

const COLUMNS = [
  { title: 'ACCOUNT' },
  { title: 'NAME' },
  { title: 'PLAN' },
  { title: 'VALUE', align: 'right' },
  { title: 'LOW – HIGH', align: 'right' },
  { title: 'RUNWAY', align: 'right' },
  { title: 'ALERTS', align: 'right' },
] as const

/** One row per account; `RUNWAY` is the span by the median and, in brackets, the cautious one. */
export const standingTable = (terminal: Terminal, views: readonly AccountView[]): string =>
  table(COLUMNS, views.map(row), (line) => terminal.paint('bold', line))

const row = ({ standing, episodes }: AccountView): readonly string[] => [
  standing.account.id,
  standing.account.name,
  standing.plan,
  standing.funded ? money(standing, standing.balance.value) : 'unfunded',
  standing.funded ? bounds(standing) : '',
  runway(standing),
  String(episodes.filter(({ status }) => status === 'firing').length),
]

const money = ({ account }: Standing, amount: bigint): string =>
  formatForPeople(amount, account.currency, account.locale)

const bounds = (standing: Standing): string =>
  `${money(standing, standing.balance.low).replace(/ [A-Z]{3}$/, '')} – ${money(standing, standing.balance.high)}`

const runway = ({ runway }: Standing): string =>
  runway ? `${formatSpan(runway.p50Hours * HOUR_MS)} (${formatSpan(runway.p10Hours * HOUR_MS)})` : ''
