/** Chance that can be repeated: one seed, one stream of numbers. */

export type Chance = {
  /** In `[0, 1)`. */
  readonly next: () => number
  readonly between: (low: number, high: number) => number
  readonly pick: <One>(list: readonly [One, ...One[]]) => One
  /** Standard normal, by the sum of twelve. */
  readonly normal: () => number
}

const TWO_32 = 4_294_967_296

/** Mulberry32: 32 bits of state, good enough to draw made-up accounts. */
export const chanceOf = (seed: number): Chance => {
  let state = (seed * 2_654_435_761) >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / TWO_32
  }
  const between = (low: number, high: number): number => low + (high - low) * next()
  return {
    next,
    between,
    pick: (list) => list[Math.floor(next() * list.length)] ?? list[0],
    normal: () => Array.from({ length: 12 }, next).reduce((sum, part) => sum + part, -6),
  }
}
