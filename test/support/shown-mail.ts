/** A mail's HTML as a client shows it: the picture it carries put in its place. */

import type { Message } from '../../functions/domain/alerts.ts'
import { renderMail } from '../../functions/report/mail.ts'
import { mailChart } from '../../functions/report/mail-chart.ts'

/** A whole document that asks for nothing elsewhere. */
export const shownMail = (message: Message): string => {
  const png = mailChart(message)
  const { html } = renderMail(message, png && { cid: 'chart' })
  return png ? html.replace('cid:chart', `data:image/png;base64,${Buffer.from(png).toString('base64')}`) : html
}
