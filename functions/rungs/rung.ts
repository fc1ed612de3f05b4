/** A rung of the ladder: one way to stop spend, and the way back. One file and one line in `index.ts` each. */

import type { Aim, Looked, StepOutcome, Was } from '../app/enforce-port.ts'
import type { LookUp } from '../app/look-up.ts'
import type { BillingClientOptions } from '../billing.ts'
import type { KeyBefore } from '../domain/enforcement.ts'
import type { Rest, RestAnswer } from '../google-rest.ts'

/** What a rung calls with. Every call of `rest` ends within its own bound; nothing is repeated but looks. */
export type RungTools = {
  readonly rest: Rest
  /** Where Google's interfaces are, without a slash at the end. */
  readonly hosts: { readonly apiKeys: string; readonly resourceManager: string; readonly serviceUsage: string }
  readonly billing: BillingClientOptions
  readonly billingLink: LookUp['billingLink']
  /** Of one call of the billing client. */
  readonly callMs: number
  /** Lets time pass between two looks at something that takes a while. */
  readonly pause: () => Promise<void>
}

/** As in `EnforcePort`, of one step; its rights were asked for before it rehearses. */
export type Hand = {
  readonly rehearse: (aim: Aim) => Promise<StepOutcome>
  /** Only where an undo needs what was there, or must not be made where nothing was changed. */
  readonly look?: (aim: Aim) => Promise<Looked>
  readonly take: (aim: Aim, keys: readonly KeyBefore[]) => Promise<StepOutcome>
  readonly undo: (projectId: string, was: Was) => Promise<StepOutcome>
  readonly close?: () => Promise<void>
}

/** Opens nothing yet: clients are loaded by the first call. */
export type Rung = (tools: RungTools) => Hand

/** A change takes seconds to be seen; what takes longer is looked at again by the next attempt. */
export const LOOKS_MAX = 5

/** Too many requests, a change by somebody else at the same moment and faults of the server pass by themselves; everything else needs a person. */
export const errorOutcome = ({ code, status, message }: Extract<RestAnswer, { kind: 'error' }>): StepOutcome => ({
  phase: code === 409 || code === 429 || code >= 500 ? 'failed' : 'refused',
  note: `Google refused: ${status || code} ${message.split('\n')[0]?.slice(0, 200) ?? ''}`.trim(),
})
