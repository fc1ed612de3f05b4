/** A WHERE clause of as many comparisons as were asked for. */

/** Comparisons to the values asked for; the comparisons are ours, the values only ever bound. */
type Filter = Readonly<Record<string, string | number | undefined>>

/** The clause that holds those that were given; empty where none was. */
export const where = (filter: Filter): string => {
  const terms = Object.keys(filter).filter((term) => filter[term] !== undefined)
  return terms.length === 0 ? '' : `WHERE ${terms.map((term) => `${term} ?`).join(' AND ')}`
}

/** Their values, in the same order. */
export const given = (filter: Filter): readonly (string | number)[] =>
  Object.values(filter).filter((value) => value !== undefined)
