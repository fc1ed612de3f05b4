/** One command's stay at the store: opened, used, closed. Loads the app only when a command really needs it. */

import type { AppLog } from '../app/deps.ts'
import type { ChannelIo } from '../channels/channel.ts'
import { UsageError } from '../domain/errors.ts'
import { nearest } from '../domain/nearest.ts'
import type { AccountSettings } from '../domain/standing.ts'
import { planningOnly } from '../planning-io.ts'
import type { App } from '../wire.ts'
import type { Terminal } from './terminal.ts'

/** Whether the command itself sends what is due; only then do the channels need their secrets. */
export type SessionOptions = {
  readonly send?: boolean
  /** Whether the running service is told over Pub/Sub of what is due, where the environment names its topic. */
  readonly announces?: boolean
}

/** The result and the one line of an error say it all; a log beside them would be a second voice. */
const silentLog: AppLog = { info: () => undefined, warning: () => undefined, error: () => undefined }

/** Runs `work` on the app that `STORE` and `DRAWDOWN_CONFIG` describe, and closes it however the work ends. */
export const withApp = async <Result>(
  terminal: Terminal,
  { send = false, announces = false }: SessionOptions,
  work: (app: App) => Promise<Result>,
): Promise<Result> => {
  const { loadConfig, readEnvironment } = await import('../config.ts')
  const { announcerFrom, channelIo, openApp, openStore, secretsFrom } = await import('../wire.ts')
  const { answerLinksIfSet } = await import('../answer-links.ts')
  const environment = readEnvironment(terminal.env)
  const config = loadConfig(environment.configPath, terminal.env)
  const secret = secretsFrom(terminal.env, () => undefined)
  const sending = (): ChannelIo => channelIo(secret, !environment.inCloud)
  const store = await openStore(environment.store)
  let app: App | undefined
  try {
    const links = answerLinksIfSet(config, terminal.env, () => undefined)
    const announcer = announces ? announcerFrom(terminal.env, silentLog) : undefined
    const ioFor = send ? sending : planningOnly
    app = openApp({ config, store, log: silentLog, ioFor, clock: terminal.clock, links, announcer })
    return await work(app)
  } finally {
    await (app ? app.close() : store.close())
  }
}

/** The account of that id; an error names the nearest one, or all. */
export const accountOf = (accounts: readonly AccountSettings[], id: string): AccountSettings => {
  const found = accounts.find((account) => account.id === id)
  if (found) return found
  const ids = accounts.map((account) => account.id)
  const near = nearest(id, ids)
  const mend = near === undefined ? `It lists ${ids.join(', ')}.` : `Did you mean ${near}?`
  throw new UsageError(`Account ${id} is not in the configuration. ${mend}`)
}
