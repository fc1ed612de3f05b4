/** A message as a mail: subject, plain text and HTML that say the same in the same order. */

import type { Message } from '../domain/alerts.ts'
import { type BalanceRow, balanceRows } from './balance-rows.ts'
import { markupText } from './html.ts'
import { mailHtml } from './mail-html.ts'
import { type MessageView, viewOf } from './message-view.ts'

export type Mail = { readonly subject: string; readonly text: string; readonly html: string }

/** A picture the mail will carry, by its Content-ID. */
export type CarriedPicture = { readonly cid: string }

/** Characters of bar at the highest balance; a phone shows about 40 characters in a line. */
const BAR_CHARS = 16

/**
 * Pure, so that every attempt sends the same bytes; the subject is one line, the HTML stays under Gmail's 102 kB. With a
 * picture the HTML refers to it, without one it draws the balance as bars.
 */
export const renderMail = (message: Message, picture?: CarriedPicture): Mail => {
  const view = viewOf(message)
  const rows = balanceRows(message)
  const html = markupText(mailHtml(view, { rows, cid: picture?.cid }))
  return { subject: view.headline, text: mailText(view, rows), html }
}

const mailText = (view: MessageView, rows: readonly BalanceRow[]): string =>
  [
    `${view.badge.toUpperCase()}\n${view.figure}\n${view.title}`,
    view.why,
    firstLink(view),
    section('What stops, and when', view.stops === undefined ? [] : [view.stops]),
    section('Balance', barLines(rows)),
    section('Who does what', view.steps.map(stepText)),
    section(view.arithmeticHeading, view.arithmetic),
    section(view.projectsHeading, projectLines(view)),
    section('Seen it? Stop the reminders', answerLines(view)),
    footer(view),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n')

const firstLink = ({ steps }: MessageView): string => {
  const step = steps.find(({ url }) => url !== undefined)
  return step ? `> ${step.label}:\n  ${step.url}` : ''
}

const section = (heading: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : [heading.toUpperCase(), ...lines.map((line) => `  ${line}`)].join('\n')

const stepText = ({ label, who, url }: MessageView['steps'][number], index: number): string =>
  `${index + 1}. ${label} (${who})${url === undefined ? '' : `\n     ${url}`}`

const barLines = (rows: readonly BalanceRow[]): readonly string[] => {
  const widest = Math.max(0, ...rows.map(({ amount }) => amount.length))
  return rows.map(({ label, amount, percent }) => {
    const bar = '#'.repeat(Math.ceil((percent * BAR_CHARS) / 100))
    return `${label}  ${amount.padStart(widest)}  ${bar}`.trimEnd()
  })
}

const answerLines = ({ answers, acknowledge }: MessageView): readonly string[] =>
  answers.length > 0
    ? answers.map(({ label, url }) => `${label}: ${url}`)
    : acknowledge === undefined
      ? []
      : [acknowledge]

const projectLines = ({ projects, moreProjects }: MessageView): readonly string[] =>
  moreProjects === 0 ? projects : [...projects, `and ${moreProjects} more`]

const footer = ({ context, alertKey }: MessageView): string => `----\n${context}\nAlert key: ${alertKey}`
