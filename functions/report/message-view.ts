/** A frozen message as every medium tells it: outside text made plain and short, the order of telling decided once. */

import type { Message, Severity } from '../domain/alerts.ts'
import { assertNever } from '../domain/errors.ts'
import { formatInZone, formatSpan } from '../domain/time.ts'
import { plain, safeLink } from './plain.ts'

/** How it feels: a resolution is good news whatever it was before. */
export type Tone = Severity | 'good'

export type StepView = { readonly label: string; readonly who: string; readonly url?: string }

/** Plain single lines, not yet escaped for any medium. */
export type MessageView = {
  readonly tone: Tone
  /** `Critical`, `Reminder · Critical · open for 4 h`, `Resolved after 3 h`. */
  readonly badge: string
  /** Subject, notification, first line: says it all. */
  readonly headline: string
  readonly title: string
  readonly figure: string
  readonly why: string
  readonly stops?: string
  readonly arithmetic: readonly string[]
  /** What those lines are. */
  readonly arithmeticHeading: string
  readonly steps: readonly StepView[]
  readonly projects: readonly string[]
  readonly moreProjects: number
  readonly projectsHeading: string
  /** Account, rule and times in one line. */
  readonly context: string
  readonly alertKey: string
  /** The command that stops the reminders; absent once there is nothing left to acknowledge. */
  readonly acknowledge?: string
}

/** Bounds that keep the fullest message under every medium's limit (Gmail clips at 102 kB, Chat refuses 32,000 bytes). */
const TITLE_MAX = 150
const FIGURE_MAX = 60
const SENTENCES_MAX = 600
const LINE_MAX = 240
const LABEL_MAX = 120
const NAME_MAX = 80
const ARITHMETIC_MAX = 12
/** A digest's lines are all it has to say: twenty, and one that counts the rest. */
const DIGEST_LINES_MAX = 21
const STEPS_MAX = 6
const PROJECTS_MAX = 12

/** Pure: the same message gives the same view, so every attempt sends the same bytes. */
export const viewOf = (message: Message): MessageView => {
  const { words, alertKey } = message
  const title = plain(words.title, TITLE_MAX)
  const key = plain(alertKey, LABEL_MAX)
  return {
    ...mood(message, title),
    title,
    figure: plain(words.figure, FIGURE_MAX),
    why: plain(words.summary, SENTENCES_MAX),
    ...(words.stops === undefined ? {} : { stops: plain(words.stops, SENTENCES_MAX) }),
    ...linesOf(message),
    steps: stepsOf(message),
    projects: message.projects.slice(0, PROJECTS_MAX).map((name) => plain(name, NAME_MAX)),
    moreProjects: Math.max(0, message.projects.length - PROJECTS_MAX),
    projectsHeading: words.stops === undefined ? 'Projects on this account' : 'Projects that share this fate',
    context: contextOf(message),
    alertKey: key,
    ...(message.step === 'resolved' || message.step === 'digest'
      ? {}
      : { acknowledge: `npx drawdown alerts ack ${key}` }),
  }
}

const linesOf = ({ step, words }: Message): Pick<MessageView, 'arithmetic' | 'arithmeticHeading'> => ({
  arithmetic: words.arithmetic
    .slice(0, step === 'digest' ? DIGEST_LINES_MAX : ARITHMETIC_MAX)
    .map((line) => plain(line, LINE_MAX)),
  arithmeticHeading: step === 'digest' ? 'What happened' : 'The arithmetic',
})

const SEVERITY_NAMES: Readonly<Record<Severity, string>> = { critical: 'Critical', warning: 'Warning', info: 'Info' }

type Mood = Pick<MessageView, 'tone' | 'badge' | 'headline'>

const mood = ({ severity, step, at, openedAt }: Message, title: string): Mood => {
  const name = SEVERITY_NAMES[severity]
  const span = formatSpan(at - openedAt)
  const badge = `Resolved after ${span}`
  switch (step) {
    case 'firing':
      return { tone: severity, badge: name, headline: `[${severity}] ${title}` }
    case 'resolved':
      return { tone: 'good', badge, headline: `${badge}: ${title}` }
    case 'repeat':
      return {
        tone: severity,
        badge: `Reminder · ${name} · open for ${span}`,
        headline: `[${severity}] Reminder, open for ${span}: ${title}`,
      }
    case 'escalation':
      return {
        tone: severity,
        badge: `Escalated · ${name} · open for ${span}, nobody has acknowledged it`,
        headline: `[${severity}] Nobody has acknowledged this for ${span}: ${title}`,
      }
    case 'digest':
      return { tone: severity, badge: 'Digest', headline: title }
    default:
      return assertNever(step)
  }
}

const stepsOf = ({ words }: Message): readonly StepView[] =>
  words.next.slice(0, STEPS_MAX).map((step) => {
    const url = safeLink(step.url)
    const said = { label: plain(step.label, LABEL_MAX), who: plain(step.who, NAME_MAX) }
    return url === undefined ? said : { ...said, url }
  })

const contextOf = (message: Message): string => {
  const at = formatInZone(message.at, message.timeZone)
  const word = message.step === 'digest' ? 'since' : 'opened'
  const since = message.step === 'firing' ? '' : `, ${word} ${formatInZone(message.openedAt, message.timeZone)}`
  const rule = message.level === '' ? message.rule : `${message.rule} ${message.level}`
  return `${plain(message.account.name, NAME_MAX)} (${message.account.id}) · ${plain(rule, NAME_MAX)} · ${at}${since}`
}
