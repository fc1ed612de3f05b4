/** The HTML part of a mail: tables and inline styles, for clients that know little else; light and dark. */

import type { BalanceRow } from './balance-rows.ts'
import { html, type Markup } from './html.ts'
import type { MessageView, Tone } from './message-view.ts'

type Colours = { readonly strong: string; readonly tint: string }

/** White on `strong` and `strong` on `tint` both reach a contrast of 4.5 to 1 (WCAG 2.2 AA). */
const COLOURS: Readonly<Record<Tone, Colours>> = {
  critical: { strong: '#b3261e', tint: '#fdecea' },
  warning: { strong: '#8a5300', tint: '#fff4e0' },
  info: { strong: '#1557b0', tint: '#e8f0fe' },
  good: { strong: '#137333', tint: '#e6f4ea' },
}

const FONT = "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
const MONO = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace"
const INK = 'color:#1f2328'
const DIM = 'color:#5b636d'

/** Clients that drop this sheet show the light colours, which stand inline. */
const DARK = html`<style>
@media (prefers-color-scheme: dark) {
  .page { background: #111214 !important }
  .card { background: #1d1f23 !important; border-color: #34373d !important }
  .ink { color: #eceef1 !important }
  .dim { color: #a8b0ba !important }
  .rule { border-color: #34373d !important }
  .track { background: #2b2e33 !important }
  .critical { color: #ffb4ab !important } .tint-critical { background: #3a1a17 !important }
  .warning { color: #f3c677 !important } .tint-warning { background: #33270f !important }
  .info { color: #a8c7fa !important } .tint-info { background: #16273f !important }
  .good { color: #8ed6a0 !important } .tint-good { background: #14301c !important }
  .bar { background: #8ab4f8 !important }
}
</style>`

/** The whole document: badge, figure, reason, button, what stops, arithmetic, steps, chart, projects, footer. */
export const mailHtml = (view: MessageView, rows: readonly BalanceRow[]): Markup => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${view.headline}</title>
${DARK}
</head>
<body class="page" style="margin:0;padding:0;background:#f3f4f6">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${view.why}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f3f4f6">
<tr><td align="center" style="padding:20px 10px">
<table role="presentation" class="card" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px;background:#ffffff;border:1px solid #dfe2e6;border-radius:10px;border-collapse:separate;overflow:hidden">
<tr><td height="6" style="height:6px;line-height:6px;font-size:0;background:${COLOURS[view.tone].strong}">&nbsp;</td></tr>
<tr><td style="padding:24px 24px 28px;${FONT}">
${opening(view)}
${button(view)}
${stops(view)}
${arithmetic(view)}
${steps(view)}
${chart(rows)}
${projects(view)}
${footer(view)}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>`

const opening = ({ tone, badge, figure, title, why }: MessageView): Markup => html`
<span class="${tone} tint-${tone}" style="display:inline-block;padding:3px 10px;border-radius:12px;font-size:13px;line-height:18px;font-weight:600;color:${COLOURS[tone].strong};background:${COLOURS[tone].tint}">${badge}</span>
<div class="ink" style="margin:14px 0 0;font-size:38px;line-height:44px;font-weight:700;letter-spacing:-0.5px;word-break:break-word;${INK}">${figure}</div>
<h1 class="ink" style="margin:6px 0 0;font-size:17px;line-height:24px;font-weight:600;word-break:break-word;${INK}">${title}</h1>
<p class="ink" style="margin:10px 0 0;font-size:15px;line-height:23px;word-break:break-word;${INK}">${why}</p>`

const button = ({ tone, steps: all }: MessageView): Markup | false => {
  const step = all.find(({ url }) => url !== undefined)
  if (!step) return false
  return html`
