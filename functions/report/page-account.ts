/** One account's part of the dashboard: the balance first, then what is wrong, then what it rests on. */

import { burnDownSvg } from './chart.ts'
import { html, type Markup } from './html.ts'
import { type AccountView, type AlertView, SEVERITY_LABELS, type Stat } from './view-account.ts'
import type { TableView } from './view-tables.ts'

/** Drawn near the size it is shown at, so that its words stay legible on a phone. */
const CHART_WIDTH = 420
const CHART_HEIGHT = 210

/** Pure; ids in it are made of the account id, so that links from elsewhere hold. */
export const accountCard = (account: AccountView): Markup => html`
<article class="card" id="${account.id}" aria-labelledby="${account.id}-name">
<header class="row"><h2 id="${account.id}-name">${account.name}</h2><span class="chip ${account.mood.tone}">${account.mood.label}</span><span class="dim small">${account.id} · ${account.plan}</span></header>
${hero(account)}
${firstSteps(account)}
${statList(account.stats)}
${account.stops && html`<div class="zero ${account.stops.tone}"><h3>What stops at zero</h3><p>${account.stops.text}</p></div>`}
${alerts(account)}
${table(account.grants)}
<div class="pair">${tier(account)}${table(account.feeds)}</div>
${table(account.budgets)}
${table(account.projects)}
${account.remarks.map((remark) => html`<p class="dim small">${remark}</p>`)}
</article>`

/** Labelled figures in a row. */
export const statList = (stats: readonly Stat[]): Markup =>
  html`<dl class="stats">${stats.map(
    ({ label, value, note }) => html`
<div><dt>${label}</dt><dd>${value}</dd>${note !== undefined && html`<dd class="small">${note}</dd>`}</div>`,
  )}</dl>`

const hero = ({ balance, chart }: AccountView): Markup | false => {
  if (!balance) return false
  const drawn = chart.points.length > 1
  return html`<div class="hero${drawn && ' with-chart'}">
<div><h3 class="dim">Balance</h3>
<p class="figure">${balance.value}</p>
<p class="dim">${balance.range}</p>
<details class="gap"><summary>How this was worked out</summary><ul class="sums">${balance.sums.map((line) => html`<li>${line}</li>`)}</ul></details></div>
${drawn && html`<div class="chart">${finished(burnDownSvg({ ...chart, width: CHART_WIDTH, height: CHART_HEIGHT }))}</div>`}
</div>`
}

/** The chart hands out finished, escaped SVG as text; nothing else may pass here. */
const finished = (svg: string): Markup => html(Object.assign([svg], { raw: [svg] }))

const firstSteps = ({ firstSteps: steps }: AccountView): Markup | false =>
  steps.length > 0 &&
  html`<div><h3>Nothing is known of this account’s credit yet</h3>
<p class="dim">Google tells nobody the balance, so Drawdown has to be told once. Until then no alert about credit can open.</p>${steps.map(
    ({ text, command }) => html`<p class="gap">${text}</p><pre>${command}</pre>`,
  )}</div>`

const alerts = ({ alerts: open, resolved }: AccountView): Markup => html`<section><h3>Open alerts</h3>
${
  open.length === 0
    ? html`<p class="dim">None.</p>`
    : html`<ul class="list">${open.map(alertItem)}</ul>
${open.every(({ answers }) => answers === undefined) && html`<p class="dim small gap">Stop the reminders of one with <span class="mono">npx drawdown alerts ack KEY</span></p>`}`
}
${resolved.length > 0 && html`<details class="gap"><summary>Lately resolved (${resolved.length})</summary><ul class="list gap">${resolved.map(alertItem)}</ul></details>`}
</section>`

const alertItem = ({ severity, title, since, key, handled, answers = [] }: AlertView): Markup => html`
<li><div class="row"><span class="chip ${severity}">${SEVERITY_LABELS[severity]}</span>${handled !== undefined && html`<span class="chip none">${handled}</span>`}<span class="dim small">${since}</span></div>
<p>${title}</p>${answers.length > 0 && html`<p class="row">${answers.map(({ label, url }) => html`<a class="button" href="${url}" aria-label="${label}: ${title}">${label}</a>`)}</p>`}<p class="dim small">Key <span class="mono">${key}</span></p></li>`

const tier = ({ tier: lines }: AccountView): Markup =>
  html`<section><h3>Tier</h3><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul></section>`

const table = ({ title, columns, numeric, rows, empty, more }: TableView): Markup => {
  if (rows.length === 0) return html`<section><h3>${title}</h3><p class="dim">${empty}</p></section>`
  const classOf = (column: string): string => (numeric.includes(column) ? 'num' : '')
  const cell = (text: string, index: number): Markup => {
    const column = columns[index] ?? ''
    return html`<td data-label="${column}" class="${classOf(column)}"><span>${text}</span></td>`
  }
  return html`<section><h3>${title}</h3><table>
<thead><tr>${columns.map((column) => html`<th scope="col" class="${classOf(column)}">${column}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody></table>
${more > 0 && html`<p class="dim small">and ${more} more</p>`}</section>`
}
