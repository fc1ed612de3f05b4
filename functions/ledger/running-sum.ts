/** Amounts by a whole number, in its order, with the sum before each: "how much before" is a binary search, not a walk. */

import type { Nanos } from '../domain/money.ts'

export type RunningSum = {
  readonly keys: number[]
  /** The sum before each key. */
  readonly before: Nanos[]
  total: Nanos
}

export const openSum = (): RunningSum => ({ keys: [], before: [], total: 0n })

/** The first index whose key is not before `key`; most questions are about the latest keys. */
export const indexFrom = ({ keys }: RunningSum, key: number): number => {
  let low = 0
  let high = keys.length
  if (high > 0 && (keys[high - 1] ?? 0) < key) return high
  while (low < high) {
    const middle = (low + high) >> 1
    if ((keys[middle] ?? 0) < key) low = middle + 1
    else high = middle
  }
  return low
}

/** Adds (or, negative, takes back) an amount under a key; a key once known stays known. */
export const addTo = (sum: RunningSum, key: number, amount: Nanos): void => {
  const { keys, before } = sum
  const index = indexFrom(sum, key)
  if (keys[index] !== key) {
    before.splice(index, 0, before[index] ?? sum.total)
    keys.splice(index, 0, key)
  }
  for (let later = index + 1; later < before.length; later += 1) before[later] = (before[later] ?? 0n) + amount
  sum.total += amount
}

/** What was added under all keys before `key`. */
export const sumBefore = (sum: RunningSum, key: number): Nanos => sum.before[indexFrom(sum, key)] ?? sum.total

/** What was added under the key at an index. */
export const amountAt = ({ before, total }: RunningSum, index: number): Nanos =>
  (before[index + 1] ?? total) - (before[index] ?? 0n)

/** Keys and what was added under each, in order. */
export const amountsOf = (sum: RunningSum): readonly (readonly [key: number, amount: Nanos])[] =>
  sum.keys.map((key, index) => [key, amountAt(sum, index)] as const)
