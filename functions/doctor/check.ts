/** Contract of a check: what it needs of the world, and what it found. */

import type { Patient } from './patient.ts'

/** Worst first, as they are printed. */
export const STATUSES = ['problem', 'warning', 'unknown', 'ok'] as const
export type Status = (typeof STATUSES)[number]

/**
 * `what` is the state in one sentence, `why` why it matters, `mend` what to do; a command in it can be pasted as it is.
 * `unknown` is what could not be seen: neither an alarm nor an all-clear. No text holds a secret.
 */
export type Finding =
  | { readonly status: 'ok'; readonly what: string }
  | { readonly status: Exclude<Status, 'ok'>; readonly what: string; readonly why: string; readonly mend: string }

/** What a check cannot do without; where it is missing, the check does not run and says what it would have looked at. */
export type Need = 'config' | 'project' | 'pubsub' | 'google' | 'ledger'

export type Check = {
  readonly name: string
  /** What it looks at, as in “Not checked: …”. */
  readonly covers: string
  readonly needs: readonly Need[]
  /** Asks through the patient's ports alone, and judges the answers; reads no clock and no environment. */
  readonly run: (patient: Patient) => Promise<readonly Finding[]>
}

export const ok = (what: string): Finding => ({ status: 'ok', what })

/** What has to be said of anything that is not in order. */
export type Complaint = { readonly what: string; readonly why: string; readonly mend: string }

export const problem = (complaint: Complaint): Finding => ({ status: 'problem', ...complaint })
export const warning = (complaint: Complaint): Finding => ({ status: 'warning', ...complaint })
export const unknown = (complaint: Complaint): Finding => ({ status: 'unknown', ...complaint })
