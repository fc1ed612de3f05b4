/** Turns of a channel that takes a message every so often: who comes next and when, the same in every store. */

import { type Instant, MINUTE_MS } from '../domain/time.ts'

/** Senders that wait for a turn are few, and none waits so long: what is further ahead was a wrong clock's. */
const AHEAD_MAX_MS = MINUTE_MS

/** The turn of whoever asks at `now`, where the next free one was `nextAt`. */
export const turnAt = (now: Instant, nextAt: Instant | undefined): Instant =>
  nextAt === undefined || nextAt > now + AHEAD_MAX_MS ? now : Math.max(now, nextAt)
