/** What enforcement may have changed and nobody took back yet, from the record alone. */

import { ENFORCE_STEPS, type Enforcement, type KeyBefore } from '../domain/enforcement.ts'

/** One step to take back, with what it found. */
export type Undoing = { readonly done: Enforcement; readonly keys: readonly KeyBefore[] }

/**
 * The latest first. A step that failed, or whose process died, counts as well: part of it may have happened. One that was
 * refused to the end changed nothing.
 */
export const undoable = (record: readonly Enforcement[], projectId: string): readonly Undoing[] => {
  const mine = record.filter((entry) => entry.projectId === projectId && entry.mode === 'act')
  const bySteps = Map.groupBy(mine, ({ alertKey, step }) => `${step} ${alertKey}`)
  return [...bySteps.values()].flatMap(standing).toSorted((a, b) => compare(b.done, a.done))
}

const compare = (a: Enforcement, b: Enforcement): number =>
  a.at - b.at || ENFORCE_STEPS.indexOf(a.step) - ENFORCE_STEPS.indexOf(b.step)

/** Of one step for one alert. */
const standing = (entries: readonly Enforcement[]): readonly Undoing[] => {
  const undone = Math.max(0, ...entries.filter(({ phase }) => phase === 'undone').map(({ attempt }) => attempt))
  const refused = new Set(entries.filter(({ phase }) => phase === 'refused').map(({ attempt }) => attempt))
  const open = entries.filter(({ attempt }) => attempt > undone && !refused.has(attempt))
  const done = open.at(-1)
  return done ? [{ done, keys: firstOfEach(open.flatMap(({ keys }) => keys ?? [])) }] : []
}

/** An earlier attempt saw a key as it was before any of them. */
const firstOfEach = (keys: readonly KeyBefore[]): readonly KeyBefore[] => [
  ...new Map(keys.toReversed().map((key) => [key.id, key])).values(),
]
