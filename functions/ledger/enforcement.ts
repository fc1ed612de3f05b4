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
import type { FactOf } from './timeline.ts'

/**
 * A pure function of the set of facts; absent where there are none. At one instant taking back wins. What is known counts,
 * though the clock that dated it runs fast: a disarming or an undo never waits for another clock.
 */
export const enforcementStanding = (book: Book): EnforcementStanding | undefined => {
  const words: readonly Word[] = [...book.factsOf('arm'), ...book.factsOf('disarm')]
  const record = book
    .factsOf('enforcement')
    .toSorted((a, b) => compareEntries(a.body, b.body) || (a.key < b.key ? -1 : 1))
    .map(({ body }) => body)
  return words.length === 0 && record.length === 0 ? undefined : { arms: armsOf(words), record }
}

type Word = FactOf<Arm> | FactOf<Disarm>

const armsOf = (words: readonly Word[]): EnforcementStanding['arms'] => {
  const latest = new Map<string, Arm | Disarm>()
  for (const { body } of words.toSorted(compareWords)) latest.set(body.projectId, body)
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

/** As they were published, whatever the clocks of those who said them; of two at one instant the one that arms less comes last. */
const compareWords = (a: Word, b: Word): number =>
  a.provenance.source.ms - b.provenance.source.ms ||
  a.body.at - b.body.at ||
  endOf(b.body) - endOf(a.body) ||
  (a.body.by < b.body.by ? -1 : 1)

const endOf = (word: Arm | Disarm): Instant => (word.kind === 'arm' ? word.until : 0)
