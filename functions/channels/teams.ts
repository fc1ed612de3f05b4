/** Microsoft Teams by a Workflows webhook: one Adaptive Card. */

import { z } from 'zod'
import type { Message } from '../domain/alerts.ts'
import { type ChatText, chatText } from '../report/chat-text.ts'
import { withoutMarkdown } from '../report/markdown.ts'
import type { AnswerView, StepView, Tone } from '../report/message-view.ts'
import { defineChannel } from './channel.ts'
import { postJson, webhookUrl } from './http.ts'
import { variableName, withConfigErrors } from './settings.ts'

/** Workflows live under the region's name; the second is where Microsoft has been moving them since 2025. */
const HOSTS = ['.logic.azure.com', '.powerplatform.com']
/** Teams says 28 kB and has been seen to refuse from 21 kB on. */
const BODY_MAX_BYTES = 21_000
/** Teams shows six buttons of one set and drops the rest. */
const BUTTONS_MAX = 6

/** The webhook address is a secret: `url` names the environment variable that holds it. */
const settings = z.strictObject({ kind: z.literal('teams'), url: variableName })

/**
 * Posts to the workflow “Post to a channel when a webhook request is received”. 202 alone is success, and says only that
 * the workflow has begun: whether the card shows is in its run history. Teams takes no idempotency key.
 * https://support.microsoft.com/office/create-incoming-webhooks-with-workflows-for-microsoft-teams-8ae491c7-0394-4861-ba59-055e33f75498
 */
export const teams = withConfigErrors(
  defineChannel({
    kind: 'teams',
    settings,
    secrets: ({ url }) => [url],
    open: ({ url: variable }, io) => {
      const url = webhookUrl(io, variable, HOSTS)
      return {
        recipients: [''],
        send: (message, options) => postJson(io, { url, body: teamsMessage(message), okStatus: [202] }, options),
      }
    },
  }),
)

type TextBlock = {
  readonly type: 'TextBlock'
  readonly text: string
  readonly wrap: true
  readonly size?: 'ExtraLarge' | 'Medium' | 'Small'
  readonly weight?: 'Bolder'
  readonly color?: 'Attention' | 'Warning' | 'Accent' | 'Good'
  readonly isSubtle?: true
  readonly separator?: true
  readonly spacing?: 'None' | 'Medium'
}
type OpenUrl = { readonly type: 'Action.OpenUrl'; readonly title: string; readonly url: string }
type ActionSet = { readonly type: 'ActionSet'; readonly actions: readonly OpenUrl[] }
type AdaptiveCard = {
  readonly $schema: 'http://adaptivecards.io/schemas/adaptive-card.json'
  readonly type: 'AdaptiveCard'
  readonly version: '1.4'
  /** What a client that shows no cards reads out. */
  readonly fallbackText: string
  readonly msteams: { readonly width: 'Full' }
  readonly body: readonly (TextBlock | ActionSet)[]
}
type TeamsMessage = {
  readonly type: 'message'
  readonly attachments: readonly {
    readonly contentType: 'application/vnd.microsoft.card.adaptive'
    readonly contentUrl: null
    readonly content: AdaptiveCard
  }[]
}

/** Pure: what is posted for a message. */
export const teamsMessage = (message: Message): TeamsMessage => fitting(chatText(message))

/** The last paragraphs matter least and go first, at most all of them. */
const fitting = (chat: ChatText): TeamsMessage => {
  const body = framed(chat)
  const fits = Buffer.byteLength(JSON.stringify(body)) < BODY_MAX_BYTES
  return fits || chat.parts.length === 0 ? body : fitting({ ...chat, parts: chat.parts.slice(0, -1) })
}

const framed = (chat: ChatText): TeamsMessage => ({
  type: 'message',
  attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: teamsCard(chat) }],
})

/** Pure. https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference#adaptive-card */
export const teamsCard = (chat: ChatText): AdaptiveCard => ({
  $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
  type: 'AdaptiveCard',
  version: '1.4',
  fallbackText: withoutMarkdown(chat.headline),
  msteams: { width: 'Full' },
  body: [
    { ...line(chat.figure), size: 'ExtraLarge', weight: 'Bolder', color: COLOURS[chat.tone] },
    { ...line(chat.title), size: 'Medium', weight: 'Bolder', spacing: 'None' },
    line(chat.why),
    ...chat.parts.flatMap(({ heading, lines }) => [headed(heading), ...lines.map(dense)]),
    ...stepElements(chat.steps),
    ...inSets(chat.answers.map(openUrl)),
    { ...line(chat.footer), size: 'Small', isSubtle: true, separator: true, spacing: 'Medium' },
  ],
})

const COLOURS: Readonly<Record<Tone, NonNullable<TextBlock['color']>>> = {
  critical: 'Attention',
  warning: 'Warning',
  info: 'Accent',
  good: 'Good',
}

/** Text blocks read Markdown; titles of buttons do not, but cost nothing to be treated alike. */
const line = (text: string): TextBlock => ({ type: 'TextBlock', text: withoutMarkdown(text), wrap: true })
const dense = (text: string): TextBlock => ({ ...line(text), spacing: 'None' })
const headed = (text: string): TextBlock => ({ ...line(text), weight: 'Bolder', spacing: 'Medium' })

const stepElements = (steps: readonly StepView[]): readonly (TextBlock | ActionSet)[] => {
  if (steps.length === 0) return []
  const buttons = steps.flatMap(({ label, url }): OpenUrl[] => (url === undefined ? [] : [openUrl({ label, url })]))
  return [
    headed('Who does what'),
    ...steps.map(({ label, who }, index) => dense(`${index + 1}. ${label} (${who})`)),
    ...inSets(buttons),
  ]
}

const openUrl = ({ label, url }: AnswerView): OpenUrl => ({
  type: 'Action.OpenUrl',
  title: withoutMarkdown(label),
  url,
})

const inSets = (buttons: readonly OpenUrl[]): readonly ActionSet[] =>
  buttons.length === 0
    ? []
    : [{ type: 'ActionSet', actions: buttons.slice(0, BUTTONS_MAX) }, ...inSets(buttons.slice(BUTTONS_MAX))]
