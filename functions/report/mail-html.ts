/** The HTML part of a mail: tables and inline styles, for clients that know little else; light and dark. */

import { html, type Markup } from './html.ts'
import { balance, type MailBalance } from './mail-balance.ts'
import { COLOURS, DARK, DIM, FONT, INK, MONO } from './mail-style.ts'
import { figureParts, firstSentence, preheader, primaryStep, unbroken } from './mail-words.ts'
import type { MessageView } from './message-view.ts'

/** The whole document: badge, figure, reason, button, what stops, picture, steps, arithmetic, projects, answer, footer. */
export const mailHtml = (view: MessageView, shown: MailBalance): Markup => html`<!doctype html>
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
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${preheader(view)}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f3f4f6">
<tr><td align="center" style="padding:20px 10px">
<!--[if mso]><table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table role="presentation" class="card" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px;background:#ffffff;border:1px solid #dfe2e6;border-radius:10px;border-collapse:separate;overflow:hidden">
<tr><td height="6" style="height:6px;line-height:6px;font-size:0;background:${COLOURS[view.tone].strong}">&nbsp;</td></tr>
<tr><td style="padding:22px 22px 26px;${FONT}">
${opening(view)}
${button(view)}
${stops(view)}
${balance(shown)}
${steps(view)}
${arithmetic(view)}
${projects(view)}
${answer(view)}
${footer(view)}
</td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr>
</table>
</body>
</html>`

const opening = ({ tone, badge, figure, title, why }: MessageView): Markup => {
  const [first, rest] = firstSentence(why)
  return html`
<span class="${tone} tint-${tone}" style="display:inline-block;padding:3px 10px;border-radius:12px;font-size:13px;line-height:18px;font-weight:600;color:${COLOURS[tone].strong};background:${COLOURS[tone].tint}">${badge}</span>
${bigFigure(figure)}
<h1 class="ink" style="margin:6px 0 0;font-size:17px;line-height:24px;font-weight:600;word-break:break-word;${INK}">${unbroken(title)}</h1>
<p class="ink" style="margin:10px 0 0;font-size:15px;line-height:23px;word-break:break-word;${INK}">${unbroken(first)}</p>${
    rest !== '' &&
    html`
<p class="dim" style="margin:6px 0 0;font-size:14px;line-height:21px;word-break:break-word;${DIM}">${unbroken(rest)}</p>`
  }`
}

/** The number large, its words beside it; words alone are smaller, for they are longer. */
const bigFigure = (figure: string): Markup => {
  const { amount, words } = figureParts(figure)
  const size = amount === '' ? 'font-size:26px;line-height:34px' : 'font-size:38px;line-height:44px'
  const beside =
    amount !== '' &&
    words !== '' &&
    html` <span class="dim" style="font-size:17px;line-height:24px;font-weight:600;letter-spacing:0;${DIM}">${words}</span>`
  return html`<div class="ink" style="margin:14px 0 0;${size};font-weight:700;letter-spacing:-0.5px;word-break:break-word;${INK}">${unbroken(amount || words)}${beside}</div>`
}

const button = (view: MessageView): Markup | false => {
  const step = primaryStep(view)
  if (!step) return false
  const { strong } = COLOURS[view.tone]
  return html`
<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:20px 0 0"><tr>
<td bgcolor="${strong}" style="border-radius:6px;background:${strong};mso-padding-alt:12px 22px"><a href="${step.url}" style="display:inline-block;padding:12px 22px;font-size:16px;line-height:22px;font-weight:600;color:#ffffff;text-decoration:none;${FONT}">${step.label}</a></td>
</tr></table>`
}

const stops = ({ tone, stops: text }: MessageView): Markup | false =>
  text !== undefined &&
  text !== '' &&
  html`
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:22px 0 0"><tr>
<td class="tint-${tone}" style="padding:12px 14px;border-left:4px solid ${COLOURS[tone].strong};background:${COLOURS[tone].tint}">
<div class="${tone}" style="font-size:13px;line-height:18px;font-weight:600;color:${COLOURS[tone].strong}">What stops, and when</div>
<div class="ink" style="margin:2px 0 0;font-size:15px;line-height:22px;word-break:break-word;${INK}">${unbroken(text)}</div>
</td></tr></table>`

const heading = (text: string): Markup => html`
<h2 class="dim" style="margin:26px 0 6px;font-size:13px;line-height:18px;font-weight:600;${DIM}">${text}</h2>`

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

const lines = (all: readonly string[], style: string): Markup => html`
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">${all.map(
  (line) => html`
<tr><td class="ink rule" style="padding:6px 0;border-bottom:1px solid #eceef1;word-break:break-word;${style};${INK}">${unbroken(line)}</td></tr>`,
)}
</table>`

const arithmetic = ({ arithmetic: sums, arithmeticHeading }: MessageView): Markup | false =>
  sums.length > 0 && html`${heading(arithmeticHeading)}${lines(sums, `font-size:13px;line-height:19px;${MONO}`)}`

const projects = ({ projects: names, moreProjects, projectsHeading }: MessageView): Markup | false => {
  const more = moreProjects > 0 ? [`and ${moreProjects} more`] : []
  return (
    names.length > 0 &&
    html`${heading(projectsHeading)}${lines([...names, ...more], 'font-size:14px;line-height:20px')}`
  )
}

/** The place of everything a reader may answer with. */
const answer = (view: MessageView): Markup | false =>
  view.answers.length > 0 ? answerLinks(view) : answerCommand(view)

const answerLinks = ({ tone, answers }: MessageView): Markup => html`${heading('Seen it? Stop the reminders')}
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr>
<td class="ink" style="font-size:15px;line-height:24px;${INK}">${answers.map(
  ({ label, url }, index) =>
    html`${index > 0 && ' · '}<a class="${tone}" href="${url}" style="color:${COLOURS[tone].strong};text-decoration:underline;font-weight:600">${label}</a>`,
)}</td>
</tr></table>`

const answerCommand = ({ acknowledge }: MessageView): Markup | false =>
  acknowledge !== undefined &&
  html`${heading('Seen it? Stop the reminders')}
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr>
<td class="ink code" style="padding:10px 12px;border-radius:6px;background:#f3f4f6;font-size:13px;line-height:19px;word-break:break-word;${MONO};${INK}">${acknowledge}</td>
</tr></table>`

const footer = ({ context, alertKey }: MessageView): Markup => html`
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:26px 0 0"><tr>
<td class="dim rule" style="padding:14px 0 0;border-top:1px solid #dfe2e6;font-size:12px;line-height:19px;word-break:break-word;${DIM}">${unbroken(context)}<br>Alert key ${alertKey}</td></tr></table>`
