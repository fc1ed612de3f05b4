/** `drawdown statement`: a billing month, reconciled to the cent. */

import { Command, InvalidArgumentError } from 'commander'
import type { AccountSettings } from '../domain/standing.ts'
import { billingMonthStart, DAY_MS, formatInstant, type Instant, parseInstant } from '../domain/time.ts'
import type { Statement } from '../ledger/statement.ts'
import { type Answer, answer } from './answer.ts'
import { accountOf, withApp } from './session.ts'
import type { Terminal } from './terminal.ts'
import { accountWord } from './words.ts'

/** One account's month in Google's billing time. */
export const statementCommand = (terminal: Terminal): Command => {
  const command = new Command('statement')
    .description('reconcile a billing month: credit that was there, came, was drawn, ended, and is left')
    .argument('<account>', 'billing account id', accountWord)
    .argument('<month>', 'the month, such as 2026-11 (midnight to midnight Pacific time)', monthWord)
  return answer(terminal, command, ([account = '', month = '']) => statement(terminal, account, String(month)))
}

/** Budget months begin on the first at midnight Pacific; a few days into the month is in it in every zone. */
const monthWord = (text: string): string =>
  /^\d{4}-(0[1-9]|1[0-2])$/.test(text) && parseInstant(`${text}-03T00:00:00Z`) !== undefined
    ? text
    : failed('It must be a month, such as 2026-11.')

const failed = (what: string): never => {
  throw new InvalidArgumentError(what)
}

/** Longer than any month, shorter than two. */
const MONTH_AND_MORE_MS = 35 * DAY_MS

type Span = { readonly from: Instant; readonly to: Instant; readonly isOver: boolean }

const spanOf = (month: string, now: Instant): Span => {
  const from = billingMonthStart(parseInstant(`${month}-03T00:00:00Z`) ?? 0)
  const end = billingMonthStart(from + MONTH_AND_MORE_MS)
  return { from, to: Math.max(from, Math.min(end, now)), isOver: end <= now }
}

const statement = (terminal: Terminal, id: string, month: string): Promise<Answer> =>
  withApp(terminal, {}, async ({ config, deps }) => {
    const account = accountOf(config.accounts, accountWord(id))
    const { openHeld } = await import('../app/held.ts')
    const { statementOf } = await import('../ledger/statement.ts')
    const span = spanOf(month, terminal.clock())
    const found = statementOf((await openHeld(deps.store, account)).book, span.from, span.to)
    return {
      json: await jsonOf(account, month, span, found),
      text: await textOf(terminal, account, month, span, found),
    }
  })

const PARTS = ['opening', 'granted', 'drawn', 'expired', 'refunded', 'voided', 'closing'] as const

const jsonOf = async (account: AccountSettings, month: string, span: Span, found: Statement): Promise<object> => {
  const { formatDecimal } = await import('../domain/money.ts')
  const money = (amount: bigint): string => formatDecimal(amount, account.currency)
  const parts = (line: Statement['total']) => Object.fromEntries(PARTS.map((part) => [part, money(line[part])]))
  return {
    account: account.id,
    month,
    currencyCode: account.currency,
    from: formatInstant(span.from),
    to: formatInstant(span.to),
    isOver: span.isOver,
    grants: found.lines.map((line) => ({ id: line.id, kind: line.kind, ...parts(line) })),
    total: parts(found.total),
    billed: money(found.billed),
    corrected: money(found.corrected),
    carried: money(found.carried),
    beyond: money(found.beyond),
  }
}

const COLUMNS = [
  { title: 'GRANT' },
  { title: 'KIND' },
  ...PARTS.map((part) => ({ title: part.toUpperCase(), align: 'right' as const })),
]

const textOf = async (
  terminal: Terminal,
  account: AccountSettings,
  month: string,
  span: Span,
  found: Statement,
): Promise<string> => {
  const { formatDecimal } = await import('../domain/money.ts')
  const { table } = await import('../report/table.ts')
  const money = (amount: bigint): string => formatDecimal(amount, account.currency)
  const rows = [
    ...found.lines.map((line) => [line.id, line.kind, ...PARTS.map((part) => money(line[part]))]),
    ['total', '', ...PARTS.map((part) => money(found.total[part]))],
  ]
  const so = span.isOver ? '' : ', so far'
  const { billed, corrected, carried, beyond, total } = found
  return [
    `${account.name}, ${month}${so}: ${formatInstant(span.from)} to ${formatInstant(span.to)}, in ${account.currency}`,
    '',
    table(COLUMNS, rows, (line) => terminal.paint('bold', line)),
    '',
    `billed ${money(billed)} + corrected ${money(corrected)}${carried === 0n ? '' : ` + carried ${money(carried)}`} = drawn ${money(total.drawn)} + beyond credit ${money(beyond)}`,
  ].join('\n')
}
