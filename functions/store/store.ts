/** Contract of a store: an account's log of commits, its state, the outbox and the quarantine. */

import type { Delivery, DeliveryState, Episode, StoredDelivery } from '../domain/alerts.ts'
import type { Digest } from '../domain/digests.ts'
import type { ReasonCode } from '../domain/errors.ts'
import type { Fact } from '../domain/facts.ts'
import type { AccountId, DeliveryId } from '../domain/keys.ts'
import type { OutboxHealth } from '../domain/outbox.ts'
import type { Instant } from '../domain/time.ts'

/** What an account remembers beside its facts; everything here was decided once and must not be derived again. */
export type AccountState = {
  readonly firstSeenAt: Instant
  /** When it was decided; absent in what the first release wrote. */
  readonly decidedAt?: Instant
  readonly episodes: readonly Episode[]
  /** Quarantined inputs by reason and UTC day that no alert has told yet. */
  readonly rejected: readonly {
    readonly reason: string
    readonly day: string
    readonly count: number
    readonly example: string
  }[]
  /** What could wait, until its digest is due; absent where no route has one. */
  readonly digests?: readonly Digest[]
  /** How the outbox stood when the schedule last looked; absent before. */
  readonly outbox?: OutboxHealth
}

/** An input that could not be read. `sample` is cut to 4 kB and holds no secret of ours. */
export type Quarantined = {
  /** Hash of the raw input: recorded once however often it arrives. */
  readonly id: string
  readonly account: AccountId
  readonly reason: ReasonCode
  readonly detail: string
  readonly sample: string
  readonly at: Instant
}

/** Part of a checkpoint: text the store does not look into, never changed once written. */
export type Page = { readonly id: string; readonly text: string }

/** What an account amounts to up to a version, so that nobody need read the log before it. */
export type Checkpoint = {
  readonly version: number
  /** Names the pages that belong to it; the store does not look into it. */
  readonly head: string
}

/** The part of an account a reader does not hold yet. */
export type AccountDelta = {
  /** 0 for an account nobody has committed to. */
  readonly version: number
  /** The latest one; present where the log may no longer reach back to the version asked for, and at version 0 if there is any. */
  readonly checkpoint?: Checkpoint
  /** Facts committed after the checkpoint, or where there is none after the version asked for; in commit order. */
  readonly facts: readonly Fact[]
  /** `undefined` at version 0. */
  readonly state: AccountState | undefined
}

/** One decision, applied whole or not at all. */
export type Commit = {
  readonly account: AccountId
  /** The version the decision was made on; the commit becomes `baseVersion + 1`. */
  readonly baseVersion: number
  /** Unique to this decision: a lost reply is read back by it, never applied twice. */
  readonly marker: string
  readonly at: Instant
  readonly facts: readonly Fact[]
  readonly state: AccountState
  readonly deliveries: readonly Delivery[]
  readonly quarantined: readonly Quarantined[]
  /** What everything up to and with this commit amounts to. Commits up to the checkpoint before it may be forgotten. */
  readonly checkpoint?: NewCheckpoint
}

export type NewCheckpoint = {
  readonly head: string
  /** New pages; an id is never used twice within an account. */
  readonly pages: readonly Page[]
  /** Ids of pages this head no longer names: they go with this commit. */
  readonly dropped: readonly string[]
}

/** `conflict`: somebody else committed first; load again and decide again. */
export type CommitResult = 'committed' | 'conflict'

export type Claim = {
  readonly now: Instant
  readonly leaseId: string
  readonly leaseMs: number
  readonly limit: number
  /** Only deliveries of this channel. */
  readonly channel?: string
  /** No deliveries of these channels. */
  readonly except?: readonly string[]
}

export type Hastening = {
  readonly channel: string
  readonly now: Instant
  /** What was tried more often keeps its own time. */
  readonly attemptsMax: number
  /** Of more than these, those that would fall due first. */
  readonly limit: number
}

export type Settlement = {
  readonly id: DeliveryId
  readonly leaseId: string
  readonly state: DeliveryState
}

export type DeliveryFilter = {
  readonly account?: AccountId
  readonly status?: DeliveryState['status']
  /** Created then or later. */
  readonly since?: Instant
  readonly limit: number
}
export type QuarantineFilter = { readonly account?: AccountId; readonly limit: number }

export interface Store {
  /** Facts after `afterVersion` and the present state; a consistent view of one version. */
  load(account: AccountId, afterVersion: number): Promise<AccountDelta>
  /** Texts of pages by id; one that was dropped since the head was read is absent: load again. */
  pages(account: AccountId, ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Facts, state, deliveries (due at once, or at `notBefore` where that is later) and quarantine in one atomic write, only on top of `baseVersion`. A repeated marker at that version is `committed`. A delivery or quarantine id that exists is left as it was. */
  commit(commit: Commit): Promise<CommitResult>
  /** Accounts with at least one commit, in order of id. */
  accounts(): Promise<readonly AccountId[]>
  /** Leases up to `limit` pending deliveries that are due and not leased, oldest due first (tie: id), of one channel or of all but some where that is asked. A lease that ran out unsettled counts as one more attempt, ambiguous: its sender vanished before it could report. */
  claim(claim: Claim): Promise<readonly StoredDelivery[]>
  /** Writes the new state if `leaseId` still holds the delivery and it is pending; false if a later holder does or it is final. Clears the lease. */
  settle(settlement: Settlement): Promise<boolean>
  /**
   * The channel works again: those of its pending deliveries that failed for its sake, wait for a later time and are not
   * leased fall due, as old as they are, so that the oldest is first. Returns how many.
   */
  hasten(hastening: Hastening): Promise<number>
  /** When the next pending delivery falls due (lease ends count), or `undefined`. */
  nextDueAt(): Promise<Instant | undefined>
  /** Pending deliveries, leased or not, oldest due first (tie: id). */
  waiting(limit: number): Promise<readonly StoredDelivery[]>
  /** States of deliveries by id; one that does not exist is absent. */
  states(ids: readonly DeliveryId[]): Promise<ReadonlyMap<DeliveryId, DeliveryState>>
  /**
   * When a message may be sent to a channel that takes one every `everyMs`: `now`, or later where others have taken their
   * turns. Each call gets one of its own, at least `everyMs` from every other, whichever process asks. A turn more than a
   * minute ahead comes from a clock that was wrong, and is forgotten.
   */
  turn(channel: string, now: Instant, everyMs: number): Promise<Instant>
  /** Newest first. */
  deliveries(filter: DeliveryFilter): Promise<readonly StoredDelivery[]>
  /** A dead delivery becomes pending and due at `now`, attempts at 0, `redrivenAt` set; false if it is not dead. */
  redrive(id: DeliveryId, now: Instant): Promise<boolean>
  /** Newest first. */
  quarantine(filter: QuarantineFilter): Promise<readonly Quarantined[]>
  /** Whether a quarantine record with this id exists. */
  isQuarantined(id: string): Promise<boolean>
  close(): Promise<void>
}
