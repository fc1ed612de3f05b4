/** Next steps about billing links: console pages and gcloud lines that can be pasted as they are. */

import type { NextStep } from '../domain/alerts.ts'
import type { AccountId } from '../domain/keys.ts'
import type { Standing } from '../domain/standing.ts'
import { BILLING_ADMIN } from './steps.ts'

/** How an answer of Google was come by, for the sums of an alert. */
export const LOOKED_UP =
  'looked up about every 15 minutes, and told at once where an audit log sink or an asset feed is connected'

/** A page of the Cloud console about one project. */
export const projectUrl = (page: string, projectId: string): string =>
  `https://console.cloud.google.com/${page}?project=${encodeURIComponent(projectId.toWellFormed())}`

/** Quotes outside text for a shell where it holds more than a project or account id does. */
export const shellWord = (text: string): string =>
  /^[\w.:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''").replace(/[\r\n]/g, ' ')}'`

/** Linking as a person does it, then as a command; the roles are those of https://docs.cloud.google.com/billing/docs/how-to/modify-project */
export const linkSteps = (
  standing: Standing,
  projectId: string,
  to: AccountId = standing.account.id,
): readonly NextStep[] => [
  {
    label: `Link the project to ${standing.account.name}; it takes Billing Account User on the account and Project Owner or Project Billing Manager on the project`,
    who: BILLING_ADMIN,
    url: projectUrl('billing/linkedaccount', projectId),
  },
  {
    label: `Or by command: gcloud billing projects link ${shellWord(projectId)} --billing-account=${to}`,
    who: BILLING_ADMIN,
  },
]
