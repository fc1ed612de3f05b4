/** Cost anomalies of an account: each by its latest report, and whether it still stands. */

import type { Anomaly } from '../domain/facts.ts'
import type { AnomalyStanding } from '../domain/standing.ts'
import { DAY_MS, type Instant } from '../domain/time.ts'
import type { Book } from './book.ts'
import { compareSource, type FactOf } from './timeline.ts'

/** Anomalies are found by the day, and Google sends no word of their end: one not reported again for so long is history. */
const SILENT_MS = 3 * DAY_MS
/** Kept so much longer, for the words that tell its end. */
const KEPT_MS = 14 * DAY_MS
/** More at a time is no anomaly but the rule. */
const SHOWN_MAX = 20

/** A pure function of the set of reports up to `now`; of more than 20 anomalies the latest reported. */
export const anomalyStandings = (book: Book, now: Instant): readonly AnomalyStanding[] => {
  const latest = new Map<string, FactOf<Anomaly>>()
  for (const fact of book.factsOf('anomaly')) {
    if (fact.provenance.source.ms > now) continue
    const known = latest.get(fact.body.anomalyId)
    if (!known || isLater(fact, known)) latest.set(fact.body.anomalyId, fact)
  }
  return [...latest.values()]
    .filter(({ provenance }) => now - provenance.source.ms <= KEPT_MS)
    .toSorted((a, b) => compareSource(b, a))
    .slice(0, SHOWN_MAX)
    .map((fact) => standingOf(fact, now))
    .toSorted((a, b) => a.detectedAt - b.detectedAt || (a.anomalyId < b.anomalyId ? -1 : 1))
}

/** A report without a time of its own never outranks one that has it. */
const isLater = (a: FactOf<Anomaly>, b: FactOf<Anomaly>): boolean =>
  a.provenance.timed === b.provenance.timed ? compareSource(a, b) > 0 : a.provenance.timed

const standingOf = ({ body, provenance }: FactOf<Anomaly>, now: Instant): AnomalyStanding => {
  const { kind: _, ...report } = body
  const reportedAt = provenance.source.ms
  const over = isSettled(body) ? 'settled' : now - reportedAt >= SILENT_MS ? 'silent' : undefined
  return { ...report, reportedAt, ...(over && { over }) }
}

/** Without an excess stated the report itself is the word that there is one. */
const isSettled = ({ deviation }: Anomaly): boolean => deviation !== undefined && deviation <= 0n
