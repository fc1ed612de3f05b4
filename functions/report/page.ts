/** The dashboard as one HTML document: no script, nothing loaded, legible by day and night, on phone and desk. */

import { html, type Markup } from './html.ts'
import { accountCard, statList } from './page-account.ts'
import { shell } from './shell.ts'
import { type DashboardInput, type DashboardView, dashboardView, type EventView } from './view.ts'
import type { AccountView } from './view-account.ts'

/** All a page of ours needs; scripts, frames of other origins and requests to anybody stay forbidden. */
export const PAGE_CSP =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Headers of every page: nothing is cached, sniffed, framed or referred. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': PAGE_CSP,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** While a sample plays, often enough to watch and rarely enough to read. */
const REFRESH_SECONDS = 3

/** Pure. Serve it with `PAGE_HEADERS`. It reloads itself only while a sample is playing. */
export const dashboardPage = (input: DashboardInput): string => {
  const view = dashboardView(input)
  return shell({
    title: titleOf(view),
    note: `as of ${view.asOf}`,
    links: [
      ...(input.mailUrl === undefined ? [] : [{ label: 'Mail', href: input.mailUrl }]),
      ...(input.chatUrl === undefined ? [] : [{ label: 'Chat', href: input.chatUrl }]),
    ],
    body: html`<h1 class="away">Prepaid credit</h1>${progress(input)}${overview(view)}${view.accounts.map(accountCard)}${
      view.accounts.length === 0 && noAccounts
    }${view.moreAccounts > 0 && more(view.moreAccounts)}${happenings(view)}`,
    ...(input.progress ? { refreshSeconds: REFRESH_SECONDS } : {}),
  })
}

/** The tab's title alone tells how things stand. */
const titleOf = ({ accounts }: DashboardView): string => {
  const [only, ...others] = accounts
  if (!only) return 'Drawdown'
  if (others.length === 0) return `${only.balance?.value ?? only.mood.label} · ${only.name} · Drawdown`
  const troubled = accounts.filter(({ alerts }) => alerts.length > 0).length
  return `${troubled} of ${accounts.length} accounts with open alerts · Drawdown`
}

const progress = ({ progress: played }: DashboardInput): Markup | false =>
  played !== undefined &&
  html`<section class="card tight" aria-labelledby="playing">
<div class="row"><h2 class="plainer" id="playing">Playing the sample month</h2><span class="dim small">${played.done} of ${played.total} messages</span></div>
<progress aria-labelledby="playing" value="${played.done}" max="${Math.max(1, played.total)}">${played.done} of ${played.total}</progress>
</section>`

const overview = ({ accounts }: DashboardView): Markup | false =>
  accounts.length > 1 &&
  html`<section class="card tight" aria-labelledby="accounts">
<h2 class="plainer" id="accounts">Accounts</h2>
<table><thead><tr><th scope="col">Account</th><th scope="col">State</th><th scope="col" class="num">Balance</th><th scope="col" class="num">Runway</th></tr></thead>
<tbody>${accounts.map(overviewRow)}</tbody></table>
</section>`

const overviewRow = ({ id, name, mood, balance, stats }: AccountView): Markup => html`
<tr><td data-label="Account"><a href="#${id}">${name}</a></td><td data-label="State"><span class="chip ${mood.tone}">${mood.label}</span></td><td data-label="Balance" class="num">${balance?.value ?? '–'}</td><td data-label="Runway" class="num">${
  stats.find(({ label }) => label === 'Runway')?.value ?? '–'
}</td></tr>`

const noAccounts = html`<section class="card"><h2>No account is configured</h2>
<p>List your billing account in the file that <span class="mono">DRAWDOWN_CONFIG</span> names, then check it with:</p>
<pre>npx drawdown config check</pre></section>`

const more = (count: number): Markup =>
  html`<p class="dim">${count} more accounts are not shown here; <span class="mono">npx drawdown status</span> lists them all.</p>`

const happenings = ({ deliveryCounts, deliveries, quarantine }: DashboardView): Markup => html`
<div class="pair">
<section class="card" aria-labelledby="deliveries"><h2 id="deliveries">Deliveries</h2>
${statList(deliveryCounts)}
${events(deliveries, 'Nothing has been sent yet: no alert has opened. See what the channels are set to with:', 'npx drawdown config check')}
</section>
<section class="card" aria-labelledby="quarantine"><h2 id="quarantine">Quarantine</h2>
${events(quarantine, 'Empty: every message could be read.', undefined)}
</section>
</div>`

const TONES: Readonly<Record<string, string>> = { Sent: 'good', Waiting: 'info', 'Given up': 'critical' }

const events = (all: readonly EventView[], empty: string, command: string | undefined): Markup =>
  all.length === 0
    ? html`<div><p class="dim">${empty}</p>${command !== undefined && html`<pre class="gap">${command}</pre>`}</div>`
    : html`<ul class="list">${all.map(
        ({ at, label, text, note }) => html`
<li><div class="row"><span class="chip ${TONES[label] ?? 'none'}">${label}</span><span class="dim small">${at}</span></div><p>${text}</p><p class="dim small">${note}</p></li>`,
      )}</ul>`
