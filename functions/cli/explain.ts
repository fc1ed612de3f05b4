/** `drawdown explain`: the arithmetic of an alert, as it is now. */

import { Command } from 'commander'
import { type Explained, explain } from '../app/explain.ts'
import { UsageError } from '../domain/errors.ts'
import { formatInstant } from '../domain/time.ts'
import { ownLink, plain } from '../report/plain.ts'
import type { App } from '../wire.ts'
import { alertJson, type ListedAlert } from './alert-table.ts'
import { alertsOf } from './alerts.ts'
import { type Answer, answer } from './answer.ts'
import { pick } from './pick.ts'
import { withApp } from './session.ts'
import type { Terminal } from './terminal.ts'

/** Any alert the store still remembers, open or over. */
export const explainCommand = (terminal: Terminal): Command => {
  const command = new Command('explain')
    .description('show the arithmetic behind an alert, as it is now')
    .argument('<key>', 'key of the alert, or its beginning')
  return answer(terminal, command, ([key = '']) =>
    withApp(terminal, {}, async (app) => {
      const alert = alertOf(await alertsOf(app, undefined, true), key)
      const explained = await explainedIn(app, alert)
      return answerOf(alert, explained)
    }),
  )
}

const alertOf = (alerts: readonly ListedAlert[], key: string): ListedAlert => {
  const picked = pick(alerts, key, ({ episode }) => episode.key)
  if (picked.kind === 'one') return picked.item
  const named = picked.items.map(({ episode }) => `${episode.key} (${episode.rule})`).join(', ')
  if (picked.kind === 'many') throw new UsageError(`Several alerts begin with ${key}: ${named}. Give more of the key.`)
  throw new UsageError(`No alert has the key ${key}. ${named === '' ? 'There are none.' : `Known are ${named}.`}`)
}

const explainedIn = async ({ desk, deps }: App, { account, episode }: ListedAlert): Promise<Explained> => {
  const view = await desk.view(account)
  const { state } = await deps.store.load(account, 0)
  const now = deps.clock()
  const { firstSeenAt = now, rejected = [], outbox } = state ?? {}
  return explain(view, episode, { now, firstSeenAt, rejected, ...(outbox && { outbox }) })
}

const NOW: Readonly<Record<Explained['kind'], string>> = {
  holds: 'It holds now.',
  between: 'It holds no longer, but is not far enough from its level to be over.',
  clear: 'Its condition is over.',
  gone: 'Its rule no longer speaks of it: its condition is over, or the plan or a setting changed.',
}

const LINE_MAX = 400

const answerOf = (alert: ListedAlert, explained: Explained): Answer => {
  const { episode } = alert
  const { title, summary, stops, arithmetic = [], next = [] } = 'words' in explained ? explained.words : nothing
  const name = `${episode.rule}${episode.level === '' ? '' : ` ${episode.level}`}`
  const lines = [
    `${name} (${episode.severity}, ${episode.status}), opened ${formatInstant(episode.openedAt)}`,
    `When it was opened: ${episode.title}`,
    NOW[explained.kind],
    ...(title === '' ? [] : ['', title, summary]),
    ...(stops === undefined ? [] : [stops]),
    ...arithmetic.map((line) => `  ${line}`),
  ]
  const steps = next.map(({ label, who, url }) => {
    const link = ownLink(url)
    return `${harmless(`> ${label} (${who})`)}${link === undefined ? '' : `: ${link}`}`
  })
  const json = { ...alertJson(alert), now: explained.kind, ...('words' in explained && { words: explained.words }) }
  return { json, text: [...lines.map(harmless), ...steps].join('\n') }
}

const nothing: { readonly title: string; readonly summary: string; readonly stops?: string } & Partial<
  Pick<Extract<Explained, { words: unknown }>['words'], 'arithmetic' | 'next'>
> = { title: '', summary: '' }

/** `plain` trims; the indent of a sum is ours. */
const harmless = (line: string): string => `${line.startsWith('  ') ? '  ' : ''}${plain(line, LINE_MAX)}`
