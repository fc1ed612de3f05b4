/** An alert answered from its own message: how it stands now, and the answer told like any operator fact. */

import type { AnswerKind, Episode } from '../domain/alerts.ts'
import type { Standing } from '../domain/standing.ts'
import { formatInstant, type Instant } from '../domain/time.ts'
import type { Answerable } from '../outbox/answer-link.ts'
import type { Deps } from './deps.ts'
import type { Desk } from './desk.ts'
import { ingest } from './ingest.ts'
import { untimedArrival } from './operate.ts'

/** `over`: resolved, or told once with nothing to answer. `unknown`: no such alert is remembered. */
export type AlertNow =
  | { readonly kind: 'open' | 'over'; readonly standing: Standing; readonly episode: Episode }
  | { readonly kind: 'unknown' }

/** Looks only; an account that is not configured has no alerts here. */
export const alertNow = async (deps: Deps, desk: Desk, { account, alertKey }: Answerable): Promise<AlertNow> => {
  if (!deps.accounts.some(({ id }) => id === account)) return { kind: 'unknown' }
  const { standing, episodes } = await desk.view(account)
  const episode = episodes.find(({ key }) => key === alertKey)
  if (!episode) return { kind: 'unknown' }
  return { kind: episode.status === 'firing' ? 'open' : 'over', standing, episode }
}

/** `until` is when a snooze ends. */
export type AlertAnswer = Answerable & {
  readonly kind: AnswerKind
  readonly by: string
  readonly until?: Instant
}

/**
 * Durable when it resolves. The fact's key is made of what was said, not of when: the same answer of the same person told
 * again, however often and at whatever instance, is a duplicate. Throws where nothing could be stored.
 */
export const recordAnswer = async (deps: Deps, desk: Desk, answer: AlertAnswer): Promise<'recorded' | 'duplicate'> => {
  const { kind, account, alertKey, by, until } = answer
  const fields = { alertKey, by, ...(until === undefined ? {} : { until: formatInstant(until) }) }
  const result = await ingest(deps, desk, untimedArrival(deps.clock(), { kind, account, fields }))
  if (result.kind !== 'facts') throw new Error(`the answer to an alert was not taken: ${result.kind}`)
  return result.receipt.news.length > 0 ? 'recorded' : 'duplicate'
}
