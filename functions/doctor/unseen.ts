/** What could not be seen, and which role or command would open the view. */

import type { LookedUp } from '../app/look-up.ts'
import { assertNever } from '../domain/errors.ts'
import { SIGN_IN } from '../sign-in-fault.ts'
import { type Complaint, type Finding, unknown } from './check.ts'
import { enableLine, grantLine } from './gcloud.ts'
import type { Patient } from './patient.ts'

export type Unseen = Exclude<LookedUp<unknown>, { readonly kind: 'answer' }>

/** Where an answer is asked for: the API, the resource that a role would have to be granted on, and the smallest such role. */
export type Source = { readonly api: string; readonly resource: string; readonly role: string }

/** An `unknown` finding about `subject`, such as “The budgets of Production”. */
export const unseen = (patient: Patient, subject: string, answer: Unseen, source: Source): Finding =>
  unknown({ what: `${subject} could not be read.`, ...reasonOf(patient, answer, source) })

const reasonOf = (patient: Patient, answer: Unseen, source: Source): Omit<Complaint, 'what'> => {
  if (answer.kind === 'failed')
    return { why: `Google gave no usable answer (${answer.note}).`, mend: 'Check the network, then run doctor again.' }
  const { why } = answer
  switch (why) {
    case 'denied':
      return {
        why: `${callerOf(patient)} may not read ${source.resource}: ${source.role} is missing there.`,
        mend: `Grant it: ${grantLine(source.resource, callerOf(patient), source.role)}`,
      }
    case 'not-found':
      return {
        why: `Google finds no ${source.resource}, or does not show it to ${callerOf(patient)}.`,
        mend: `Check how it is spelled. If it is right: ${grantLine(source.resource, callerOf(patient), source.role)}`,
      }
    case 'unauthenticated':
      return { why: 'Google does not accept the sign-in.', mend: `Sign in again: ${SIGN_IN}` }
    case 'api-disabled':
      return {
        why: `The API ${source.api} is not enabled in ${patient.project}.`,
        mend: `Enable it: ${enableLine(source.api, patient.project)}`,
      }
    default:
      return assertNever(why)
  }
}

/** The caller as IAM spells it, or a placeholder. */
export const callerOf = ({ caller }: Patient): string => caller?.member ?? 'user:YOUR_MAIL_ADDRESS'

/** The store check says why. */
export const ledgerUnseen = (covers: string): Finding =>
  unknown({
    what: `Not checked: ${covers}.`,
    why: 'The ledger could not be read.',
    mend: 'See the check store.',
  })
