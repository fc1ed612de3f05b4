/** Runs every check, whatever becomes of the others, and counts what they found. */

import { within } from '../within.ts'
import { type Check, type Finding, type Status, unknown } from './check.ts'
import type { Lack, Patient } from './patient.ts'

export type Examined = Finding & { readonly check: string }
export type Examination = { readonly findings: readonly Examined[]; readonly counts: Readonly<Record<Status, number>> }

/** Each port gives up before; this is for what none of them bounds. */
const CHECK_MS = 10_000
const NOTE_MAX = 200

/** Side by side; a check that fails or takes longer than `checkMs` is `unknown`. Findings are in the order of the checks. */
export const examine = async (
  patient: Patient,
  checks: readonly Check[],
  checkMs: number = CHECK_MS,
): Promise<Examination> => {
  const found = await Promise.all(checks.map((check) => findingsOf(patient, check, checkMs)))
  const findings = found.flatMap((own, index) => own.map((one) => ({ check: checks[index]?.name ?? '', ...one })))
  const count = (status: Status): number => findings.filter((one) => one.status === status).length
  return {
    findings,
    counts: { problem: count('problem'), warning: count('warning'), unknown: count('unknown'), ok: count('ok') },
  }
}

/** Several needs may be unmet for one reason: it is said once. */
const blind = ({ covers }: Check, lacks: readonly Lack[]): Finding =>
  unknown({
    what: `Not checked: ${covers}.`,
    why: [...new Set(lacks.map(({ why }) => why))].join(' '),
    // A line that is to be pasted must not run into the next.
    mend: [...new Set(lacks.map(({ mend }) => mend))].join(' — then: '),
  })

const findingsOf = async (patient: Patient, check: Check, checkMs: number): Promise<readonly Finding[]> => {
  const lacks = check.needs.flatMap((need) => patient.lacks[need] ?? [])
  if (lacks.length > 0) return [blind(check, lacks)]
  try {
    return await within(checkMs, check.run(patient))
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : 'unknown error').split('\n')
    return [
      unknown({
        what: `Not checked: ${check.covers}.`,
        why: `The check ended without a result (${line.slice(0, NOTE_MAX)}).`,
        mend: 'Run doctor again.',
      }),
    ]
  }
}
