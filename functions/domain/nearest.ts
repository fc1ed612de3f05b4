/** "Did you mean …?" for words a person mistyped. */

/** Longer words are no typing mistakes of ours, and comparing them costs their product. */
const WORD_MAX = 100

/** The known word with the fewest edits, if no more than a third of the letters differ; ties go to the first. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  if (word.length > WORD_MAX) return undefined
  const ranked = known.map((name) => ({ name, edits: edits(word.toLowerCase(), name.toLowerCase()) }))
  const best = ranked.reduce<(typeof ranked)[number] | undefined>(
    (a, b) => (a && a.edits <= b.edits ? a : b),
    undefined,
  )
  return best && best.edits <= Math.max(1, Math.floor(word.length / 3)) ? best.name : undefined
}

/** Levenshtein's distance, one row at a time. */
const edits = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
