/** A usage fact as one row of a page: everything it says, without the names of its fields. */

import type { Usage } from '../domain/facts.ts'
import { type AccountId, factKey } from '../domain/keys.ts'
import { formatInstant } from '../domain/time.ts'
import type { FactOf } from './timeline.ts'

export type UsageFact = FactOf<Usage>

export type UsageRow = readonly [
  projectId: string,
  requestId: string,
  at: number,
  model: string,
  requests: number,
  /** Decimal text of USD nanos; `null` where no price is known. */
  cost: string | null,
  hash: string,
  sourceMs: number,
  sourceSubNanos: number,
  timed: 0 | 1,
  error: Usage['error'] | null,
]

export const rowOf = ({ hash, provenance: { source, timed }, body }: UsageFact): UsageRow => [
  body.projectId,
  body.requestId,
  body.at,
  body.model,
  body.requests,
  body.costUsd === undefined ? null : String(body.costUsd),
  hash,
  source.ms,
  source.subNanos,
  timed ? 1 : 0,
  body.error ?? null,
]

/** Of a fact's key, see `sources/usage.ts`: project, request and the call's own time. */
export const factOfRow = (account: AccountId, row: UsageRow): UsageFact => {
  const [projectId, requestId, at, model, requests, cost, hash, ms, subNanos, timed, error] = row
  return {
    account,
    key: factKey('usage', projectId, requestId, formatInstant(at)),
    hash,
    provenance: { source: { ms, subNanos }, timed: timed === 1 },
    body: {
      kind: 'usage',
      requestId,
      projectId,
      at,
      model,
      requests,
      ...(cost !== null && { costUsd: BigInt(cost) }),
      ...(error && { error }),
    },
  }
}
