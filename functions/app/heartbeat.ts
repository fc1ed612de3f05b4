/** The heartbeat: an outside watchdog hears of every run that went well, and raises the alarm when it hears nothing. */

import { MINUTE_MS } from '../domain/time.ts'
import type { Deps } from './deps.ts'

/** Calls the watchdog once, within a bound of its own. Never throws; `note` says why it was not heard and holds no secret. */
export type Heartbeat = () => Promise<{ readonly kind: 'heard' } | { readonly kind: 'lost'; readonly note: string }>

/** A run sends what is due: what is older than this when it ends, nobody sends. */
const DUE_MAX_MS = 15 * MINUTE_MS

export type Run = { readonly failed: number; readonly isCut: boolean }

/**
 * Beats after a run in which every account was judged and nothing is stuck in the outbox; else it withholds the beat, and
 * the watchdog's alarm is the one that does not depend on us. `undefined` where no watchdog is configured.
 */
export const beat = async (deps: Deps, run: Run): Promise<'heard' | 'lost' | 'withheld' | undefined> => {
  if (!deps.heartbeat) return undefined
  const why = faultOf(run) ?? (await overdue(deps))
  if (why !== undefined) {
    deps.log.warning('the heartbeat is withheld', { why })
    return 'withheld'
  }
  const answer = await deps.heartbeat()
  if (answer.kind === 'lost') deps.log.warning('the heartbeat was not heard', { note: answer.note })
  return answer.kind
}

const faultOf = ({ failed, isCut }: Run): string | undefined => {
  if (failed > 0) return `${failed} ${failed === 1 ? 'account' : 'accounts'} could not be judged`
  return isCut ? 'the run was cut short' : undefined
}

const overdue = async ({ store, clock, log }: Deps): Promise<string | undefined> => {
  try {
    const dueAt = await store.nextDueAt()
    return dueAt !== undefined && clock() - dueAt >= DUE_MAX_MS ? 'a delivery is overdue' : undefined
  } catch (error) {
    log.error('the outbox could not be looked at', error)
    return 'the store does not answer'
  }
}
