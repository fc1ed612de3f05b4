/** Google Chat by incoming webhook: one card, with a line of text for the notification. */

import { z } from 'zod'
import type { Message } from '../domain/alerts.ts'
import { type ChatText, chatText, withoutMarkup } from '../report/chat-text.ts'
import { escapeHtml } from '../report/html.ts'
import type { AnswerView, StepView, Tone } from '../report/message-view.ts'
import { defineChannel } from './channel.ts'
import { postJson, type WebhookUrl, webhookUrl } from './http.ts'
import { variableName, withConfigErrors } from './settings.ts'

const HOSTS = ['chat.googleapis.com']
const BODY_MAX_BYTES = 32_000

/** The webhook address is a secret: `url` names the environment variable that holds it. */
const settings = z.strictObject({ kind: z.literal('google-chat'), url: variableName })

/**
 * Posts to a space. `requestId` makes Chat answer a repeated attempt with the message it already has; messages of
 * one alert share a thread. https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create
 */
export const googleChat = withConfigErrors(
  defineChannel({
    kind: 'google-chat',
    settings,
    secrets: ({ url }) => [url],
    open: ({ url }, io) => {
      const base = webhookUrl(io, url, HOSTS)
      return {
        recipients: [''],
        send: (message, options) => {
          const post = {
            url: threaded(base, options.idempotencyKey),
            body: googleChatMessage(message),
            okBody: isMessage,
          }
          return postJson(io, post, options)
        },
      }
    },
  }),
)

const threaded = (base: WebhookUrl, requestId: string): WebhookUrl => {
  const url = new URL(base) as WebhookUrl
  url.searchParams.set('messageReplyOption', 'REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD')
  url.searchParams.set('requestId', requestId)
  return url
}

/** Chat answers with the message it made; a sign-in page of a proxy is no such thing. */
const isMessage = (reply: string): boolean => reply.trimStart().startsWith('{')

type Paragraph = { readonly textParagraph: { readonly text: string } }
type Button = { readonly text: string; readonly onClick: { readonly openLink: { readonly url: string } } }
type Section = {
  readonly header?: string
  readonly widgets: (Paragraph | { readonly buttonList: { buttons: Button[] } })[]
}
type Card = { readonly header: { readonly title: string; readonly subtitle: string }; readonly sections: Section[] }
type ChatMessage = {
  readonly text: string
  readonly cardsV2: { readonly cardId: string; readonly card: Card }[]
  readonly thread: { readonly threadKey: string }
}

/** Pure: what is posted for a message. */
export const googleChatMessage = (message: Message): ChatMessage => fitting(message, chatText(message))

/** Chat refuses more than 32,000 bytes; the last paragraphs matter least and go first, at most all of them. */
const fitting = (message: Message, chat: ChatText): ChatMessage => {
  const body = framed(message, chat)
  const fits = Buffer.byteLength(JSON.stringify(body)) < BODY_MAX_BYTES
  return fits || chat.parts.length === 0 ? body : fitting(message, { ...chat, parts: chat.parts.slice(0, -1) })
}

const framed = (message: Message, chat: ChatText): ChatMessage => ({
  text: withoutMarkup(chat.headline),
  cardsV2: [{ cardId: 'alert', card: card(chat) }],
  thread: { threadKey: message.alertKey },
})

/** https://developers.google.com/workspace/chat/api/reference/rest/v1/cards */
const card = (chat: ChatText): Card => ({
  header: { title: withoutMarkup(chat.figure), subtitle: withoutMarkup(chat.title) },
  sections: [
    { widgets: [paragraph(coloured(chat.tone, chat.why))] },
    ...chat.parts.map(({ heading, lines }) => ({
      header: withoutMarkup(heading),
      widgets: [paragraph(lines.map(escaped).join('<br>'))],
    })),
    ...stepSections(chat.steps),
    ...answerSections(chat.answers),
    { widgets: [paragraph(`<font color="#5b636d">${escaped(chat.footer)}</font>`)] },
  ],
})

/** Text widgets take a little HTML; escaped first, then stripped of what Chat itself would read as markup. */
const escaped = (text: string): string => escapeHtml(withoutMarkup(text))

const paragraph = (text: string): Paragraph => ({ textParagraph: { text } })

/** Readable on Chat's light and on its dark cards. */
const TONES: Readonly<Record<Tone, string>> = {
  critical: '#d93025',
  warning: '#b06000',
  info: '#1a73e8',
  good: '#188038',
}

const coloured = (tone: Tone, text: string): string => `<font color="${TONES[tone]}"><b>${escaped(text)}</b></font>`

const stepSections = (steps: readonly StepView[]): Section[] => {
  if (steps.length === 0) return []
  const lines = steps.map(({ label, who }, index) => escaped(`${index + 1}. ${label} (${who})`))
  const buttons = steps.flatMap(({ label, url }) => (url === undefined ? [] : [linkButton(label, url)]))
  const links = buttons.length === 0 ? [] : [{ buttonList: { buttons } }]
  return [{ header: 'Who does what', widgets: [paragraph(lines.join('<br>')), ...links] }]
}

const answerSections = (answers: readonly AnswerView[]): Section[] =>
  answers.length === 0
    ? []
    : [{ widgets: [{ buttonList: { buttons: answers.map(({ label, url }) => linkButton(label, url)) } }] }]

const linkButton = (label: string, url: string): Button => ({
  text: withoutMarkup(label),
  onClick: { openLink: { url } },
})
