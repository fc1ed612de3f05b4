/** A series of commits in which each version says what it must have left behind. */

import type { Commit, Store } from '../../functions/store/store.ts'
import { A, commit, delivery, fact, idsOf, quarantined, state } from './store-samples.ts'

/** Enough that a commit takes several pages of the file, so that a torn one would show. */
const FACTS = 60
const TEXT = 'x'.repeat(200)

/** The commit that makes version `n`: 60 facts, two deliveries and one quarantined input, all named after it. */
export const nth = (n: number): Commit =>
  commit({
    baseVersion: n - 1,
    facts: Array.from({ length: FACTS }, (_, index) => fact(`f${n}-${index}-${TEXT}`)),
    state: state(n),
    deliveries: [delivery(`d${n}-a`), delivery(`d${n}-b`)],
    quarantined: [quarantined(`q${n}`)],
  })

export type Found = {
  readonly version: number
  readonly stateOf: number
  readonly facts: ReadonlySet<string>
  readonly factCount: number
  readonly deliveries: readonly string[]
  readonly quarantine: readonly string[]
}

const MANY = 10_000_000

/** What the store holds of the series, part by part. */
export const found = async (store: Store): Promise<Found> => {
  const { version, state: held, facts } = await store.load(A, 0)
  return {
    version,
    stateOf: held?.rejected[0]?.count ?? 0,
    facts: new Set(facts.map(({ key }) => key.split('-')[0] ?? '')),
    factCount: facts.length,
    deliveries: idsOf(await store.deliveries({ limit: MANY })),
    quarantine: idsOf(await store.quarantine({ limit: MANY })),
  }
}

/** What it must hold if `version` commits went through, whole, and no part of another. */
export const wholeAt = (version: number): Found => {
  const each = Array.from({ length: version }, (_, index) => index + 1)
  return {
    version,
    stateOf: version,
    facts: new Set(each.map((n) => `f${n}`)),
    factCount: 60 * version,
    deliveries: each
      .flatMap((n) => [`d${n}-a`, `d${n}-b`])
      .toSorted()
      .reverse(),
    quarantine: each
      .map((n) => `q${n}`)
      .toSorted()
      .reverse(),
  }
}
