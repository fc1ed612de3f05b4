/** Time that passes only when everybody waits: hours in a moment, and the same at every run. */

import type { Instant } from '../../functions/domain/time.ts'

type Waiter = { readonly at: Instant; readonly turn: number; readonly go: () => void }

export type VirtualTime = {
  readonly now: () => Instant
  readonly sleep: (ms: number) => Promise<void>
  /** Calls `act` at that instant; what it begins goes on by itself, and its failure ends the run. */
  readonly at: (instant: Instant, act: () => Promise<unknown>) => void
  /** Lets time pass until that instant, from one waiter to the next. */
  readonly runUntil: (end: Instant) => Promise<void>
}

/** Waiters of one instant go in the order in which they began to wait. */
export const openVirtualTime = (start: Instant): VirtualTime => {
  let now = start
  let turns = 0
  let failure: { readonly cause: unknown } | undefined
  const waiters: Waiter[] = []
  const wait = (at: Instant, go: () => void): void => {
    const waiter = { at: Math.max(at, now), turn: turns++, go }
    const behind = waiters.findIndex((other) => other.at > waiter.at)
    waiters.splice(behind === -1 ? waiters.length : behind, 0, waiter)
  }
  return {
    now: () => now,
    sleep: (ms) => new Promise((go) => wait(now + ms, go)),
    at: (instant, act) =>
      wait(instant, () => {
        act().catch((cause: unknown) => {
          failure ??= { cause }
        })
      }),
    runUntil: async (end) => {
      for (;;) {
        // Everything that is ready runs before a macrotask does: the stores of a run have no other kind of waiting.
        await new Promise((idle) => setImmediate(idle))
        if (failure) throw failure.cause
        const next = waiters[0]
        if (!next || next.at > end) break
        waiters.shift()
        now = next.at
        next.go()
      }
      now = end
    },
  }
}
