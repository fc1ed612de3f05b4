/** Credit is gone by the ledger's best figure. */

import type { Words } from '../domain/alerts.ts'
import type { Standing } from '../domain/standing.ts'
import type { Rule } from './rule.ts'
import { compareStep, payStep, recordStep } from './steps.ts'
import { boundsSums, burnSums } from './sums.ts'
import { unrecordedPayment } from './unrecorded.ts'
import { accountName, atZero, headline, judgesCredit, money, single, sureness } from './words.ts'

/**
 * Judges `value`, not the cautious bound: nobody is told that service ended while it may still run. Where a purchase that
 * nobody recorded explains it better, `payment-unrecorded` speaks instead.
 */
export const creditExhausted: Rule = {
  name: 'credit-exhausted',
  aboutCredit: true,
  evaluate: (standing) => {
    const gone = judgesCredit(standing) && standing.balance.value <= 0n
    return gone && !unrecordedPayment(standing) ? [single('critical', () => alarm(standing))] : []
  },
}

const alarm = (standing: Standing): Words => ({
  title: headline(
    standing.plan === 'cloud-credit'
      ? `Credit is gone on ${accountName(standing)}: the card is charged from now on`
      : `Credit is gone on ${accountName(standing)}: every API key of every linked project stops at once`,
  ),
  summary: `${sureness(standing)} ${proof(standing)}`,
  figure: money(standing, standing.balance.value),
  stops: `Now: ${atZero(standing)}.`,
  arithmetic: [...boundsSums(standing), ...burnSums(standing)],
  next: [payStep(standing), recordStep, compareStep(standing)],
})

const proof = (standing: Standing): string => {
  if (standing.plan === 'cloud-credit')
    return 'Calls go on; what they cost is now charged to the primary payment method.'
  return standing.evidence.depletion
    ? 'Gemini API calls already fail with the depletion error.'
    : 'No depletion error has been reported yet; billing data can be hours old.'
}
