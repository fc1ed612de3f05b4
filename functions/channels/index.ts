/** The registry of channels: one line each. */

import type { ChannelDef } from './channel.ts'
import { email } from './email.ts'
import { googleChat } from './google-chat.ts'
import { slack } from './slack.ts'

/** Every kind of channel a configuration may name. */
export const channels: readonly ChannelDef[] = [email, googleChat, slack]

/** The channel of a kind; `undefined` for a kind nobody wrote. */
export const findChannel = (kind: string): ChannelDef | undefined => channels.find((channel) => channel.kind === kind)
