/** A payment was recorded, yet calls still fail as depleted: it probably landed in the wrong place. */

import type { NextStep, Words } from '../domain/alerts.ts'
import type { Standing } from '../domain/standing.ts'
import { formatSpan } from '../domain/time.ts'
import { evidenceLines, judgeEvidence } from './evidence.ts'
import type { Rule } from './rule.ts'
import { BILLING_ADMIN, compareStep, consoleUrl, LINKS } from './steps.ts'
import { boundsSums } from './sums.ts'
import { accountName, clockTime, headline, money, single } from './words.ts'

/**
 * The vendor keeps two payments profiles on one billing account
 * (https://docs.cloud.google.com/billing/docs/how-to/split-charging-cycle); a payment in the console fills the Postpay one.
 */
export const wrongBucket: Rule = {
  name: 'wrong-bucket',
  aboutCredit: false,
  evaluate: (standing) =>
    judgeEvidence(standing) === 'wrong-bucket' ? [single('critical', () => alarm(standing))] : [],
}

const alarm = (standing: Standing): Words => {
  const { at = standing.asOf, paidAt = at } = standing.evidence.depletion ?? {}
  return {
    title: headline(
      `A payment on ${accountName(standing)} seems to be in the wrong place: calls still fail as depleted`,
    ),
    summary: `A payment was recorded for ${clockTime(standing, paidAt)}, and ${formatSpan(at - paidAt)} later calls still fail as depleted. Most often it was paid in the Cloud console and lies in the Postpay bucket, which Prepay keys cannot use.`,
    figure: `${money(standing, standing.balance.value)} by the ledger`,
    stops: `Since ${clockTime(standing, at)}: calls with this error fail and retrying does not help.`,
    arithmetic: [...evidenceLines(standing), ...boundsSums(standing)],
    next: [
      {
        label: 'Look whether AI Studio shows the payment as Prepay credit; its balance can take some hours to follow',
        who: BILLING_ADMIN,
        url: LINKS.aiStudioBilling,
      },
      {
        label:
          'If not, find the payment in the console’s Payments overview and ask billing support to move or refund it',
        who: BILLING_ADMIN,
        url: consoleUrl(standing, '/payment'),
      },
      againStep(standing),
      compareStep(standing),
    ],
  }
}

const againStep = (standing: Standing): NextStep =>
  standing.plan === 'cloud-credit'
    ? {
        label: 'If AI Studio shows this account on Prepay, buy credit there and tell Drawdown: npx drawdown plan',
        who: BILLING_ADMIN,
        url: LINKS.aiStudioBilling,
      }
    : {
        label: 'To be served at once, buy credit in AI Studio; the console would put it in the Postpay bucket again',
        who: BILLING_ADMIN,
        url: LINKS.aiStudioBilling,
      }
