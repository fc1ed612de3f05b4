/** An open alert that nobody answered: told again at each route's own interval, or handed on to somebody else. */

import type { Episode, Finding, Severity, Transition } from '../domain/alerts.ts'
import type { AccountSettings } from '../domain/standing.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../domain/time.ts'
import { heldUntil } from './quiet.ts'
import { type PlanRoute, tellers } from './route.ts'

/** How long a firing alert waits before it is told again, unless its route says otherwise; info never is. */
const REPEAT_MS: Readonly<Record<Severity, number>> = {
  info: Number.POSITIVE_INFINITY,
  warning: DAY_MS,
  critical: 4 * HOUR_MS,
}

export type Firing = { readonly episode: Episode; readonly finding: Finding }

export type Reminding = {
  readonly account: AccountSettings
  readonly routes: readonly PlanRoute[]
  readonly now: Instant
  /** The worst of `firing`: it speaks for the rule. */
  readonly speaker: Firing
  /** Every open episode of the rule. */
  readonly firing: readonly Firing[]
}

/** What is told, and what the rule's episodes remember of it, by key. */
export type Reminder = { readonly transition: Transition; readonly spoken: ReadonlyMap<string, Episode> }

const isAnswered = ({ ackedBy, snoozedUntil = 0 }: Episode, now: Instant): boolean =>
  ackedBy !== undefined || snoozedUntil > now

/** Hands the alert on, once per channel and episode, where a route asks for it and its time has come. */
export const escalationOf = (reminding: Reminding): Reminder | undefined => {
  const { speaker, now } = reminding
  const to = isAnswered(speaker.episode, now) ? [] : escalatingTo(reminding)
  if (to.length === 0) return undefined
  return said(reminding, { step: 'escalation', to }, (episode) => ({
    ...episode,
    escalatedTo: [...new Set([...(episode.escalatedTo ?? []), ...to])],
  }))
}

/** Counted from when people could know of it: after quiet hours, and after the end of a snooze. */
const escalatingTo = ({ account, routes, now, speaker: { episode } }: Reminding): readonly string[] => {
  const due = tellers(routes, account, episode).flatMap((route) => {
    if (!route.escalate || heldUntil(route, account, episode.severity, now) > now) return []
    const knownAt = heldUntil(route, account, episode.severity, episode.openedAt)
    const isDue = now - Math.max(knownAt, episode.snoozedUntil ?? knownAt) >= route.escalate.afterMs
    return isDue ? route.escalate.to : []
  })
  return [...new Set(due)].filter((channel) => !episode.escalatedTo?.includes(channel))
}

/** Tells the alert again on the channels whose interval has passed, while nobody has answered. */
export const repeatOf = (reminding: Reminding): Reminder | undefined => {
  const { account, routes, now, speaker } = reminding
  if (isAnswered(speaker.episode, now)) return undefined
  const telling = tellers(routes, account, speaker.episode)
  if (telling.length === 0) return unheardRepeat(reminding)
  const to = repeatingTo(reminding, telling)
  if (to.length === 0) return undefined
  const others = [...new Set(telling.flatMap((route) => route.to))].filter((channel) => !to.includes(channel))
  const toldAt = Object.fromEntries(others.map((channel) => [channel, lastToldAt(reminding, channel)]))
  return said(reminding, { step: 'repeat', to }, (episode) => repeated(episode, now, toldAt))
}

/** Where no route tells it, it is repeated all the same: for the record, as its severity has it. */
const unheardRepeat = (reminding: Reminding): Reminder | undefined => {
  const { now, speaker, firing } = reminding
  const lastSaid = Math.max(...firing.map(({ episode }) => episode.sentAt))
  if (now - lastSaid < REPEAT_MS[speaker.episode.severity]) return undefined
  return said(reminding, { step: 'repeat' }, (episode) => repeated(episode, now, {}))
}

const repeatingTo = (reminding: Reminding, telling: readonly PlanRoute[]): readonly string[] => {
  const { account, now, speaker } = reminding
  const { severity } = speaker.episode
  const due = telling.flatMap((route) => {
    if (heldUntil(route, account, severity, now) > now) return []
    const intervalMs = route.repeatMs ?? REPEAT_MS[severity]
    const knownAt = (channel: string) => heldUntil(route, account, severity, lastToldAt(reminding, channel))
    return route.to.filter((channel) => now - knownAt(channel) >= intervalMs)
  })
  return [...new Set(due)]
}

/** When the channel last heard of any open level of the rule. */
const lastToldAt = ({ firing }: Reminding, channel: string): Instant =>
  Math.max(...firing.map(({ episode }) => episode.toldAt?.[channel] ?? episode.sentAt))

const repeated = ({ toldAt: _, ...episode }: Episode, sentAt: Instant, toldAt: Record<string, Instant>): Episode => ({
  ...episode,
  sentAt,
  ...(Object.keys(toldAt).length > 0 && { toldAt }),
})

/** One message for all open levels of the rule; each remembers it. */
const said = (
  { speaker, firing, now }: Reminding,
  what: Pick<Transition, 'step' | 'to'>,
  remember: (episode: Episode) => Episode,
): Reminder => {
  const spoken = new Map(firing.map(({ episode }) => [episode.key as string, remember(episode)]))
  const own = remember(speaker.episode)
  const episode = what.step === 'repeat' ? { ...own, repeats: own.repeats + 1 } : own
  spoken.set(episode.key, episode)
  return { transition: { ...what, at: now, episode, words: speaker.finding.words, tell: true }, spoken }
}
