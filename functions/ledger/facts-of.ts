/** Small questions about facts: their kind, their order, which of several contents stands. */

import type { Fact, FactBody, Usage } from '../domain/facts.ts'
import type { FactOf } from './timeline.ts'
import { compareSource } from './timeline.ts'

/** Source order alone: a second reading of the same instant is no later one. */
export const sourceOrder = (a: Fact, b: Fact): number =>
  a.provenance.source.ms - b.provenance.source.ms || a.provenance.source.subNanos - b.provenance.source.subNanos

export const earliest = (contents: ReadonlyMap<string, Fact> | undefined): Fact | undefined => {
  let first: Fact | undefined
  for (const fact of contents?.values() ?? []) if (!first || compareSource(fact, first) < 0) first = fact
  return first
}

export const isUsage = (fact: Fact): fact is FactOf<Usage> => fact.body.kind === 'usage'

export const is = <Kind extends FactBody['kind']>(
  fact: Fact,
  kind: Kind,
): fact is FactOf<Extract<FactBody, { kind: Kind }>> => fact.body.kind === kind
