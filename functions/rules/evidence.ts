/** What API errors and an operator's word say against the ledger (design §4.4); at most one verdict at a time. */

import type { Standing } from '../domain/standing.ts'
import { bare, clip, clockTime } from './words.ts'

export type Verdict = 'prepayment-required' | 'wrong-bucket' | 'false-depletion'

/** The vendor's sentence is under 250 characters; more is not its text. */
const MESSAGE_MAX = 300

/** Weighs evidence against the ledger; an operator's word comes first, and without a ledger the error is believed. */
export const judgeEvidence = (standing: Standing): Verdict | undefined => {
  const { demand, depletion } = standing.evidence
  if (demand) return 'prepayment-required'
  if (!depletion) return undefined
  const ledgerSilent = standing.feeds.budget?.stale === true
  if (!standing.funded || depletion.nearZero || ledgerSilent) return 'prepayment-required'
  return depletion.paidAt === undefined ? 'false-depletion' : 'wrong-bucket'
}

/** The error as it came, and the last call that was served; one line each. */
export const evidenceLines = (standing: Standing): readonly string[] => {
  const { depletion, paidCallAt } = standing.evidence
  return [
    ...(depletion
      ? [
          `error ${depletion.code} at ${clockTime(standing, depletion.at)} in project ${depletion.projectId}: “${clip(depletion.message, MESSAGE_MAX)}”`,
        ]
      : []),
    paidCallAt === undefined
      ? 'no paid call that was served is known'
      : `last paid call that was served: ${clockTime(standing, paidCallAt)}`,
    standing.funded
      ? `balance by the ledger: low ${bare(standing, standing.balance.low)}, value ${bare(standing, standing.balance.value)}, high ${bare(standing, standing.balance.high)} ${standing.account.currency}`
      : 'the ledger knows no grant and no balance yet',
  ]
}
