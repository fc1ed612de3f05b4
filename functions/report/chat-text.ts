/** The short lines every chat channel shows; each channel adds only its own frame and escaping. */

import type { Message } from '../domain/alerts.ts'
import { type AnswerView, type MessageView, type StepView, type Tone, viewOf } from './message-view.ts'

export type ChatText = {
  readonly tone: Tone
  /** One line for the notification. */
  readonly headline: string
  readonly title: string
  readonly figure: string
  readonly why: string
  /** Named short paragraphs, in the order of telling. */
  readonly parts: readonly { readonly heading: string; readonly lines: readonly string[] }[]
  readonly steps: readonly StepView[]
  /** Links that answer the alert; empty where there are none. */
  readonly answers: readonly AnswerView[]
  readonly footer: string
}

/** Pure. All lines are plain and short, but still to be escaped for the channel. */
export const chatText = (message: Message): ChatText => {
  const view = viewOf(message)
  const { tone, headline, title, figure, why, steps, answers } = view
  return { tone, headline, title, figure, why, parts: partsOf(view), steps, answers, footer: footerOf(view) }
}

/**
 * Takes the meaning out of the markup that Slack and Google Chat share and cannot escape: emphasis marks become
 * look-alikes, angle brackets become single guillemets, the bar of a link one of mathematics. An underscore inside a word has no meaning and stays.
 */
export const withoutMarkup = (text: string): string =>
  text.replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, 'ˍ').replace(/[*~`<>|]/g, (char) => LOOK_ALIKES[char] ?? ' ')

const LOOK_ALIKES: Readonly<Record<string, string>> = { '*': '∗', '~': '∼', '`': 'ˋ', '<': '‹', '>': '›', '|': '∣' }

const partsOf = (view: MessageView): ChatText['parts'] =>
  [
    { heading: 'What stops, and when', lines: view.stops === undefined ? [] : [view.stops] },
    { heading: view.arithmeticHeading, lines: view.arithmetic },
    { heading: view.projectsHeading, lines: projectLines(view) },
  ].filter(({ lines }) => lines.length > 0)

const projectLines = ({ projects, moreProjects }: MessageView): readonly string[] => {
  const names = projects.join(', ')
  if (names === '') return []
  return [moreProjects > 0 ? `${names} and ${moreProjects} more` : names]
}

const footerOf = ({ context, acknowledge }: MessageView): string =>
  acknowledge === undefined ? context : `${context} · Seen it? ${acknowledge}`
