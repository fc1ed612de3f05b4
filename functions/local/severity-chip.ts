/** How bad a message says it is, read from its own first words and shown as a chip. */

import type { Severity } from '../domain/alerts.ts'
import { html, type Markup } from '../report/html.ts'

/** Our subjects and headlines begin with `[critical]`, or with `Resolved after …`. */
const MARK = /^(?:\[(?<severity>critical|warning|info)\]\s*|(?<resolved>Resolved)\b)/
const LABELS: Readonly<Record<string, string>> = {
  critical: 'Critical',
  warning: 'Warning',
  info: 'Info',
} satisfies Record<Severity, string>

/** The severity in words and colour; nothing for a message that does not state one. */
export const severityChip = (line: string): Markup | false => {
  const { severity, resolved } = MARK.exec(line)?.groups ?? {}
  if (resolved !== undefined) return html`<span class="chip good">Resolved</span>`
  return severity !== undefined && html`<span class="chip ${severity}">${LABELS[severity]}</span>`
}

/** The line without the mark that the chip shows. */
export const withoutMark = (line: string): string => line.replace(/^\[(?:critical|warning|info)\]\s*/, '')
