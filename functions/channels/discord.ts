/** Discord by webhook: one embed, with a line of text for the notification. */

import { z } from 'zod'
import type { Message } from '../domain/alerts.ts'
import { isObject, JsonNumber, parseJson } from '../domain/json.ts'
import { formatInstant } from '../domain/time.ts'
import { type ChatText, chatText } from '../report/chat-text.ts'
import { withoutMarkdown } from '../report/markdown.ts'
import type { AnswerView, StepView, Tone } from '../report/message-view.ts'
import { defineChannel } from './channel.ts'
import { postJson, type WebhookUrl, webhookUrl } from './http.ts'
import { variableName, withConfigErrors } from './settings.ts'

/** The two names of the service, and those under which its test clients copy an address. */
const HOSTS = ['discord.com', 'discordapp.com', 'ptb.discord.com', 'canary.discord.com']
/** In characters, over everything an embed says. https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
const EMBED_MAX = 6_000
const FIELD_MAX = 1_024

/** The webhook address is a secret: `url` names the environment variable that holds it. */
const settings = z.strictObject({ kind: z.literal('discord'), url: variableName })

/**
 * Posts to one Discord channel and waits for the message that Discord made of it. Nobody can be mentioned. Discord takes no idempotency key. https://docs.discord.com/developers/resources/webhook#execute-webhook
 */
export const discord = withConfigErrors(
  defineChannel({
    kind: 'discord',
    settings,
    secrets: ({ url }) => [url],
    open: ({ url: variable }, io) => {
      const url = waiting(webhookUrl(io, variable, HOSTS))
      return {
        recipients: [''],
        send: (message, options) =>
          postJson(io, { url, body: discordMessage(message), okBody: isTaken, waitMs: retryAfterMs }, options),
      }
    },
  }),
)

/** Without `wait` Discord says yes to what it then throws away. */
const waiting = (base: WebhookUrl): WebhookUrl => {
  const url = new URL(base) as WebhookUrl
  url.searchParams.set('wait', 'true')
  return url
}

/** Discord answers with the message it made; should it not have waited after all, with 204 and nothing. */
const isTaken = (reply: string, status: number): boolean => status === 204 || reply.trimStart().startsWith('{')

/** Seconds with a fraction, to the millisecond, upwards. https://docs.discord.com/developers/topics/rate-limits */
const retryAfterMs = (reply: string): number | undefined => {
  const parsed = parseJson(reply)
  const seconds = parsed.ok && isObject(parsed.value) ? parsed.value['retry_after'] : undefined
  return seconds instanceof JsonNumber && /^\d{1,10}(\.\d{1,20})?$/.test(seconds.text)
    ? Math.ceil(Number(seconds.text) * 1_000)
    : undefined
}

type Field = { readonly name: string; readonly value: string }
type Embed = {
  readonly title: string
  readonly description: string
  readonly color: number
  readonly timestamp: string
  readonly fields: Field[]
  readonly footer: { readonly text: string }
}
type DiscordMessage = {
  readonly content: string
  readonly embeds: Embed[]
  readonly allowed_mentions: { readonly parse: never[] }
}

/** Pure: what is posted for a message. */
export const discordMessage = (message: Message): DiscordMessage => {
  const chat = chatText(message)
  return {
    content: withoutMarkdown(chat.headline),
    embeds: [fitting(chat, formatInstant(message.at))],
    allowed_mentions: { parse: [] },
  }
}

/** The last paragraphs matter least and go first, then the links; what is left always fits. */
const fitting = (chat: ChatText, timestamp: string): Embed => {
  const embed = embedOf(chat, timestamp)
  if (lengthOf(embed) <= EMBED_MAX) return embed
  if (chat.parts.length > 0) return fitting({ ...chat, parts: chat.parts.slice(0, -1) }, timestamp)
  return embedOf({ ...chat, steps: chat.steps.map(({ label, who }) => ({ label, who })) }, timestamp)
}

const lengthOf = ({ title, description, fields, footer }: Embed): number =>
  [title, description, footer.text, ...fields.flatMap(({ name, value }) => [name, value])].join('').length

const embedOf = (chat: ChatText, timestamp: string): Embed => ({
  title: withoutMarkdown(chat.figure),
  description: `**${withoutMarkdown(chat.title)}**\n${withoutMarkdown(chat.why)}`,
  color: COLOURS[chat.tone],
  timestamp,
  fields: [
    ...chat.parts.flatMap(({ heading, lines }) => fieldsOf(heading, lines.map(withoutMarkdown))),
    ...fieldsOf('Who does what', chat.steps.map(stepLine)),
    ...fieldsOf('Seen it?', chat.answers.map(answerLine)),
  ],
  footer: { text: withoutMarkdown(chat.footer) },
})

const COLOURS: Readonly<Record<Tone, number>> = {
  critical: 0xd93025,
  warning: 0xf29900,
  info: 0x1a73e8,
  good: 0x188038,
}

/** As many lines to a field as it may hold; no line of ours is longer than a field. */
const fieldsOf = (name: string, lines: readonly string[]): Field[] => {
  const fields: Field[] = []
  for (const line of lines) {
    const last = fields.at(-1)
    const value = last === undefined ? line : `${last.value}\n${line}`
    if (last === undefined) fields.push({ name, value })
    else if (value.length <= FIELD_MAX) fields.splice(-1, 1, { ...last, value })
    else fields.push({ name: `${name} (more)`, value: line })
  }
  return fields
}

const stepLine = ({ label, who, url }: StepView, index: number): string => {
  const [said, person] = [withoutMarkdown(label), withoutMarkdown(who)]
  const linked = `${index + 1}. [${said}](${linkAddress(url ?? '')}) (${person})`
  return url === undefined || linked.length > FIELD_MAX ? `${index + 1}. ${said} (${person})` : linked
}

const answerLine = ({ label, url }: AnswerView): string => `[${withoutMarkdown(label)}](${linkAddress(url)})`

/** A parsed address holds neither blanks nor angle brackets; the rest of what Discord might read is percent-encoded. */
const linkAddress = (url: string): string =>
  url.replace(/[()[\]{}|\\*`]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
