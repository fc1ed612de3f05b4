/** Cost that no grant covers is charged to the card without a word from the vendor. */

import type { Words } from '../domain/alerts.ts'
import type { Standing } from '../domain/standing.ts'
import type { Rule } from './rule.ts'
import { compareStep, payStep, recordStep, spendStep } from './steps.ts'
import { boundsSums, burnSums } from './sums.ts'
import { accountName, bare, headline, judgesCredit, money, single } from './words.ts'

/** Only where the plan charges below zero and credit is gone: overage from before the latest grant is old news. */
export const overageCharging: Rule = {
  name: 'overage-charging',
  aboutCredit: true,
  evaluate: (standing) => {
    const chargeable = judgesCredit(standing) && standing.plan === 'cloud-credit'
    const charging = chargeable && standing.overageSinceGrant > 0n && standing.balance.value <= 0n
    return charging ? [single('critical', () => alarm(standing))] : []
  },
}

const alarm = (standing: Standing): Words => {
  const charged = money(standing, standing.overageSinceGrant)
  const perDay = money(standing, standing.burn.perDay)
  return {
    title: headline(`The card is being charged on ${accountName(standing)}: ${charged} beyond the credit so far`),
    summary: `Credit is used up, and billed cost of ${charged} has come since the last grant without credit to cover it. At the present burn rate ${perDay} a day is added.`,
    figure: charged,
    stops: 'Nothing stops: calls go on, and the primary payment method is charged for them.',
    arithmetic: [
      `overage since the last grant ${bare(standing, standing.overageSinceGrant)}, in all ${bare(standing, standing.overage)}`,
      ...boundsSums(standing),
      ...burnSums(standing),
    ],
    next: [payStep(standing), recordStep, spendStep, compareStep(standing)],
  }
}
