/** What failed calls amount to: by cause and project, and how long depletion has been seen. */

import type { CauseEvidence, DepletionEvidence } from '../domain/evidence.ts'
import { DAY_MS, HOUR_MS, type Instant } from '../domain/time.ts'
import { type CauseNote, calledAt, type UsageNotes } from './usage-notes.ts'

/** Caps hold for a calendar month; what failed before is over. */
const CAUSES_MS = 35 * DAY_MS
/** Requests are counted over so many whole hours up to the latest. */
const COUNTED_HOURS = 24

/** What failed in the last 35 days for causes other than depletion, latest first. */
export const causesOf = (notes: UsageNotes, now: Instant): readonly CauseEvidence[] =>
  [...notes.causes.values()]
    .filter(({ latest }) => latest.body.error?.cause !== 'depleted' && now - calledAt(latest) <= CAUSES_MS)
    .map((note) => describe(notes, note))
    .sort((a, b) => b.at - a.at || compareText(a.cause, b.cause) || compareText(a.projectId, b.projectId))

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const describe = (notes: UsageNotes, { latest, hours }: CauseNote): CauseEvidence => {
  const { projectId, error } = latest.body
  const at = calledAt(latest)
  const paidAt = notes.paidBy.get(projectId)
  const from = Math.floor(at / HOUR_MS) - COUNTED_HOURS
  return {
    cause: error?.cause ?? 'other',
    projectId,
    at,
    code: error?.code ?? 0,
    message: error?.message ?? '',
    quotaIds: error?.quotaIds ?? [],
    count: [...hours].reduce((sum, [hour, count]) => (hour > from ? sum + count : sum), 0),
    ...(paidAt === undefined ? {} : { paidAt }),
  }
}

/** Depleted requests since the last paid call, over all projects, and the hour of the first; of at most 7 days before the latest. */
export const depletionSpan = (notes: UsageNotes): Pick<DepletionEvidence, 'since' | 'requests'> => {
  const after = notes.paidCallAt ?? Number.NEGATIVE_INFINITY
  const hours = [...notes.causes.values()]
    .filter(({ latest }) => latest.body.error?.cause === 'depleted' && calledAt(latest) > after)
    .flatMap((note) => [...note.hours])
    .filter(([hour]) => (hour + 1) * HOUR_MS > after)
  if (hours.length === 0) return {}
  const first = Math.min(...hours.map(([hour]) => hour)) * HOUR_MS
  return { since: Math.max(first, after), requests: hours.reduce((sum, [, count]) => sum + count, 0) }
}
