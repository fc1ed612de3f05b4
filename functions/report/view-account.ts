/** One account as the dashboard tells it: what is left, how sure that is, how long it lasts, what stops, who was told. */

import type { AnswerUrls, Episode, Severity } from '../domain/alerts.ts'
import { type AlertKey, UNASSIGNED } from '../domain/keys.ts'
import { formatDecimal } from '../domain/money.ts'
import type { Standing } from '../domain/standing.ts'
import { formatInZone, formatSpan, type Instant, utcDay } from '../domain/time.ts'
import { boundsSums } from '../rules/sums.ts'
import { atZero, bare, hoursText, judgesCredit, money, whatStops } from '../rules/words.ts'
import { type AnswerView, answerViews } from './message-view.ts'
import { plain } from './plain.ts'
import { type AccountTables, tablesOf } from './view-tables.ts'

/** A state in words and the colour that goes with them. */
export type Mood = { readonly tone: Severity | 'good' | 'none'; readonly label: string }
export type Stat = { readonly label: string; readonly value: string; readonly note?: string }
export type AlertView = {
  readonly severity: Severity
  readonly title: string
  readonly since: string
  readonly key: string
  readonly handled?: string
  /** Links that answer it; absent where there is nothing to answer, or none are configured. */
  readonly answers?: readonly AnswerView[]
}

/** Fresh links for an open alert. */
export type AnswerMaker = (alertKey: AlertKey) => AnswerUrls

export type AccountView = AccountTables & {
  readonly id: string
  readonly name: string
  readonly plan: string
  readonly asOf: string
  readonly mood: Mood
  /** What to do first; only where nothing is known of credit yet. */
  readonly firstSteps: readonly { readonly text: string; readonly command: string }[]
  readonly balance?: { readonly value: string; readonly range: string; readonly sums: readonly string[] }
  readonly stats: readonly Stat[]
  readonly stops: { readonly text: string; readonly tone: 'critical' | 'none' } | undefined
  readonly alerts: readonly AlertView[]
  readonly resolved: readonly AlertView[]
  readonly chart: {
    readonly points: readonly { readonly at: Instant; readonly balance: string }[]
    readonly currencyCode: string
    readonly timeZone: string
    readonly locale?: string
    readonly levels: readonly { readonly balance: string; readonly label: string }[]
  }
}

/** A page stays readable, and small, at any number of alerts. */
const ALERTS_MAX = 30
const RESOLVED_MAX = 5
const TEXT_MAX = 240
const NAME_MAX = 80

const WORST_FIRST: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 }
/** Severities as people read them. */
export const SEVERITY_LABELS: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  warning: 'Warning',
  info: 'Info',
}
const PLAN_LABELS: Readonly<Record<Standing['plan'], string>> = {
  'gemini-prepay': 'Gemini Prepay',
  'cloud-credit': 'Cloud credit',
  postpay: 'Postpay',
}

/** Pure. Times are written in the account's zone, amounts rounded half to even to the currency's digits. */
export const accountView = (standing: Standing, episodes: readonly Episode[], answers?: AnswerMaker): AccountView => {
  const { account } = standing
  const firing = episodes.filter(({ status }) => status === 'firing').sort(byUrgency)
  const knowsBalance = judgesCredit(standing)
  return {
    ...tablesOf(standing),
    id: account.id,
    name: plain(account.name, NAME_MAX),
    plan: PLAN_LABELS[standing.plan],
    asOf: formatInZone(standing.asOf, account.timeZone),
    mood: moodOf(standing, firing),
    firstSteps: firstSteps(standing),
    ...(knowsBalance ? { balance: balanceView(standing) } : {}),
    stats: knowsBalance ? [runwayStat(standing), ...spendStats(standing)] : spendStats(standing),
    stops: account.id === UNASSIGNED ? undefined : stopsOf(standing),
    alerts: firing.slice(0, ALERTS_MAX).map((episode) => alertView(standing, episode, answers)),
    resolved: episodes
      .filter(({ status }) => status === 'resolved')
      .sort((a, b) => (b.resolvedAt ?? b.openedAt) - (a.resolvedAt ?? a.openedAt))
      .slice(0, RESOLVED_MAX)
      .map((episode) => alertView(standing, episode)),
    chart: chartOf(standing),
  }
}

/** The levels of `credit-low` are drawn in, so that the eye sees which come next. */
const chartOf = (standing: Standing): AccountView['chart'] => {
  const { account, base, history } = standing
  const text = (amount: bigint): string => formatDecimal(amount, account.currency)
  const { percent, amount } = account.thresholds
  const percents = percent.map((share) => ({
    balance: text((base * BigInt(Math.round(share * 100))) / 10_000n),
    label: `${share}%`,
  }))
  return {
    points: judgesCredit(standing) ? history.map(({ at, balance }) => ({ at, balance: text(balance) })) : [],
    currencyCode: account.currency,
    timeZone: account.timeZone,
    ...(account.locale !== undefined && { locale: account.locale }),
    levels: [...percents, ...amount.map((level) => ({ balance: text(level), label: money(standing, level) }))],
  }
}

const byUrgency = (a: Episode, b: Episode): number =>
  WORST_FIRST[a.severity] - WORST_FIRST[b.severity] || b.openedAt - a.openedAt

