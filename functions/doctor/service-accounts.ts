/** What the functions' own accounts may do, by the policies that name them. */

import { type Check, type Finding, ok, problem, unknown, warning } from './check.ts'
import {
  accountOf,
  type Deployed,
  deployedOrNone,
  enforcerOf,
  pushAccount,
  TARGET_NAMES,
  TARGETS,
  type Target,
} from './deployment.ts'
import { ALWAYS, gcloud, grantLine, shortName } from './gcloud.ts'
import { grantOf, policiesOf, type Right, ROLES } from './grants.ts'
import type { Patient } from './patient.ts'
import type { DeployedFunction, Policy } from './resources.ts'
import { type Unseen, unseen } from './unseen.ts'

type Want = {
  /** Whose right it is, and whether that account is known to be deployed. */
  readonly member: string
  readonly isKnown: boolean
  readonly resource: string
  readonly right: Right
  readonly why: string
}

export const serviceAccounts: Check = {
  name: 'service-accounts',
  covers: 'what the functions’ own accounts may do',
  needs: ['config', 'project', 'google'],
  run: async (patient) => {
    const deployed = await deployedOrNone(patient)
    const wants = [
      ...toKeep(patient, deployed),
      ...toLookUp(patient, deployed),
      ...toCall(patient, deployed),
      ...toStop(patient, await enforcerOf(patient)),
    ]
    const findings = [
      ...(await byResource(patient, wants)),
      ...(await publicFindings(patient, deployed)),
      ...sharedFindings(patient, deployed),
    ]
    return findings.length > 0
      ? findings
      : [ok('The functions’ accounts have the roles they need, and nobody else calls them.')]
  },
}

const memberOf = (patient: Patient, deployed: Deployed, target: Target) => ({
  member: `serviceAccount:${accountOf(deployed, target, patient.project)}`,
  isKnown: deployed[target] !== undefined,
})

const toKeep = (patient: Patient, deployed: Deployed): readonly Want[] =>
  TARGET_NAMES.map((target) => ({
    ...memberOf(patient, deployed, target),
    resource: `projects/${patient.project}`,
    right: 'database',
    why: `${target} cannot reach the ledger.`,
  }))

const toLookUp = (patient: Patient, deployed: Deployed): readonly Want[] => {
  const who = memberOf(patient, deployed, 'schedule')
  return patient.subjects.flatMap(({ id, projects }): readonly Want[] => [
    {
      ...who,
      resource: `billingAccounts/${id}`,
      right: 'readAccount',
      why: 'A closed account would not be noticed before the keys stop.',
    },
    ...projects.map(
      (project): Want => ({
        ...who,
        resource: `projects/${project}`,
        right: 'readProject',
        why: 'A project that loses its billing link would not be noticed before its keys stop.',
      }),
    ),
  ])
}

const serviceOf = (
  { project }: Patient,
  { region, name }: { readonly region: string; readonly name: string },
): string => `projects/${project}/locations/${region}/services/${name}`

const toCall = (patient: Patient, deployed: Deployed): readonly Want[] =>
  TARGET_NAMES.filter((target) => target !== 'status').flatMap((target): readonly Want[] => {
    const one = deployed[target]
    return one ? [callOf(patient, one, `Pub/Sub’s calls to ${target} are refused: nothing is recorded.`)] : []
  })

const callOf = (patient: Patient, one: DeployedFunction, why: string): Want => {
  const account = one.environment['PUSH_SERVICE_ACCOUNT'] ?? pushAccount(patient.project)
  const member = `serviceAccount:${account}`
  return { member, isKnown: true, resource: serviceOf(patient, one), right: 'invoke', why }
}

/** What it may do to projects is looked at by the check of enforcement. */
const toStop = (patient: Patient, one: DeployedFunction | undefined): readonly Want[] =>
  one
    ? [
        {
          member: `serviceAccount:${one.account}`,
          isKnown: true,
          resource: `projects/${patient.project}`,
          right: 'database',
          why: `${one.name} cannot reach the ledger: it stops nothing.`,
        },
        callOf(patient, one, `Pub/Sub’s calls to ${one.name} are refused: it stops nothing.`),
      ]
    : []