<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:20px 0 0"><tr>
<td bgcolor="${COLOURS[tone].strong}" style="border-radius:6px;background:${COLOURS[tone].strong}"><a href="${step.url}" style="display:inline-block;padding:12px 22px;font-size:15px;line-height:20px;font-weight:600;color:#ffffff;text-decoration:none;${FONT}">${step.label}</a></td>
</tr></table>`
}

const stops = ({ tone, stops: text }: MessageView): Markup | false =>
  text !== undefined &&
  text !== '' &&
  html`
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:22px 0 0"><tr>
<td class="tint-${tone}" style="padding:12px 14px;border-left:4px solid ${COLOURS[tone].strong};background:${COLOURS[tone].tint}">
<div class="${tone}" style="font-size:13px;line-height:18px;font-weight:600;color:${COLOURS[tone].strong}">What stops, and when</div>
<div class="ink" style="margin:2px 0 0;font-size:15px;line-height:22px;word-break:break-word;${INK}">${text}</div>
</td></tr></table>`

const heading = (text: string): Markup => html`
<h2 class="dim" style="margin:26px 0 6px;font-size:13px;line-height:18px;font-weight:600;${DIM}">${text}</h2>`

const arithmetic = ({ arithmetic: lines, arithmeticHeading }: MessageView): Markup | false =>
  lines.length > 0 &&
  html`${heading(arithmeticHeading)}
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">${lines.map(
    (line) => html`
<tr><td class="ink rule" style="padding:6px 0;border-bottom:1px solid #eceef1;font-size:13px;line-height:19px;word-break:break-word;${MONO};${INK}">${line}</td></tr>`,
  )}
</table>`

const steps = ({ tone, steps: all }: MessageView): Markup | false =>
  all.length > 0 &&
  html`${heading('Who does what')}
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">${all.map(
    ({ label, who, url }, index) => html`
<tr><td class="dim" width="24" valign="top" style="padding:5px 0;font-size:15px;line-height:22px;${DIM}">${index + 1}.</td>
<td class="ink" valign="top" style="padding:5px 0;font-size:15px;line-height:22px;word-break:break-word;${INK}">${
      url === undefined
        ? html`${label}`
        : html`<a class="${tone}" href="${url}" style="color:${COLOURS[tone].strong};text-decoration:underline">${label}</a>`
    }<br><span class="dim" style="font-size:13px;line-height:18px;${DIM}">${who}</span></td></tr>`,
  )}
</table>`

const chart = (rows: readonly BalanceRow[]): Markup | false => {
  const [first, last] = [rows[0], rows.at(-1)]
  if (!first || !last) return false
  return html`${heading(`Balance: ${first.amount} on ${first.label}, ${last.amount} on ${last.label}`)}
<table width="100%" cellpadding="0" cellspacing="0" border="0">${rows.map(chartRow)}
</table>`
}

const chartRow = ({ label, amount, percent, negative }: BalanceRow): Markup => html`
<tr><td class="dim" width="84" style="padding:3px 10px 3px 0;font-size:13px;line-height:18px;white-space:nowrap;${DIM}">${label}</td>
<td style="padding:3px 0"><table role="presentation" class="track" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#eceef1"><tr>${
  percent > 0 &&
  html`<td class="bar" width="${percent}%" height="12" style="width:${percent}%;height:12px;line-height:12px;font-size:0;background:#3b78d8">&nbsp;</td>`
}${
  percent < 100 && html`<td height="12" style="height:12px;line-height:12px;font-size:0">&nbsp;</td>`
}</tr></table></td>
<td class="${negative ? 'critical' : 'ink'}" width="1" align="right" style="padding:3px 0 3px 10px;font-size:13px;line-height:18px;white-space:nowrap;${negative ? `color:${COLOURS.critical.strong}` : INK}">${amount}</td></tr>`

const projects = ({ projects: names, moreProjects, projectsHeading }: MessageView): Markup | false =>
  names.length > 0 &&
  html`${heading(projectsHeading)}
<p class="ink" style="margin:0;font-size:15px;line-height:22px;word-break:break-word;${INK}">${names.join(', ')}${
    moreProjects > 0 && ` and ${moreProjects} more`
  }</p>`

const footer = ({ context, alertKey, acknowledge }: MessageView): Markup => html`
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:28px 0 0"><tr>
<td class="dim rule" style="padding:14px 0 0;border-top:1px solid #dfe2e6;font-size:12px;line-height:19px;word-break:break-word;${DIM}">${context}<br>Alert key ${alertKey}${
  acknowledge !== undefined &&
  html`<br>Seen it? Stop the reminders with <span class="ink" style="${MONO};${INK}">${acknowledge}</span>`
}</td></tr></table>`
