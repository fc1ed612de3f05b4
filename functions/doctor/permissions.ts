/** What the present sign-in may do, by Google's own test of permissions. */

import { type Check, type Finding, ok, problem, warning } from './check.ts'
import { type Deployed, deployedOrNone, TARGET_NAMES, TARGETS, type Target } from './deployment.ts'
import { grantLine, shortName } from './gcloud.ts'
import type { Caller, Patient } from './patient.ts'
import { unseen } from './unseen.ts'

/** A right on a resource, the smallest predefined role that holds it, and what is lost without it. */
type Want = {
  readonly resource: string
  readonly permissions: readonly string[]
  readonly role: string
  readonly api: string
  readonly why: string
}

export const permissions: Check = {
  name: 'permissions',
  covers: 'what this sign-in may do',
  needs: ['config', 'project', 'google'],
  run: async (patient) => {
    const { caller } = patient
    if (!caller) return []
    const wants = await wantsOf(patient, caller)
    const findings = (await Promise.all(wants.map((want) => judged(patient, caller, want)))).flat()
    return findings.length > 0 ? findings : [ok(`${caller.member} has every right it needs.`)]
  },
}

const wantsOf = async (patient: Patient, caller: Caller): Promise<readonly Want[]> => {
  if (caller.kind === 'person')
    return [toPublish(patient.topics.billing, ENTERS), ...toReadAccounts(patient, true), ...toReadProjects(patient)]
  const targets = targetsOf(await deployedOrNone(patient), caller)
  return [
    ...(targets.some((target) => TARGETS[target].announces) ? [toPublish(patient.topics.alerts, ANNOUNCES)] : []),
    ...(targets.includes('schedule') ? [...toReadAccounts(patient, false), ...toReadProjects(patient)] : []),
    ...(patient.store?.startsWith('firestore:') ? [toKeep(patient)] : []),
  ]
}

/** The functions that run as this account; one that runs none is taken for an account that runs them all. */
const targetsOf = (deployed: Deployed, { member }: Caller): readonly Target[] => {
  const own = TARGET_NAMES.filter(
    (target) =>
      member === `serviceAccount:${deployed[target]?.account}` ||
      member.startsWith(`serviceAccount:${TARGETS[target].name}@`),
  )
  return own.length > 0 ? own : TARGET_NAMES
}

const ENTERS = 'You cannot enter purchases and readings with --topic.'
const ANNOUNCES = 'Deliveries are not announced: each waits up to five minutes for the schedule’s sweep.'

const toPublish = (topic: string, why: string): Want => ({
  resource: topic,
  permissions: ['pubsub.topics.publish'],
  role: 'roles/pubsub.publisher',
  api: 'pubsub.googleapis.com',
  why,
})

/** The schedule asks whether an account is open; doctor reads its budgets too. */
const toReadAccounts = ({ subjects }: Patient, budgets: boolean): readonly Want[] =>
  subjects.map(({ id }) => ({
    resource: `billingAccounts/${id}`,
    permissions: budgets ? ['billing.accounts.get', 'billing.budgets.list'] : ['billing.accounts.get'],
    role: 'roles/billing.viewer',
    api: 'cloudbilling.googleapis.com',
    why: budgets
      ? 'Doctor cannot look at the account and its budgets.'
      : 'A closed account would not be noticed before the keys stop.',
  }))

const toReadProjects = ({ subjects }: Patient): readonly Want[] =>
  subjects
    .flatMap(({ projects }) => projects)
    .map((project) => ({
      resource: `projects/${project}`,
      permissions: ['resourcemanager.projects.get'],
      role: 'roles/browser',
      api: 'cloudresourcemanager.googleapis.com',
      why: 'A project that loses its billing link would not be noticed before its keys stop.',
    }))

const toKeep = ({ project }: Patient): Want => ({
  resource: `projects/${project}`,
  permissions: ['get', 'list', 'create', 'update', 'delete'].map((verb) => `datastore.entities.${verb}`),
  role: 'roles/datastore.user',
  api: 'cloudresourcemanager.googleapis.com',
  why: 'It cannot keep the ledger: nothing is recorded.',
})

const judged = async (patient: Patient, caller: Caller, want: Want): Promise<readonly Finding[]> => {
  const { resource, permissions: wanted, role, api, why } = want
  const answer = await patient.io.cloud.allowed(resource, wanted)
  if (answer.kind !== 'answer')
    return [unseen(patient, `The rights of ${caller.member} on ${resource}`, answer, { api, resource, role })]
  const missing = wanted.filter((one) => !answer.answer.includes(one))
  if (missing.length === 0 || (await isConditional(patient, want))) return []
  const say = caller.kind === 'person' ? warning : problem
  return [
    say({
      what: `${caller.member} has no ${missing.join(', ')} on ${shortName(resource)}: ${role} is missing.`,
      why,
      mend: `Grant it: ${grantLine(resource, caller.member, role)}`,
    }),
  ]
}

/** A role on one database alone, as infra/ grants it, is not seen by a test on the project; the database itself knows. */
const isConditional = async ({ io, store, project }: Patient, { role }: Want): Promise<boolean> => {
  if (role !== 'roles/datastore.user' || store === undefined) return false
  const answer = await io.cloud.mayWrite(project, store.slice('firestore:'.length))
  return answer.kind === 'answer' && answer.answer
}
