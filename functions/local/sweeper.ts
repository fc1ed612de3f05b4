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

/** One drain at a time; a nudge during one makes another follow it. */
export const startSweeper = (app: App): Sweeper => {
  let running: Promise<void> | undefined
  let again = false
  const run = async (): Promise<void> => {
    do {
      again = false
      await drain(app.deps)
    } while (again)
  }
  const nudge = (): void => {
    again = true
    running ??= run()
      .catch((error: unknown) => app.deps.log.error('sending failed', error))
      .finally(() => {
        running = undefined
      })
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
      await running
    },
  }
}
