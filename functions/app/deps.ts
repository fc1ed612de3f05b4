/** What the outside must provide, as one type; only the composition root fills it. */

import type { Send } from '../channels/channel.ts'
import type { Delivery } from '../domain/alerts.ts'
import type { AccountId } from '../domain/keys.ts'
import type { AccountSettings } from '../domain/standing.ts'
import type { Clock } from '../domain/time.ts'
import type { CheckpointLimits } from '../ledger/checkpoint.ts'
import type { AnswerLinks } from '../outbox/answer-link.ts'
import type { CanarySettings } from '../outbox/canary.ts'
import type { PlanRoute } from '../outbox/route.ts'
import type { Store } from '../store/store.ts'
import type { Enforcing } from './enforce.ts'
import type { Heartbeat } from './heartbeat.ts'
import type { Lanes } from './lanes.ts'
import type { LookUps } from './look-up.ts'

/** The part of a log that use cases need; entries hold ids and counts, never bodies or secrets. */
export type AppLog = {
  readonly info: (message: string, fields?: Readonly<Record<string, unknown>>) => void
  readonly warning: (message: string, fields?: Readonly<Record<string, unknown>>) => void
  readonly error: (message: string, error: unknown, fields?: Readonly<Record<string, unknown>>) => void
}

export type Deps = {
  readonly store: Store
  readonly accounts: readonly AccountSettings[]
  readonly routes: readonly PlanRoute[]
  /** Recipients by channel name, known without opening a connection. */
  readonly recipients: Readonly<Record<string, readonly string[]>>
  /** The channel's sender, opened on first use; `undefined` for a name the configuration no longer has. */
  readonly sender: (channel: string) => Promise<Send | undefined>
  readonly clock: Clock
  /** Unique ids for markers and leases. */
  readonly newId: () => string
  /** A number in [0, 1) for jitter. */
  readonly chance: () => number
  /** Called after a commit that holds deliveries; losing the call costs time, never an alert. */
  readonly announce: (account: AccountId, deliveries: readonly Delivery[]) => void
  /** Lets the process read what has arrived already, so that it joins the next commit; absent where nothing arrives meanwhile. */
  readonly breath?: () => Promise<void>
  /** What this process knows of its channels from one drain to the next; absent: each drain stands alone. */
  readonly lanes?: Lanes
  /** Waits; absent where no vendor's limit need be kept, as under a clock of its own. */
  readonly pause?: (ms: number) => Promise<void>
  /** When history is summed up; absent: as `CHECKPOINT_LIMITS` says. */
  readonly checkpoints?: CheckpointLimits
  /** Signs and reads the links that answer an alert; absent where none are configured. */
  readonly links?: AnswerLinks | undefined
  /** When a sign of life goes through every channel; absent: never. */
  readonly canary?: CanarySettings | undefined
  /** Tells the watchdog outside that a run went well; absent where nobody waits for it. */
  readonly heartbeat?: Heartbeat | undefined
  /** True once the process is to end: what takes long begins no further step. */
  readonly stopping?: () => boolean
  /** Asks Google what no message tells; absent where nobody may be asked. */
  readonly lookUps?: LookUps
  /** Stops projects, or asks the function that may; absent where the configuration allows none. */
  readonly enforcing?: Enforcing
  readonly log: AppLog
}
