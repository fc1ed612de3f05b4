/** A configuration in words, for a person who wrote it and wonders. */

import { table } from '../report/table.ts'
import type { Understood } from './config.ts'
import { proofLines } from './config-proof.ts'
import type { Terminal } from './terminal.ts'

/** Accounts, channels and routes, a paragraph each. */
export const configText = (terminal: Terminal, said: Understood): string => {
  const { accounts, channels, routes } = said
  const heading = (line: string): string => terminal.paint('bold', line)
  const titled = (...titles: readonly string[]) => titles.map((title) => ({ title }))
  return [
    table(titled('ACCOUNT', 'NAME', 'PLAN', 'CURRENCY', 'PROJECTS', 'BUDGETS'), accounts.map(accountRow), heading),
    channels.length === 0
      ? 'No channels: alerts are seen on the dashboard alone.'
      : table(titled('CHANNEL', 'KIND', 'SECRETS'), channels.map(channelRow), heading),
    routes.length === 0 ? 'No routes: nobody is told.' : table(titled('TELLS', 'ABOUT'), routes.map(routeRow), heading),
    ...[proofLines(said).join('\n')].filter((text) => text !== ''),
  ].join('\n\n')
}

const accountRow = (account: Understood['accounts'][number]): readonly string[] => [
  account.id,
  account.name,
  account.plan,
  account.currencyCode,
  account.projects.join(' '),
  Object.entries(account.budgets)
    .map(([id, role]) => `${id} ${role}`)
    .join(', '),
]

const channelRow = ({ name, kind, secrets }: Understood['channels'][number]): readonly string[] => [
  name,
  kind,
  secrets.map(({ variable, set }) => `${variable} ${set ? 'set' : 'not set'}`).join(', '),
]

const routeRow = ({ when, to }: Understood['routes'][number]): readonly string[] => {
  const parts = [when.severity, when.rule, when.account].filter((part) => part !== undefined)
  return [to.join(' '), parts.length === 0 ? 'everything' : parts.map((part) => part.join(' or ')).join(', and ')]
}
