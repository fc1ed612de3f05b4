/** What enforcement may have changed and nobody took back yet, from the record alone. */

import { ENFORCE_STEPS, type Enforcement, type KeyBefore } from '../domain/enforcement.ts'

/** One step to take back, with what it found. */
export type Undoing = { readonly done: Enforcement; readonly keys: readonly KeyBefore[] }

/**
 * The latest first. A step that failed, or whose process died, counts as well: part of it may have happened; so does one
 * that came to its end after it was undone. One that was refused to the end changed nothing.
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
  const since = entries.slice(entries.findLastIndex(({ phase }) => phase === 'undone') + 1)
  const refused = new Set(entries.filter(({ phase }) => phase === 'refused').map(({ attempt }) => attempt))
  const touched = new Set(since.map(({ attempt }) => attempt).filter((attempt) => !refused.has(attempt)))
  const open = entries.filter(({ attempt, phase }) => touched.has(attempt) && phase !== 'undone')
  const done = open.at(-1)
  return done ? [{ done, keys: lastOfEach(open.flatMap(({ keys }) => keys ?? [])) }] : []
}

/** Whoever records a key found it open: no attempt before had closed it, and somebody may have tightened it since. */
const lastOfEach = (keys: readonly KeyBefore[]): readonly KeyBefore[] => [
  ...new Map(keys.map((key) => [key.id, key])).values(),
]
