/** The dearest ten minutes of the last hour, against the spend-based rate limit of a tier. */

import type { Nanos } from '../domain/money.ts'
import type { SpendRate } from '../domain/standing.ts'
import { HOUR_MS, type Instant, MINUTE_MS } from '../domain/time.ts'
import { SPEND_RATE_WINDOW_MS } from '../policy/tiers.ts'
import { minuteSpends, type UsageSeries } from './usage-series.ts'

/** A peak is remembered this long, so that it is told once and not with every breath. */
const REMEMBERED_MS = HOUR_MS
const WINDOW = SPEND_RATE_WINDOW_MS / MINUTE_MS

/** The windows end with whole minutes, the running one included; USD at list price. `undefined` where nothing was spent in them. */
export const spendRate = (usage: UsageSeries, now: Instant): SpendRate | undefined => {
  const last = Math.floor(now / MINUTE_MS)
  const first = last - REMEMBERED_MS / MINUTE_MS + 1
  const begin = first - WINDOW + 1
  let sum: Nanos = 0n
  let peak: Nanos = 0n
  let peakAt = last
  const spends = minuteSpends(usage, begin, last)
  for (let minute = begin; minute <= last; minute += 1) {
    sum += (spends[minute - begin] ?? 0n) - (spends[minute - begin - WINDOW] ?? 0n)
    if (minute < first || sum <= peak) continue
    peak = sum
    peakAt = minute
  }
  return peak > 0n ? { usd: peak, at: Math.min(now, (peakAt + 1) * MINUTE_MS) } : undefined
}
