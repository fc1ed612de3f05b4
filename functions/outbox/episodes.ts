/** Findings against open episodes: what opens, repeats and resolves, and which of it is told. */

import type { Episode, Finding, Severity, Transition, Words } from '../domain/alerts.ts'
import { type AccountId, alertKey } from '../domain/keys.ts'
import { formatForPeople } from '../domain/money.ts'
import type { Standing } from '../domain/standing.ts'
import { DAY_MS, formatInstant, formatInZone, formatSpan, type Instant } from '../domain/time.ts'
import { escalationOf, type Firing, repeatOf } from './reminders.ts'
import { OUTBOX_RULE, type PlanRoute } from './route.ts'

/** A resolved episode is kept this long for its disarming. */
const RESOLVED_KEPT_MS = 60 * DAY_MS
/** A notice is kept while its rule still finds it, so that it stays told, and at least this long. */
const TOLD_KEPT_MS = 8 * DAY_MS
const SEVERITY_RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 }

/** A rule's findings at one evaluation. */
export type Judged = {
  readonly rule: string
  readonly aboutCredit: boolean
  readonly notice: boolean
  /** Rules whose open episodes keep this one's reminders back. */
  readonly quietedBy?: readonly string[]
  readonly findings: readonly Finding[]
}

/** Operators' answers, by alert key. */
export type Answers = {
  readonly acknowledged: ReadonlyMap<string, { readonly by: string; readonly until?: Instant }>
  readonly snoozed: ReadonlyMap<string, Instant>
}

export type EpisodeInputs = {
  readonly account: AccountId
  readonly standing: Standing
  readonly judged: readonly Judged[]
  readonly episodes: readonly Episode[]
  readonly answers: Answers
  readonly now: Instant
  /** Who is reminded, and how often; absent: nobody, at the intervals of the severities. */
  readonly routes?: readonly PlanRoute[]
  /** Channels through which nothing gets at present. */
  readonly failing?: readonly string[]
}

type Step = {
  readonly episode: Episode
  readonly finding: Finding | undefined
  readonly transition?: Omit<Transition, 'tell'>
}

/** Judges every rule once. At most one transition per rule is told; it names the worst level and mentions other subjects. */
export const nextEpisodes = (
  inputs: EpisodeInputs,
): { readonly episodes: readonly Episode[]; readonly transitions: readonly Transition[] } => {
  const rules = new Set(inputs.judged.map(({ rule }) => rule))
  const untouched = inputs.episodes.filter(({ rule }) => !rules.has(rule))
  const byRule = Map.groupBy(inputs.episodes, ({ rule }) => rule)
  const results = inputs.judged
    .filter(({ rule, findings }) => byRule.has(rule) || findings.some(({ state }) => state === 'holds'))
    .map((judged) => judgeRule(inputs, judged, byRule))
  return {
    episodes: [...untouched, ...results.flatMap((result) => result.episodes)],
    transitions: results.flatMap((result) => result.transitions),
  }
}

const judgeRule = (
  inputs: EpisodeInputs,
  judged: Judged,
  byRule: ReadonlyMap<string, readonly Episode[]>,
): { readonly episodes: readonly Episode[]; readonly transitions: readonly Transition[] } => {
  const mine = (byRule.get(judged.rule) ?? []).map((episode) => answered(episode, inputs.answers))
  const opened = judged.findings
    .map((finding) => openStep(inputs, judged, finding, mine))
    .filter((step) => step !== undefined)
  const kept = mine.filter((old) => !opened.some(({ episode }) => isSame(episode, old)))
  const steps = [...kept.map((episode) => keepStep(inputs, judged, episode)), ...opened]
  const changed = steps.filter((step) => step.transition !== undefined)
  const voiced = changed.length > 0 ? voice(changed) : isQuieted(judged, byRule) ? undefined : remind(inputs, steps)
  const episodes = steps
    .filter((step) => step.finding !== undefined || isKept(step.episode, inputs.now))
    .map(({ episode }) => voiced?.spoken.get(episode.key) ?? episode)
  return { episodes, transitions: voiced?.transitions ?? [] }
}

/** Judged by what was open before: a worse alert that opens in this very evaluation quiets from the next one on. */
const isQuieted = ({ quietedBy = [] }: Judged, byRule: ReadonlyMap<string, readonly Episode[]>): boolean =>
  quietedBy.some((rule) => byRule.get(rule)?.some(({ status }) => status === 'firing'))

type Subject = { readonly scope: string; readonly level: string }
const isSame = (a: Subject, b: Subject): boolean => a.scope === b.scope && a.level === b.level

const answered = (episode: Episode, answers: Answers): Episode => {
  const ack = answers.acknowledged.get(episode.key)
  const snoozedUntil = Math.max(answers.snoozed.get(episode.key) ?? 0, ack?.until ?? 0)
  if (!ack && snoozedUntil === 0) return episode
  return {
    ...episode,
    ...(ack && ack.until === undefined ? { ackedBy: ack.by } : {}),
    ...(snoozedUntil > 0 ? { snoozedUntil } : {}),
  }
}

/** Opens an episode for a level that holds, is armed and is not open. */
const openStep = (
  { account, standing, now, failing = [] }: EpisodeInputs,
  judged: Judged,
  finding: Finding,
  mine: readonly Episode[],
): Step | undefined => {
  if (finding.state !== 'holds') return undefined
  const last = mine.find((episode) => isSame(episode, finding))
  const isNotice = judged.notice || finding.notice === true
  if (last?.status === 'firing' || (isNotice && last)) return undefined
  if (last?.disarmedAtGrants !== undefined && standing.grantsStarted <= last.disarmedAtGrants) return undefined
  const episode: Episode = {
    key: alertKey(account, judged.rule, finding.scope, finding.level, formatInstant(now)),
    rule: judged.rule,
    scope: finding.scope,
    level: finding.level,
    severity: finding.severity,
    rank: finding.rank,
    status: isNotice ? 'told' : 'firing',
    title: finding.words.title,
    openedAt: now,
    sentAt: now,
    repeats: 0,
    grantsAtOpen: standing.grantsStarted,
    grantsSeen: standing.grantsStarted,
    correctionsAtOpen: standing.corrections.toString(),
    ...(isRerouted(judged, finding) && failing.length > 0 && { without: failing }),
  }
  return { episode, finding, transition: { at: now, step: 'firing', episode, words: finding.words } }
}

