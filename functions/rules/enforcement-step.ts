/** Drawdown stopped a project, tried to, rehearsed it, or was armed to do it: what, why, by whom, and how to undo it. */

import type { Finding, NextStep, Severity, Words } from '../domain/alerts.ts'
import { type Arm, type Enforcement, type EnforceStep, IN_FLIGHT_MS } from '../domain/enforcement.ts'
import { GEMINI_API } from '../domain/gemini.ts'
import type { Standing } from '../domain/standing.ts'
import { DAY_MS, type Instant } from '../domain/time.ts'
import { linkSteps, projectUrl, shellWord } from './billing-steps.ts'
import type { Rule } from './rule.ts'
import { BILLING_ADMIN, ON_CALL } from './steps.ts'
import { clip, clockTime, headline, shortName, single } from './words.ts'

/** What happened before is in the record. */
const NEWS_MS = 7 * DAY_MS
/** A note of Google's may be long; the record has it whole. */
const NOTE_MAX = 300

/** A notice: told once for each arming, and for each way a step ended for an alert while that arming held. */
export const enforcementStep: Rule = {
  name: 'enforcement-step',
  aboutCredit: false,
  notice: true,
  evaluate: (standing, { now }) => {
    const { enforcement } = standing
    const isNews = ({ at }: { readonly at: Instant }): boolean => now - at <= NEWS_MS
    const record = enforcement?.record ?? []
    const ends = new Map(
      record
        .filter((entry) => isNews(entry) && (entry.phase !== 'begun' || isLost(record, entry, now)))
        .map((entry) => [scopeOf(entry), entry] as const),
    )
    return [
      ...(enforcement?.arms ?? []).filter(isNews).map((arm) => armedFinding(standing, arm)),
      ...[...ends].map(([scope, entry]) => single(severityOf(entry), () => wordsOf(standing, entry), scope)),
    ]
  },
}

const scopeOf = ({ projectId, step, mode, phase, alertKey, armedAt }: Enforcement): string =>
  [projectId, step, mode, phase, alertKey, ...(armedAt === undefined ? [] : [armedAt])].join(' ')

/** Whoever began it told no end, and nobody has begun again: part of it may have happened. */
const isLost = (record: readonly Enforcement[], begun: Enforcement, now: Instant): boolean =>
  begun.mode === 'act' &&
  now - begun.at >= IN_FLIGHT_MS &&
  !record.some((entry) => isSameStep(entry, begun) && (entry.attempt > begun.attempt || isEndOf(entry, begun)))

const isSameStep = (a: Enforcement, b: Enforcement): boolean =>
  a.alertKey === b.alertKey && a.projectId === b.projectId && a.step === b.step && a.mode === b.mode

const isEndOf = (entry: Enforcement, { attempt }: Enforcement): boolean =>
  entry.attempt === attempt && entry.phase !== 'begun'

/** What really happened, or could not, is critical; what was rehearsed or undone is to be read in time. */
const severityOf = ({ mode, phase }: Enforcement): Severity =>
  mode === 'act' && phase !== 'undone' ? 'critical' : 'warning'

const armedFinding = (standing: Standing, arm: Omit<Arm, 'kind'>): Finding =>
  single('warning', () => armedWords(standing, arm), [arm.projectId, 'armed', arm.at, arm.until, arm.by].join(' '))

const armedWords = (standing: Standing, { projectId, by, at, until }: Omit<Arm, 'kind'>): Words => ({
  title: headline(`${clip(by, 30)} armed enforcement for project ${shortName(projectId)}`),
  summary: `Until ${clockTime(standing, until)} Drawdown may stop project ${projectId} of ${standing.account.name} when an alert of the configuration asks for it, if enforce.armed is true there and the function is deployed.`,
  figure: `until ${clockTime(standing, until)}`,
  arithmetic: [`armed by ${by} at ${clockTime(standing, at)}`],
  next: [disarmStep(projectId)],
})

const disarmStep = (projectId: string): NextStep => ({
  label: `If you did not expect this, take it back: npx drawdown enforce disarm ${shellWord(projectId)}`,
  who: ON_CALL,
})

const WHAT: Readonly<Record<EnforceStep, string>> = {
  'restrict-keys': 'the Gemini API keys',
  'disable-api': 'the Gemini API',
  'unlink-billing': 'billing',
}

