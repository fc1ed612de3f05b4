/** What a route carries, and when and how it tells it. */

import type { Episode, Severity } from '../domain/alerts.ts'
import type { AccountId } from '../domain/keys.ts'
import type { AccountSettings } from '../domain/standing.ts'
import type { Weekday } from '../domain/wall-clock.ts'

/** A span of the day, in minutes since midnight; it may reach into the next day. Days are those it begins on. */
export type QuietHours = {
  readonly fromMinute: number
  readonly toMinute: number
  /** IANA zone; absent: the account's. */
  readonly timeZone?: string
  /** Absent: every day. */
  readonly days?: readonly Weekday[]
}

/** When collected alerts are told as one, in the account's zone. */
export type DigestTime =
  | { readonly every: 'daily'; readonly atMinute: number }
  | { readonly every: 'weekly'; readonly on: Weekday; readonly atMinute: number }

export type PlanRoute = {
  readonly when: {
    readonly severity?: readonly Severity[]
    readonly rule?: readonly string[]
    readonly account?: readonly AccountId[]
    readonly project?: readonly string[]
  }
  readonly to: readonly string[]
  readonly quiet?: QuietHours
  /** How long a firing alert waits before this route tells it again; absent: as its severity has it. */
  readonly repeatMs?: number
  /** Critical alerts never wait for it. */
  readonly digest?: DigestTime
  readonly escalate?: { readonly afterMs: number; readonly to: readonly string[] }
}

/** The rule that tells what the outbox could not deliver. */
export const OUTBOX_RULE = 'delivery-failed'

type Subject = Pick<Episode, 'severity' | 'rule' | 'scope'>

/** Whether the route is for this alert of this account at all. */
export const carries = ({ when }: PlanRoute, account: AccountSettings, episode: Subject): boolean =>
  (when.severity?.includes(episode.severity) ?? true) &&
  (when.rule?.includes(episode.rule) ?? true) &&
  (when.account?.includes(account.id) ?? true) &&
  (when.project?.some((project) => projectsOf(account, episode).includes(project)) ?? true)

/** An alert about one project of the account is of that one alone; every other alert is of all of them. */
const projectsOf = ({ projects }: AccountSettings, { scope }: Subject): readonly string[] => {
  const own = projects.find((project) => scope === project || scope === `projects/${project}`)
  return own === undefined ? projects : [own]
}

/** Whether the route keeps this alert for its digest. What tells that alerts do not arrive must not wait like them. */
export const isDigested = ({ digest }: PlanRoute, { severity, rule }: Subject): boolean =>
  digest !== undefined && severity !== 'critical' && rule !== OUTBOX_RULE

/** The routes that tell the alert itself. */
export const tellers = (
  routes: readonly PlanRoute[],
  account: AccountSettings,
  episode: Subject,
): readonly PlanRoute[] => routes.filter((route) => carries(route, account, episode) && !isDigested(route, episode))
