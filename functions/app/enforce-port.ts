/** What enforcement needs of the outside: a hand that can look at a project, rehearse a step, take it and take it back. */

import type { EnforceStep, KeyBefore } from '../domain/enforcement.ts'
import type { AccountId } from '../domain/keys.ts'
import type { ProjectLadder } from '../enforce/ladder.ts'
import type { LookUp } from './look-up.ts'

/** What came of a call, in words for people that name no secret; `refused` needs a person, `failed` may pass by itself. */
export type StepOutcome = { readonly phase: 'done' | 'refused' | 'failed'; readonly note: string }

export type Aim = {
  readonly projectId: string
  /** Ids or uids of the only API keys that may be restricted. */
  readonly keys?: readonly string[]
}

/** The project, with the keys that the configuration names for it. */
export const aimOf = (projectId: string, ladder: ProjectLadder | undefined): Aim => ({
  projectId,
  ...(ladder?.keys && { keys: ladder.keys }),
})

/**
 * What a step is about to change, as it is now; without keys for steps whose undoing needs no more than the account. `so`:
 * there is nothing left to change.
 */
export type Looked =
  | { readonly kind: 'seen'; readonly keys?: readonly KeyBefore[] }
  | { readonly kind: 'so'; readonly note: string }
  | StepOutcome

/** What an undo puts back. */
export type Was = { readonly account: AccountId; readonly keys: readonly KeyBefore[] }

/** Each call settles within a bound of its own and does not throw. */
export type EnforcePort = Pick<LookUp, 'billingLink' | 'close'> & {
  /** Asks whether the step could be taken, and changes nothing. */
  readonly rehearse: (step: EnforceStep, aim: Aim) => Promise<StepOutcome>
  /** Read before the claim, which records it; changes nothing. */
  readonly look: (step: EnforceStep, aim: Aim) => Promise<Looked>
  /** Takes the step and reads back whether it is so; `done` only then, also where the reply was lost. `keys` are all that were ever claimed. */
  readonly take: (step: EnforceStep, aim: Aim, keys: readonly KeyBefore[]) => Promise<StepOutcome>
  /** Links the project, turns the API on, or gives the keys back what they had. What is so already stays so. */
  readonly undo: (step: EnforceStep, projectId: string, was: Was) => Promise<StepOutcome>
}
