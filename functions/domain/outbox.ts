/** How the outbox stands: what does not get through, as far as a bounded look at it can tell. */

import type { AlertKey } from './keys.ts'
import type { Instant } from './time.ts'

/** What one channel did not deliver of one account. */
export type ChannelTrouble = {
  readonly channel: string
  /** Given up within the last days, and not redriven. */
  readonly dead: number
  /** Due and not through yet, on a channel that fails. */
  readonly waiting: number
  /** When the oldest of them began to be tried. */
  readonly since: Instant
  /** Why the latest of them failed; empty where nobody said. */
  readonly note: string
  /** Titles of the latest, each once; at most a few. */
  readonly titles: readonly string[]
}

/** A critical alert that no channel has delivered. */
export type Unheard = {
  readonly alertKey: AlertKey
  readonly title: string
  readonly figure: string
  readonly since: Instant
}

export type OutboxHealth = {
  /** When the oldest delivery that is overdue fell due, whatever its account; absent where none is. */
  readonly oldestDueAt?: Instant
  /** Channels through which nothing gets at present, whatever the account. */
  readonly failing: readonly string[]
  readonly troubles: readonly ChannelTrouble[]
  readonly unheard: readonly Unheard[]
}
