/** `drawdown grant …`: purchases and other credit, entered, ended, refunded and listed. */

import { Command, Option } from 'commander'
import type { GrantKind } from '../domain/facts.ts'
import type { AccountSettings, GrantStanding } from '../domain/standing.ts'
import { formatInstant, type Instant } from '../domain/time.ts'
import { type Answer, answer } from './answer.ts'
import { accountOf, withApp } from './session.ts'
import { currencyOf, type Known, type Telling, type TellOptions, tell, telling } from './tell.ts'
import type { Terminal } from './terminal.ts'
import { accountWord, amountWord, countWord, currencyWord, nameWord, timeWord } from './words.ts'

const KINDS: readonly GrantKind[] = ['prepayment', 'promotional', 'free-trial', 'adjustment']

/** The group of commands about grants. */
export const grantCommand = (terminal: Terminal): Command =>
  new Command('grant')
    .description('enter, void, refund or list credit')
    .addCommand(addCommand(terminal))
    .addCommand(voidCommand(terminal))
    .addCommand(refundCommand(terminal))
    .addCommand(listCommand(terminal))

type AddOptions = TellOptions & {
  readonly kind: GrantKind
  readonly currency?: string
  readonly effective?: Instant
  readonly expires?: Instant
  readonly priority?: number
}

const addCommand = (terminal: Terminal): Command => {
  const command = new Command('add')
    .description('record credit; the same grant told twice is recorded once')
    .argument('<account>', 'billing account id', accountWord)
    .argument('<id>', 'your name for the grant, such as the number of the receipt', nameWord)
    .argument('<amount>', 'amount above 0, such as 50.00', amountWord)
    .addOption(new Option('--kind <kind>', 'kind of credit').choices(KINDS).default('prepayment'))
    .option('--currency <code>', 'currency of the amount (default: the account’s own)', currencyWord)
    .option('--effective <time>', 'when it takes effect, RFC 3339 (default: now)', timeWord)
    .option('--expires <time>', 'when it expires, RFC 3339 (default: as the plan has it)', timeWord)
    .option('--priority <number>', 'lower burns first (default: 100)', countWord)
  return answer<AddOptions>(terminal, telling(command), ([account = '', id = '', amount = ''], options) =>
    tell(terminal, accountWord(account), options, async (known) => {
      const effective = options.effective ?? (await knownStart(known, id)) ?? terminal.clock()
      return grantTelling(id, amount, { ...options, effective, currency: currencyOf(options.currency, known) })
    }),
  )
}

/** Told again without a time it is the same grant, so that a repeated command does no harm. */
const knownStart = async ({ settings, app }: Known, id: string): Promise<Instant | undefined> => {
  if (!settings || !app) return undefined
  const { standing } = await app.desk.view(settings.id)
  return standing.grants.find((grant) => grant.id === id)?.effectiveAt
}

const grantTelling = (
  id: string,
  amount: string,
  options: AddOptions & { readonly effective: Instant; readonly currency: string },
): Telling => {
  const currencyCode = options.currency
  const from = formatInstant(options.effective)
  return {
    kind: 'grant',
    said: `${options.kind} ${id} of ${amount} ${currencyCode}, effective ${from}`,
    fields: {
      grantId: id,
      kind: options.kind,
      amount,
      currencyCode,
      effectiveAt: from,
      ...(options.expires === undefined ? {} : { expiresAt: formatInstant(options.expires) }),
      ...(options.priority === undefined ? {} : { priority: options.priority }),
    },
  }
}

type AtOption = TellOptions & { readonly at?: Instant }

const voidCommand = (terminal: Terminal): Command => {
  const command = new Command('void')
    .description('end a grant: what remains of it is voided')
    .argument('<account>', 'billing account id', accountWord)
    .argument('<id>', 'the grant', nameWord)
    .option('--at <time>', 'when, RFC 3339 (default: now)', timeWord)
  return answer<AtOption>(terminal, telling(command), ([account = '', grantId = ''], options) =>
    tell(terminal, accountWord(account), options, () => {
      const at = formatInstant(options.at ?? terminal.clock())
      return { kind: 'void', said: `grant ${grantId} voided at ${at}`, fields: { grantId, at } }
    }),
  )
}

const refundCommand = (terminal: Terminal): Command => {
  const command = new Command('refund')
    .description('record credit paid back out of what remains of a grant')
    .argument('<account>', 'billing account id', accountWord)
    .argument('<id>', 'the grant', nameWord)
    .argument('<amount>', 'amount above 0, such as 20.00', amountWord)
    .option('--at <time>', 'when, RFC 3339 (default: now)', timeWord)
  return answer<AtOption>(terminal, telling(command), ([account = '', grantId = '', amount = ''], options) =>
    tell(terminal, accountWord(account), options, () => {
      const at = formatInstant(options.at ?? terminal.clock())
      return {
        kind: 'refund',
        said: `${amount} refunded of grant ${grantId} at ${at}`,
        fields: { grantId, amount, at },
      }
    }),
  )
}

const listCommand = (terminal: Terminal): Command => {
  const command = new Command('list')
    .description('list the grants of an account and where their amounts went')
    .argument('<account>', 'billing account id', accountWord)
  return answer(terminal, command, ([account = '']) => list(terminal, accountWord(account)))
}

const list = (terminal: Terminal, account: string): Promise<Answer> =>
  withApp(terminal, {}, async (app) => {
    const settings = accountOf(app.config.accounts, account)
    const { standing, episodes } = await app.desk.view(settings.id)
    const { balanceJson } = await import('../report/balance-json.ts')
    const { grants } = balanceJson(standing, episodes) as { readonly grants: readonly object[] }
    return { json: { account: settings.id, grants }, text: await grantTable(terminal, settings, standing.grants) }
  })

const grantTable = async (
  terminal: Terminal,
  settings: AccountSettings,
  grants: readonly GrantStanding[],
): Promise<string> => {
  if (grants.length === 0) return `No grants are recorded for ${settings.name}.`
  const [{ table }, { formatForPeople }] = await Promise.all([
    import('../report/table.ts'),
    import('../domain/money.ts'),
  ])
  const money = (amount: bigint): string => formatForPeople(amount, settings.currency, settings.locale)
  const columns = ['ID', 'KIND', 'STATE', 'AMOUNT', 'REMAINING', 'DRAWN', 'EXPIRED', 'REFUNDED', 'VOIDED', 'EXPIRES']
  const rows = grants.map((grant) => [
    grant.id,
    grant.kind,
    grant.state,
    ...[grant.amount, grant.remaining, grant.drawn, grant.expired, grant.refunded, grant.voided].map(money),
    grant.expiresAt === undefined ? 'never' : formatInstant(grant.expiresAt),
  ])
  const aligned = columns.map(
    (title, index) => ({ title, align: index >= 3 && index <= 8 ? 'right' : 'left' }) as const,
  )
  return table(aligned, rows, (line) => terminal.paint('bold', line))
}
