/** Google refuses calls because billing is off or overdue: the postpay side stops everything, whatever is prepaid. */

import type { Words } from '../domain/alerts.ts'
import type { CauseEvidence } from '../domain/evidence.ts'
import type { Standing } from '../domain/standing.ts'
import { DAY_MS } from '../domain/time.ts'
import { CAUSE_TERMS } from './cause-steps.ts'
import { failedText, refusalSums } from './refusal-sums.ts'
import type { Rule } from './rule.ts'
import { BILLING_ADMIN, consoleUrl, ON_CALL } from './steps.ts'
import { accountName, clockTime, headline, shortName, single } from './words.ts'

/** Nobody calls a project for so long that is not given up. */
const HOLDS_MS = 7 * DAY_MS

/** One level per project, critical until a paid call of it is served, at most a week after the last refusal. */
export const billingRefused: Rule = {
  name: 'billing-refused',
  aboutCredit: false,
  quietedBy: ['account-closed', 'billing-unlinked'],
  evaluate: (standing) =>
    (standing.evidence.causes ?? [])
      .filter((seen) => seen.cause === 'delinquent' && isInForce(standing, seen))
      .map((seen) => single('critical', () => alarm(standing, seen), seen.projectId)),
}

const isInForce = ({ asOf }: Standing, { at, paidAt }: CauseEvidence): boolean =>
  (paidAt === undefined || paidAt <= at) && asOf - at <= HOLDS_MS

const alarm = (standing: Standing, seen: CauseEvidence): Words => ({
  title: headline(
    `Google refuses calls of project ${shortName(seen.projectId)} on ${accountName(standing)}: billing is off or overdue`,
  ),
  summary: `${CAUSE_TERMS.delinquent.meaning.replace(/^b/, 'B')}. An unpaid invoice, a declined card or a project without a billing account does this, and buying credit does not help.`,
  figure: failedText(seen),
  stops: `Calls of project ${seen.projectId} fail, last seen ${clockTime(standing, seen.at)}. If the account itself is overdue, every linked project stops. It does not pass by itself.`,
  arithmetic: refusalSums(standing, seen),
  next: [
    {
      label: 'Look for an overdue payment or a declined card, and pay it',
      who: BILLING_ADMIN,
      url: consoleUrl(standing, '/payment'),
    },
    {
      label: 'Check that the project is linked to this billing account',
      who: BILLING_ADMIN,
      url: `https://console.cloud.google.com/billing/linkedaccount?project=${encodeURIComponent(seen.projectId)}`,
    },
    { label: 'Stop retrying until then: a retry cannot succeed', who: ON_CALL },
  ],
})
