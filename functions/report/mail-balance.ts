/** The balance in a mail: the picture it carries, or bars of table cells where there is none; the numbers either way. */

import type { BalanceRow } from './balance-rows.ts'
import { html, type Markup } from './html.ts'
import { COLOURS, DIM, INK } from './mail-style.ts'
import { unbroken } from './mail-words.ts'

/** Width of the text column; the picture has twice the pixels. */
const WIDTH = 554

/** What stands for the balance: its numbers, and a picture the mail carries, by its Content-ID. */
export type MailBalance = { readonly rows: readonly BalanceRow[]; readonly cid?: string | undefined }

/** Nothing for fewer than two rows. */
export const balance = ({ rows, cid }: MailBalance): Markup | false => {
  const [first, last] = [rows[0], rows.at(-1)]
  if (!first || !last) return false
  const title = `Balance: ${first.amount} on ${first.label}, ${last.amount} on ${last.label}`
  return html`
<h2 class="dim" style="margin:26px 0 8px;font-size:13px;line-height:18px;font-weight:600;${DIM}">${unbroken(title)}</h2>${
    cid === undefined ? bars(rows) : picture(rows, cid)
  }`
}

/** The numbers in words, for who cannot see the picture or is not shown it. */
const altOf = (rows: readonly BalanceRow[]): string =>
  `Balance: ${rows.map(({ label, amount }) => `${label} ${amount}`).join('; ')}.`

const picture = (rows: readonly BalanceRow[], cid: string): Markup => html`
<img src="cid:${cid}" width="${WIDTH}" alt="${altOf(rows)}" class="ink" style="display:block;width:100%;max-width:${WIDTH}px;height:auto;border:0;border-radius:6px;font-size:13px;line-height:19px;${INK}">`

const bars = (rows: readonly BalanceRow[]): Markup => html`
<table width="100%" cellpadding="0" cellspacing="0" border="0">${rows.map(barRow)}
</table>`

const barRow = ({ label, amount, percent, negative }: BalanceRow): Markup => html`
<tr><td class="dim" width="84" style="padding:3px 10px 3px 0;font-size:13px;line-height:18px;white-space:nowrap;${DIM}">${label}</td>
<td style="padding:3px 0"><table role="presentation" class="track" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#eceef1"><tr>${
  percent > 0 &&
  html`<td class="bar" width="${percent}%" height="12" style="width:${percent}%;height:12px;line-height:12px;font-size:0;background:#3b78d8">&nbsp;</td>`
}${
  percent < 100 && html`<td height="12" style="height:12px;line-height:12px;font-size:0">&nbsp;</td>`
}</tr></table></td>
<td class="${negative ? 'critical' : 'ink'}" width="1" align="right" style="padding:3px 0 3px 10px;font-size:13px;line-height:18px;white-space:nowrap;${negative ? `color:${COLOURS.critical.strong}` : INK}">${amount}</td></tr>`
