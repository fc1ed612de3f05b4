/** A frozen message as every medium tells it: outside text made plain and short, the order of telling decided once. */

import type { AnswerUrls, Message, Severity } from '../domain/alerts.ts'
import { assertNever } from '../domain/errors.ts'
import { formatForPeople, parseNanos } from '../domain/money.ts'
import { formatInZone, formatSpan } from '../domain/time.ts'
import { ownLink, plain, safeLink } from './plain.ts'

/** How it feels: a resolution is good news whatever it was before. */
export type Tone = Severity | 'good'

export type StepView = { readonly label: string; readonly who: string; readonly url?: string }

/** A button or link that answers the alert: it leads to a page that asks once more. */
export type AnswerView = { readonly label: string; readonly url: string }

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
  /** `my-app: 2.78 USD a day` where usage tells, else the name; who burns most comes first. */
  readonly projects: readonly string[]
  readonly moreProjects: number
  readonly projectsHeading: string
  /** Account, rule and times in one line. */
  readonly context: string
  readonly alertKey: string
  /** Acknowledge, then snooze; empty where nothing is to be answered or no links are configured. */
  readonly answers: readonly AnswerView[]
  /** The command that stops the reminders, where no link does; absent where there are none. */
  readonly acknowledge?: string
}

/** Bounds that keep the fullest message under every medium's limit (Gmail clips at 102 kB, Chat refuses 32,000 bytes). */
const TITLE_MAX = 150
const FIGURE_MAX = 60
const SENTENCES_MAX = 600
const LINE_MAX = 240
const LABEL_MAX = 240
const KEY_MAX = 80
const NAME_MAX = 80
const ARITHMETIC_MAX = 20
/** A digest's lines are all it has to say: twenty, and one that counts the rest. */
const DIGEST_LINES_MAX = 21
const STEPS_MAX = 6
const PROJECTS_MAX = 12

/** Older mail programs show them in a subject as signs of their own. */
const NO_BREAK_SPACES = /[\u00A0\u202F]/g

/** Pure: the same message gives the same view, so every attempt sends the same bytes. */
export const viewOf = (message: Message): MessageView => {
  const { words, alertKey } = message
  const title = plain(words.title, TITLE_MAX)
  const subject = title.replace(NO_BREAK_SPACES, ' ')
  const key = plain(alertKey, KEY_MAX)
  const answers = answerViews(message.links)
  return {
    ...mood(message, subject),
    title,
    figure: plain(words.figure, FIGURE_MAX),
    why: plain(words.summary, SENTENCES_MAX),
    ...(words.stops === undefined ? {} : { stops: plain(words.stops, SENTENCES_MAX) }),
    ...linesOf(message),
    steps: stepsOf(message),
    ...projectsOf(message),
    context: contextOf(message),
    alertKey: key,
    answers,
    ...(isRepeated(message) && answers.length === 0 ? { acknowledge: `npx drawdown alerts ack ${key}` } : {}),
  }
}

/** Good news, infos and digests are told once: there are no reminders to stop. */
const isRepeated = ({ step, severity }: Message): boolean =>
  step !== 'resolved' && step !== 'digest' && severity !== 'info'

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

/** The links as buttons, in the order people want them; empty for none. */
export const answerViews = (links: AnswerUrls | undefined): readonly AnswerView[] =>
  [
    { label: 'Acknowledge', url: ownLink(links?.acknowledge) },
    { label: 'Snooze', url: ownLink(links?.snooze) },
  ].flatMap(({ label, url }) => (url === undefined ? [] : [{ label, url }]))

/** All projects of an account share its credit, its tier and its caps, whatever the alert is about. */
const projectsOf = (message: Message): Pick<MessageView, 'projects' | 'moreProjects' | 'projectsHeading'> => {
  const { projects, burnByProject = [], currencyCode, locale } = message
  const burners = burnByProject.map(({ projectId, perDay }) => {
    const amount = parseNanos(perDay) ?? 0n
    return `${plain(projectId, NAME_MAX)}: ${formatForPeople(amount, currencyCode, locale)} a day`
  })
  const known = new Set(burnByProject.map(({ projectId }) => projectId))
  const others = projects.filter((name) => !known.has(name)).map((name) => plain(name, NAME_MAX))
  const all = [...burners, ...others]
  return {
    projects: all.slice(0, PROJECTS_MAX),
    moreProjects: Math.max(0, all.length - PROJECTS_MAX),
    projectsHeading: burners.length > 0 ? 'Who shares this account, and burns how much' : 'Who shares this account',
  }
}

const contextOf = (message: Message): string => {
  const at = formatInZone(message.at, message.timeZone)
  const word = message.step === 'digest' ? 'since' : 'opened'
  const since = message.step === 'firing' ? '' : `, ${word} ${formatInZone(message.openedAt, message.timeZone)}`
  const rule = message.level === '' ? message.rule : `${message.rule} ${message.level}`
  return `${plain(message.account.name, NAME_MAX)} (${message.account.id}) · ${plain(rule, NAME_MAX)} · ${at}${since}`
}
