/** The local chat as a page: every card and block as plain words, in the order they came, newest first. */

import { JsonNumber, type JsonObject } from '../domain/json.ts'
import { html, type Markup } from '../report/html.ts'
import { plain } from '../report/plain.ts'
import { shell } from '../report/shell.ts'
import { type ChatPart, type ChatVendor, partsOf } from './chat-shape.ts'
import type { ChatEntry } from './chat-sink.ts'
import { severityChip, withoutMark } from './severity-chip.ts'

const VENDORS: Readonly<Record<ChatVendor, string>> = {
  slack: 'Slack',
  'google-chat': 'Google Chat',
  teams: 'Teams',
  discord: 'Discord',
  pagerduty: 'PagerDuty',
  webhook: 'Webhook',
}
const LINE_MAX = 300
/** Bodies for programs are shown as they are; ours stay under 20 kB. */
const JSON_MAX = 24_000

/** Newest first, as given; `total` counts those that no longer fit. */
export const chatPage = ({ chats, total }: { readonly chats: readonly ChatEntry[]; readonly total: number }): string =>
  shell({
    title: 'Chat · Drawdown',
    links: [
      { label: 'Dashboard', href: '/' },
      { label: 'Mail', href: '/mail' },
    ],
    body: html`<section class="card tight"><header class="row"><h1>Chat</h1><span class="dim small">${total === 1 ? '1 message' : `${total} messages`} · <a href="/chat.json">as JSON</a></span></header>
${chats.length === 0 && empty}${total > chats.length && html`<p class="dim small">The newest ${chats.length} are shown.</p>`}</section>
${chats.map(message)}`,
  })

const empty = html`<p class="dim">Nothing has been posted yet. What chat channels send on this machine is caught here; nothing leaves it. The sample month fills it:</p>
<pre>npm start</pre>`

const message = (chat: ChatEntry): Markup => {
  const parts = partsOf(chat.body)
  return html`
<article class="card tight" aria-label="Message to ${chat.channel}">
<header class="row">${severityChip(chat.text)}<span class="chip none">${VENDORS[chat.vendor]}</span><span class="small">${chat.channel}</span><span class="dim small">${chat.at.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC')}</span></header>
${chat.text !== '' && html`<p class="small dim">${plain(withoutMark(chat.text), LINE_MAX)}</p>`}
<div class="thread">${parts.length > 0 ? parts.map(part) : html`<pre>${asJson(chat.body)}</pre>`}</div>
</article>`
}

const asJson = (body: JsonObject): string =>
  JSON.stringify(body, (_, value: unknown) => (value instanceof JsonNumber ? Number(value.text) : value), 2).slice(
    0,
    JSON_MAX,
  )

const part = (one: ChatPart): Markup => {
  switch (one.kind) {
    case 'strong':
      return html`<h2 class="plainer">${one.text}</h2>`
    case 'text':
      return html`<p class="said">${one.text}</p>`
    case 'quiet':
      return html`<p class="said dim small">${one.text}</p>`
    case 'link':
      return html`<p><a class="button" href="${one.href}" rel="noopener noreferrer">${one.text}</a></p>`
    case 'rule':
      return html`<hr>`
  }
}
