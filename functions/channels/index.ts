/** The registry of channels: one line each. */

import type { ChannelDef } from './channel.ts'
import { discord } from './discord.ts'
import { email } from './email.ts'
import { googleChat } from './google-chat.ts'
import { pagerduty } from './pagerduty.ts'
import { slack } from './slack.ts'
import { teams } from './teams.ts'
import { webhook } from './webhook.ts'

/** Every kind of channel a configuration may name. */
export const channels: readonly ChannelDef[] = [email, googleChat, slack, teams, discord, webhook, pagerduty]

/** The channel of a kind; `undefined` for a kind nobody wrote. */
export const findChannel = (kind: string): ChannelDef | undefined => channels.find((channel) => channel.kind === kind)
