/** What is really in a store after a run, counted by means other than the answers of the server that wrote it. */

import { openDesk } from '../../functions/app/desk.ts'
import { isUsage } from '../../functions/ledger/facts-of.ts'
import type { Store } from '../../functions/store/store.ts'
import { openStore, systemClock } from '../../functions/wire.ts'
import { ACCOUNT } from '../support/facts.ts'
import { IncorrectError, mustBe } from './bench.ts'
import { depsOf } from './deps.ts'
import { type LoadKind, USAGE_COST_NANOS } from './messages.ts'

const CENT_NANOS = 10_000_000n

/**
 * Throws `IncorrectError` unless the store holds exactly `accepted` facts of a load that was numbered from 0: by the
 * distinct keys in its log as far as the log reaches back, and by what they sum up to in money.
 */
export const mustHold = async (address: string, kind: LoadKind, accepted: number): Promise<void> => {
  const store = await openStore(address)
  try {
    const logged = await keysInLog(store, kind)
    if (logged !== undefined) mustBe(`${kind} facts in the log of the store`, logged, accepted)
    mustBe(`${kind} facts by their sum`, await countBySum(store, kind), accepted)
  } finally {
    await store.close()
  }
}

/** `undefined` where a checkpoint stands for the earlier part of the log. */
const keysInLog = async (store: Store, kind: LoadKind): Promise<number | undefined> => {
  const { checkpoint, facts } = await store.load(ACCOUNT, 0)
  if (checkpoint) return undefined
  const wanted = facts.filter((fact) => (kind === 'usage' ? isUsage(fact) : fact.body.kind === 'reading'))
  return new Set(wanted.map(({ key }) => key)).size
}

/** Every usage message costs the same; the n-th budget message says n cents in all. */
const countBySum = async (store: Store, kind: LoadKind): Promise<number> => {
  const { spent } = (await openDesk(depsOf(store, systemClock)).view(ACCOUNT)).standing
  const [sum, unit] = kind === 'usage' ? [spent.estimated ?? 0n, USAGE_COST_NANOS] : [spent.billed, CENT_NANOS]
  if (sum % unit !== 0n) throw new IncorrectError(`the sum of all ${kind} is ${sum} nanos, no multiple of ${unit}`)
  return Number(sum / unit)
}
