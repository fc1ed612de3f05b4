/** A billing month of an account as a bank would print it: what was there, what came, what went, what is left. */

import type { GrantKind } from '../domain/facts.ts'
import { maxNanos, type Nanos } from '../domain/money.ts'
import type { GrantStanding } from '../domain/standing.ts'
import type { Instant } from '../domain/time.ts'
import type { Book } from './book.ts'
import { grantStandings } from './lots.ts'
import { STEP } from './timeline.ts'

/** One grant's month; opening + granted = drawn + expired + refunded + voided + closing, to the last digit. */
export type StatementLine = {
  readonly id: string
  readonly kind: GrantKind
  readonly opening: Nanos
  readonly granted: Nanos
  readonly drawn: Nanos
  readonly expired: Nanos
  readonly refunded: Nanos
  readonly voided: Nanos
  readonly closing: Nanos
}

/** Sums of the month in the account's currency; billed + corrected + carried = drawn by grants + beyond. */
export type Statement = {
  readonly lines: readonly StatementLine[]
  readonly total: Omit<StatementLine, 'id' | 'kind'>
  readonly billed: Nanos
  /** Drawdown that no bill shows: what balance readings moved. */
  readonly corrected: Nanos
  /** Corrections beyond everything drawn; only months told out of order have any. */
  readonly carried: Nanos
  /** Spend no grant paid: charged (overage) or owed (deficit); negative where a purchase paid what was owed. */
  readonly beyond: Nanos
}

type Snapshot = {
  readonly grants: ReadonlyMap<string, GrantStanding>
  readonly billed: Nanos
  readonly drawn: Nanos
  readonly carry: Nanos
  readonly beyond: Nanos
}

/**
 * What happened in `[from, to)`, and late spend of those months, which the fold dates at the very start of the next one.
 * Pure; asking for the past folds the book afresh.
 */
export const statementOf = (book: Book, from: Instant, to: Instant): Statement => {
  const start = snapshot(book, from)
  const end = snapshot(book, to)
  const lines = [...end.grants.values()]
    .filter((grant) => grant.effectiveAt < to && grant.state !== 'scheduled')
    .map((grant) => lineOf(grant, grant.effectiveAt < from ? start.grants.get(grant.id) : undefined))
    .filter((line) => line.opening > 0n || line.granted > 0n || line.drawn !== 0n)
  return {
    lines,
    total: totalOf(lines),
    billed: end.billed - start.billed,
    corrected: end.drawn - end.billed - end.carry - (start.drawn - start.billed - start.carry),
    carried: end.carry - start.carry,
    beyond: end.beyond - start.beyond,
  }
}

const snapshot = (book: Book, at: Instant): Snapshot => {
  const fold = book.foldAt(at, STEP.late)
  return {
    grants: new Map(grantStandings(fold.lots).map((grant) => [grant.id, grant])),
    billed: fold.billed,
    drawn: fold.drawn,
    carry: fold.carry,
    beyond: fold.overage + fold.deficit,
  }
}

const lineOf = (end: GrantStanding, start: GrantStanding | undefined): StatementLine => ({
  id: end.id,
  kind: end.kind,
  opening: start?.remaining ?? 0n,
  granted: start ? 0n : end.amount,
  drawn: end.drawn - (start?.drawn ?? 0n),
  expired: end.expired - (start?.expired ?? 0n),
  refunded: end.refunded - (start?.refunded ?? 0n),
  voided: end.voided - (start?.voided ?? 0n),
  closing: maxNanos(0n, end.remaining),
})

const totalOf = (lines: readonly StatementLine[]): Statement['total'] => {
  const sum = (part: keyof Statement['total']): Nanos => lines.reduce((all, line) => all + line[part], 0n)
  return {
    opening: sum('opening'),
    granted: sum('granted'),
    drawn: sum('drawn'),
    expired: sum('expired'),
    refunded: sum('refunded'),
    voided: sum('voided'),
    closing: sum('closing'),
  }
}
