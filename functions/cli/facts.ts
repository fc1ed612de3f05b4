/** `drawdown reading`, `plan` and `tier`: what an operator sees on Google's pages, told to the ledger. */

import { Argument, Command } from 'commander'
import { PLANS, TIERS } from '../domain/facts.ts'
import { formatInstant, type Instant } from '../domain/time.ts'
import { answer } from './answer.ts'
import { currencyOf, type TellOptions, tell, telling } from './tell.ts'
import type { Terminal } from './terminal.ts'
import { accountWord, currencyWord, decimalWord, nameWord, timeWord } from './words.ts'

type AtOption = TellOptions & { readonly at?: Instant }

/** The balance a person sees in AI Studio; the ledger takes the difference in. */
export const readingCommand = (terminal: Terminal): Command => {
  const command = new Command('reading')
    .description('record the balance you see in AI Studio; it may be negative')
    .argument('<account>', 'billing account id', accountWord)
    .argument('<balance>', 'balance, such as 41.20', decimalWord)
    .option('--at <time>', 'when it was seen, RFC 3339 (default: now)', timeWord)
    .option('--currency <code>', 'currency of the balance (default: the account’s own)', currencyWord)
  return answer<AtOption & { currency?: string }>(terminal, telling(command), ([account = '', balance = ''], options) =>
    tell(terminal, accountWord(account), options, (known) => {
      const currencyCode = currencyOf(options.currency, known)
      const at = formatInstant(options.at ?? terminal.clock())
      const said = `balance of ${balance} ${currencyCode} seen at ${at}`
      return { kind: 'balance-reading', said, fields: { balance, currencyCode, at } }
    }),
  )
}

/** The plan the account is on from a moment onward. */
export const planCommand = (terminal: Terminal): Command => {
  const command = new Command('plan')
    .description('record the plan an account is on')
    .argument('<account>', 'billing account id', accountWord)
    .addArgument(new Argument('<plan>', 'plan').choices(PLANS))
    .option('--at <time>', 'since when, RFC 3339 (default: now)', timeWord)
  return answer<AtOption>(terminal, telling(command), ([account = '', plan = ''], options) =>
    tell(terminal, accountWord(account), options, () => {
      const at = formatInstant(options.at ?? terminal.clock())
      return { kind: 'plan', said: `plan ${plan} since ${at}`, fields: { plan, at } }
    }),
  )
}

/** The usage tier shown in AI Studio. */
export const tierCommand = (terminal: Terminal): Command => {
  const command = new Command('tier')
    .description('record the usage tier you see in AI Studio')
    .argument('<account>', 'billing account id', accountWord)
    .addArgument(new Argument('<tier>', 'tier').choices(TIERS))
    .option('--project <id>', 'the project it was seen on', nameWord)
    .option('--at <time>', 'when it was seen, RFC 3339 (default: now)', timeWord)
  return answer<AtOption & { project?: string }>(terminal, telling(command), ([account = '', tier = ''], options) =>
    tell(terminal, accountWord(account), options, () => {
      const at = formatInstant(options.at ?? terminal.clock())
      const project = options.project === undefined ? {} : { projectId: options.project }
      return { kind: 'tier', said: `${tier} seen at ${at}`, fields: { tier, ...project, at } }
    }),
  )
}
