/** The store without a disk: plain maps, obviously right; the oracle of the others and the ground of a replay. */

import type { DeliveryState, StoredDelivery } from '../domain/alerts.ts'
import type { Fact } from '../domain/facts.ts'
import type { AccountId, DeliveryId } from '../domain/keys.ts'
import type { Instant } from '../domain/time.ts'
import { freshState } from './fresh.ts'
import type {
  AccountDelta,
  AccountState,
  Checkpoint,
  Claim,
  Commit,
  CommitResult,
  Hastening,
  Quarantined,
  Settlement,
  Store,
} from './store.ts'
import { turnAt } from './turns.ts'

type Log = {
  /** Those since `logStart`; nobody is given older ones. */
  readonly facts: Fact[]
  /** How many were dropped before them. */
  dropped: number
  /** How many facts there were in all as of each version; index 0 is the empty account. */
  readonly counts: number[]
  /** Index 0 stands for version 1. */
  readonly markers: string[]
  state: AccountState
  checkpoint: Checkpoint | undefined
  /** Version of the checkpoint before the latest: nobody is given the log up to it any more. */
  logStart: number
  readonly pages: Map<string, string>
}

type Memory = {
  readonly logs: Map<AccountId, Log>
  readonly deliveries: Map<DeliveryId, StoredDelivery>
  readonly quarantine: Map<string, Quarantined>
  /** By channel, the next free turn. */
  readonly turns: Map<string, Instant>
  /** A copy nobody can change. */
  readonly frozen: <T>(value: T) => T
}

/** Opens an empty store that ends with the process. What it hands out is frozen; nothing passed in is kept or changed. */
export const openMemoryStore = (): Store => {
  const [logs, deliveries, quarantine, turns] = [new Map(), new Map(), new Map(), new Map()] as const
  const memory: Memory = { logs, deliveries, quarantine, turns, frozen: freezer() }
  return {
    load: async (account, afterVersion) => load(logs.get(account), afterVersion),
    pages: async (account, ids) => pagesOf(logs.get(account), ids),
    commit: async (commit) => apply(memory, commit),
    accounts: async () => [...logs.keys()].sort(byText),
    claim: async (claim) => claimDue(memory, claim),
    settle: async (settlement) => settle(memory, settlement),
    hasten: async (hastening) => hasten(memory, hastening),
    nextDueAt: async () => nextDueAt([...deliveries.values()]),
    waiting: async (limit) =>
      [...deliveries.values()]
        .filter(({ state }) => state.status === 'pending')
        .sort(byDue)
        .slice(0, Math.max(0, limit)),
    states: async (ids) => new Map(ids.flatMap((id) => stateEntry(deliveries.get(id)))),
    turn: async (channel, now, everyMs) => {
      const at = turnAt(now, turns.get(channel))
      turns.set(channel, at + everyMs)
      return at
    },
    deliveries: async ({ account, status, since, limit }) =>
      [...deliveries.values()]
        .filter((row) => account === undefined || row.account === account)
        .filter((row) => status === undefined || row.state.status === status)
        .filter((row) => since === undefined || row.createdAt >= since)
        .sort((a, b) => b.createdAt - a.createdAt || byText(b.id, a.id))
        .slice(0, Math.max(0, limit)),
    redrive: async (id, now) => redrive(memory, id, now),
    quarantine: async ({ account, limit }) =>
      [...quarantine.values()]
        .filter((row) => account === undefined || row.account === account)
        .sort((a, b) => b.at - a.at || byText(b.id, a.id))
        .slice(0, Math.max(0, limit)),
    isQuarantined: async (id) => quarantine.has(id),
    close: async () => undefined,
  }
}

const load = (log: Log | undefined, afterVersion: number): AccountDelta => {
  if (!log) return { version: 0, facts: [], state: undefined }
  const { checkpoint } = log
  const isNeeded = checkpoint !== undefined && (afterVersion === 0 || afterVersion < log.logStart)
  const after = isNeeded ? checkpoint.version : afterVersion
  return {
    version: log.markers.length,
    ...(isNeeded && { checkpoint }),
    facts: log.facts.slice((log.counts[after] ?? Number.POSITIVE_INFINITY) - log.dropped),
    state: log.state,
  }
}

const pagesOf = (log: Log | undefined, ids: readonly string[]): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  for (const id of ids) {
    const text = log?.pages.get(id)
    if (text !== undefined) found.set(id, text)
  }
  return found
}

const apply = (memory: Memory, commit: Commit): CommitResult => {
  const { logs, deliveries, quarantine, frozen } = memory
  const state = frozen(commit.state)
  const log = logs.get(commit.account) ?? emptyLog(state)
  if (commit.baseVersion !== log.markers.length) {
    const isKept = commit.baseVersion >= log.logStart
    return isKept && log.markers[commit.baseVersion] === commit.marker ? 'committed' : 'conflict'
  }
  for (const fact of commit.facts) log.facts.push(frozen(fact))
  log.counts.push(log.dropped + log.facts.length)
  log.markers.push(commit.marker)
  log.state = state
  checkpoint(log, commit)
  logs.set(commit.account, log)
  for (const row of commit.deliveries) {
    if (!deliveries.has(row.id)) deliveries.set(row.id, frozen({ ...row, state: freshState(row, commit.at) }))
  }
  for (const row of commit.quarantined) if (!quarantine.has(row.id)) quarantine.set(row.id, frozen(row))
  return 'committed'
}

