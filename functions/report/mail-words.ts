/** How a mail arranges the words of a view: what the list of mails shows, what a button can hold, what stays on one line. */

import { html, type Markup } from './html.ts'
import type { MessageView, StepView } from './message-view.ts'
import { cut } from './plain.ts'

/** What a phone's list shows behind the subject, and a little more. */
const PREHEADER_MAX = 200
/** A button of one line on a phone. */
const BUTTON_MAX = 34

/** Adds to the subject instead of saying it again: what stops and when, then why. */
export const preheader = ({ stops, why }: MessageView): string => cut(`${stops ?? ''} ${why}`.trim(), PREHEADER_MAX)

/** The first sentence and the rest; a sentence ends before a capital, so that no amount and no file name ends one. */
export const firstSentence = (text: string): readonly [first: string, rest: string] => {
  const end = /[.?!] (?=[\p{Lu}\p{N}“])/u.exec(text)
  return end ? [text.slice(0, end.index + 1), text.slice(end.index + 2)] : [text, '']
}

/** The first step that leads somewhere, in as many words as a button holds; the list of steps says the rest. */
export const primaryStep = ({ steps }: MessageView): StepView | undefined => {
  const step = steps.find(({ url }) => url !== undefined)
  return step && { ...step, label: buttonLabel(step.label) }
}

/** Up to the first place where a sentence can end, if that leaves enough to say what the button does. */
const buttonLabel = (label: string): string => {
  if (label.length <= BUTTON_MAX) return label
  return /^.{12,}?(?=[,:;] | \(| and | on the | that | which )/.exec(label)?.[0] ?? label
}

const AMOUNT = /^[-−]?\d[\d.,'’\u00a0\u202f]*(?= |$)/

/** The number that matters, and its unit and whatever follows; all of it is words where it begins with no number. */
export const figureParts = (figure: string): { readonly amount: string; readonly words: string } => {
  const amount = AMOUNT.exec(figure)?.[0] ?? ''
  return { amount: amount.trim(), words: figure.slice(amount.length).trim() }
}

/** A date, a time with its zone, or a number with its unit. */
const UNBROKEN =
  /(\d{4}-\d{2}-\d{2}|\d{2}:\d{2} [A-Z][A-Za-z0-9+:-]{1,9}|\d[\d.,'’\u00a0\u202f]* (?:[A-Z]{3}|h|d|min)\b)/

/** Text whose dates and amounts stay on one line each. */
export const unbroken = (text: string): readonly Markup[] =>
  text
    .split(UNBROKEN)
    .map((part, index) => (index % 2 === 0 ? html`${part}` : html`<span style="white-space:nowrap">${part}</span>`))
