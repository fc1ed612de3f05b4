/** The composition root: configuration and environment become one running app. */

import { randomUUID } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'
import type { AppLog, Deps } from './app/deps.ts'
import { type Desk, openDesk } from './app/desk.ts'
import type { Enforcing } from './app/enforce.ts'
import type { Heartbeat } from './app/heartbeat.ts'
import { openLanes } from './app/lanes.ts'
import { type LookUp, openLookUps } from './app/look-up.ts'
import type { ChannelIo, OpenChannel, Send } from './channels/channel.ts'
import { guardedFetch } from './channels/guarded-fetch.ts'
import { findChannel } from './channels/index.ts'
import type { Config } from './config.ts'
import type { Delivery } from './domain/alerts.ts'
import { ConfigError } from './domain/errors.ts'
import type { AccountId } from './domain/keys.ts'
import type { Clock } from './domain/time.ts'
import type { Environment } from './environment.ts'
import type { AnswerLinks } from './outbox/answer-link.ts'
import { type Announcer, openAnnouncer, openTopic } from './pubsub.ts'
import type { Store } from './store/store.ts'
import { alertTopicOf } from './topics.ts'

export type App = {
  readonly config: Config
  readonly deps: Deps
  readonly desk: Desk
  /** Resolves when what was committed so far is announced or given up, within a few seconds; a request waits for it. */
  readonly announced: () => Promise<void>
  /** Ends what is in flight and closes channels and store. */
  readonly close: () => Promise<void>
}

export type AppParts = {
  readonly config: Config
  readonly store: Store
  readonly log: AppLog
  /** What the channel of this name and kind may use of the world. */
  readonly ioFor: (name: string, kind: string) => ChannelIo
  readonly clock?: Clock
  readonly announce?: (account: AccountId, deliveries: readonly Delivery[]) => void
  /** Carries committed deliveries to their topic, in place of `announce`. */
  readonly announcer?: Announcer | undefined
  readonly stopping?: () => boolean
  /** Keeps no pace between messages to one place: for local sinks under a clock of its own. */
  readonly unpaced?: true
  /** Who answers the schedule's look-ups; without it nothing is looked up. */
  readonly lookUp?: LookUp | undefined
  /** Links by which alerts are answered; without them messages name the command. */
  readonly links?: AnswerLinks | undefined
  /** The watchdog's address, as a call. */
  readonly heartbeat?: Heartbeat | undefined
  /** Stops projects, or asks for it; without it nothing is ever touched. */
  readonly enforcing?: Enforcing | undefined
}

/** The machine's clock; everything else is told the time. */
export const systemClock: Clock = () => Date.now()

/** Opens a store by its address (`sqlite:PATH`, `sqlite::memory:`, `firestore:[DATABASE]`); loads only the one asked for. */
export const openStore = async (address: string): Promise<Store> => {
  const [scheme, ...rest] = address.split(':')
  const path = rest.join(':')
  if (scheme === 'firestore') return openFirestore(path, process.env)
  return (await import('./store/sqlite.ts')).openSqliteStore(path)
}

const openFirestore = async (database: string, env: Environment): Promise<Store> =>
  (await import('./store/firestore.ts')).openFirestoreStore({
    database,
    projectId: env['GOOGLE_CLOUD_PROJECT'],
    emulatorHost: env['FIRESTORE_EMULATOR_HOST'],
    newId: randomUUID,
    chance: Math.random,
  })

/** The announcer this environment asks for, if any. Throws `ConfigError` for a topic's or project's name that cannot be. */
export const announcerFrom = (env: Environment, log: AppLog): Announcer | undefined => {
  const topic = alertTopicOf(env)
  return topic && openAnnouncer(openTopic(topic), log)
}

/** Secrets from the environment, each handed to `hide` first so that no log can show it; a missing one is an error that names the variable alone. */
export const secretsFrom =
  (env: Readonly<Record<string, string | undefined>>, hide: (value: string) => void) =>
  (variable: string): string => {
    const value = env[variable]
    if (value === undefined || value.trim() === '') {
      throw new ConfigError(
        `${variable}: the environment variable is not set. The configuration names it: set it, or take out what names it.`,
      )
    }
    if (value !== value.trim())
      throw new ConfigError(
        `${variable}: its value begins or ends with white space. Store the secret without a trailing newline.`,
      )
    hide(value)
    return value
  }

/** What every channel of a process may use: webhooks reach the open internet alone and, where allowed, local sinks. */
export const channelIo = (secret: ChannelIo['secret'], allowLoopback: boolean): ChannelIo => ({
  secret,
  allowLoopback,
  clock: systemClock,
  fetch: guardedFetch({
    allowLoopback,
    resolve: async (hostname) => (await lookup(hostname, { all: true })).map(({ address }) => address),
    own: () => Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? []),
  }),
})

/** Puts the parts together. Channels are opened here, so that a wrong setting stops the start and not the first alert. */
export const openApp = (parts: AppParts): App => {
  const { config, store, log, ioFor, announcer } = parts
  const opened = Object.entries(config.channels).map(
    ([name, channel]) => [name, openChannel(name, channel, ioFor(name, channel.kind))] as const,
  )
  const senders = new Map<string, Send>(opened.map(([name, channel]) => [name, channel.send]))
  const deps: Deps = {
    store,
    accounts: config.accounts,
    routes: config.routes,
    recipients: Object.fromEntries(opened.map(([name, channel]) => [name, channel.recipients])),
    sender: async (channel) => senders.get(channel),
    clock: parts.clock ?? systemClock,
    newId: randomUUID,
    chance: Math.random,
    announce: announcer?.announce ?? parts.announce ?? (() => undefined),
    lanes: openLanes(),
    ...(!parts.unpaced && { pause: (ms: number) => new Promise<void>((go) => setTimeout(go, ms)) }),
    breath: () => new Promise((read) => setImmediate(read)),
    ...(parts.stopping && { stopping: parts.stopping }),
    ...(parts.enforcing && { enforcing: parts.enforcing }),
    ...(parts.lookUp && { lookUps: openLookUps(parts.lookUp) }),
    links: parts.links,
    canary: config.canary,
    heartbeat: parts.heartbeat,
    log,
  }
  const desk = openDesk(deps)
  const close = async (): Promise<void> => {
    await desk.settled()
    await announcer?.close()
    await parts.lookUp?.close()
    await parts.enforcing?.close?.()
    for (const [, channel] of opened) await channel.close?.()
    await store.close()
  }
  return { config, deps, desk, announced: async () => announcer?.announced(), close }
}

const openChannel = (name: string, channel: Config['channels'][string], io: ChannelIo): OpenChannel => {
  const def = findChannel(channel.kind)
  if (!def) throw new ConfigError(`channels.${name}.kind: no channel of kind ${channel.kind}.`)
  return def.open(channel.settings, io)
}
