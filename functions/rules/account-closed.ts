/** The billing account is closed: it pays for nothing, whatever credit is left. */

import type { Words } from '../domain/alerts.ts'
import type { Standing } from '../domain/standing.ts'
import type { Instant } from '../domain/time.ts'
import { LOOKED_UP } from './billing-steps.ts'
import type { Rule } from './rule.ts'
import { BILLING_ADMIN, consoleUrl, ON_CALL } from './steps.ts'
import { accountName, clockTime, headline, NAMES_MAX, single } from './words.ts'

/** Silent until a look-up was answered. */
export const accountClosed: Rule = {
  name: 'account-closed',
  aboutCredit: false,
  evaluate: (standing) => {
    const { open } = standing.billing
    if (!open) return []
    if (open.open) return [single('critical', () => reopened(standing, open.since), '', { state: 'clear' })]
    return [single('critical', () => closed(standing, open.since))]
  },
}

const closed = (standing: Standing, since: Instant): Words => ({
  title: headline(
    `Billing account ${accountName(standing)} (${standing.account.id}) is closed: paid calls of its projects fail`,
  ),
  summary: `Google says that billing account ${standing.account.id} is closed. Projects linked to it cannot use paid services, whatever credit is left.`,
  figure: 'Closed',
  stops: `Since ${clockTime(standing, since)} at the latest: every paid call of every linked project${projects(standing)} fails, and their other Google Cloud services stop.`,
  arithmetic: seenLines(standing, 'closed', since),
  next: [
    {
      label: 'Reopen the account, or settle what keeps it closed; it takes Billing Account Administrator',
      who: BILLING_ADMIN,
      url: consoleUrl(standing, ''),
    },
    {
      label: 'If it is to stay closed: link its projects to an open account, and change the configuration accordingly',
      who: BILLING_ADMIN,
      url: 'https://console.cloud.google.com/billing/projects',
    },
    { label: 'Pause what calls the API: retrying does not help', who: ON_CALL },
  ],
})

/** Its title alone is told, when the episode resolves. */
const reopened = (standing: Standing, since: Instant): Words => ({
  title: headline(`Billing account ${accountName(standing)} is open again`),
  summary: `Google says that billing account ${standing.account.id} is open.`,
  figure: 'Open',
  arithmetic: seenLines(standing, 'open', since),
  next: [{ label: 'Nothing to do', who: ON_CALL }],
})

const seenLines = (standing: Standing, what: string, since: Instant): readonly string[] => [
  `billingAccounts/${standing.account.id}: ${what}; first seen so at ${clockTime(standing, since)}`,
  LOOKED_UP,
]

const projects = ({ account }: Standing): string => {
  const shown = account.projects.slice(0, NAMES_MAX).join(', ')
  const more = account.projects.length - NAMES_MAX
  return shown === '' ? '' : ` (${shown}${more > 0 ? ` and ${more} more` : ''})`
}
