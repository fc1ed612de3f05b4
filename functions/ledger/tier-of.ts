/** What the facts of an account say about its tier, brought together for judging. */

import type { Plan, PrepaymentDemand } from '../domain/facts.ts'
import type { Nanos } from '../domain/money.ts'
import type { TierStanding } from '../domain/standing.ts'
import type { Instant } from '../domain/time.ts'
import type { Book } from './book.ts'
import { type TierInputs, tierStanding } from './tier.ts'
import { observationsOf } from './tier-observed.ts'

type Known = {
  readonly plan: Plan
  readonly payments: TierInputs['payments']
  /** The demand for a prepayment that stands. */
  readonly demand: PrepaymentDemand | undefined
  readonly rate: Nanos | undefined
}

/** The tier by payments and by observation, as known at `at`. */
export const tierOf = (book: Book, at: Instant, { plan, payments, demand, rate }: Known): TierStanding =>
  tierStanding({
    plan,
    payments,
    observations: [
      ...book.factsOf('tier').map(({ body }) => ({ tier: body.tier, at: body.at, by: 'operator' as const })),
      ...observationsOf(book.usage.notes.tiers.values()),
    ],
    demand: demandOf(book, at, demand),
    rate,
    now: at,
  })

/** When Google first demanded a prepayment, and what the latest demand asks for while it stands. */
const demandOf = (book: Book, at: Instant, standing: PrepaymentDemand | undefined): TierInputs['demand'] => {
  const asked = book.factsOf('prepayment-required').map(({ body }) => body.at)
  const firstAt = Math.min(...asked.filter((each) => each <= at))
  if (!Number.isFinite(firstAt)) return undefined
  const isOurs = (standing?.currencyCode ?? book.account.currency) === book.account.currency
  const amount = isOurs ? standing?.amount : undefined
  return { firstAt, stands: standing !== undefined, ...(amount === undefined ? {} : { amount }) }
}
