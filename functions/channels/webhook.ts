/** A webhook of one's own: the alert as signed JSON, after Standard Webhooks 1.0. */

import { z } from 'zod'
import type { Message } from '../domain/alerts.ts'
import { formatInstant } from '../domain/time.ts'
import { withoutMarkup } from '../report/chat-text.ts'
import { viewOf } from '../report/message-view.ts'
import { plain } from '../report/plain.ts'
import { defineChannel } from './channel.ts'
import { isLocalSink, postJson, webhookUrl } from './http.ts'
import { publicHost } from './public-host.ts'
import { variableName, withConfigErrors } from './settings.ts'
import { signatureHeaders, signingKey } from './webhook-signature.ts'

/** Standard Webhooks asks for less than 20 kB. */
const BODY_MAX_BYTES = 20_000
const NAME_MAX = 80
/** The new secret, the old one, and room for somebody's mistake. */
const SECRETS_MAX = 4

/** `url` and `secrets` name environment variables. To rotate, list the new secret beside the old one until all know it. */
const settings = z.strictObject({
  kind: z.literal('webhook'),
  url: variableName,
  secrets: z
    .array(variableName)
    .min(1, 'must name at least one variable')
    .max(SECRETS_MAX, `must name at most ${SECRETS_MAX} variables`),
})

/**
 * Posts to any public HTTPS host; any 2xx is success, 410 ends the delivery. `webhook-id` is the delivery's id, by which a
 * receiver can tell a second copy. https://www.standardwebhooks.com
 */
export const webhook = withConfigErrors(
  defineChannel({
    kind: 'webhook',
    settings,
    secrets: ({ url, secrets }) => [url, ...secrets],
    open: ({ url: variable, secrets }, io) => {
      const url = webhookUrl(io, variable, publicHost)
      const isSink = isLocalSink(io, url.href)
      const keys = secrets.map((secret) => signingKey(io, secret, isSink))
      return {
        recipients: [''],
        send: (message, options) => {
          const headers = (text: string) => signatureHeaders(keys, { id: options.idempotencyKey, at: io.clock(), text })
          return postJson(io, { url, body: webhookEvent(message), headers }, options)
        },
      }
    },
  }),
)

type WebhookEvent = {
  readonly type: `alert.${Message['step']}`
  /** When it happened, not when it was sent. */
  readonly timestamp: string
  readonly data: WebhookAlert
}

/** Receivers rely on these names: add to them, but change none. */
type WebhookAlert = {
  readonly alertKey: string
  readonly account: { readonly id: string; readonly name: string }
  readonly rule: string
  readonly level: string
  readonly severity: Message['severity']
  readonly openedAt: string
  readonly currencyCode: string
  readonly headline: string
  readonly title: string
  readonly figure: string
  readonly summary: string
  readonly stops?: string
  readonly arithmetic: readonly string[]
  readonly next: readonly { readonly label: string; readonly who: string; readonly url?: string }[]
  readonly acknowledge?: string
  /** Where a person answers by a click; each address is the right to do so. */
  readonly answers?: readonly { readonly label: string; readonly url: string }[]
  readonly projects: readonly string[]
  readonly moreProjects: number
  /** Decimal strings in the account's currency, oldest first. */
  readonly balances: readonly { readonly at: string; readonly balance: string }[]
  /** Only where something above was left out to keep the body small. */
  readonly shortened?: true
}

/** Pure: what is posted for a message. Its texts are free of markup, so they may be shown as they are. */
export const webhookEvent = (message: Message): WebhookEvent => ({
  type: `alert.${message.step}`,
  timestamp: formatInstant(message.at),
  data: fitting(alertOf(message)),
})

const alertOf = (message: Message): WebhookAlert => {
  const { headline, title, figure, why, stops, arithmetic, steps, acknowledge, answers, projects, moreProjects } =
    viewOf(message)
  return {
    alertKey: message.alertKey,
    account: { id: message.account.id, name: withoutMarkup(plain(message.account.name, NAME_MAX)) },
    rule: message.rule,
    level: message.level,
    severity: message.severity,
    openedAt: formatInstant(message.openedAt),
    currencyCode: message.currencyCode,
    headline: withoutMarkup(headline),
    title: withoutMarkup(title),
    figure: withoutMarkup(figure),
    summary: withoutMarkup(why),
    ...(stops === undefined ? {} : { stops: withoutMarkup(stops) }),
    arithmetic: arithmetic.map(withoutMarkup),
    next: steps.map((step) => ({ ...step, label: withoutMarkup(step.label), who: withoutMarkup(step.who) })),
    ...(acknowledge === undefined ? {} : { acknowledge }),
    ...(answers.length === 0 ? {} : { answers }),
    projects: projects.map(withoutMarkup),
    moreProjects,
    balances: message.chart.map(({ at, balance }) => ({ at: formatInstant(at), balance })),
  }
}

/** The history goes first, then the sums from the last, then the projects; what is left always fits. */
const fitting = (alert: WebhookAlert): WebhookAlert => {
  if (Buffer.byteLength(JSON.stringify(alert)) < BODY_MAX_BYTES - ENVELOPE_BYTES) return alert
  const shortened = true
  if (alert.balances.length > 0) return fitting({ ...alert, balances: [], shortened })
  if (alert.arithmetic.length > 0) return fitting({ ...alert, arithmetic: alert.arithmetic.slice(0, -1), shortened })
  return { ...alert, projects: [], shortened }
}

/** Type, time and braces around the data. */
const ENVELOPE_BYTES = 200
