/** The balance of an account in figures: its bounds, what burns it, and how long it lasts. */

import type { Nanos } from './money.ts'

/** Steps of the sum that made a bound; shown in every alert that rests on it. */
export type Bounds = {
  readonly value: Nanos
  readonly low: Nanos
  readonly high: Nanos
  /** Billed over estimated; 1 until known; in millionths. */
  readonly factorMillionths: bigint
  /** Estimated spend not yet billed, already taken off `value`. */
  readonly unbilled: Nanos
  /** How much older than now the billed feed may be. 0 when a fresh usage feed covers it. */
  readonly lagMs: number
  /** How much more than `unbilled` usage may have spent; 0 until it can be measured. */
  readonly drift: Nanos
  /** The median delay of the billed feed; absent until measured. */
  readonly feedLagMs?: number
  /** Where `drift` comes from; absent where it is 0. */
  readonly driftBy?: Drift
}

/** Why more may be spent than calls and bills show; `most` is the most that may be unbilled. The largest one counts. */
export type Drift = { readonly most: Nanos } & (
  | {
      /** The usage of so long a span may be unbilled, at the highest factor of late. */
      readonly by: 'unbilled'
      readonly amount: Nanos
      readonly factorMillionths: bigint
      readonly spanMs: number
    }
  | {
      /** No call was told for so long: it may have gone on as in the second dearest hour of the last day. */
      readonly by: 'silence'
      readonly amount: Nanos
      readonly perHour: Nanos
      readonly spanMs: number
    }
  | {
      /** Balance readings found the ledger too high by this share of spend; `spent` since the latest one. */
      readonly by: 'readings'
      readonly amount: Nanos
      readonly shareMillionths: bigint
      readonly spent: Nanos
      readonly readings: number
    }
)

export type Burn = {
  readonly perDay: Nanos
  /** Spend of the window and the time it covers. */
  readonly spent: Nanos
  readonly coveredMs: number
}

/** What a project burns a day, and with which models, largest first; a model is empty where it was not kept. */
export type ProjectBurn = {
  readonly projectId: string
  readonly perDay: Nanos
  readonly models: readonly { readonly model: string; readonly perDay: Nanos }[]
}

/** The last day against the days before it. By usage, days end now; by the bill they are UTC days. */
export type RecentSpend = {
  readonly spent: Nanos
  /** The part that was there an hour (by the bill: a reading) ago already. */
  readonly confirmed: Nanos
  readonly yesterday: Nanos
  /** Median and second largest of the days before. */
  readonly usual: Nanos
  readonly peak: Nanos
  readonly days: number
  readonly by: 'usage' | 'bill'
}

export type Runway = {
  readonly p10Hours: number
  readonly p50Hours: number
  readonly p90Hours: number
  /** Weeks of calls from which the hours of a week are known; absent: every hour counts alike. */
  readonly shapedByWeeks?: number
}
