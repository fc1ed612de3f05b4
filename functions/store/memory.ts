/** A store in memory: the plainest reading of the contract, the tests' oracle and replay's store. */

import type { DeliveryState, StoredDelivery } from '../domain/alerts.ts'
import type { Fact } from '../domain/facts.ts'
import type { AccountId, DeliveryId } from '../domain/keys.ts'
import type { AccountState, Quarantined, Store } from './store.ts'

type Log = {
  version: number
  marker: string
  state: AccountState | undefined
  readonly facts: { readonly version: number; readonly fact: Fact }[]
}

/** Values are immutable by type and shared, never copied; maps and lists of its own are never handed out. */
export const openMemoryStore = (): Store => {
  const logs = new Map<AccountId, Log>()
  const deliveries = new Map<DeliveryId, StoredDelivery>()
  const quarantined = new Map<string, Quarantined>()

  const isDue = ({ state }: StoredDelivery, now: number): boolean =>
    state.status === 'pending' && state.dueAt <= now && (state.lease === undefined || state.lease.until <= now)
  const write = (id: DeliveryId, state: DeliveryState): void => {
    const delivery = deliveries.get(id)
    if (delivery) deliveries.set(id, { ...delivery, state })
  }
  const newestFirst = <Row extends { readonly id: string }>(
    rows: readonly Row[],
    at: (row: Row) => number,
  ): readonly Row[] => rows.toSorted((a, b) => at(b) - at(a) || (a.id < b.id ? -1 : 1))

  return {
    load: async (account, afterVersion) => {
      const log = logs.get(account)
      if (!log) return { version: 0, facts: [], state: undefined }
      const facts: Fact[] = []
      for (let index = log.facts.length - 1; index >= 0; index -= 1) {
        const entry = log.facts[index]
        if (!entry || entry.version <= afterVersion) break
        facts.push(entry.fact)
      }
      return { version: log.version, facts: facts.reverse(), state: log.state }
    },
    commit: async (commit) => {
      const log = logs.get(commit.account) ?? { version: 0, marker: '', state: undefined, facts: [] }
      if (log.version === commit.baseVersion + 1 && log.marker === commit.marker) return 'committed'
      if (log.version !== commit.baseVersion) return 'conflict'
      log.version += 1
      log.marker = commit.marker
      log.state = commit.state
      for (const fact of commit.facts) log.facts.push({ version: log.version, fact })
      logs.set(commit.account, log)
      for (const delivery of commit.deliveries) {
        if (!deliveries.has(delivery.id))
          deliveries.set(delivery.id, {
            ...delivery,
            state: { status: 'pending', attempts: 0, dueAt: commit.at, ambiguous: 0 },
          })
      }
      for (const entry of commit.quarantined) if (!quarantined.has(entry.id)) quarantined.set(entry.id, entry)
      return 'committed'
    },
    accounts: async () => [...logs.keys()].sort(),
    claim: async ({ now, leaseId, leaseMs, limit }) => {
      const due = [...deliveries.values()].filter((delivery) => isDue(delivery, now))
      const taken = due.sort((a, b) => a.state.dueAt - b.state.dueAt || (a.id < b.id ? -1 : 1)).slice(0, limit)
      return taken.map((delivery) => {
        write(delivery.id, { ...delivery.state, lease: { id: leaseId, until: now + leaseMs } })
        return deliveries.get(delivery.id) ?? delivery
      })
    },
    settle: async ({ id, leaseId, state }) => {
      const held = deliveries.get(id)?.state
      if (held?.status !== 'pending' || held.lease?.id !== leaseId) return false
      const { lease: _, ...settled } = state
      write(id, settled)
      return true
    },
    nextDueAt: async () => {
      const times = [...deliveries.values()]
        .filter(({ state }) => state.status === 'pending')
        .map(({ state }) => Math.max(state.dueAt, state.lease?.until ?? 0))
      return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b))
    },
    deliveries: async ({ account, status, limit }) => {
      const rows = [...deliveries.values()].filter(
        (row) =>
          (account === undefined || row.account === account) && (status === undefined || row.state.status === status),
      )
      return newestFirst(rows, (row) => row.createdAt).slice(0, limit)
    },
    redrive: async (id, now) => {
      const state = deliveries.get(id)?.state
      if (state?.status !== 'dead') return false
      write(id, { status: 'pending', attempts: 0, dueAt: now, ambiguous: state.ambiguous })
      return true
    },
    quarantine: async ({ account, limit }) =>
      newestFirst(
        [...quarantined.values()].filter((row) => account === undefined || row.account === account),
        (row) => row.at,
      ).slice(0, limit),
    isQuarantined: async (id) => quarantined.has(id),
    close: async () => undefined,
  }
}