const moodOf = (standing: Standing, firing: readonly Episode[]): Mood => {
  const [worst] = firing
  if (worst) return { tone: worst.severity, label: openLabel(firing.length, SEVERITY_LABELS[worst.severity]) }
  if (isUnfunded(standing)) return { tone: 'none', label: 'Credit not entered yet' }
  return { tone: 'good', label: 'No open alerts' }
}

const openLabel = (count: number, worst: string): string =>
  count === 1 ? `${worst} alert open` : `${count} alerts open, worst: ${worst.toLowerCase()}`

const isUnfunded = (standing: Standing): boolean =>
  !standing.funded && standing.plan !== 'postpay' && standing.account.id !== UNASSIGNED

/** The exact commands that give a ledger its first credit; amount, name and day are examples to be replaced. */
const firstSteps = (standing: Standing): AccountView['firstSteps'] => {
  if (!isUnfunded(standing)) return []
  const { id } = standing.account
  const today = `${utcDay(standing.asOf)}T00:00:00Z`
  return [
    {
      text: 'Enter each prepayment: a name of yours for it, its amount, and the time it was made.',
      command: `npx drawdown grant add ${id} receipt-1 50.00 --effective ${today}`,
    },
    {
      text: 'Or enter the balance that AI Studio shows now.',
      command: `npx drawdown reading ${id} 41.20`,
    },
  ]
}

const balanceView = (standing: Standing): NonNullable<AccountView['balance']> => {
  const { low, value, high } = standing.balance
  const range =
    low === high ? 'No margin: the feeds are up to date' : `Between ${bare(standing, low)} and ${money(standing, high)}`
  return { value: money(standing, value), range, sums: boundsSums(standing).map((line) => plain(line, TEXT_MAX)) }
}

const runwayStat = (standing: Standing): Stat => {
  const { runway, burn } = standing
  if (burn.perDay <= 0n) return { label: 'Runway', value: 'Open-ended', note: 'nothing is being spent' }
  if (!runway) return { label: 'Runway', value: 'Not known yet', note: 'it takes 24 h of spend to tell' }
  const hours = (count: number): string => hoursText(count, standing.account.locale)
  return {
    label: 'Runway',
    value: hours(runway.p50Hours),
    note: `from ${hours(runway.p10Hours)} to ${hours(runway.p90Hours)}`,
  }
}

const spendStats = (standing: Standing): readonly Stat[] => {
  const { burn, spent, overage } = standing
  const estimated = spent.estimated === undefined ? {} : { note: `${bare(standing, spent.estimated)} by usage` }
  const burnNote = burn.coveredMs > 0 ? { note: `over the last ${formatSpan(burn.coveredMs)}` } : {}
  return [
    { label: 'Burn rate', value: `${bare(standing, burn.perDay)} a day`, ...burnNote },
    { label: 'Spent, billed', value: money(standing, spent.billed), ...estimated },
    ...(spent.corrected === undefined || spent.corrected === 0n
      ? []
      : [{ label: 'Corrected', value: money(standing, spent.corrected), note: 'from balances that were read' }]),
    ...(overage > 0n ? [{ label: 'Overage', value: money(standing, overage), note: 'charged to the card' }] : []),
  ]
}

const stopsOf = (standing: Standing): NonNullable<AccountView['stops']> => ({
  text: plain(judgesCredit(standing) ? whatStops(standing) : onceOut(standing), TEXT_MAX * 2),
  tone: judgesCredit(standing) && standing.balance.value <= 0n ? 'critical' : 'none',
})

/** Where no balance is judged, none may be said to be gone. */
const onceOut = (standing: Standing): string =>
  standing.plan === 'postpay'
    ? 'There is no credit to run out of: usage is charged to the primary payment method. Caps and tier rules still hold.'
    : `When credit reaches zero, ${atZero(standing)}.`

/** One alert in words, with what was answered to it. */
export const alertView = ({ account, asOf }: Standing, episode: Episode, answers?: AnswerMaker): AlertView => {
  const ended = episode.resolvedAt ?? asOf
  const span = `${episode.status === 'resolved' ? 'lasted' : 'open for'} ${formatSpan(ended - episode.openedAt)}`
  const handled = handledBy(episode, asOf, account.timeZone)
  return {
    severity: episode.severity,
    title: plain(episode.title, TEXT_MAX),
    since: `since ${formatInZone(episode.openedAt, account.timeZone)}, ${span}`,
    key: plain(episode.key, NAME_MAX),
    ...(handled === undefined ? {} : { handled }),
    ...(answers && isAnswerable(episode) ? { answers: answerViews(answers(episode.key)) } : {}),
  }
}

/** What is said once for information is not repeated, and who has acknowledged need not do so again. */
const isAnswerable = ({ status, severity, ackedBy }: Episode): boolean =>
  status === 'firing' && severity !== 'info' && ackedBy === undefined

const handledBy = (episode: Episode, now: Instant, timeZone: string): string | undefined => {
  const { ackedBy, ackedAt, snoozedUntil = 0, escalatedTo } = episode
  const when = ackedAt === undefined ? '' : `, ${formatInZone(ackedAt, timeZone)}`
  if (ackedBy !== undefined) return `acknowledged by ${plain(ackedBy, NAME_MAX)}${when}`
  if (snoozedUntil > now) return `snoozed until ${formatInZone(snoozedUntil, timeZone)}`
  return escalatedTo && `not acknowledged, escalated to ${plain(escalatedTo.join(', '), NAME_MAX)}`
}
