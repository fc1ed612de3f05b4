/** Billing: accounts open, projects linked where the configuration says, and Drawdown apart from what it watches. */

import type { AccountSettings } from '../domain/standing.ts'
import { type Check, type Finding, ok, problem, warning } from './check.ts'
import { gcloud } from './gcloud.ts'
import type { Patient } from './patient.ts'
import { unseen } from './unseen.ts'

export const billing: Check = {
  name: 'billing',
  covers: 'billing links and open accounts',
  needs: ['config', 'google'],
  run: async (patient) => {
    const found = await Promise.all(patient.subjects.map((account) => accountFindings(patient, account)))
    const findings = [...found.flat(), ...sharedFate(patient)]
    return findings.length > 0 ? findings : [ok('Every account is open, and every project is billed to its account.')]
  },
}

const accountFindings = async (patient: Patient, account: AccountSettings): Promise<readonly Finding[]> => {
  const links = account.projects.map((project) => linkFindings(patient, account, project))
  return [...(await openFindings(patient, account)), ...(await Promise.all(links)).flat()]
}

const openFindings = async (patient: Patient, { id, name }: AccountSettings): Promise<readonly Finding[]> => {
  const answer = await patient.io.billing.accountOpen(id)
  if (answer.kind !== 'answer')
    return [
      unseen(patient, `Whether ${name} is open`, answer, {
        api: 'cloudbilling.googleapis.com',
        resource: `billingAccounts/${id}`,
        role: 'roles/billing.viewer',
      }),
    ]
  return answer.answer.open
    ? []
    : [
        problem({
          what: `The billing account of ${name} (${id}) is closed.`,
          why: 'Nothing of its projects is paid for: keys stop.',
          mend: `Reopen it in the Cloud console under Billing, Account management. To see it: ${gcloud('billing accounts describe', [id], {})}`,
        }),
      ]
}

const linkFindings = async (
  patient: Patient,
  { id, name }: AccountSettings,
  project: string,
): Promise<readonly Finding[]> => {
  const answer = await patient.io.billing.billingLink(project)
  if (answer.kind !== 'answer')
    return [
      unseen(patient, `What the project ${project} is billed to`, answer, {
        api: 'cloudbilling.googleapis.com',
        resource: `projects/${project}`,
        role: 'roles/browser',
      }),
    ]
  const { linkedTo, billingEnabled } = answer.answer
  if (linkedTo === id && billingEnabled) return []
  const link = gcloud('billing projects link', [project], { 'billing-account': id })
  if (linkedTo !== undefined && linkedTo !== id)
    return [
      problem({
        what: `The project ${project} is listed under ${name} and billed to ${linkedTo}.`,
        why: 'What it spends is not taken from this credit, and it stops with another.',
        mend: `List it under ${linkedTo}, or link it: ${link}`,
      }),
    ]
  return [
    problem({
      what:
        linkedTo === undefined
          ? `The project ${project} is billed to no account.`
          : `Billing of the project ${project} is off.`,
      why: 'Its paid calls are refused.',
      mend: `Link it: ${link}`,
    }),
  ]
}

const sharedFate = ({ config, project }: Patient): readonly Finding[] =>
  project !== '' && config.accounts.some(({ projects }) => projects.includes(project))
    ? [
        warning({
          what: `Drawdown runs in ${project}, which it also watches.`,
          why: 'What stops that project (a lost billing link, a spend cap, a deleted project) stops the warning too.',
          mend: 'Run Drawdown in a project of its own, billed to another account if there is one: project_id in infra/.',
        }),
      ]
    : []
