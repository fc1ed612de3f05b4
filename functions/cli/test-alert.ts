/** `drawdown test-alert`: does an alert arrive, and if not, why, and what to mend. */

import { Command } from 'commander'
import type { Target, Test, Tested } from '../app/test-alert.ts'
import type { Send } from '../channels/channel.ts'
import type { Config } from '../config.ts'
import { UsageError } from '../domain/errors.ts'
import { nearest } from '../domain/nearest.ts'
import { SECOND_MS } from '../domain/time.ts'
import { type Answer, answer } from './answer.ts'
import { withApp } from './session.ts'
import type { Terminal } from './terminal.ts'
import type { Shown } from './test-alert-text.ts'
import { countWord, nameWord } from './words.ts'

/** A service on the same machine looks every second; one in the cloud is told over Pub/Sub. */
const WAIT_SECONDS = 20
const LOOK_EVERY_MS = 200

const HELP = `
A channel whose environment variables are set here is tried from here, at once: one attempt, nothing stored.
Any other, and with --outbox every one, is put into the outbox of STORE for the running service to send.

Exit codes:
  0  every message was taken by its mail server or chat
  1  at least one was not; stderr says which, why, and how to mend it
  2  the command was not understood`

type Options = { readonly outbox?: true; readonly by?: string; readonly wait: number }

/** Sends a message that says it is a test, through one channel or all. */
export const testAlertCommand = (terminal: Terminal): Command => {
  const command = new Command('test-alert')
    .description('send a test message through one channel or all, and say what came of it')
    .argument('[channel]', 'name of a channel (default: all)')
    .option('--outbox', 'by way of the outbox and the running service, as every alert goes')
    .option('--wait <seconds>', 'how long to wait for the running service', countWord, WAIT_SECONDS)
    .option('--by <name>', 'who sends it (default: your user name)', nameWord)
    .addHelpText('after', HELP)
  return answer<Options>(terminal, command, ([channel], options) => testAlert(terminal, channel, options))
}

const testAlert = async (terminal: Terminal, wanted: string | undefined, options: Options): Promise<Answer> => {
  const { loadConfig } = await import('../config.ts')
  const { findChannel } = await import('../channels/index.ts')
  const config = loadConfig(undefined, terminal.env)
  const names = wanted === undefined ? Object.keys(config.channels) : [channelOf(config, wanted)]
  if (names.length === 0) throw new UsageError('The configuration has no channels: add one, such as ops-mail.')
  const asked = names.map((name): Asked => {
    const { kind, settings } = config.channels[name] ?? { kind: '', settings: {} }
    const variables = findChannel(kind)?.secrets(settings) ?? []
    return { name, kind, variables, missing: variables.filter((one) => (terminal.env[one] ?? '').trim() === '') }
  })
  const isHere = ({ missing }: Asked): boolean => options.outbox === undefined && missing.length === 0
  const test = testOf(terminal, config, options)
  const here = await fromHere(terminal, config, test, asked.filter(isHere))
  const there = await byService(
    terminal,
    test,
    asked.filter((one) => !isHere(one)),
    options.wait * SECOND_MS,
  )
  return answerOf(terminal, [...here, ...there], asked)
}

type Asked = {
  readonly name: string
  readonly kind: string
  readonly variables: readonly string[]
  /** Those of them that are not set here. */
  readonly missing: readonly string[]
}

const channelOf = (config: Config, wanted: string): string => {
  const names = Object.keys(config.channels)
  if (names.includes(wanted)) return wanted
  const near = nearest(wanted, names)
  const mend = near === undefined ? `There is ${names.join(', ') || 'none'}.` : `Did you mean ${near}?`
  throw new UsageError(`No channel is called ${wanted}. ${mend}`)
}

const testOf = (terminal: Terminal, { accounts }: Config, { by }: Options): Test => {
  const [account] = accounts
  if (!account) throw new Error('a configuration without accounts was let pass')
  const name = by ?? (terminal.env['USER'] || terminal.env['USERNAME'] || 'operator')
  return { account, by: name, at: terminal.clock(), mark: crypto.randomUUID() }
}

/** A channel that cannot even be opened has failed for all its recipients. */
const fromHere = async (
  terminal: Terminal,
  config: Config,
  test: Test,
  asked: readonly Asked[],
): Promise<readonly Shown[]> => {
  if (asked.length === 0) return []
  const { openChannels } = await import('./open-channels.ts')
  const { sendTests } = await import('../app/test-alert.ts')
  const { opened, broken } = openChannels(
    terminal.env,
    config,
    asked.map(({ name }) => name),
  )
  try {
    const targets = [...opened].flatMap(([channel, { recipients }]) =>
      recipients.map((recipient) => ({ channel, recipient })),
    )
    const tested = await sendTests(test, targets, (channel) => opened.get(channel)?.send ?? unopened)
    return [...tested, ...broken].map((one) => ({ ...one, by: 'here' }))
  } finally {
    for (const { close } of opened.values()) await close?.()
  }
}

const unopened: Send = async () => ({ kind: 'rejected', reason: 'gone', note: 'the channel is not open' })

const byService = async (
  terminal: Terminal,
  test: Test,
  asked: readonly Asked[],
  waitMs: number,
): Promise<readonly Shown[]> => {
  if (asked.length === 0) return []
  const { enqueueTests, testsInOutbox } = await import('../app/test-alert.ts')
  return withApp(terminal, { announces: true }, async ({ deps, announced }) => {
    const targets = asked.flatMap(({ name }): readonly Target[] =>
      (deps.recipients[name] ?? []).map((recipient) => ({ channel: name, recipient })),
    )
    await enqueueTests(deps, test, targets)
    await announced()
    const until = terminal.clock() + waitMs
    let tested: readonly Tested[] = await testsInOutbox(deps, test, targets)
    while (tested.some(({ status }) => status === 'waiting') && terminal.clock() < until) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
      tested = await testsInOutbox(deps, test, targets)
    }
    return tested.map((one) => ({ ...one, by: 'service' }))
  })
}

const answerOf = async (terminal: Terminal, shown: readonly Shown[], asked: readonly Asked[]): Promise<Answer> => {
  const { problemsOf, shownText } = await import('./test-alert-text.ts')
  const of = (name: string): Asked | undefined => asked.find((one) => one.name === name)
  const problems = problemsOf(shown, (name) => of(name) ?? { variables: [], missing: [] })
  return {
    json: {
      results: shown.map(({ reason, ...one }) => ({ ...one, kind: of(one.channel)?.kind, ...(reason && { reason }) })),
      problems,
    },
    text: shownText(terminal, shown, asked),
    problems,
    exitCode: shown.every(({ status }) => status === 'sent') ? 0 : 1,
  }
}
