/** A listed project is billed to no account, to another one, or to one that pays for nothing. */

import type { Finding, NextStep, Words } from '../domain/alerts.ts'
import type { LinkStanding, Standing } from '../domain/standing.ts'
import { LOOKED_UP, linkSteps, projectUrl } from './billing-steps.ts'
import type { Rule } from './rule.ts'
import { BILLING_ADMIN, consoleUrl, ON_CALL } from './steps.ts'
import { accountName, clockTime, headline, shortName, single } from './words.ts'

/** One episode per project, from the first look on; a project that was never answered for is not judged. */
export const billingUnlinked: Rule = {
  name: 'billing-unlinked',
  aboutCredit: false,
  evaluate: (standing) => standing.billing.links.map((link) => findingOf(standing, link)),
}

const findingOf = (standing: Standing, link: LinkStanding): Finding => {
  const { projectId, linkedTo, billingEnabled } = link
  if (linkedTo === undefined) return single('critical', () => nowhere(standing, link), projectId)
  if (linkedTo !== standing.account.id) return single('critical', () => elsewhere(standing, link, linkedTo), projectId)
  if (billingEnabled) return single('critical', () => mended(standing, link), projectId, { state: 'clear' })
  // Where the account is known to be closed, `account-closed` speaks for all its projects.
  const isToldElsewhere = standing.billing.open?.open === false
  return single('critical', () => disabled(standing, link), projectId, isToldElsewhere ? { state: 'between' } : {})
}

const PAID_STOPS =
  'every paid call of the project fails, and its other Google Cloud services stop; Gemini models with a free tier may go on within its limits'

const nowhere = (standing: Standing, link: LinkStanding): Words => ({
  title: headline(
    `Project ${shortName(link.projectId)} of ${accountName(standing)} is linked to no billing account: paid calls fail`,
  ),
  summary: `Google says that project ${link.projectId} is linked to no billing account. The credit of ${standing.account.name} is of no use to it until it is linked again.`,
  figure: 'No billing account',
  stops: `Since ${clockTime(standing, link.since)} at the latest: ${PAID_STOPS}.`,
  arithmetic: seenLines(standing, link, 'none'),
  next: [...linkSteps(standing, link.projectId), auditStep(link), listStep],
})

const elsewhere = (standing: Standing, link: LinkStanding, linkedTo: string): Words => ({
  title: headline(
    `Project ${shortName(link.projectId)} is billed to account ${linkedTo}, not to ${accountName(standing)}`,
  ),
  summary: `Google says that project ${link.projectId} is linked to billing account ${linkedTo}. What it spends there is not in this ledger, and the credit of ${standing.account.name} does not cover it.`,
  figure: linkedTo,
  stops: link.billingEnabled
    ? 'Nothing stops by that alone: the other account pays, and its credit, tier and caps now hold for the project.'
    : `Since ${clockTime(standing, link.since)} at the latest: the other account is closed, so ${PAID_STOPS}.`,
  arithmetic: seenLines(standing, link, linkedTo),
  next: [...linkSteps(standing, link.projectId), auditStep(link), listStep],
})

const disabled = (standing: Standing, link: LinkStanding): Words => ({
  title: headline(
    `Billing is off for project ${shortName(link.projectId)}, although ${accountName(standing)} is linked`,
  ),
  summary: `Google says that project ${link.projectId} is linked to ${standing.account.name}, yet billing is disabled for it. That is so while the billing account is closed.`,
  figure: 'Billing disabled',
  stops: `Since ${clockTime(standing, link.since)} at the latest: ${PAID_STOPS}.`,
  arithmetic: seenLines(standing, link, standing.account.id),
  next: [
    {
      label: 'See whether the billing account is open, and why not: Billing Account Administrator',
      who: BILLING_ADMIN,
      url: consoleUrl(standing, ''),
    },
    ...linkSteps(standing, link.projectId),
  ],
})

/** Its title alone is told, when the episode resolves. */
const mended = (standing: Standing, link: LinkStanding): Words => ({
  title: headline(`Project ${shortName(link.projectId)} is linked to ${accountName(standing)} again`),
  summary: `Google says that project ${link.projectId} is billed to ${standing.account.name}.`,
  figure: standing.account.id,
  arithmetic: seenLines(standing, link, standing.account.id),
  next: [{ label: 'Nothing to do', who: ON_CALL }],
})

const seenLines = (standing: Standing, { projectId, billingEnabled, since }: LinkStanding, account: string) => [
  `projects/${projectId}: billing account ${account}, billing ${billingEnabled ? 'enabled' : 'disabled'}; first seen so at ${clockTime(standing, since)}`,
  LOOKED_UP,
]

/** Short method names as https://docs.cloud.google.com/billing/docs/audit-logging lists them. */
const auditStep = ({ projectId }: LinkStanding): NextStep => ({
  label: 'See who changed it: DisableResourceBilling or AssignResourceToBillingAccount in the audit log',
  who: ON_CALL,
  url: projectUrl('logs/query', projectId),
})

const listStep: NextStep = {
  label: 'If it was meant: take the project out of this account’s list in the configuration',
  who: ON_CALL,
}
