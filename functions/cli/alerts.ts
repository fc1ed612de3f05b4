/** `drawdown alerts …`: what is open, and an operator's answer to it. */

import { Command } from 'commander'
import { UsageError } from '../domain/errors.ts'
import { UNASSIGNED } from '../domain/keys.ts'
import { formatInstant, type Instant } from '../domain/time.ts'
import type { App } from '../wire.ts'
import { alertJson, alertTable, type ListedAlert, openAlerts } from './alert-table.ts'
import { type Answer, answer } from './answer.ts'
import { pick } from './pick.ts'
import { accountOf, withApp } from './session.ts'
import { type Telling, type TellOptions, tell, tellIn, telling } from './tell.ts'
import type { Terminal } from './terminal.ts'
import { accountWord, nameWord, spanWord, timeWord } from './words.ts'

/** The group of commands about alerts. */
export const alertsCommand = (terminal: Terminal): Command =>
  new Command('alerts')
    .description('list alerts, acknowledge or snooze one')
    .addCommand(listCommand(terminal))
    .addCommand(ackCommand(terminal))
    .addCommand(snoozeCommand(terminal))

type ListOptions = { readonly all?: true }

const listCommand = (terminal: Terminal): Command => {
  const command = new Command('list')
    .description('list open alerts, newest last')
    .argument('[account]', 'billing account id (default: all)', accountWord)
    .option('--all', 'resolved ones and notices too')
  return answer<ListOptions>(terminal, command, ([account], { all }) =>
    withApp(terminal, {}, async (app) => list(terminal, await alertsOf(app, account, all ?? false))),
  )
}

const list = (terminal: Terminal, alerts: readonly ListedAlert[]): Answer => ({
  json: { alerts: alerts.map(alertJson) },
  text: alerts.length === 0 ? 'No open alerts.' : alertTable(terminal, alerts),
})

/** Of one account or all, open or all that are remembered; what belongs to no listed account has alerts too: about its rejected inputs. */
export const alertsOf = async (
  app: App,
  account: string | undefined,
  all: boolean,
): Promise<readonly ListedAlert[]> => {
  const known = app.config.accounts
  const isHeld = (await app.deps.store.accounts()).includes(UNASSIGNED)
  const everyone = [...known.map(({ id }) => id), ...(isHeld ? [UNASSIGNED] : [])]
  const ids = account === undefined ? everyone : [accountOf(known, accountWord(account)).id]
  const found: ListedAlert[] = []
  for (const id of ids) {
    const { episodes } = await app.desk.view(id)
    found.push(...(all ? episodes.map((episode) => ({ account: id, episode })) : openAlerts({ id }, episodes)))
  }
  return found.sort((a, b) => a.episode.openedAt - b.episode.openedAt)
}

type ByOption = TellOptions & { readonly by?: string; readonly account?: string }

const ackCommand = (terminal: Terminal): Command => {
  const command = new Command('ack')
    .description('acknowledge an open alert: it is not repeated until it ends')
    .argument('<key>', 'key of the alert, or its beginning')
    .option('--by <name>', 'who answers (default: your user name)', nameWord)
    .option('--account <id>', 'billing account id of the alert; --topic needs it', accountWord)
  return answer<ByOption>(terminal, telling(command), ([key = ''], options) =>
    answerAlert(terminal, 'acknowledge', key, options, undefined),
  )
}

type SnoozeOptions = ByOption & { readonly until?: Instant; readonly for?: number }

const snoozeCommand = (terminal: Terminal): Command => {
  const command = new Command('snooze')
    .description('keep an open alert from being repeated for a while')
    .argument('<key>', 'key of the alert, or its beginning')
    .option('--until <time>', 'until when, RFC 3339', timeWord)
    .option('--for <span>', 'how long from now, such as 90m, 4h or 2d', spanWord)
    .option('--by <name>', 'who answers (default: your user name)', nameWord)
    .option('--account <id>', 'billing account id of the alert; --topic needs it', accountWord)
  return answer<SnoozeOptions>(terminal, telling(command), async ([key = ''], options) => {
    const until = options.until ?? terminal.clock() + (options.for ?? 0)
    if ((options.until === undefined) === (options.for === undefined))
      command.error('error: give either --until or --for, such as --for 4h.')
    if (until <= terminal.clock()) command.error('error: --until lies in the past: give a later time.')
    return answerAlert(terminal, 'snooze', key, options, until)
  })
}

type Hush = 'acknowledge' | 'snooze'

const answerAlert = (
  terminal: Terminal,
  kind: Hush,
  key: string,
  options: ByOption,
  until: Instant | undefined,
): Promise<Answer> => {
  const by = options.by ?? (terminal.env['USER'] || terminal.env['USERNAME'] || 'operator')
  if (options.topic !== undefined)
    return tell(terminal, accountForTopic(options), options, () => hush(kind, wholeKey(key), `alert ${key}`, by, until))
  return withApp(terminal, { send: options.send ?? false }, async (app) => {
    const { account, episode } = openAlert(await alertsOf(app, options.account, false), key)
    const name = `${episode.rule}${episode.level === '' ? '' : ` ${episode.level}`}`
    return tellIn(app, account, hush(kind, episode.key, name, by, until), options.send ?? false)
  })
}

const hush = (kind: Hush, alertKey: string, name: string, by: string, until: Instant | undefined): Telling => {
  const fields = { alertKey, by, ...(until === undefined ? {} : { until: formatInstant(until) }) }
  const said =
    until === undefined ? `${name} acknowledged by ${by}` : `${name} snoozed until ${formatInstant(until)} by ${by}`
  return { kind, fields, said }
}

const accountForTopic = ({ account }: ByOption): string => {
  if (account !== undefined) return account
  throw new UsageError('With --topic nobody looks the alert up: give its account with --account.')
}

/** As every alert's key is made: 20 hexadecimal digits. */
const wholeKey = (key: string): string => {
  if (/^[0-9a-f]{20}$/.test(key)) return key
  throw new UsageError(`With --topic nobody looks the alert up: give its whole key of 20 characters, not ${key}.`)
}

const openAlert = (open: readonly ListedAlert[], key: string): ListedAlert => {
  const found = pick(open, key, ({ episode }) => episode.key)
  if (found.kind === 'one') return found.item
  const keys = found.items.map(({ episode }) => `${episode.key} (${episode.rule})`).join(', ')
  if (found.kind === 'many')
    throw new UsageError(`More than one open alert begins with ${key}: ${keys}. Give more of the key.`)
  throw new UsageError(`No open alert has the key ${key}. ${keys === '' ? 'None is open.' : `Open are ${keys}.`}`)
}
