/** What is left in a row of grants that is drained from the front, with its sum, in steps that cost no walk over the row. */

import { minNanos, type Nanos } from '../domain/money.ts'

export type Pots = {
  /** In burn order. */
  readonly left: Nanos[]
  total: Nanos
  /** Nothing is left before it. */
  first: number
}

export const openPots = (left: readonly Nanos[]): Pots => ({
  left: [...left],
  total: left.reduce((sum, amount) => sum + amount, 0n),
  first: 0,
})

/** Takes an amount out in burn order, as far as there is something left. */
export const drain = (pots: Pots, amount: Nanos): void => {
  let rest = minNanos(amount, pots.total)
  while (rest > 0n) {
    rest -= take(pots, pots.first, minNanos(rest, pots.left[pots.first] ?? 0n))
    if (pots.left[pots.first] === 0n) pots.first += 1
  }
}

/** Takes what is left out of one. */
export const empty = (pots: Pots, place: number): void => void take(pots, place, pots.left[place] ?? 0n)

const take = (pots: Pots, place: number, amount: Nanos): Nanos => {
  pots.left[place] = (pots.left[place] ?? 0n) - amount
  pots.total -= amount
  return amount
}
