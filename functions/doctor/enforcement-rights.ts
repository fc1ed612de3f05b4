/** Rights on the projects that may be stopped: the one account has those that its steps ask, and every other function's account has none that act. */

import type { LookedUp } from '../app/look-up.ts'
import { ENFORCE_RIGHTS, type EnforceStep } from '../domain/enforcement.ts'
import { type Finding, problem, unknown } from './check.ts'
import { ENFORCER } from './deployment.ts'
import { gcloud, grantLine, shortName } from './gcloud.ts'
import type { Patient } from './patient.ts'
import type { Binding, DeployedFunction, Role } from './resources.ts'
import { unseen } from './unseen.ts'

/** To see what a project is billed to, before any step. */
const TO_LOOK = 'resourcemanager.projects.get'
/** Rights that change nothing: others may well hold them. */
const READS = /\.(get|list)$/
const ACTS: ReadonlySet<string> = new Set(
  Object.values(ENFORCE_RIGHTS)
    .flat()
    .filter((right) => !READS.test(right)),
)
/** A person waits; each asks Google for a policy and some roles. */
const PROJECTS_MAX = 50

export type Functions = { readonly stopper: DeployedFunction | undefined; readonly others: readonly DeployedFunction[] }

export const rightsFindings = async (patient: Patient, functions: Functions): Promise<readonly Finding[]> => {
  const { config, project } = patient
  const listed = Object.entries(config.enforce?.projects ?? {}).filter(([name]) => name !== project)
  const found = listed
    .slice(0, PROJECTS_MAX)
    .map(([projectId, { steps }]) => projectFindings(patient, functions, { projectId, wanted: rightsOf(steps) }))
  return [...sharedFindings(functions), ...(await Promise.all(found)).flat(), ...leftOut(listed.length)]
}

/** What the steps ask, to look and to act, each right once. */
const rightsOf = (steps: readonly EnforceStep[]): readonly string[] => [
  ...new Set([TO_LOOK, ...steps.flatMap((step) => ENFORCE_RIGHTS[step])]),
]

const leftOut = (count: number): readonly Finding[] =>
  count <= PROJECTS_MAX
    ? []
    : [
        unknown({
          what: `The rights on ${count - PROJECTS_MAX} of the projects that may be stopped were not looked at.`,
          why: 'A person waits, so doctor looks at the first ones of enforce.projects.',
          mend: 'Ask for one by one: npx drawdown enforce dry-run PROJECT',
        }),
      ]

/** Whoever shares the account can do whatever it may. */
const sharedFindings = ({ stopper, others }: Functions): readonly Finding[] =>
  others
    .filter(({ account }) => account === stopper?.account)
    .map(({ name, account }) =>
      problem({
        what: `The functions ${name} and ${stopper?.name} run as one account, ${account}.`,
        why: 'Whoever gets into the one can stop projects by the other.',
        mend: `Give ${ENFORCER.name} an account of its own, as infra/ does: terraform -chdir=infra apply`,
      }),
    )

type Target = { readonly projectId: string; readonly wanted: readonly string[] }

const projectFindings = async (patient: Patient, functions: Functions, target: Target): Promise<readonly Finding[]> => {
  const resource = `projects/${target.projectId}`
  const policy = await patient.io.cloud.policy(resource)
  if (policy.kind !== 'answer')
    return [
      unseen(patient, `The policy of ${resource}`, policy, {
        api: 'cloudresourcemanager.googleapis.com',
        resource,
        role: 'roles/browser',
      }),
    ]
  const members = [functions.stopper, ...functions.others].flatMap((one) => (one ? [memberOf(one)] : []))
  const held = await heldBy(patient, policy.answer, members)
  return [
    ...held.flatMap((one) => roleUnseen(patient, resource, one)),
    ...(functions.stopper ? await lackFindings(patient, { ...target, member: memberOf(functions.stopper), held }) : []),
    ...strangerFindings(functions, resource, held),
  ]
}

const memberOf = ({ account }: DeployedFunction): string => `serviceAccount:${account}`

/** A binding with what its role comes to. */
type Held = { readonly binding: Binding; readonly role: LookedUp<Role> }

/** Groups and domains may hold the accounts too. */
const MANY = /^(group|domain|principalSet):|^all(Authenticated)?Users$/

const heldBy = (patient: Patient, policy: readonly Binding[], members: readonly string[]): Promise<readonly Held[]> =>
  Promise.all(
    policy
      .filter((binding) => binding.members.some((one) => members.includes(one) || MANY.test(one)))
      .map(async (binding) => ({ binding, role: await patient.io.cloud.role(binding.role) })),
  )

