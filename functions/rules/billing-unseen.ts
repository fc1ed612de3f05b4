/** Google refuses a look-up: whether a project is billed, or the account open, cannot be watched. */

import type { Finding, NextStep, Words } from '../domain/alerts.ts'
import { assertNever } from '../domain/errors.ts'
import type { LookUpSubject } from '../domain/facts.ts'
import type { BillingStanding, Standing } from '../domain/standing.ts'
import { projectUrl, shellWord } from './billing-steps.ts'
import type { Rule } from './rule.ts'
import { BILLING_ADMIN, consoleUrl, ON_CALL } from './steps.ts'
import { accountName, clockTime, headline, NAMES_MAX, shortName, single } from './words.ts'

type Refused = BillingStanding['refused'][number]

/** Told once while it lasts, one episode per project and account; nothing is known to be wrong, so it is no alarm. */
export const billingUnseen: Rule = {
  name: 'billing-unseen',
  aboutCredit: false,
  evaluate: (standing) =>
    standing.billing.refused.map(
      (refused): Finding => single('warning', () => wordsOf(standing, refused), refused.about, { once: true }),
    ),
}

const wordsOf = (standing: Standing, refused: Refused): Words => ({
  title: headline(`${titleOf(refused)}: ${blindTo(refused.about)} of ${accountName(standing)} is not watched`),
  summary: `${reasonOf(refused)} Until that is mended, Drawdown can neither warn of a lost billing link nor give an all-clear; what was seen before still stands.`,
  figure: MISSING[refused.why],
  stops: 'Nothing stops.',
  arithmetic: refusedLines(standing),
  next: stepsOf(standing, refused),
})

const MISSING: Readonly<Record<Refused['why'], string>> = {
  denied: 'Role missing',
  'not-found': 'Not found',
  unauthenticated: 'Not signed in',
  'api-disabled': 'API disabled',
}

const isProject = (about: LookUpSubject): boolean => about.startsWith('projects/')
const idOf = (about: LookUpSubject): string => about.slice(about.indexOf('/') + 1)

/**
 * The smallest predefined roles with `resourcemanager.projects.get` and `billing.accounts.get`:
 * https://docs.cloud.google.com/iam/docs/roles-permissions/browser and …/billing
 */
const roleFor = (about: LookUpSubject): string => (isProject(about) ? 'roles/browser' : 'roles/billing.viewer')

const blindTo = (about: LookUpSubject): string =>
  isProject(about) ? `the billing link of ${shortName(idOf(about))}` : 'the open state'

const titleOf = ({ about, why }: Refused): string => {
  switch (why) {
    case 'denied':
      return `${roleFor(about)} is missing`
    case 'not-found':
      return 'Google finds no such resource'
    case 'unauthenticated':
      return 'Google does not know the caller'
    case 'api-disabled':
      return 'The Cloud Billing API is disabled'
    default:
      return assertNever(why)
  }
}

const reasonOf = ({ about, why }: Refused): string => {
  switch (why) {
    case 'denied':
      return `The service account of the schedule function may not read ${about}: the role ${roleFor(about)} is missing there, or there is no such ${isProject(about) ? 'project' : 'account'}.`
    case 'not-found':
      return `Google finds no ${about}: the id is misspelt in the configuration, or the ${isProject(about) ? 'project was deleted' : 'account is gone'}.`
    case 'unauthenticated':
      return `Google refused the credentials of the schedule function when it asked about ${about}.`
    case 'api-disabled':
      return `The Cloud Billing API is not enabled in the project that Drawdown runs in, so ${about} cannot be read.`
    default:
      return assertNever(why)
  }
}

/** SERVICE_ACCOUNT is the one the schedule function runs as; the ledger does not know its address. */
const stepsOf = (standing: Standing, { about, why }: Refused): readonly NextStep[] => {
  switch (why) {
    case 'denied':
    case 'not-found':
      return [grantStep(about), spellingStep(standing, about)]
    case 'unauthenticated':
      return [
        { label: 'Check that the service account of the schedule function exists and is enabled', who: ON_CALL },
        { label: 'On a machine of your own: gcloud auth application-default login', who: ON_CALL },
      ]
    case 'api-disabled':
      return [
        { label: 'Enable it where Drawdown runs: gcloud services enable cloudbilling.googleapis.com', who: ON_CALL },
      ]
    default:
      return assertNever(why)
  }
}

const grantStep = (about: LookUpSubject): NextStep => {
  const bind = isProject(about) ? 'gcloud projects' : 'gcloud billing accounts'
  return {
    label: `Grant the role: ${bind} add-iam-policy-binding ${shellWord(idOf(about))} --member=serviceAccount:SERVICE_ACCOUNT --role=${roleFor(about)}, with the account that the schedule function runs as`,
    who: BILLING_ADMIN,
  }
}

const spellingStep = (standing: Standing, about: LookUpSubject): NextStep => ({
  label: 'Check that the id in the configuration is spelled as Google spells it',
  who: ON_CALL,
  url: isProject(about) ? projectUrl('iam-admin/iam', idOf(about)) : consoleUrl(standing, ''),
})

/** Everything that is refused on this account: one message names it all. */
const refusedLines = (standing: Standing): readonly string[] => {
  const { refused } = standing.billing
  const shown = refused
    .slice(0, NAMES_MAX)
    .map(({ about, why, since }) => `${about}: ${MISSING[why]} since ${clockTime(standing, since)}`)
  return refused.length > NAMES_MAX ? [...shown, `and ${refused.length - NAMES_MAX} more`] : shown
}
