/** Commits, facts, deliveries and quarantine records for tests of a store; every default is a literal. */

import type { Delivery, DeliveryState, Episode, Message, StoredDelivery } from '../../functions/domain/alerts.ts'
import type { Fact, FactBody } from '../../functions/domain/facts.ts'
import type { AccountId, AlertKey, DeliveryId, FactKey } from '../../functions/domain/keys.ts'
import type { AccountState, Claim, Commit, Quarantined, Store } from '../../functions/store/store.ts'

export const A = '01D4EE-079462-DFD6EC' as AccountId
export const B = '02D4EE-079462-DFD6EC' as AccountId
export const C = 'FFFFFF-000000-FFFFFF' as AccountId
/** 2026-11-23T10:00:00Z, the moment of every commit that says no other. */
export const NOW = 1_795_428_000_000
export const LEASE = 60_000

export const body = (over: Partial<Extract<FactBody, { kind: 'usage' }>> = {}): FactBody => ({
  kind: 'usage',
  requestId: 'r1',
  projectId: 'my-app',
  at: NOW,
  model: 'gemini-3-pro',
  requests: 1,
  ...over,
})

export const fact = (key: string, of: FactBody = body(), account = A): Fact => ({
  account,
  key: key as FactKey,
  hash: `hash of ${key}`,
  provenance: { source: { ms: NOW, subNanos: 7 }, timed: true },
  body: of,
})

export const state = (count: number, over: Partial<AccountState> = {}): AccountState => ({
  firstSeenAt: NOW,
  episodes: [],
  rejected: [{ reason: 'JSON', day: '2026-11-23', count, example: 'a line' }],
  ...over,
})

/** The first has every optional field, the second has none of them. */
export const EPISODES: readonly Episode[] = [
  {
    key: 'k1' as AlertKey,
    rule: 'credit-low',
    scope: '',
    level: '50%',
    severity: 'warning',
    status: 'resolved',
    title: 'Credit is low',
    openedAt: NOW,
    resolvedAt: NOW + 1,
    sentAt: NOW,
    repeats: 2,
    ackedBy: 'ops@example.com',
    snoozedUntil: NOW + 2,
    grantsAtOpen: 2,
    grantsSeen: 3,
    correctionsAtOpen: '9007199254740993',
    disarmedAtGrants: 3,
  },
  {
    key: 'k2' as AlertKey,
    rule: 'feed-stale',
    scope: 'budget',
    level: '',
    severity: 'warning',
    status: 'firing',
    title: 'The feed went silent',
    openedAt: NOW,
    sentAt: NOW,
    repeats: 0,
    grantsAtOpen: 0,
    grantsSeen: 0,
    correctionsAtOpen: '0',
  },
]

const message = (account: AccountId, title: string): Message => ({
  alertKey: 'k1' as AlertKey,
  account: { id: account, name: 'Production' },
  rule: 'credit-low',
  level: '50%',
  severity: 'warning',
  step: 'firing',
  at: NOW,
  openedAt: NOW,
  timeZone: 'UTC',
  currencyCode: 'USD',
  words: { title, summary: 'Half is left.', figure: '12.40 USD', arithmetic: ['25 - 12.60 = 12.40'], next: [] },
  chart: [{ at: NOW, balance: '12.40' }],
  projects: ['my-app'],
})

export const delivery = (
  id: string,
  over: Partial<Pick<Delivery, 'account' | 'channel' | 'recipient' | 'createdAt' | 'notBefore'>> & {
    readonly title?: string
  } = {},
): Delivery => {
  const { account = A, channel = 'ops-mail', recipient = 'ops@example.com', createdAt = NOW, notBefore } = over
  return {
    id: id as DeliveryId,
    account,
    channel,
    recipient,
    message: message(account, over.title ?? 'Credit is low'),
    createdAt,
    ...(notBefore !== undefined && { notBefore }),
  }
}

export const quarantined = (id: string, over: Partial<Quarantined> = {}): Quarantined => ({
  id,
  account: A,
  reason: 'JSON',
  detail: 'unexpected end',
  sample: '{"cost',
  at: NOW,
  ...over,
})

/** The first commit of account A, with nothing in it, unless told otherwise. */
export const commit = (over: Partial<Commit> = {}): Commit => {
  const baseVersion = over.baseVersion ?? 0
  return {
    account: A,
    baseVersion,
    marker: `marker ${over.account ?? A} ${baseVersion}`,
    at: NOW,
    facts: [],
    state: state(baseVersion + 1),
    deliveries: [],
    quarantined: [],
    ...over,
  }
}

export const pending = (over: Partial<DeliveryState> = {}): DeliveryState => ({
  status: 'pending',
  attempts: 1,
  dueAt: NOW + 5_000,
  ambiguous: 0,
  ...over,
})
export const final = (status: 'sent' | 'dead', over: Partial<DeliveryState> = {}): DeliveryState => ({
  status,
  attempts: 1,
  dueAt: NOW,
  ambiguous: 0,
  settledAt: NOW + 1,
  note: 'said so',
  ...over,
})

/** Leases what is due at `now` to `leaseId` for a minute. */
export const claim = (
  store: Store,
  leaseId: string,
  now = NOW,
  limit = 100,
  of: Pick<Claim, 'channel' | 'except'> = {},
): Promise<readonly StoredDelivery[]> => store.claim({ now, leaseId, leaseMs: LEASE, limit, ...of })

export const settle = (store: Store, id: string, leaseId: string, to: DeliveryState): Promise<boolean> =>
  store.settle({ id: id as DeliveryId, leaseId, state: to })

export const idsOf = (rows: readonly { readonly id: string }[]): readonly string[] => rows.map(({ id }) => id)

/** The state of the one delivery with this id. */
export const stateOf = async (store: Store, id: string): Promise<DeliveryState | undefined> =>
  (await store.deliveries({ limit: 1_000 })).find((row) => row.id === id)?.state