/** A role that is not there any more grants nothing. */
const isRead = (role: Held['role']): boolean =>
  role.kind === 'answer' || (role.kind === 'refused' && role.why === 'not-found')

const roleUnseen = (patient: Patient, project: string, { binding, role }: Held): readonly Finding[] => {
  if (role.kind === 'answer' || isRead(role)) return []
  const owner = binding.role.startsWith('organizations/') ? binding.role.split('/roles/')[0] : undefined
  const source = { api: 'iam.googleapis.com', resource: owner ?? project, role: 'roles/iam.roleViewer' }
  return [unseen(patient, `The role ${binding.role}, granted on ${project},`, role, source)]
}

const permissionsOf = ({ role }: Held): readonly string[] =>
  role.kind === 'answer' && !role.answer.isDeleted ? role.answer.permissions : []

const names = ({ binding }: Held, member: string): boolean => binding.members.includes(member)

/** What one account holds of what it needs on one project. */
type Case = Target & { readonly member: string; readonly held: readonly Held[] }

const lackFindings = async (patient: Patient, one: Case): Promise<readonly Finding[]> => {
  const { projectId, wanted, member, held } = one
  const sure = held.filter((grant) => names(grant, member) && grant.binding.condition === undefined)
  const missing = wanted.filter((right) => !sure.flatMap(permissionsOf).includes(right))
  if (missing.length === 0) return []
  const complaint = {
    what: `${member} has no ${missing.join(', ')} on ${projectId}.`,
    why: 'Google refuses the step: the project is not stopped. Grants on folders and organisations are not seen here.',
    mend: `Name ${projectId} in enforce_projects of infra/terraform.tfvars and apply, or run: ${await roleLine(patient, one)}`,
  }
  if (!isUnclear(held, missing)) return [problem(complaint)]
  return [
    unknown({
      ...complaint,
      what: `Whether ${member} has ${missing.join(', ')} on ${projectId} is not certain.`,
      why: 'They are granted under a condition or to a group, or by a role that could not be read.',
    }),
  ]
}

const isUnclear = (held: readonly Held[], missing: readonly string[]): boolean =>
  held.some(({ role }) => !isRead(role)) || missing.every((right) => held.flatMap(permissionsOf).includes(right))

/** Makes the role, has it back, or adds to it, whichever is wanting; then grants it. One that is granted is there, though not to be read. */
const roleLine = async ({ io }: Patient, { projectId, wanted, member, held }: Case): Promise<string> => {
  const name = `projects/${projectId}/roles/${ENFORCER.role}`
  const known = await io.cloud.role(name)
  const role = known.kind === 'answer' ? known.answer : undefined
  const grants = held.filter(({ binding }) => binding.role === name)
  const isThere = role !== undefined || grants.some(({ role: read }) => !isRead(read))
  const isGranted = grants.some((one) => names(one, member) && one.binding.condition === undefined)
  const adding = wanted.filter((right) => !role?.permissions.includes(right)).join(',')
  const [words, project] = [[ENFORCER.role], { project: projectId }]
  const lines = {
    create: gcloud('iam roles create', words, { ...project, title: ENFORCER.roleTitle, permissions: adding }),
    undelete: gcloud('iam roles undelete', words, project),
    update: gcloud('iam roles update', words, { ...project, 'add-permissions': adding }),
    grant: grantLine(`projects/${projectId}`, member, name),
  }
  return [
    ...(isThere ? [] : [lines.create]),
    ...(role?.isDeleted ? [lines.undelete] : []),
    ...(isThere && adding !== '' ? [lines.update] : []),
    ...(isGranted ? [] : [lines.grant]),
  ].join(' && ')
}

const strangerFindings = (
  { stopper, others }: Functions,
  project: string,
  held: readonly Held[],
): readonly Finding[] => {
  const members = new Set(others.filter(({ account }) => account !== stopper?.account).map(memberOf))
  return [...members].flatMap((member) =>
    held
      .filter((one) => names(one, member))
      .flatMap((one) => {
        const acts = permissionsOf(one).filter((right) => ACTS.has(right))
        return acts.length === 0 ? [] : [stranger(member, project, one.binding, acts)]
      }),
  )
}

const stranger = (member: string, project: string, { role }: Binding, acts: readonly string[]): Finding =>
  problem({
    what: `${member} may stop ${shortName(project)}: ${role} gives it ${acts.join(', ')}.`,
    why: `Only ${ENFORCER.name} should be able to: whoever gets into another function could stop the project.`,
    mend: `Take it away: ${gcloud('projects remove-iam-policy-binding', [shortName(project)], { member, role, all: true })}`,
  })