const wordsOf = (standing: Standing, entry: Enforcement): Words => ({
  title: headline(titleOf(entry)),
  summary: `${clip(entry.phase === 'begun' ? LOST : entry.note, NOTE_MAX).replace(/^./, (first) => first.toUpperCase())}. The alert that asked for it: ${clip(entry.because, 140)}.`,
  figure: `${entry.projectId}: ${entry.step}`,
  ...(isDone(entry) && { stops: STOPS[entry.step](entry.projectId) }),
  arithmetic: [
    `step ${entry.step}, ${entry.mode === 'act' ? 'for real' : 'rehearsed'}, attempt ${entry.attempt}: ${entry.phase}`,
    `by ${entry.by} at ${clockTime(standing, entry.at)}${entry.armedBy === undefined ? '' : `, armed by ${entry.armedBy}`}`,
    `alert ${entry.alertKey} of rule ${entry.rule}`,
    entry.before === undefined ? 'what it was billed to is not known' : `billed to ${entry.before} before`,
  ],
  next: nextOf(standing, entry),
})

const LOST =
  'it was begun, and whoever did it told no end: it may be done, in part or not at all; it is tried again, six times at most'

const isDone = ({ mode, phase }: Enforcement): boolean => mode === 'act' && phase === 'done'

const titleOf = (entry: Enforcement): string => {
  const [project, what] = [shortName(entry.projectId), WHAT[entry.step]]
  if (entry.phase === 'undone') {
    const verb = entry.step === 'restrict-keys' ? 'are' : 'is'
    return `Undone by ${clip(entry.by, 30)}: ${what} of project ${project} ${verb} on again`
  }
  if (entry.mode === 'rehearse') {
    return entry.phase === 'done'
      ? `Rehearsal: Drawdown would turn off ${what} of project ${project}; nothing was changed`
      : `Rehearsal: Drawdown could not turn off ${what} of project ${project}`
  }
  if (entry.phase === 'begun')
    return `Drawdown began to turn off ${what} of project ${project}, and nobody knows what came of it`
  return entry.phase === 'done'
    ? `Drawdown turned off ${what} of project ${project}`
    : `Drawdown could not turn off ${what} of project ${project}: it still spends`
}

const STOPS: Readonly<Record<EnforceStep, (projectId: string) => string>> = {
  'restrict-keys': (projectId) =>
    `Gemini calls of project ${projectId} with these API keys fail within about five minutes; what uses other credentials goes on. What was in flight is still billed, and charges come in for a day or more.`,
  'disable-api': (projectId) =>
    `Every Gemini API call of project ${projectId} fails. What was in flight is still billed, and charges come in for a day or more.`,
  'unlink-billing': (projectId) =>
    `Every paid service of project ${projectId} stops, not Gemini alone, and resources without billing may be deleted. Charges so far still come in.`,
}

/** Of the Cloud console. */
const PAGE: Readonly<Record<EnforceStep, string>> = {
  'restrict-keys': 'apis/credentials',
  'disable-api': `apis/api/${GEMINI_API}`,
  'unlink-billing': 'billing/linkedaccount',
}

/** The exact way back, for what was done; otherwise what a person has to look at. */
const nextOf = (standing: Standing, entry: Enforcement): readonly NextStep[] => {
  const { projectId, step, phase } = entry
  if (isDone(entry)) return undoSteps(standing, entry)
  if (phase === 'undone')
    return [{ label: 'Check that the project serves again; this alert will not stop it a second time', who: ON_CALL }]
  if (phase === 'begun')
    return [
      {
        label: 'See what came of it, and stop it by hand if it must stop',
        who: BILLING_ADMIN,
        url: projectUrl(PAGE[step], projectId),
      },
      undoPart(projectId),
    ]
  if (entry.mode === 'rehearse' && phase === 'done') {
    const label = `If it should be stopped when this happens, arm it: npx drawdown enforce arm ${shellWord(projectId)} --for 24h`
    return [{ label, who: BILLING_ADMIN }]
  }
  return [
    { label: 'Stop it by hand, if it must stop', who: BILLING_ADMIN, url: projectUrl(PAGE[step], projectId) },
    { label: 'Mend what the summary names, then arm it again to have it tried again', who: BILLING_ADMIN },
    ...(entry.mode === 'act' && phase === 'failed' ? [undoPart(projectId)] : []),
  ]
}

/** What failed may have been done in part. */
const undoPart = (projectId: string): NextStep => ({
  label: `Undo what was done of it: npx drawdown enforce undo ${shellWord(projectId)} --yes`,
  who: BILLING_ADMIN,
})

const undoSteps = (standing: Standing, { projectId, step, before }: Enforcement): readonly NextStep[] => {
  const word = shellWord(projectId)
  const own: NextStep = { label: `Undo it: npx drawdown enforce undo ${word} --yes`, who: BILLING_ADMIN }
  const url = projectUrl(PAGE[step], projectId)
  switch (step) {
    case 'unlink-billing':
      return [own, ...linkSteps(standing, projectId, before)]
    case 'restrict-keys':
      return [own, { label: 'See what the API keys may do now', who: BILLING_ADMIN, url }]
    case 'disable-api':
      return [
        own,
        { label: `Or by command: gcloud services enable ${GEMINI_API} --project=${word}`, who: BILLING_ADMIN, url },
      ]
  }
}
