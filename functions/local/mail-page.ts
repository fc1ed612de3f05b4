/** The local mailbox as pages: the list, and one mail with its HTML shut in a frame that can do nothing. */

import { html, type Markup } from '../report/html.ts'
import { plain } from '../report/plain.ts'
import { shell } from '../report/shell.ts'
import type { MailEntry, StoredMail } from './mailbox.ts'
import { ownAnswers } from './own-path.ts'
import { severityChip, withoutMark } from './severity-chip.ts'

const LINKS = [
  { label: 'Dashboard', href: '/' },
  { label: 'Chat', href: '/chat' },
]
const LINE_MAX = 300

/** Newest first, as given; `total` counts those that no longer fit. */
export const mailListPage = ({
  mails,
  total,
}: {
  readonly mails: readonly MailEntry[]
  readonly total: number
}): string =>
  shell({
    title: 'Mail · Drawdown',
    links: LINKS,
    body: html`<section class="card"><header class="row"><h1>Mail</h1><span class="dim small">${counted(total)} · <a href="/mail.json">as JSON</a></span></header>
${mails.length === 0 ? empty : html`<ul class="list">${mails.map(item)}</ul>`}
${total > mails.length && html`<p class="dim small">The newest ${mails.length} are shown.</p>`}</section>`,
  })

const counted = (total: number): string => (total === 1 ? '1 message' : `${total} messages`)

const empty = html`<p class="dim">Nothing has been sent yet. Mail that Drawdown sends on this machine is caught here; nothing leaves it. The sample month fills it:</p>
<pre>npm start</pre>`

const item = ({ id, at, to, subject }: MailEntry): Markup => html`
<li><div class="row">${severityChip(subject)}<span class="dim small">${shown(at)}</span><span class="dim small">to ${plain(to, LINE_MAX)}</span></div>
<p><a href="/mail/${id}">${titleOf(subject)}</a></p></li>`

/** The very same mail, arrived more than once: said, not hidden. */
const again = ({ copies }: MailEntry): Markup =>
  copies > 1 ? html`<span class="dim small">arrived ${copies} times under one Message-ID</span>` : html``

const titleOf = (subject: string): string => plain(withoutMark(subject), LINE_MAX) || '(no subject)'

/** `2026-11-23 10:00:00 UTC`; listed times are always UTC. */
const shown = (at: string): string => at.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC')

/** One mail: who, when, its HTML as a picture of what people get, its text, and its headers. */
export const mailPage = (mail: StoredMail): string =>
  shell({
    title: `${titleOf(mail.subject)} · Mail · Drawdown`,
    links: [{ label: 'All mail', href: '/mail' }, ...LINKS],
    body: html`<article class="card">
<header><div class="row">${severityChip(mail.subject)}<span class="dim small">${shown(mail.at)}</span>${again(mail)}</div>
<h1 class="gap">${titleOf(mail.subject)}</h1>
<p class="dim small">from ${plain(mail.from, LINE_MAX) || '(nobody)'} to ${plain(mail.to, LINE_MAX)}</p></header>
${answers(mail.text)}
${mail.html !== undefined && html`<section><h2 class="plainer">As a mail client shows it</h2><iframe class="gap" sandbox="" referrerpolicy="no-referrer" title="The HTML part of this mail" srcdoc="${mail.html}"></iframe></section>`}
${mail.text !== '' && html`<section><h2 class="plainer">Text part</h2><pre class="gap">${mail.text}</pre></section>`}
<details><summary>Headers</summary><pre class="gap">${mail.headers.map(
      ({ name, value }) => html`${name}: ${value}
`,
    )}</pre></details>
</article>`,
  })

/** In the frame below no link leads anywhere; those that answer the alert are shown here once more. */
const answers = (text: string): Markup | false => {
  const own = ownAnswers(text)
  return (
    own.length > 0 &&
    html`<p class="row">${own.map(({ label, path }) => html`<a class="button" href="${path}">${label}</a>`)}<span class="dim small">As the links in the mail do; each asks once more</span></p>`
  )
}
