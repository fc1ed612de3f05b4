/** Finds the one thing meant by a key or by its beginning. */

/** Shorter beginnings would be guesses. */
const PREFIX_MIN = 4
/** Things named in an error. */
const NAMED_MAX = 10

export type Picked<Item> =
  | { readonly kind: 'one'; readonly item: Item }
  | { readonly kind: 'none' | 'many'; readonly items: readonly Item[] }

/** An exact key wins; else the only one that begins with at least four characters of it. `items` are candidates to name. */
export const pick = <Item>(items: readonly Item[], word: string, keyOf: (item: Item) => string): Picked<Item> => {
  const exact = items.find((item) => keyOf(item) === word)
  if (exact) return { kind: 'one', item: exact }
  const near = word.length < PREFIX_MIN ? [] : items.filter((item) => keyOf(item).startsWith(word))
  const [first] = near
  if (first && near.length === 1) return { kind: 'one', item: first }
  return near.length === 0
    ? { kind: 'none', items: items.slice(0, NAMED_MAX) }
    : { kind: 'many', items: near.slice(0, NAMED_MAX) }
}