const emptyLog = (state: AccountState): Log => ({
  facts: [],
  dropped: 0,
  counts: [0],
  markers: [],
  state,
  checkpoint: undefined,
  logStart: 0,
  pages: new Map(),
})

const checkpoint = (log: Log, { checkpoint: made, baseVersion }: Commit): void => {
  if (!made) return
  log.logStart = log.checkpoint?.version ?? 0
  log.dropped += log.facts.splice(0, (log.counts[log.logStart] ?? 0) - log.dropped).length
  log.checkpoint = { version: baseVersion + 1, head: made.head }
  for (const { id, text } of made.pages) log.pages.set(id, text)
  for (const id of made.dropped) log.pages.delete(id)
}

const isFree = ({ state }: StoredDelivery, now: Instant): boolean =>
  state.status === 'pending' && state.dueAt <= now && (state.lease === undefined || state.lease.until <= now)

const hasten = (memory: Memory, hastening: Hastening): number => {
  const heldUp = [...memory.deliveries.values()].filter((row) => isHeldUp(row, hastening)).sort(byDue)
  const rows = heldUp.slice(0, Math.max(0, hastening.limit))
  for (const row of rows) put(memory, row, { ...row.state, dueAt: Math.min(hastening.now, row.createdAt) })
  return rows.length
}

const isHeldUp = ({ channel, state }: StoredDelivery, hastening: Hastening): boolean =>
  channel === hastening.channel &&
  state.status === 'pending' &&
  state.channelFailed === true &&
  state.lease === undefined &&
  state.dueAt > hastening.now &&
  state.attempts <= hastening.attemptsMax

const isAsked = ({ channel }: StoredDelivery, claim: Claim): boolean =>
  (claim.channel === undefined || channel === claim.channel) && !claim.except?.includes(channel)

const claimDue = (memory: Memory, claim: Claim): readonly StoredDelivery[] => {
  const lease = { id: claim.leaseId, until: claim.now + claim.leaseMs }
  return [...memory.deliveries.values()]
    .filter((row) => isAsked(row, claim) && isFree(row, claim.now))
    .sort(byDue)
    .slice(0, Math.max(0, claim.limit))
    .map((row) => put(memory, row, { ...row.state, ...vanished(row.state), lease }))
}

/** What a lease that ran out adds to the counts. */
const vanished = ({ lease, attempts, ambiguous }: DeliveryState): Partial<DeliveryState> =>
  lease ? { attempts: attempts + 1, ambiguous: ambiguous + 1 } : {}

const settle = (memory: Memory, { id, leaseId, state }: Settlement): boolean => {
  const row = memory.deliveries.get(id)
  if (row?.state.status !== 'pending' || row.state.lease?.id !== leaseId) return false
  const { lease: _, ...unleased } = state
  put(memory, row, unleased)
  return true
}

/** The count of ambiguous attempts and the last note stay: they are history, and explain copies a person may find. */
const redrive = (memory: Memory, id: DeliveryId, now: Instant): boolean => {
  const row = memory.deliveries.get(id)
  if (row?.state.status !== 'dead') return false
  const { settledAt: _, ...unsettled } = row.state
  put(memory, row, { ...unsettled, status: 'pending', attempts: 0, dueAt: now, redrivenAt: now })
  return true
}

const put = (memory: Memory, row: StoredDelivery, state: DeliveryState): StoredDelivery => {
  const next = memory.frozen({ ...row, state })
  memory.deliveries.set(row.id, next)
  return next
}

const nextDueAt = (rows: readonly StoredDelivery[]): Instant | undefined =>
  rows
    .filter(({ state }) => state.status === 'pending')
    .map(({ state }) => Math.max(state.dueAt, state.lease?.until ?? state.dueAt))
    .reduce<Instant | undefined>((least, dueAt) => Math.min(least ?? dueAt, dueAt), undefined)

const stateEntry = (row: StoredDelivery | undefined): readonly (readonly [DeliveryId, DeliveryState])[] =>
  row ? [[row.id, row.state]] : []

const byDue = (a: StoredDelivery, b: StoredDelivery): number => a.state.dueAt - b.state.dueAt || byText(a.id, b.id)

/** Ids are ASCII, so code units order them as bytes do elsewhere. */
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Copies and freezes a value; what it froze before is shared, so that a growing state costs only what is new in it. */
const freezer = (): (<T>(value: T) => T) => {
  const ours = new WeakSet<object>()
  const frozen = <T>(value: T): T => {
    if (typeof value !== 'object' || value === null || ours.has(value)) return value
    const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>
    for (const [key, inner] of Object.entries(copy)) if (typeof inner === 'object') copy[key] = frozen(inner)
    ours.add(Object.freeze(copy))
    return copy as T
  }
  return frozen
}
