/** Tells one operator fact and says what came of it. */

import type { Command } from 'commander'
import type { Drained } from '../app/lane.ts'
import type { OperatorFact, Refused, Told } from '../app/operate.ts'
import { REASONS, type ReasonCode, UsageError } from '../domain/errors.ts'
import { formatForPeople } from '../domain/money.ts'
import type { AccountSettings, Standing } from '../domain/standing.ts'
import type { App } from '../wire.ts'
import type { Answer } from './answer.ts'
import { accountOf, withApp } from './session.ts'
import type { Terminal } from './terminal.ts'

/** `said` is the fact in words, such as `grant P1 of 50.00 USD`. */
export type Telling = {
  readonly kind: OperatorFact['kind']
  readonly fields: OperatorFact['fields']
  readonly said: string
}

export type SendOption = { readonly send?: true }

/** Help for the option of every command that may leave something to send. */
export const SEND_HELP = 'send what is due now; without it the running service does'

/** `topic` is its name, or true where the environment names it. */
export type TellOptions = SendOption & { readonly topic?: string | true }

/** Gives a command the options that every telling command has. */
export const telling = (command: Command): Command =>
  command
    .option('--send', SEND_HELP)
    .option(
      '--topic [name]',
      'publish to the running service instead of writing to STORE (default: BILLING_NOTIFICATIONS_TOPIC)',
    )

/** What a command knows of the account: its settings where a configuration is at hand, the app where the store is open. */
export type Known = { readonly settings: AccountSettings | undefined; readonly app: App | undefined }

/**
 * Tells a fact about an account, to the store or with `--topic` to the running service. Throws `UsageError` with reason
 * and mend where it will not be taken.
 */
export const tell = async (
  terminal: Terminal,
  account: string,
  options: TellOptions,
  what: (known: Known) => Telling | Promise<Telling>,
): Promise<Answer> => {
  if (options.topic !== undefined) {
    const { publishFact, settingsWithoutStore } = await import('./publish.ts')
    const settings = await settingsWithoutStore(terminal, account)
    return publishFact(terminal, options, account, await what({ settings, app: undefined }))
  }
  return withApp(terminal, { send: options.send ?? false }, async (app) => {
    const settings = accountOf(app.config.accounts, account)
    return tellIn(app, settings.id, await what({ settings, app }), options.send ?? false)
  })
}

/** The currency of an amount: as typed, else the account's own; throws `UsageError` where neither is known. */
export const currencyOf = (typed: string | undefined, { settings }: Known): string => {
  const currency = typed ?? settings?.currency
  if (currency !== undefined) return currency
  throw new UsageError('Give --currency, such as USD: without DRAWDOWN_CONFIG the account’s own is not known here.')
}

/** As `tell` to the store, in an app that is open already. */
export const tellIn = async (app: App, id: OperatorFact['account'], what: Telling, send: boolean): Promise<Answer> => {
  const [{ tellFact }, { drain }] = await Promise.all([import('../app/operate.ts'), import('../app/deliver.ts')])
  const told = await tellFact(app.deps, app.desk, { kind: what.kind, account: id, fields: what.fields })
  if ('reason' in told) throw refused(told)
  const drained = send ? await drain(app.deps) : undefined
  const { standing } = await app.desk.view(id)
  return { json: jsonOf(id, what, told, drained), text: textOf(standing, what, told, drained) }
}

type Taken = Exclude<Told, Refused>

const jsonOf = (account: string, { kind, fields }: Telling, told: Taken, drained: Drained | undefined): object => ({
  result: told.kind,
  account,
  kind,
  fact: fields,
  alerts: (told.kind === 'recorded' ? told.transitions : []).map(({ step, episode, words }) => ({
    rule: episode.rule,
    level: episode.level,
    state: step,
    severity: episode.severity,
    title: words.title,
    key: episode.key,
  })),
  ...(drained ? { deliveries: drained } : {}),
})

const textOf = (standing: Standing, { said }: Telling, told: Taken, drained: Drained | undefined): string => {
  if (told.kind === 'duplicate') return `Already recorded: ${said}. Nothing changed.`
  const alerts = told.transitions.map(
    ({ step, episode, words }) => `${step === 'resolved' ? 'resolved' : episode.severity}: ${words.title}`,
  )
  const sent = drained
    ? [`Deliveries: ${drained.sent} sent, ${drained.retried} to be retried, ${drained.dead} dead.`]
    : []
  return [`Recorded: ${said}. ${balanceLine(standing)}`, ...alerts, ...sent].join('\n')
}

const balanceLine = ({ account, balance, funded }: Standing): string =>
  funded
    ? `${account.name} now stands at ${formatForPeople(balance.value, account.currency, account.locale)}.`
    : `${account.name} has no credit on record yet.`

/** What was refused, why, and the mend. */
export const refused = ({ kind, reason, detail }: Refused): UsageError => {
  const why = detail === '' ? REASONS[reason] : `${REASONS[reason]} (${detail})`
  const kept = kind === 'quarantined' ? 'It is kept: see drawdown quarantine list.' : 'Nothing was recorded.'
  return new UsageError(`${why} ${MENDS[reason] ?? 'See --help for the fields.'} ${kept}`)
}

const MENDS: Readonly<Partial<Record<ReasonCode, string>>> = {
  CURRENCY: 'Leave --currency out, or mend the currency in the configuration.',
  TIME: 'Mend the time.',
  UNKNOWN_GRANT: 'See drawdown grant list, or enter the grant first with drawdown grant add.',
  REFUND: 'See what remains with drawdown grant list.',
  KEY_REUSED: 'Use another id; if the first one is wrong, void it.',
}
