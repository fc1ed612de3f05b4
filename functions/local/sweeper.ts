/** The scheduler of one machine: evaluates every five minutes and sends what is due as soon as it is. */

import { drain } from '../app/deliver.ts'
import { schedule } from '../app/schedule.ts'
import { MINUTE_MS, SECOND_MS } from '../domain/time.ts'
import type { App } from '../wire.ts'

const EVALUATE_EVERY_MS = 5 * MINUTE_MS
/** How often the outbox is looked at for retries. */
const LOOK_EVERY_MS = SECOND_MS

export type Sweeper = {
  /** Something was committed: send it now. */
  readonly nudge: () => void
  /** Stops the timers and waits for what is in flight. */
  readonly stop: () => Promise<void>
}

/** Drains at once: while one waits for a channel that hangs, the next sends through the others. */
const DRAINS_MAX = 4

/** A nudge while all drains are under way makes another follow. */
export const startSweeper = (app: App): Sweeper => {
  const running = new Set<Promise<void>>()
  let again = false
  const nudge = (): void => {
    again = running.size >= DRAINS_MAX
    if (again) return
    const run: Promise<void> = drain(app.deps)
      .then(
        () => undefined,
        (error: unknown) => app.deps.log.error('sending failed', error),
      )
      .finally(() => {
        running.delete(run)
        if (again) nudge()
      })
    running.add(run)
  }
  const look = async (): Promise<void> => {
    const dueAt = await app.deps.store.nextDueAt()
    if (dueAt !== undefined && dueAt <= app.deps.clock()) nudge()
  }
  const evaluate = async (): Promise<void> => {
    await schedule(app.deps, app.desk)
  }
  const guarded = (job: () => Promise<void>) => (): void => {
    job().catch((error: unknown) => app.deps.log.error('the local scheduler failed', error))
  }
  const timers = [setInterval(guarded(look), LOOK_EVERY_MS), setInterval(guarded(evaluate), EVALUATE_EVERY_MS)]
  guarded(evaluate)()
  return {
    nudge,
    stop: async () => {
      for (const timer of timers) clearInterval(timer)
      again = false
      await Promise.all(running)
    },
  }
}
