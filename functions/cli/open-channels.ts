/** Channels opened one by one with the secrets of this environment, so that a broken one does not hide the others. */

import type { Tested } from '../app/test-alert.ts'
import type { OpenChannel } from '../channels/channel.ts'
import { findChannel } from '../channels/index.ts'
import type { Config } from '../config.ts'
import { ConfigError } from '../domain/errors.ts'
import type { Environment } from '../environment.ts'
import { channelIo, secretsFrom } from '../wire.ts'

export type OpenedChannels = {
  readonly opened: ReadonlyMap<string, OpenChannel>
  /** Those that cannot be opened, with the words of their `ConfigError`. */
  readonly broken: readonly Tested[]
}

/** Plain HTTP and SMTP only to this machine, and not in the cloud. Throws for bugs alone. */
export const openChannels = (env: Environment, config: Config, names: readonly string[]): OpenedChannels => {
  const io = channelIo(
    secretsFrom(env, () => undefined),
    !env['K_SERVICE'],
  )
  const opened = new Map<string, OpenChannel>()
  const broken: Tested[] = []
  for (const name of names) {
    const { kind = '', settings } = config.channels[name] ?? {}
    try {
      const channel = findChannel(kind)?.open(settings, io)
      if (channel) opened.set(name, channel)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      broken.push({ channel: name, recipient: '', status: 'failed', note: error.message })
    }
  }
  return { opened, broken }
}
