/** Monitoring incidents about depleted credit, beside the failed calls that callers report. */

import type { Incident, Usage } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import type { Book } from './book.ts'
import type { FactOf } from './timeline.ts'

type Told = Pick<Incident, 'incidentId' | 'projectId' | 'name' | 'openedAt' | 'closedAt'>

/**
 * The latest depletion that no incident's close has ended: the failed call told by a caller, or an open incident, told as
 * the failed call it stands for. A close ends what its project was told before it. Order of arrival does not matter.
 */
export const standingDepletion = (called: Usage | undefined, book: Book, now: Instant): Usage | undefined => {
  const incidents = incidentsOf(book.factsOf('incident'), now)
  const isEnded = (call: Usage): boolean =>
    incidents.some(({ projectId, closedAt = -1 }) => projectId === call.projectId && call.at <= closedAt)
  const open = incidents.filter(({ closedAt }) => closedAt === undefined).map(asCall)
  return [...(called && !isEnded(called) ? [called] : []), ...open].reduce<Usage | undefined>(
    (latest, call) => (latest && latest.at >= call.at ? latest : call),
    undefined,
  )
}

/** Each incident once, oldest first; one close closes it, also one that came before it was known to be open. */
const incidentsOf = (facts: readonly FactOf<Incident>[], now: Instant): readonly Told[] => {
  const known = facts.filter((fact) => openedAtOf(fact) <= now).toSorted((a, b) => (a.key < b.key ? -1 : 1))
  return [...Map.groupBy(known, ({ body }) => body.incidentId).values()]
    .map((states) => toldBy(states, now))
    .toSorted((a, b) => a.openedAt - b.openedAt || (a.incidentId < b.incidentId ? -1 : 1))
}

const toldBy = (states: readonly FactOf<Incident>[], now: Instant): Told => {
  const closes = states.map(closedAtOf).filter((at) => at !== undefined && at <= now)
  const [{ incidentId, projectId, name } = NOTHING] = states.map(({ body }) => body)
  return {
    incidentId,
    projectId,
    name,
    openedAt: Math.min(...states.map(openedAtOf)),
    ...(closes[0] !== undefined && { closedAt: closes[0] }),
  }
}

const NOTHING = { incidentId: '', projectId: '', name: '' }

/** Nothing happened after it was told: a clock that runs ahead must not outlast what comes next. */
const openedAtOf = ({ body, provenance }: FactOf<Incident>): Instant => Math.min(body.openedAt, provenance.source.ms)
const closedAtOf = ({ body, provenance }: FactOf<Incident>): Instant | undefined =>
  body.state === 'closed' ? Math.min(body.closedAt ?? provenance.source.ms, provenance.source.ms) : undefined

const asCall = ({ incidentId, projectId, openedAt, name }: Told): Usage => ({
  kind: 'usage',
  requestId: '',
  projectId,
  at: openedAt,
  model: '',
  requests: 0,
  costUsd: 0n,
  error: {
    code: 402,
    status: '',
    message: `Monitoring incident: ${name || incidentId}`,
    cause: 'depleted',
    quotaIds: [],
  },
})
