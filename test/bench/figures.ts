/** Medians, percentiles, and rounds whose order is turned around each time. */

/** Middle of the sorted values, the mean of the two middle ones for an even count; NaN for none. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** Nearest rank: the smallest value that at least `share` of all do not exceed; NaN for none. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** `median (min–max)`, or the one value alone. */
export const spread = (values: readonly number[], show: (value: number) => string = brief): string => {
  if (values.length < 2) return show(median(values))
  return `${show(median(values))} (${show(Math.min(...values))}–${show(Math.max(...values))})`
}

/** Three significant digits, whole from a hundred on. */
export const brief = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))

export const times = (value: number): string => `${value.toFixed(2)} ×`
export const ms = (value: number): string => `${brief(value)} ms`
/** Of milliseconds. */
export const micros = (value: number): string => `${brief(value * 1_000)} µs`
export const mb = (value: number): string => `${Math.round(value)} MB`

/**
 * Runs every variant once a round, in an order that is reversed every round, so that a machine that slowly warms up or
 * tires favours nobody. Results by variant, in order of rounds: the same index is the same round.
 */
export const interleaved = async <Variant, Result>(
  rounds: number,
  variants: readonly Variant[],
  run: (variant: Variant, round: number) => Promise<Result>,
): Promise<ReadonlyMap<Variant, readonly Result[]>> => {
  const results = new Map<Variant, Result[]>(variants.map((variant) => [variant, []]))
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? variants : variants.toReversed()
    for (const variant of order) results.get(variant)?.push(await run(variant, round))
  }
  return results
}

/** `a[i] / b[i]` for every round both took part in. */
export const ratios = (a: readonly number[], b: readonly number[]): readonly number[] =>
  a.slice(0, b.length).map((value, index) => value / (b[index] ?? Number.NaN))
