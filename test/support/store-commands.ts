/** Arbitrary sequences of calls on a store; few ids, so that they meet. */

import fc from 'fast-check'
import type { DeliveryState } from '../../functions/domain/alerts.ts'
import type { AccountId, DeliveryId } from '../../functions/domain/keys.ts'
import type { NewCheckpoint, Store } from '../../functions/store/store.ts'
import { A, B, body, commit, delivery, fact, final, NOW, pending, quarantined, state } from './store-samples.ts'

/** What was called, and what to compare of its answer. */
export type Command = { readonly name: string; readonly run: (store: Store) => Promise<unknown> }

const account = fc.constantFrom<AccountId>(A, B)
const channel = fc.constantFrom('ops-mail', 'ops-chat', 'böse\u0000')
const leaseId = fc.constantFrom('L1', 'L2')
const id = fc.constantFrom('d1', 'd2', 'd3')
const offset = fc.integer({ min: 0, max: 20 })
const limit = fc.integer({ min: 0, max: 4 })
const text = fc.string({ unit: 'binary', maxLength: 8 })
const filter = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

const someFact = fc
  .record({ key: text, costUsd: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }), projectId: text })
  .map(({ key, costUsd, projectId }) => fact(key, body({ costUsd, projectId })))
const someDelivery = fc
  .record({ id, account, channel, createdAt: offset, notBefore: filter(offset), title: text })
  .map(({ id, createdAt, notBefore, ...over }) =>
    delivery(id, {
      ...over,
      createdAt: NOW + createdAt,
      ...(notBefore !== undefined && { notBefore: NOW + notBefore }),
    }),
  )
const someQuarantined = fc
  .record({ id: fc.constantFrom('q1', 'q2', 'q3'), account, sample: text, at: offset })
  .map((over) => quarantined(over.id, { ...over, at: NOW + over.at }))

const commits: fc.Arbitrary<Command> = fc
  .record({
    account,
    /** How far the decision lags behind the present version: mostly not at all. */
    lag: fc.constantFrom(0, 0, 0, 0, 1, 2, -1),
    marker: fc.constantFrom('m1', 'm2', 'm3'),
    at: offset,
    count: fc.nat(),
    facts: fc.array(someFact, { maxLength: 3 }),
    deliveries: fc.array(someDelivery, { maxLength: 3 }),
    quarantined: fc.array(someQuarantined, { maxLength: 2 }),
    /** A head and the text of one new page, and which version's page to drop; mostly no checkpoint. */
    made: fc.option(fc.record({ head: text, page: text, dropped: fc.integer({ min: 1, max: 9 }) }), { freq: 1 }),
  })
  .map(({ lag, at, count, made, ...rest }) => ({
    name: 'commit',
    run: async (store) => {
      const { version } = await store.load(rest.account, 0)
      const baseVersion = Math.max(0, version - lag)
      const over = { ...rest, ...(made && { checkpoint: checkpointAt(baseVersion + 1, made) }) }
      const result = await store.commit(commit({ ...over, baseVersion, at: NOW + at, state: state(count) }))
      return baseVersion < version ? `late ${result}` : result
    },
  }))

type Made = { readonly head: string; readonly page: string; readonly dropped: number }

/** A page is named after the version that makes it, so that no id is used twice. */
const checkpointAt = (version: number, { head, page, dropped }: Made): NewCheckpoint => ({
  head,
  pages: [{ id: `p${version}`, text: page }],
  dropped: dropped === version ? [] : [`p${dropped}`],
})

const claims: fc.Arbitrary<Command> = fc
  .record({
    leaseId,
    now: offset,
    leaseMs: fc.integer({ min: 1, max: 10 }),
    limit,
    of: fc.oneof(
      fc.constant({}),
      fc.record({ channel }),
      fc.record({ except: fc.array(channel, { maxLength: 2 }) }),
      fc.record({ channel, except: fc.array(channel, { maxLength: 1 }) }),
    ),
  })
  .map(({ of, ...claim }) => ({
    name: 'claim',
    run: (store) => store.claim({ ...claim, ...of, now: NOW + claim.now }),
  }))

