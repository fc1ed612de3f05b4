/** Secrets that the configuration names outside its channels, without their values. */

import { answerLinksFrom } from '../answer-links.ts'
import type { ChannelIo } from '../channels/channel.ts'
import type { Config } from '../config.ts'
import type { SecretView } from '../doctor/patient.ts'
import { heartbeatFrom } from '../heartbeat.ts'
import { faultOf, isSet } from './channels.ts'

/** Judged by what the start itself would say. */
export const secretViews = (config: Config, io: ChannelIo): readonly SecretView[] => [
  ...views('links', config.links?.secrets ?? [], io, () => answerLinksFrom(config, io.secret)),
  ...views('heartbeat', config.heartbeat === undefined ? [] : [config.heartbeat], io, () => heartbeatFrom(config, io)),
]

/** A complaint begins with the name of its variable. */
const views = (
  setting: SecretView['setting'],
  names: readonly string[],
  io: ChannelIo,
  start: () => unknown,
): readonly SecretView[] => {
  const complaint = names.every((name) => isSet(name, io)) ? faultOf(start) : undefined
  return names.map((name) => ({
    name,
    setting,
    isSet: isSet(name, io),
    ...(complaint?.startsWith(`${name}:`) && { complaint }),
  }))
}