/** What others are told in the place of a channel that fails. */
const isRerouted = ({ rule }: Judged, { severity }: Finding): boolean => severity === 'critical' || rule === OUTBOX_RULE

/** Resolves an open episode whose level is clear, lifted by a grant, or no longer spoken of. */
const keepStep = (inputs: EpisodeInputs, judged: Judged, episode: Episode): Step => {
  const finding = judged.findings.find((found) => isSame(found, episode))
  if (episode.status !== 'firing') return { episode, finding }
  const { standing, now } = inputs
  const granted = standing.grantsStarted > episode.grantsSeen
  const corrections = standing.corrections.toString()
  const lifted = finding?.state === 'between' && judged.aboutCredit && granted
  if (finding && finding.state !== 'clear' && !lifted) {
    return { episode: { ...episode, grantsSeen: standing.grantsStarted, correctionsSeen: corrections }, finding }
  }
  // Only what came with the end can have caused it: a cent corrected days ago must not silence the next alert.
  const corrected = corrections !== (episode.correctionsSeen ?? episode.correctionsAtOpen)
  const resolved: Episode = {
    ...episode,
    status: 'resolved',
    resolvedAt: now,
    ...(judged.aboutCredit && corrected && !granted ? { disarmedAtGrants: standing.grantsStarted } : {}),
  }
  const words = resolvedWords(resolved, standing, now, finding?.state === 'clear' ? finding.words.title : undefined)
  return {
    episode: resolved,
    finding,
    transition: { at: now, step: 'resolved', episode: resolved, words, lastedMs: now - episode.openedAt },
  }
}

/** Good news in the same shape: what it was, how long it lasted, how things stand now. */
const resolvedWords = (episode: Episode, standing: Standing, now: Instant, clear: string | undefined): Words => {
  const { account, balance } = standing
  const since = formatInZone(episode.openedAt, account.timeZone)
  const figure = formatForPeople(balance.value, account.currency, account.locale)
  return {
    title: clear ?? episode.title,
    summary: `This alert was open since ${since} and ended after ${formatSpan(now - episode.openedAt)}. ${account.name} now stands at ${figure}.`,
    figure,
    arithmetic: [`opened ${since}`, `resolved ${formatInZone(now, account.timeZone)}`],
    next: [{ label: 'Nothing to do', who: 'everyone' }],
  }
}

type Voiced = { readonly transitions: readonly Transition[]; readonly spoken: ReadonlyMap<string, Episode> }

const isWorse = (a: Step, b: Step): boolean => {
  const [one, two] = [weight(a), weight(b)]
  return one[0] === two[0] ? (one[1] === two[1] ? a.episode.key < b.episode.key : one[1] > two[1]) : one[0] > two[0]
}
const weight = (step: Step): readonly [number, number] => [
  SEVERITY_RANK[step.episode.severity],
  step.finding?.rank ?? step.episode.rank ?? 0,
]
const worst = <One extends Step>(steps: readonly One[]): One | undefined =>
  steps.reduce<One | undefined>((a, b) => (a && !isWorse(b, a) ? a : b), undefined)

/** Every opening and resolution is recorded; the worst opening, else the worst resolution, speaks for the rule. */
const voice = (changed: readonly Step[]): Voiced => {
  const opened = changed.filter(({ transition }) => transition?.step === 'firing')
  const speakers = opened.length > 0 ? opened : changed
  const speaker = worst(speakers)
  const others = speakers
    .filter((step) => step.episode.scope !== speaker?.episode.scope)
    .map(({ episode }) => episode.title)
  const transitions = changed.flatMap((step): readonly Transition[] => {
    if (!step.transition) return []
    const tell = step === speaker
    return [{ ...step.transition, tell, words: tell ? mention(step.transition.words, others) : step.transition.words }]
  })
  return { transitions, spoken: new Map() }
}

/** Other subjects of the same rule share the message, so that none goes untold. */
const mention = (words: Words, others: readonly string[]): Words =>
  others.length === 0 ? words : { ...words, summary: `${words.summary} Also: ${[...new Set(others)].join('; ')}.` }

/** The worst open level is handed on where nobody has answered, or told again where its interval has passed. */
const remind = (inputs: EpisodeInputs, steps: readonly Step[]): Voiced | undefined => {
  const firing = steps.filter(isFiring)
  const speaker = worst(firing)
  if (!speaker) return undefined
  const { standing, routes = [], now } = inputs
  const reminding = { account: standing.account, routes, now, speaker, firing }
  const reminder = escalationOf(reminding) ?? repeatOf(reminding)
  return reminder && { transitions: [reminder.transition], spoken: reminder.spoken }
}

const isFiring = (step: Step): step is Step & Firing =>
  step.episode.status === 'firing' && step.finding !== undefined && !step.finding.once

const isKept = (episode: Episode, now: Instant): boolean => {
  if (episode.status === 'firing') return true
  if (episode.status === 'told') return now - episode.openedAt < TOLD_KEPT_MS
  return episode.disarmedAtGrants !== undefined || now - (episode.resolvedAt ?? 0) < RESOLVED_KEPT_MS
}
