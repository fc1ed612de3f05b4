/** The page a link in a message leads to: which alert, how it stands, who answers, and one button; no script, nothing loaded. */

import type { AnswerKind, Episode } from '../domain/alerts.ts'
import type { Standing } from '../domain/standing.ts'
import { formatInstant, formatInZone, formatSpan, type Instant } from '../domain/time.ts'
import { html, type Insert, type Markup } from './html.ts'
import { PAGE_CSP, PAGE_HEADERS } from './page.ts'
import { plain } from './plain.ts'
import { shell } from './shell.ts'
import { alertView, SEVERITY_LABELS } from './view-account.ts'

/** Headers of every such page: its form may go to the page's own server alone, and no search engine may keep it. */
export const ANSWER_HEADERS: Readonly<Record<string, string>> = {
  ...PAGE_HEADERS,
  'content-security-policy': PAGE_CSP.replace("form-action 'none'", "form-action 'self'"),
  'x-robots-tag': 'noindex, nofollow',
}

/** Characters of a name; the form's own limit too. */
export const NAME_MAX = 80
const TITLE_MAX = 240

type Alert = { readonly standing: Standing; readonly episode: Episode }

/** A snooze that is offered: how long, and the instant at which it would end. */
export type Choice = { readonly forMs: number; readonly until: Instant }

export type Confirm = Alert & {
  readonly answer: AnswerKind
  /** Whom the platform says is signed in; without it the page asks for a name. */
  readonly signedIn?: string | undefined
  /** Empty for an acknowledgement. */
  readonly choices: readonly Choice[]
  /** What was wrong with the form that was sent. */
  readonly problem?: string | undefined
}

/** Asks; to look at it changes nothing. The form goes back to the page's own address, which holds the signed token. */
export const confirmPage = (confirm: Confirm): string => {
  const { answer, standing, signedIn, choices, problem } = confirm
  const isSnooze = answer === 'snooze'
  return page(isSnooze ? 'Snooze this alert?' : 'Acknowledge this alert?', [
    alertPart(confirm),
    html`<p>${isSnooze ? SNOOZES : ACKNOWLEDGES}</p>`,
    html`${problem !== undefined && html`<p class="zero critical" role="alert">${problem}</p>`}`,
    html`<form method="post" class="form">
${signedIn === undefined ? nameField : html`<p class="dim">You answer as <b>${plain(signedIn, NAME_MAX)}</b>, as Identity-Aware Proxy says.</p>`}
${isSnooze ? choices.map((choice) => choiceButton(choice, standing)) : html`<button>Acknowledge</button>`}
</form>`,
  ])
}

const ACKNOWLEDGES = 'It is then not repeated until it ends. If it gets worse, you are told all the same.'
const SNOOZES = 'It is then not repeated until the time you choose. If it gets worse, you are told all the same.'

const nameField = html`<label>Your name<input name="by" required maxlength="${NAME_MAX}" autocomplete="name"></label>`

const choiceButton = ({ forMs, until }: Choice, { account }: Standing): Markup =>
  html`<button name="until" value="${formatInstant(until)}">For ${formatSpan(forMs)}, until ${formatInZone(until, account.timeZone)}</button>`

export type Recorded = Alert & {
  readonly answer: AnswerKind
  readonly by: string
  readonly until?: Instant | undefined
  /** The very same answer was there already. */
  readonly again: boolean
}

/** Says what is on record now. */
export const recordedPage = (recorded: Recorded): string => {
  const { answer, standing, by, until, again } = recorded
  const untilText = until === undefined ? '' : ` until ${formatInZone(until, standing.account.timeZone)}`
  const done = answer === 'snooze' ? `Snoozed${untilText}` : 'Acknowledged'
  return page(again ? 'Already recorded' : done, [
    html`<p>${done} by ${plain(by, NAME_MAX)}.${again && ' It was recorded before; nothing was added.'}</p>`,
    alertPart(recorded),
    dashboardLink,
  ])
}

/** Nothing is left to answer: somebody has, or it is over. */
export const settledPage = (alert: Alert): string => {
  const { episode } = alert
  const [title, text] = settled(episode)
  return page(title, [html`<p>${text}</p>`, alertPart(alert), dashboardLink])
}

const settled = ({ status }: Episode): readonly [string, string] => {
  switch (status) {
    case 'firing':
      return ['Already acknowledged', 'Somebody has acknowledged this alert. Nothing was added.']
    case 'resolved':
      return ['This alert is over', 'It has ended by itself. There is nothing to answer.']
    case 'told':
      return ['Nothing to answer', 'This was said once and is not repeated.']
  }
}

const NOTICES = {
  expired: [
    'This link has expired',
    'Links hold for seven days. Answer from a newer message, from the dashboard, or with the command',
  ],
  forged: [
    'This link is not valid',
    'It was cut or changed on its way, or the secret that signed it has been replaced. Open it again from the message itself, or use the command',
  ],
  unknown: [
    'This alert is not known here',
    'It ended long ago, or its account is no longer in the configuration. What is open is shown by the dashboard and the command',
  ],
  off: ['Links are not set up here', 'The configuration has no links. Answer with the command'],
  method: [
    'This page cannot do that',
    'It answers to GET, HEAD and POST alone. Open the link from the message, or use the command',
  ],
  foreign: [
    'This form was sent by another site',
    'Nothing was recorded. Open the link from the message itself, or use the command',
  ],
  unreadable: [
    'The form could not be read',
    'Nothing was recorded. Open the link from the message again, or use the command',
  ],
} as const

export type Notice = keyof typeof NOTICES

/** Why there is no alert to show, and what to do instead. */
export const noticePage = (notice: Notice): string => {
  const [title, text] = NOTICES[notice]
  return page(title, [html`<p>${text}</p>`, html`<pre>npx drawdown alerts list</pre>`, dashboardLink])
}

/** Relative, so that it leads to the dashboard under whatever path the page is served. */
const dashboardLink = html`<p><a href="./">The dashboard</a></p>`

const alertPart = ({ standing, episode }: Alert): Markup => {
  const { severity, title, since, key, handled } = alertView(standing, episode)
  return html`<div class="zero">
<div class="row"><span class="chip ${severity}">${SEVERITY_LABELS[severity]}</span>${handled !== undefined && html`<span class="chip none">${handled}</span>`}</div>
<p class="gap"><b>${title}</b></p>
<p class="small">${plain(standing.account.name, TITLE_MAX)} · ${since} · key <span class="mono">${key}</span></p></div>`
}

const page = (title: string, parts: readonly Insert[]): string =>
  shell({
    title: `${title} · Drawdown`,
    links: [],
    body: html`<section class="card"><h1>${title}</h1>${parts.map((part) => html`${part}`)}</section>`,
  })
