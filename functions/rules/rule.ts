/** Contract of a rule: a standing in, one finding per level out. */

import type { Finding } from '../domain/alerts.ts'
import type { OutboxHealth } from '../domain/outbox.ts'
import type { Standing } from '../domain/standing.ts'
import type { Instant } from '../domain/time.ts'

/** What an evaluation knows beside the standing. */
export type RuleContext = {
  readonly now: Instant
  /** When this account was first evaluated: silence is counted from here if a feed never spoke. */
  readonly firstSeenAt: Instant
  /** Inputs quarantined on arrival that were not told yet, by reason and UTC day. */
  readonly rejected: readonly {
    readonly reason: string
    readonly day: string
    readonly count: number
    readonly example: string
  }[]
  /** How the outbox stood when the schedule last looked; absent before. */
  readonly outbox?: OutboxHealth
}

export type Rule = {
  /** Stable: part of routes, alert keys and the JSON API. */
  readonly name: string
  /** Credit rules stay disarmed after a resolution that no grant caused; others re-arm when their condition clears. */
  readonly aboutCredit: boolean
  /** A notice is told once per scope and level and never resolves. */
  readonly notice?: true
  /** Rules that say the same and worse: while one of them is open, this one's reminders are kept back, its news never. */
  readonly quietedBy?: readonly string[]
  /** Pure. Levels that do not apply are left out: an open episode of such a level resolves. */
  readonly evaluate: (standing: Standing, context: RuleContext) => readonly Finding[]
}
