/** The frame every page shares: head, header, and the colours of day and night; no script, nothing loaded. */

import { html, type Markup, markupText } from './html.ts'

export type Shell = {
  readonly title: string
  /** Links in the header; paths of this server or checked addresses. */
  readonly links: readonly { readonly label: string; readonly href: string }[]
  /** What stands beside the name, e.g. the time the page shows. */
  readonly note?: string
  readonly body: Markup
  /** Seconds until the browser loads the page again; absent for a page that stays as it is. */
  readonly refreshSeconds?: number
}

/** A whole HTML document as text. */
export const shell = ({ title, links, note, body, refreshSeconds }: Shell): string =>
  markupText(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${refreshSeconds !== undefined && html`<meta http-equiv="refresh" content="${refreshSeconds}">`}
<title>${title}</title>
<link rel="icon" href="data:,">
${STYLE}
</head>
<body>
<header class="top"><div class="wide">
<a class="brand" href="/">Drawdown</a>${note !== undefined && html`<span class="dim note">${note}</span>`}
${links.length > 0 && html`<nav aria-label="Pages">${links.map(({ label, href }) => html`<a href="${href}">${label}</a>`)}</nav>`}
</div></header>
<main class="wide">
${body}
</main>
</body>
</html>
`)

/** Every pair of ink and ground below reaches a contrast of 4.5 to 1 in both schemes (WCAG 2.2 AA); the page tests measure it. */
const STYLE = html`<style>
:root {
  color-scheme: light dark;
  --page: light-dark(#f3f4f6, #111214); --card: light-dark(#ffffff, #1b1d21); --sunk: light-dark(#f7f8f9, #222529);
  --ink: light-dark(#1f2328, #eceef1); --dim: light-dark(#59616b, #a8b0ba); --rule: light-dark(#dfe2e6, #34373d);
  --link: light-dark(#1557b0, #a8c7fa); --bar: light-dark(#3b78d8, #8ab4f8);
  --critical: light-dark(#b3261e, #ffb4ab); --critical-tint: light-dark(#fdecea, #3a1a17);
  --warning: light-dark(#8a5300, #f3c677); --warning-tint: light-dark(#fff4e0, #33270f);
  --info: light-dark(#1557b0, #a8c7fa); --info-tint: light-dark(#e8f0fe, #16273f);
  --good: light-dark(#137333, #8ed6a0); --good-tint: light-dark(#e6f4ea, #14301c);
  --chart-line: var(--bar); --chart-fill: var(--bar); --chart-grid: var(--rule);
  --chart-text: var(--dim); --chart-zero: var(--critical); --chart-level: var(--warning);
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace;
}
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 var(--sans); overflow-wrap: anywhere; font-variant-numeric: tabular-nums }
a { color: var(--link); text-underline-offset: 2px }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px }
h1, h2, h3, p, ul, ol, dl, dd, pre { margin: 0 }
ul, ol { padding: 0; list-style: none }
.wide { max-width: 1080px; margin: 0 auto; padding: 0 20px }
.top { border-bottom: 1px solid var(--rule); background: var(--card) }
.top .wide { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px; padding-block: 14px }
.brand { color: var(--ink); font-weight: 700; font-size: 17px; text-decoration: none }
.note { font-size: 13px }
nav { margin-left: auto; display: flex; gap: 18px }
main { padding-block: 24px 56px !important; display: grid; gap: 24px; grid-template-columns: minmax(0, 1fr) }
h1 { font-size: 22px; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em }
h2 { font-size: 20px; line-height: 1.3; font-weight: 650; letter-spacing: -0.01em }
h3 { font-size: 14px; line-height: 1.4; font-weight: 600; margin-bottom: 8px }
h2.plainer { font-size: 16px }
.away { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
.gap { margin-top: 12px }
.tight { padding-block: 18px; gap: 12px }
.dim { color: var(--dim) }
.small { font-size: 13px }
.mono { font-family: var(--mono); font-size: 0.94em }
.card { background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 24px; display: grid; gap: 24px; align-content: start; grid-template-columns: minmax(0, 1fr) }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px }
.chip { display: inline-block; padding: 2px 10px; border-radius: 11px; font-size: 13px; line-height: 18px; font-weight: 600; color: var(--dim); background: var(--sunk); box-shadow: inset 0 0 0 1px var(--rule) }
.critical, .warning, .info, .good { box-shadow: none }
.critical { color: var(--critical); background: var(--critical-tint) }
.warning { color: var(--warning); background: var(--warning-tint) }
.info { color: var(--info); background: var(--info-tint) }
.good { color: var(--good); background: var(--good-tint) }
.hero { display: grid; gap: 20px 32px; grid-template-columns: minmax(0, 1fr) }
.figure { font-size: 44px; line-height: 1.1; font-weight: 700; letter-spacing: -0.02em }
.chart svg { display: block; width: 100%; max-width: 500px; height: auto; margin-left: auto }
.stats { display: grid; gap: 16px 24px; grid-template-columns: repeat(auto-fit, minmax(120px, 1fr)); padding: 16px 0; border-block: 1px solid var(--rule) }
.stats dt { font-size: 13px; color: var(--dim) }
.stats dd { font-size: 18px; font-weight: 600; line-height: 1.35 }
.stats dd.small { font-size: 13px; font-weight: 400; color: var(--dim); line-height: 1.45 }
.zero { padding: 12px 16px; border-left: 4px solid var(--rule); background: var(--sunk); border-radius: 0 8px 8px 0 }
.zero.critical { border-color: var(--critical); color: var(--ink); background: var(--critical-tint) }
.pair { display: grid; gap: 24px 40px; grid-template-columns: minmax(0, 1fr) }
.list { display: grid; border-top: 1px solid var(--rule) }
.list > li { padding: 12px 0; border-bottom: 1px solid var(--rule); display: grid; gap: 4px }
table { width: 100%; border-collapse: collapse; font-size: 14px }
th { text-align: left; font-weight: 500; color: var(--dim); font-size: 13px }
th, td { padding: 8px 24px 8px 0; border-bottom: 1px solid var(--rule); vertical-align: baseline }
th:last-child, td:last-child { padding-right: 0 }
.pair th, .pair td { padding-right: 12px }
.num { text-align: right; white-space: nowrap }
details > summary { cursor: pointer; color: var(--link); font-size: 14px }
details > .sums { margin-top: 8px }
.sums { display: grid; gap: 4px; font-family: var(--mono); font-size: 13px; line-height: 1.5 }
pre, .code { font-family: var(--mono); font-size: 13px; line-height: 1.6; white-space: pre-wrap; padding: 12px 16px; background: var(--sunk); border: 1px solid var(--rule); border-radius: 8px }
progress { width: 100%; height: 8px; accent-color: var(--bar) }
iframe { width: 100%; height: 72vh; min-height: 420px; border: 1px solid var(--rule); border-radius: 8px; background: #ffffff }
.button { display: inline-block; padding: 6px 14px; border: 1px solid var(--rule); border-radius: 6px; background: var(--sunk); font-weight: 600; font-size: 14px }
.form { display: grid; gap: 16px; justify-items: start }
.form label { display: grid; gap: 4px; width: min(100%, 360px) }
.form input { font: inherit; padding: 10px 12px; border: 1px solid var(--dim); border-radius: 6px; background: var(--sunk); color: var(--ink) }
.form button { font: inherit; font-weight: 600; padding: 12px 22px; border: 0; border-radius: 6px; background: var(--link); color: var(--page); cursor: pointer }
.form :focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
.said { white-space: pre-line }
.said h3 { margin: 0 }
.thread { border-left: 4px solid var(--rule); padding-left: 16px; display: grid; gap: 10px }
.thread hr { width: 100%; border: 0; border-top: 1px solid var(--rule); margin: 0 }
@media (min-width: 820px) {
  .hero.with-chart { grid-template-columns: minmax(0, 1fr) 500px; align-items: start }
  .pair { grid-template-columns: repeat(2, minmax(0, 1fr)) }
}
@media (max-width: 640px) {
  .wide { padding-inline: 14px }
  .card { padding: 18px 16px; gap: 20px }
  .figure { font-size: 38px }
  table, tbody, tr, td { display: block }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  tr { padding: 8px 0; border-bottom: 1px solid var(--rule) }
  table { border-top: 1px solid var(--rule) }
  td { display: flex; gap: 16px; justify-content: space-between; padding: 2px 0; border: 0; text-align: right; white-space: normal }
  td::before { content: attr(data-label); color: var(--dim); font-size: 13px; text-align: left; flex: none }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth } }
</style>`
