/** Channels of one machine: a variable that is not set is pointed at the local mailbox or the chat sink. */

import type { Heartbeat } from '../app/heartbeat.ts'
import type { ChannelIo } from '../channels/channel.ts'
import type { Config } from '../config.ts'
import { heartbeatFrom } from '../heartbeat.ts'
import { channelIo } from '../wire.ts'

export type Sinks = {
  /** smtp:// address of the local mailbox. */
  readonly mail: string
  /** Where chat channels post; the channel's name is appended. */
  readonly chat: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** What a channel called `name` may use; `env` is empty for the sample, which never leaves the machine; `hide` keeps secrets out of logs. */
export const localIo =
  (env: Environment, sinks: Sinks, hide: (value: string) => void) =>
  (name: string, kind: string): ChannelIo =>
    channelIo((variable) => {
      const value = env[variable]?.trim()
      if (!value) return sinkFor(sinks, name, kind)
      hide(value)
      return value
    }, true)

const sinkFor = (sinks: Sinks, name: string, kind: string): string =>
  kind === 'email' ? sinks.mail : `${sinks.chat}/${encodeURIComponent(name)}`

/** The configured watchdog is called where its variable is set; a machine without it has no watchdog. */
export const localHeartbeat = (
  config: Config,
  env: Environment,
  hide: (value: string) => void,
): Heartbeat | undefined => {
  const value = env[config.heartbeat ?? '']?.trim()
  if (!value) return undefined
  hide(value)
  return heartbeatFrom(
    config,
    channelIo(() => value, true),
  )
}
