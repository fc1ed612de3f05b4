/** Calls fail as depleted although the ledger holds credit and no payment is under way. */

import type { Words } from '../domain/alerts.ts'
import type { Standing } from '../domain/standing.ts'
import { evidenceLines, judgeEvidence } from './evidence.ts'
import type { Rule } from './rule.ts'
import { BILLING_ADMIN, LINKS, ON_CALL, recordStep } from './steps.ts'
import { boundsSums } from './sums.ts'
import { supportText } from './support-text.ts'
import { accountName, clockTime, headline, money, single } from './words.ts'

/** Either the vendor's balance is out of step or the ledger is: the first step settles which. */
export const falseDepletion: Rule = {
  name: 'false-depletion',
  aboutCredit: false,
  evaluate: (standing) =>
    judgeEvidence(standing) === 'false-depletion' ? [single('critical', () => alarm(standing))] : [],
}

const alarm = (standing: Standing): Words => {
  const { balance, evidence } = standing
  return {
    title: headline(
      `Calls fail as depleted on ${accountName(standing)}, though the ledger holds ${money(standing, balance.value)}`,
    ),
    summary: `Google says the prepayment is used up; the ledger says at least ${money(standing, balance.low)} is left. One of the two is wrong: Google’s balance is known to lag by hours at times, and the ledger does not see purchases, refunds or promotions nobody told it of.`,
    figure: `${money(standing, balance.value)} by the ledger`,
    stops: `Since ${clockTime(standing, evidence.depletion?.at ?? standing.asOf)}: calls with this error fail and retrying does not help.`,
    arithmetic: [...evidenceLines(standing), ...boundsSums(standing), ...supportText(standing, evidence.depletion)],
    next: [
      { label: 'Check the balance in AI Studio', who: BILLING_ADMIN, url: LINKS.aiStudioBilling },
      { label: 'If it is lower than the ledger’s, tell Drawdown what it shows: npx drawdown reading', who: ON_CALL },
      {
        label: 'If it is zero, buy credit in AI Studio, not in the console',
        who: BILLING_ADMIN,
        url: LINKS.aiStudioBilling,
      },
      recordStep,
      {
        label:
          'If it shows credit, compare the project’s billing account and status, and write to billing support with the lines above',
        who: ON_CALL,
        url: LINKS.aiStudioProjects,
      },
      ...planStep(standing),
    ],
  }
}

/** The depletion error exists on Prepay accounts only. */
const planStep = (standing: Standing): Words['next'] =>
  standing.plan === 'gemini-prepay'
    ? []
    : [
        {
          label: 'If AI Studio shows this account on Prepay, tell Drawdown: npx drawdown plan',
          who: BILLING_ADMIN,
          url: LINKS.aiStudioBilling,
        },
      ]
