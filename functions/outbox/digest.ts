/** What could wait, told as one message a day or a week: collected line by line, sent at its hour, counted where it is too much. */

import { type Delivery, SEVERITIES, type Severity, type Transition, type Words } from '../domain/alerts.ts'
import type { Digest, DigestLine } from '../domain/digests.ts'
import { alertKey, deliveryId } from '../domain/keys.ts'
import type { AccountSettings, Standing } from '../domain/standing.ts'
import { formatInstant, formatInZone, formatSpan, type Instant } from '../domain/time.ts'
import { dayIn, formatTimeOfDay, instantOf, weekdayOf } from '../domain/wall-clock.ts'
import { messageOf } from './plan.ts'
import { carries, type DigestTime, isDigested, type PlanRoute, tellers } from './route.ts'

/** Lines of a digest; more would be cut by chat channels, so they are counted instead. */
const LINES_MAX = 20
/** A line of a digest is to recognise the alert by: twenty of them must fit a chat message. */
const TITLE_MAX = 90
const WEEK_DAYS = 7
/** In the place of a rule's name. */
const RULE = 'digest'

export type DigestInputs = {
  readonly standing: Standing
  readonly digests: readonly Digest[]
  readonly transitions: readonly Transition[]
  readonly routes: readonly PlanRoute[]
  /** Recipients by channel name. */
  readonly recipients: Readonly<Record<string, readonly string[]>>
  readonly now: Instant
}

type Digested = { readonly digests: readonly Digest[]; readonly deliveries: readonly Delivery[] }

/** What is due is told, what is new is collected; a digest without a line is never made, so none says nothing. */
export const nextDigests = (inputs: DigestInputs): Digested => {
  const { digests, now, transitions } = inputs
  const due = digests.filter(({ dueAt }) => dueAt <= now)
  const waiting = due.length === 0 ? digests : digests.filter(({ dueAt }) => dueAt > now)
  const told = transitions.filter(({ step, tell }) => tell && (step === 'firing' || step === 'resolved'))
  return {
    digests: told.reduce((collected, transition) => collect(inputs, collected, transition), waiting),
    deliveries: due.flatMap((digest) => deliveriesOf(inputs, digest)),
  }
}

const collect = (inputs: DigestInputs, digests: readonly Digest[], transition: Transition): readonly Digest[] => {
  const { account } = inputs.standing
  const { episode } = transition
  const told = new Set(tellers(inputs.routes, account, episode).flatMap(({ to }) => to))
  const places = inputs.routes
    .filter((route) => isDigested(route, episode) && carries(route, account, episode))
    .flatMap(({ digest, to }) => to.filter((channel) => !told.has(channel)).map((channel) => ({ digest, channel })))
  return places.reduce(
    (collected, { digest, channel }) =>
      digest ? withLine(collected, account, digest, channel, transition) : collected,
    digests,
  )
}

const withLine = (
  digests: readonly Digest[],
  account: AccountSettings,
  time: DigestTime,
  channel: string,
  transition: Transition,
): readonly Digest[] => {
  const schedule = scheduleOf(time)
  const known = digests.find((digest) => digest.schedule === schedule && digest.channel === channel)
  const { at } = transition
  const digest = known ?? {
    schedule,
    channel,
    since: at,
    dueAt: dueAfter(time, account.timeZone, at),
    lines: [],
    more: 0,
  }
  const next = { ...digest, ...linesWith(digest, transition) }
  return known ? digests.map((each) => (each === known ? next : each)) : [...digests, next]
}

/** An alert that is over is one line with its beginning, where that is in the same digest. */
const linesWith = ({ lines, more }: Digest, transition: Transition): Pick<Digest, 'lines' | 'more'> => {
  const line = lineOf(transition)
  const known = lines.findIndex(({ alertKey: key }) => key === line.alertKey)
  if (known !== -1) return { lines: lines.with(known, line), more }
  return lines.length < LINES_MAX ? { lines: [...lines, line], more } : { lines, more: more + 1 }
}

const lineOf = ({ step, at, episode, words }: Transition): DigestLine => ({
  alertKey: episode.key,
  severity: episode.severity,
  title: step === 'firing' ? words.title : episode.title,
  openedAt: episode.openedAt,
  ...(step === 'resolved' && { resolvedAt: at }),
})

const scheduleOf = (time: DigestTime): string => {
  const at = formatTimeOfDay(time.atMinute)
  return time.every === 'daily' ? `daily ${at}` : `weekly ${time.on} ${at}`
}

/** The first hour of the digest after `at`, by the zone's clock. */
const dueAfter = (time: DigestTime, timeZone: string, at: Instant): Instant => {
  const today = dayIn(at, timeZone)
  const days = Array.from({ length: WEEK_DAYS + 2 }, (_, ahead) => today + ahead)
  return days
    .filter((day) => time.every === 'daily' || weekdayOf(day) === time.on)
    .map((day) => instantOf(day, time.atMinute, timeZone))
    .reduce((first, instant) => (instant > at ? Math.min(first, instant) : first), Number.POSITIVE_INFINITY)
}

/** The id names the digest's own instant: however often and however late it is planned, it is one. */
const deliveriesOf = (inputs: DigestInputs, digest: Digest): readonly Delivery[] => {
  const { standing, recipients, now } = inputs
  const { channel, schedule, dueAt, since, lines } = digest
  const account = standing.account.id
  const key = alertKey(account, RULE, `${schedule} ${channel}`, '', formatInstant(dueAt))
  const episode = { key, rule: RULE, level: '', severity: worstOf(lines), openedAt: since }
  const message = messageOf(standing, { at: now, step: 'digest', episode, words: wordsOf(standing, digest) })
  return (recipients[channel] ?? []).map((recipient) => ({
    id: deliveryId(key, 'digest', channel, recipient),
    ...{ account, channel, recipient, message, createdAt: now },
  }))
}

const worstOf = (lines: readonly DigestLine[]): Severity =>
  SEVERITIES.findLast((severity) => lines.some((line) => line.severity === severity)) ?? 'info'

const wordsOf = ({ account }: Standing, { schedule, lines, since, more }: Digest): Words => {
  const count = lines.length + more
  const alerts = `${count} ${count === 1 ? 'alert' : 'alerts'}`
  const over = lines.filter(({ resolvedAt }) => resolvedAt !== undefined).length
  const kind = schedule.startsWith('daily') ? 'Daily' : 'Weekly'
  return {
    title: `${kind} digest of ${account.name}: ${alerts}${over === 0 ? '' : `, ${over} of them over again`}`,
    summary: `These alerts could wait since ${formatInZone(since, account.timeZone)}. Critical ones were told at once and are not among them.`,
    figure: alerts,
    arithmetic: [
      ...lines.map((line) => lineText(account, line)),
      ...(more === 0 ? [] : [`and ${more} more: npx drawdown alerts list --all`]),
    ],
    next: [{ label: 'See what is open now: npx drawdown alerts list', who: 'on-call engineer' }],
  }
}

const lineText = ({ timeZone }: AccountSettings, { severity, title, openedAt, resolvedAt }: DigestLine): string => {
  const end = resolvedAt === undefined ? '' : `, over after ${formatSpan(resolvedAt - openedAt)}`
  return `${formatInZone(openedAt, timeZone)}, ${severity}: ${cut(title)}${end}`
}

const cut = (title: string): string =>
  title.length <= TITLE_MAX ? title : `${title.slice(0, TITLE_MAX - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
