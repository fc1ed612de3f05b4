/** Runs one made-up account through the real ledger and rules, and holds every answer against the oracle. */

import { DAY_MS, HOUR_MS, type Instant } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import { creditLow } from '../../functions/rules/credit-low.ts'
import { creditRunway } from '../../functions/rules/credit-runway.ts'
import { BUDGET, settings } from '../support/facts.ts'
import { arrivalsOf, PERIODS } from './feeds.ts'
import { chanceOf } from './prng.ts'
import type { Regime } from './regimes.ts'
import { drawTruth, type Truth } from './truth.ts'

/** What one evaluation came to. Widths and errors in hours of the true mean burn. */
export type Judged = {
  readonly day: number
  readonly verdict: 'within' | 'below low' | 'above high'
  readonly width: number
  readonly error: number
  /** True hours to zero over the p10, p50 and p90 told; absent where no top-up is to come and zero is known. */
  readonly runway?: { readonly real: number; readonly p10: number; readonly p50: number; readonly p90: number }
}

/** When an alert last began to hold, and when the promise of its level fell due. */
export type Lead = { readonly level: string; readonly dueAt: Instant; readonly firedAt: Instant | undefined }

export type Run = { readonly judged: readonly Judged[]; readonly leads: readonly Lead[]; readonly hours: number }

/** Between two evaluations, on average; the product judges every five minutes. */
const EVERY_MS = 2 * HOUR_MS
/** Money of the oracle is a float of at most a few thousand dollars. */
const TOLERANCE = 1e-5

export const runOf = (seed: number, regime: Regime): Run => {
  const chance = chanceOf(seed)
  const start = Math.round((PERIODS[0] ?? 0) + chance.between(0, 20) * DAY_MS)
  const truth = drawTruth(chance, regime, start)
  const book = new Book(settings({ budgets: { [BUDGET]: 'drawdown' } }))
  const arrivals = arrivalsOf(chance, regime, truth)
  const holding = new Map<string, Instant>()
  const judged: Judged[] = []
  let next = 0
  for (let at = start + EVERY_MS; at < truth.end; at += EVERY_MS * chance.between(0.5, 1.5)) {
    const now = Math.round(at)
    for (let arrival = arrivals[next]; arrival && arrival.at <= now; arrival = arrivals[next]) {
      book.add(arrival.fact)
      next += 1
    }
    judged.push(judge(book, truth, now, holding))
  }
  return { judged, leads: leadsOf(truth, holding), hours: (truth.end - start) / HOUR_MS }
}

const dollars = (amount: bigint): number => Number(amount) / 1e9

const judge = (book: Book, truth: Truth, now: Instant, holding: Map<string, Instant>): Judged => {
  const standing = standingOf(book, now)
  const [low, value, high] = [standing.balance.low, standing.balance.value, standing.balance.high].map(dollars)
  const real = truth.balanceAt(now)
  const perHour = truth.spentBy(truth.end) / ((truth.end - truth.start) / HOUR_MS)
  for (const rule of [creditLow, creditRunway])
    for (const { level, state } of rule.evaluate(standing, { now, firstSeenAt: truth.start, rejected: [] })) {
      const name = `${rule.name} ${level}`
      if (state === 'clear') holding.delete(name)
      else if (state === 'holds' && !holding.has(name)) holding.set(name, now)
    }
  const isLast = truth.zeroAt !== undefined && now >= (truth.topUps.at(-1)?.at ?? 0)
  const { runway } = standing
  return {
    day: (now - truth.start) / DAY_MS,
    verdict: real < (low ?? 0) - TOLERANCE ? 'below low' : real > (high ?? 0) + TOLERANCE ? 'above high' : 'within',
    width: ((high ?? 0) - (low ?? 0)) / perHour,
    error: ((value ?? 0) - real) / perHour,
    ...(isLast && runway && standing.burn.coveredMs >= DAY_MS
      ? {
          runway: {
            real: ((truth.zeroAt ?? 0) - now) / HOUR_MS,
            p10: runway.p10Hours,
            p50: runway.p50Hours,
            p90: runway.p90Hours,
          },
        }
      : {}),
  }
}

const LEVELS_PERCENT = [50, 20, 10] as const
const LEVELS_HOURS = [168, 72, 24] as const

/** Credit-low promises to be there when the true balance reaches its level; credit-runway so many hours before true zero. */
const leadsOf = (truth: Truth, holding: ReadonlyMap<string, Instant>): readonly Lead[] => {
  const last = truth.topUps.at(-1)
  if (truth.zeroAt === undefined || !last) return []
  const base = truth.balanceAt(last.at)
  const low = LEVELS_PERCENT.map((percent) => ({
    level: `credit-low ${percent}%`,
    dueAt: reached(truth, last.at, (base * percent) / 100),
  }))
  const zeroAt = truth.zeroAt
  const runway = LEVELS_HOURS.map((hours) => ({ level: `credit-runway ${hours}h`, dueAt: zeroAt - hours * HOUR_MS }))
  /** A promise that fell due before or right after the last top-up, or on the first day, could not be kept by anybody. */
  const fair = [...low, ...runway].filter(
    ({ dueAt }) => dueAt > last.at + 2 * DAY_MS && dueAt > truth.start + 3 * DAY_MS,
  )
  return fair.map((lead) => ({ ...lead, firedAt: holding.get(lead.level) }))
}

/** By bisection: the true balance only falls after the last top-up. */
const reached = (truth: Truth, from: Instant, balance: number): Instant => {
  let [low, high] = [from, truth.end]
  while (high - low > 60_000) {
    const middle = (low + high) / 2
    if (truth.balanceAt(middle) > balance) low = middle
    else high = middle
  }
  return high
}
