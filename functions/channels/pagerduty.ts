/** PagerDuty by the Events API v2: one incident per alert, opened, kept open and resolved by its key. */

import { z } from 'zod'
import type { Message, Step } from '../domain/alerts.ts'
import { ConfigError } from '../domain/errors.ts'
import { formatInstant } from '../domain/time.ts'
import { chatText, withoutMarkup } from '../report/chat-text.ts'
import { cut } from '../report/plain.ts'
import { type ChannelIo, defineChannel } from './channel.ts'
import { isLocalSink, postJson, type WebhookUrl, webhookUrl } from './http.ts'
import { variableName, withConfigErrors } from './settings.ts'

/** Accounts in the EU region have servers of their own. https://support.pagerduty.com/main/docs/service-regions */
const ENQUEUE = {
  us: new URL('https://events.pagerduty.com/v2/enqueue') as WebhookUrl,
  eu: new URL('https://events.eu.pagerduty.com/v2/enqueue') as WebhookUrl,
} as const
const SUMMARY_MAX = 1_024

const KEY = /^[A-Za-z0-9]{32}$/
/** A key may look like a variable's name; taken for one, it would be named in errors. */
const keyVariable = variableName.refine((name) => !KEY.test(name), 'must name an environment variable, not be the key')

/** `routingKey` names the environment variable that holds the integration's key, a secret. */
const settings = z.strictObject({
  kind: z.literal('pagerduty'),
  routingKey: keyVariable,
  region: z.enum(['us', 'eu']).default('us'),
})

/**
 * Sends events: an alert's opening and its reminders trigger, its end resolves, all under the alert's key, so a copy of an
 * event changes nothing while the incident is open. 202 alone is success. An acknowledgement in PagerDuty stays there.
 * https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
 */
export const pagerduty = withConfigErrors(
  defineChannel({
    kind: 'pagerduty',
    settings,
    secrets: ({ routingKey }) => [routingKey],
    open: ({ routingKey, region }, io) => {
      const to = destination(io, routingKey, ENQUEUE[region])
      return {
        recipients: [''],
        send: (message, options) =>
          postJson(io, { url: to.url, body: pagerdutyEvent(message, to.key), okStatus: [202] }, options),
      }
    },
  }),
)

/** What a local sink gets in place of a key. */
const LOCAL_KEY = 'local'

const destination = (io: ChannelIo, variable: string, enqueue: WebhookUrl) => {
  const value = io.secret(variable)
  if (isLocalSink(io, value)) return { url: webhookUrl(io, variable, []), key: LOCAL_KEY }
  if (KEY.test(value)) return { url: enqueue, key: value }
  throw new ConfigError(
    `${variable}: must be the integration key of an Events API v2 integration, 32 letters and digits`,
  )
}

type PagerdutyEvent = {
  readonly routing_key: string
  readonly event_action: 'trigger' | 'resolve'
  readonly dedup_key: string
  readonly client: 'Drawdown'
  readonly payload: {
    readonly summary: string
    readonly source: string
    readonly severity: Message['severity']
    readonly timestamp: string
    readonly component: string
    readonly group: string
    readonly class: string
    readonly custom_details: Readonly<Record<string, string | readonly string[]>>
  }
  readonly links: readonly { readonly href: string; readonly text: string }[]
}

const ACTIONS: Readonly<Record<Step, PagerdutyEvent['event_action']>> = {
  firing: 'trigger',
  repeat: 'trigger',
  escalation: 'trigger',
  digest: 'trigger',
  resolved: 'resolve',
}

/** Pure: what is posted for a message. PagerDuty shows plain text; its own forwards to chat do not. */
export const pagerdutyEvent = (message: Message, routingKey: string): PagerdutyEvent => {
  const { headline, figure, why, parts, steps, answers, footer } = chatText(message)
  const next = steps.map(({ label, who }, index) => withoutMarkup(`${index + 1}. ${label} (${who})`))
  return {
    routing_key: routingKey,
    event_action: ACTIONS[message.step],
    dedup_key: message.alertKey,
    client: 'Drawdown',
    payload: {
      summary: cut(withoutMarkup(headline), SUMMARY_MAX),
      source: message.account.id,
      severity: message.severity,
      timestamp: formatInstant(message.at),
      component: 'Gemini API credit',
      group: message.account.id,
      class: message.rule,
      custom_details: {
        Figure: withoutMarkup(figure),
        Why: withoutMarkup(why),
        ...Object.fromEntries(parts.map(({ heading, lines }) => [heading, lines.map(withoutMarkup)])),
        ...(next.length === 0 ? {} : { 'Who does what': next }),
        About: withoutMarkup(footer),
      },
    },
    links: [...steps, ...answers].flatMap(({ label, url }) =>
      url === undefined ? [] : [{ href: url, text: withoutMarkup(label) }],
    ),
  }
}
