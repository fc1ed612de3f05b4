/** Slack by incoming webhook: Block Kit blocks, with a line of text for the notification. */

import { z } from 'zod'
import type { Message } from '../domain/alerts.ts'
import { type ChatText, chatText, withoutMarkup } from '../report/chat-text.ts'
import type { AnswerView, StepView, Tone } from '../report/message-view.ts'
import { cut } from '../report/plain.ts'
import { defineChannel } from './channel.ts'
import { postJson, webhookUrl } from './http.ts'
import { variableName, withConfigErrors } from './settings.ts'

const HOSTS = ['hooks.slack.com']
/** Slack refuses more; the longest message of ours has about ten blocks. https://docs.slack.dev/reference/block-kit/blocks */
const SECTION_MAX = 3_000
const HEADER_MAX = 150

/** The webhook address is a secret: `url` names the environment variable that holds it. */
const settings = z.strictObject({ kind: z.literal('slack'), url: variableName })

/** Posts to one Slack channel; only 200 with the body `ok` is success. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export const slack = withConfigErrors(
  defineChannel({
    kind: 'slack',
    settings,
    secrets: ({ url }) => [url],
    open: ({ url: variable }, io) => {
      const url = webhookUrl(io, variable, HOSTS)
      return {
        recipients: [''],
        send: (message, options) => postJson(io, { url, body: slackMessage(message), okBody: isOk }, options),
      }
    },
  }),
)

const isOk = (reply: string): boolean => reply.trim() === 'ok'

type Mrkdwn = { readonly type: 'mrkdwn'; readonly verbatim: true; readonly text: string }
type Block =
  | { readonly type: 'header'; readonly text: { type: 'plain_text'; emoji: false; text: string } }
  | { readonly type: 'section'; readonly text: Mrkdwn }
  | { readonly type: 'context'; readonly elements: Mrkdwn[] }

/** Pure: what is posted for a message. */
export const slackMessage = (message: Message): { readonly text: string; readonly blocks: Block[] } => {
  const chat = chatText(message)
  return { text: escaped(chat.headline), blocks: blocks(chat) }
}

const MARKS: Readonly<Record<Tone, string>> = { critical: '🔴', warning: '🟠', info: '🔵', good: '🟢' }

const blocks = (chat: ChatText): Block[] => [
  { type: 'header', text: { type: 'plain_text', emoji: false, text: header(chat) } },
  section(`*${escaped(chat.title)}*\n${escaped(chat.why)}`),
  ...chat.parts.map(({ heading, lines }) => section(`*${heading}*\n${lines.map(escaped).join('\n')}`)),
  ...(chat.steps.length === 0 ? [] : [section(stepLines(chat.steps))]),
  ...(chat.answers.length === 0 ? [] : [section(answerLine(chat.answers))]),
  { type: 'context', elements: [mrkdwn(escaped(chat.footer))] },
]

const header = ({ tone, figure }: ChatText): string => cut(`${MARKS[tone]} ${escaped(figure)}`, HEADER_MAX)

const section = (text: string): Block => ({ type: 'section', text: mrkdwn(text) })

/** `verbatim` keeps Slack from making links, channels and mentions out of plain words. */
const mrkdwn = (text: string): Mrkdwn => ({ type: 'mrkdwn', verbatim: true, text: cut(text, SECTION_MAX) })

/** Slack asks for these three alone; angle brackets are the only way to a mention. https://docs.slack.dev/messaging/formatting-message-text */
const escaped = (text: string): string => withoutMarkup(text).replaceAll('&', '&amp;')

/** Links go before one could be cut in the middle. */
const stepLines = (steps: readonly StepView[]): string => {
  const write = (all: readonly StepView[]): string => `*Who does what*\n${all.map(stepLine).join('\n')}`
  const linked = write(steps)
  return linked.length <= SECTION_MAX ? linked : write(steps.map(({ label, who }) => ({ label, who })))
}

const stepLine = ({ label, who, url }: StepView, index: number): string => {
  const text = escaped(label)
  return `${index + 1}. ${url === undefined ? text : `<${linkAddress(url)}|${text}>`} (${escaped(who)})`
}

/** Links, not buttons: Slack sends a button's click to the app too, and a webhook has nobody there to take it. */
const answerLine = (answers: readonly AnswerView[]): string =>
  answers.map(({ label, url }) => `<${linkAddress(url)}|${escaped(label)}>`).join(' · ')

/** A parsed address holds no angle bracket; the bar would end it. */
const linkAddress = (url: string): string => url.replaceAll('&', '&amp;').replaceAll('|', '%7C')
