/** Channels as the start would open them, without the values of their secrets. */

import type { ChannelDef, ChannelIo } from '../channels/channel.ts'
import { findChannel } from '../channels/index.ts'
import { smtpServer } from '../channels/smtp-server.ts'
import type { Config } from '../config.ts'
import type { ChannelView } from '../doctor/patient.ts'
import { ConfigError } from '../domain/errors.ts'

type Channel = Config['channels'][string]

/** `io` hands out secrets; its `secret` throws `ConfigError` for one that is not set. */
export const channelViews = (channels: Config['channels'], io: ChannelIo): readonly ChannelView[] =>
  Object.entries(channels).map(([name, channel]) => viewOf(name, channel, io))

const viewOf = (name: string, channel: Channel, io: ChannelIo): ChannelView => {
  const def = findChannel(channel.kind)
  const names = def?.secrets(channel.settings) ?? []
  const variables = names.map((variable) => ({
    name: variable,
    isSet: isSet(variable, io),
  }))
  const complaint = variables.every(({ isSet }) => isSet) ? faultOf(() => opened(def, channel, io)) : undefined
  return {
    name,
    kind: channel.kind,
    variables,
    ...(complaint !== undefined && { complaint }),
    ...mailOf(channel, io),
    hosts: names.flatMap((variable) => hostOf(variable, io)),
  }
}

/** Set, though perhaps to something that cannot be. */
export const isSet = (variable: string, io: ChannelIo): boolean =>
  !/not set/.test(faultOf(() => io.secret(variable)) ?? '')

const opened = (def: ChannelDef | undefined, channel: Channel, io: ChannelIo): void => {
  if (!def) throw new ConfigError(`no channel of kind ${channel.kind}.`)
  void def.open(channel.settings, io).close?.()
}

/** The complaint of a person's error; anything else is a bug. */
export const faultOf = (work: () => unknown): string | undefined => {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
}

const mailOf = ({ kind, settings }: Channel, io: ChannelIo): Pick<ChannelView, 'mail'> => {
  if (kind !== 'email' || typeof settings !== 'object' || settings === null) return {}
  const { from, smtp } = settings as { readonly from?: unknown; readonly smtp?: unknown }
  if (typeof from !== 'string' || typeof smtp !== 'string') return {}
  const isSound = faultOf(() => smtpServer(io, smtp)) === undefined
  if (!isSound) return { mail: { from, variable: smtp } }
  const { host, port, secure } = smtpServer(io, smtp)
  return { mail: { from, variable: smtp, server: { host, port, secure } } }
}

const hostOf = (variable: string, io: ChannelIo): ChannelView['hosts'] => {
  if (faultOf(() => io.secret(variable)) !== undefined) return []
  const url = URL.parse(io.secret(variable))
  return url && /^https?:$/.test(url.protocol) ? [{ variable, host: url.hostname }] : []
}