/** Each resource is asked once, and one that cannot be read is said once. */
const byResource = async (patient: Patient, wants: readonly Want[]): Promise<readonly Finding[]> => {
  const groups = Map.groupBy(wants, ({ resource }) => resource)
  const found = [...groups].map(async ([resource, own]) => {
    const isService = resource.includes('/services/')
    const above = isService ? [await patient.io.cloud.policy(`projects/${patient.project}`)] : []
    const answer = await patient.io.cloud.policy(resource)
    if (answer.kind !== 'answer') return [policyUnseen(patient, resource, answer)]
    const { policies } = policiesOf([answer, ...above])
    return own.flatMap((want) => judged(want, policies))
  })
  return (await Promise.all(found)).flat()
}

const policyUnseen = (patient: Patient, resource: string, answer: Unseen): Finding =>
  unseen(patient, `The policy of ${resource}`, answer, {
    api: resource.startsWith('billingAccounts/')
      ? 'cloudbilling.googleapis.com'
      : resource.includes('/services/')
        ? 'run.googleapis.com'
        : 'cloudresourcemanager.googleapis.com',
    resource: resource.includes('/services/') ? `projects/${patient.project}` : resource,
    role: resource.startsWith('billingAccounts/')
      ? 'roles/billing.viewer'
      : resource.includes('/services/')
        ? 'roles/run.viewer'
        : 'roles/browser',
  })

const judged = ({ member, isKnown, resource, right, why }: Want, policies: readonly Policy[]): readonly Finding[] => {
  const grant = grantOf(policies, member, right)
  // A role on one database alone is what infra/ grants; whether it is the right one shows in the store.
  if (grant === 'granted' || (grant === 'conditional' && right === 'database')) return []
  const [role] = ROLES[right]
  const complaint = {
    what: `${member} has no ${role} on ${shortName(resource)}.`,
    why: `${why} Grants on folders and organisations are not seen here.`,
    mend: `Grant it: ${grantLine(resource, member, role)}`,
  }
  if (grant === 'absent' && isKnown) return [problem(complaint)]
  return [
    unknown({
      ...complaint,
      what: `Whether ${member} has ${role} on ${shortName(resource)} is not certain.`,
      why: isKnown
        ? 'It is granted by a custom role, under a condition, or to a group.'
        : 'No such function was found; infra/ would make one that runs as this account.',
    }),
  ]
}

/** The status page checks no token itself, and the others should be called by Pub/Sub alone. */
const publicFindings = async (patient: Patient, deployed: Deployed): Promise<readonly Finding[]> => {
  const found = TARGET_NAMES.map(async (target) => {
    const one = deployed[target]
    if (!one) return []
    const answer = await patient.io.cloud.policy(serviceOf(patient, one))
    if (answer.kind !== 'answer') return []
    const isOpen = answer.answer.some(
      ({ role, members }) => role === 'roles/run.invoker' && members.includes('allUsers'),
    )
    return isOpen ? [open(patient, target, one)] : []
  })
  return (await Promise.all(found)).flat()
}

const open = (
  { project }: Patient,
  target: Target,
  { name, region }: { readonly name: string; readonly region: string },
): Finding =>
  (target === 'status' ? problem : warning)({
    what: `Everybody on the internet may call ${name}.`,
    why:
      target === 'status'
        ? 'The status page asks for no sign-in of its own: anybody can read the balances.'
        : 'It refuses strangers by their token, but each try costs money.',
    mend: `Take it away: ${gcloud('run services remove-iam-policy-binding', [name], { project, region, member: 'allUsers', role: 'roles/run.invoker', ...ALWAYS })}`,
  })

/** https://docs.cloud.google.com/iam/docs/service-account-types#default */
const sharedFindings = ({ project }: Patient, deployed: Deployed): readonly Finding[] =>
  TARGET_NAMES.flatMap((target) => {
    const one = deployed[target]
    if (!one || !/-compute@developer\.gserviceaccount\.com$|@appspot\.gserviceaccount\.com$/.test(one.account))
      return []
    return [
      warning({
        what: `The function ${one.name} runs as the project’s default account.`,
        why: 'That account often may do anything in the project, and other programs run as it too.',
        mend: `Give it an account of its own, as infra/ does: ${gcloud('run services update', [one.name], { project, region: one.region, 'service-account': `${TARGETS[target].name}@${project}.iam.gserviceaccount.com` })}`,
      }),
    ]
  })
