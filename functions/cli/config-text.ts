/** A configuration in words, for a person who wrote it and wonders. */

import { formatSpan } from '../domain/time.ts'
import { formatTimeOfDay } from '../domain/wall-clock.ts'
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
    routes.length === 0
      ? 'No routes: nobody is told.'
      : table(titled('TELLS', 'ABOUT', 'HOW'), routes.map(routeRow), heading),
    ...(said.enforce ? [enforceText(said.enforce, heading)] : []),
    ...[proofLines(said).join('\n')].filter((text) => text !== ''),
  ].join('\n\n')
}

const enforceText = (
  { armed, projects }: NonNullable<Understood['enforce']>,
  heading: (line: string) => string,
): string => {
  const titles = ['MAY STOP', 'BY', 'FOR'].map((title) => ({ title }))
  const rows = Object.entries(projects).map(([id, { steps, keys, when }]) => [
    id,
    [...steps, ...(keys ? [`(${keys.length} keys)`] : [])].join(', '),
    `${when.severity.join(' or ')}, and ${when.rule.join(' or ')}`,
  ])
  const half = armed ? 'armed here; an operator arms each project as well' : 'not armed: every step is only rehearsed'
  return `${table(titles, rows, heading)}\nEnforcement is ${half}.`
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

type Route = Understood['routes'][number]

const routeRow = (route: Route): readonly string[] => {
  const { severity, rule, account, project } = route.when
  const parts = [severity, rule, account, project].filter((part) => part !== undefined)
  const about = parts.length === 0 ? 'everything' : parts.map((part) => part.join(' or ')).join(', and ')
  return [route.to.join(' '), about, mannerOf(route)]
}

/** How it tells, where that is not at once and at the usual intervals. */
const mannerOf = ({ quiet, repeatMs, digest, escalate }: Route): string =>
  [
    ...(digest
      ? [
          `${digest.every} digest at ${formatTimeOfDay(digest.atMinute)}${digest.every === 'weekly' ? ` on ${digest.on}` : ''}`,
        ]
      : []),
    ...(quiet
      ? [
          `quiet from ${formatTimeOfDay(quiet.fromMinute)} to ${formatTimeOfDay(quiet.toMinute)}${quiet.days ? ` on ${quiet.days.join(' ')}` : ''}`,
        ]
      : []),
    ...(repeatMs === undefined ? [] : [`repeats every ${formatSpan(repeatMs)}`]),
    ...(escalate ? [`escalates after ${formatSpan(escalate.afterMs)} to ${escalate.to.join(' ')}`] : []),
  ].join('; ')
