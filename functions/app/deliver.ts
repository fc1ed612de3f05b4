/** Sends what is due: a lane for each channel, side by side. The only place that turns deliveries into the outside world. */

import type { Deps } from './deps.ts'
import { type Drained, type LaneOf, runLane } from './lane.ts'
import { openLanes } from './lanes.ts'

/** Channels sent through at once. A lane that hangs ends within a minute or so, and then its place is free. */
const LANES_MAX = 32

/**
 * Sends everything due now, in a bounded time. Never throws for a channel's failure. Once the process stops, what is in
 * flight is finished and settled and nothing begun, so that no lease is left behind.
 */
export const drain = async (deps: Deps): Promise<Drained> => {
  const lanes = deps.lanes ?? openLanes()
  const channels = Object.keys(deps.recipients)
  const results: PromiseSettledResult<Drained>[] = []
  const run = async (of: LaneOf): Promise<void> => {
    const [result] = await Promise.allSettled([runLane(deps, lanes, of)])
    results.push(result)
  }
  const queue = channels.values()
  const work = async (): Promise<void> => {
    for (const channel of queue) await run({ channel })
  }
  await Promise.all(Array.from({ length: LANES_MAX }, work))
  if (!deps.stopping?.()) await run({ except: channels })
  return results.reduce(added, { sent: 0, retried: 0, dead: 0 })
}

const added = (sum: Drained, result: PromiseSettledResult<Drained>): Drained => {
  if (result.status === 'rejected') throw result.reason
  const { sent, retried, dead, cut } = result.value
  const both = { sent: sum.sent + sent, retried: sum.retried + retried, dead: sum.dead + dead }
  return cut || sum.cut ? { ...both, cut: true } : both
}
