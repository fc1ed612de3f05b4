/** What is armed and what was tried, from the facts that said so. */

import {
  type Arm,
  type Disarm,
  ENFORCE_STEPS,
  type Enforcement,
  type EnforcementStanding,
  type EnforcePhase,
} from '../domain/enforcement.ts'
import type { Instant } from '../domain/time.ts'
import type { Book } from './book.ts'

/** A pure function of the set of facts up to `now`; absent where there are none. At one instant taking back wins. */
export const enforcementStanding = (book: Book, now: Instant): EnforcementStanding | undefined => {
  const words: readonly (Arm | Disarm)[] = [
    ...book.factsOf('arm').map(({ body }) => body),
    ...book.factsOf('disarm').map(({ body }) => body),
  ]
  const record = book
    .factsOf('enforcement')
    .filter(({ body }) => body.at <= now)
    .toSorted((a, b) => compareEntries(a.body, b.body) || (a.key < b.key ? -1 : 1))
    .map(({ body }) => body)
  const arms = armsOf(words.filter(({ at }) => at <= now))
  return words.length === 0 && record.length === 0 ? undefined : { arms, record }
}

const armsOf = (words: readonly (Arm | Disarm)[]): EnforcementStanding['arms'] => {
  const latest = new Map<string, Arm | Disarm>()
  for (const word of words.toSorted(compareWords)) latest.set(word.projectId, word)
  return [...latest.values()].flatMap((word) => {
    if (word.kind === 'disarm') return []
    const { kind: _, ...arm } = word
    return [arm]
  })
}

/** At one instant as they must have happened: begun, ended, undone. */
const RANK: Readonly<Record<EnforcePhase, number>> = { begun: 0, failed: 1, refused: 1, done: 1, undone: 2 }

const compareEntries = (a: Enforcement, b: Enforcement): number =>
  a.at - b.at ||
  ENFORCE_STEPS.indexOf(a.step) - ENFORCE_STEPS.indexOf(b.step) ||
  a.attempt - b.attempt ||
  RANK[a.phase] - RANK[b.phase]

/** Oldest first; of two at one instant the one that arms less comes last. */
const compareWords = (a: Arm | Disarm, b: Arm | Disarm): number =>
  a.at - b.at || endOf(b) - endOf(a) || (a.by < b.by ? -1 : 1)

const endOf = (word: Arm | Disarm): Instant => (word.kind === 'arm' ? word.until : 0)