const states: fc.Arbitrary<DeliveryState> = fc.oneof(
  fc.record({ dueAt: offset }).map(({ dueAt }) => pending({ dueAt: NOW + 10 + dueAt, channelFailed: true })),
  fc
    .record({ attempts: fc.nat(9), dueAt: offset, note: text, failed: fc.boolean() })
    .map(({ failed, dueAt, ...to }) => pending({ ...to, dueAt: NOW + dueAt, ...(failed && { channelFailed: true }) })),
  fc.record({ attempts: fc.nat(9), ambiguous: fc.nat(3), note: text }).map((over) => final('sent', over)),
  fc.record({ attempts: fc.nat(9), ambiguous: fc.nat(3) }).map((over) => final('dead', over)),
)
const settles: fc.Arbitrary<Command> = fc
  .record({ id, leaseId, state: states })
  .map((each) => ({ name: 'settle', run: (store) => store.settle({ ...each, id: each.id as DeliveryId }) }))

const redrives: fc.Arbitrary<Command> = fc
  .record({ id, now: offset })
  .map(({ id, now }) => ({ name: 'redrive', run: (store) => store.redrive(id as DeliveryId, NOW + now) }))

const hastens: fc.Arbitrary<Command> = fc
  .record({ channel, now: offset, limit, attemptsMax: fc.constantFrom(9, 9, 4) })
  .map((each) => ({ name: 'hasten', run: (store) => store.hasten({ ...each, now: NOW + each.now }) }))

const turns: fc.Arbitrary<Command> = fc
  .record({ channel: fc.constantFrom('ops-chat', 'dev-slack'), now: fc.integer({ min: -70_000, max: 70_000 }) })
  .map(({ channel, now }) => ({ name: 'turn', run: (store) => store.turn(channel, NOW + now, 1_100) }))

const loads: fc.Arbitrary<Command> = fc
  .record({ account, after: fc.nat(6) })
  .map(({ account, after }) => ({ name: 'load', run: (store) => store.load(account, after) }))

type Filter = {
  readonly account: AccountId | undefined
  readonly status: DeliveryState['status'] | undefined
  readonly since: number | undefined
}

const lists: fc.Arbitrary<Command> = fc
  .record({
    limit,
    account: filter(account),
    status: filter(fc.constantFrom('pending', 'sent', 'dead')),
    since: filter(offset),
  })
  .map(({ limit, ...given }) => ({
    name: 'list',
    run: async (store) => [
      await store.deliveries({ limit, ...present(given) }),
      await store.quarantine({ limit, ...(given.account && { account: given.account }) }),
      await store.isQuarantined('q1'),
      await store.nextDueAt(),
      await store.waiting(limit),
      await store.states(['d3', 'd1', 'none'] as readonly string[] as readonly DeliveryId[]),
      await store.accounts(),
    ],
  }))

const present = ({ account, status, since }: Filter) => ({
  ...(account && { account }),
  ...(status && { status }),
  ...(since !== undefined && { since: NOW + since }),
})

const LENGTH_MAX = 80

/** Sequences long enough for a delivery to be committed, leased, lost, settled and redriven. */
export const commandSequence: fc.Arbitrary<readonly Command[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: commits },
    { weight: 4, arbitrary: claims },
    { weight: 6, arbitrary: settles },
    { weight: 2, arbitrary: redrives },
    { weight: 1, arbitrary: turns },
    { weight: 4, arbitrary: hastens },
    { weight: 1, arbitrary: loads },
    { weight: 2, arbitrary: lists },
  ),
  { minLength: 1, maxLength: LENGTH_MAX, size: 'max' },
)

const PAGES = Array.from({ length: LENGTH_MAX }, (_, n) => `p${n + 1}`)

/** Everything a store can tell, for comparing two of them at the end. */
export const everything = async (store: Store): Promise<unknown> => ({
  accounts: await store.accounts(),
  logs: [await store.load(A, 0), await store.load(B, 0), await store.load(A, 2), await store.load(B, 5)],
  pages: [await store.pages(A, PAGES), await store.pages(B, PAGES)],
  deliveries: await store.deliveries({ limit: 1_000 }),
  quarantine: await store.quarantine({ limit: 1_000 }),
  nextDueAt: await store.nextDueAt(),
  waiting: await store.waiting(1_000),
})
