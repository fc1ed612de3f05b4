/** Enforcement: both halves of arming agree, nothing on the list is Drawdown's own, and one account alone can stop a project. */

import { type Check, type Finding, ok, problem, unknown, warning } from './check.ts'
import { ENFORCER, TARGET_NAMES } from './deployment.ts'
import { rightsFindings } from './enforcement-rights.ts'
import { wayFindings } from './enforcement-way.ts'
import { gcloud } from './gcloud.ts'
import type { Patient } from './patient.ts'
import type { DeployedFunction } from './resources.ts'
import { unseen } from './unseen.ts'

export const enforcement: Check = {
  name: 'enforcement',
  covers: 'what may stop a project',
  needs: ['config', 'project', 'google'],
  run: async (patient) => {
    const answer = await patient.io.cloud.functions(patient.project)
    if (answer.kind !== 'answer')
      return [
        ...hostFindings(patient),
        unseen(patient, 'What may stop a project', answer, {
          api: 'cloudfunctions.googleapis.com',
          resource: `projects/${patient.project}`,
          role: 'roles/cloudfunctions.viewer',
        }),
      ]
    const { stopper, others } = ours(answer.answer)
    const arming = stopper ? await deployedFindings(patient, stopper, others) : absentFindings(patient, others)
    const findings = [...hostFindings(patient), ...arming, ...(await rightsFindings(patient, { stopper, others }))]
    return findings.length > 0 ? findings : [ok(summary(patient, stopper))]
  },
}

const ours = (all: readonly DeployedFunction[]) => ({
  stopper: all.find(({ target }) => target === ENFORCER.target),
  others: all.filter(({ target }) => (TARGET_NAMES as readonly string[]).includes(target)),
})

/** What may be stopped: Drawdown's own project never is. */
const listed = ({ config, project }: Patient): readonly string[] =>
  Object.keys(config.enforce?.projects ?? {}).filter((name) => name !== project)

/** A list of words as Terraform writes it. */
const hcl = (words: readonly string[]): string => `[${words.map((word) => `"${word}"`).join(', ')}]`

const applyLine = (settings: string): string =>
  `set ${settings} in infra/terraform.tfvars and apply it (terraform -chdir=infra apply)`

const disarmLine = applyLine('enforce_armed = false')

const armLine = (patient: Patient): string =>
  applyLine(`enforce_armed = true and enforce_projects = ${hcl(listed(patient))}`)

const hostFindings = ({ config, project }: Patient): readonly Finding[] =>
  config.enforce?.projects[project]
    ? [
        problem({
          what: `enforce.projects lists ${project}, in which Drawdown itself runs.`,
          why: 'It is refused each time, for stopping it would stop the alerts: nothing stops that project.',
          mend: `Take ${project} off the list, or run Drawdown in a project of its own.`,
        }),
      ]
    : []

const absentFindings = (patient: Patient, others: readonly DeployedFunction[]): readonly Finding[] => {
  if (!patient.config.enforce?.armed || listed(patient).length === 0) return []
  const complaint = {
    what: `enforce.armed is true in the configuration, and there is no function ${ENFORCER.name}.`,
    why: 'Nothing is stopped, nor even rehearsed: only that function does either.',
    mend: `If you mean it, ${armLine(patient)}. If not, write armed: false.`,
  }
  if (others.length > 0) return [problem(complaint)]
  return [
    unknown({ ...complaint, why: 'No function of Drawdown was found; those deployed by gcloud run are not listed.' }),
  ]
}

const deployedFindings = async (
  patient: Patient,
  one: DeployedFunction,
  others: readonly DeployedFunction[],
): Promise<readonly Finding[]> => {
  if (listed(patient).length === 0) return [needless(one)]
  const schedule = others.find(({ target }) => target === 'schedule')
  return [
    ...(patient.config.enforce?.armed ? [] : [rehearsing(one)]),
    ...(one.environment['ENFORCE_ARMED'] === '1' ? [] : [unarmed(patient, one)]),
    ...(one.state === 'ACTIVE' ? [] : [inactive(patient, one)]),
    ...(schedule ? await askFindings(patient, schedule) : []),
  ]
}

const askFindings = async (patient: Patient, schedule: DeployedFunction): Promise<readonly Finding[]> => {
  const topic = schedule.environment['ENFORCE_TOPIC']
  return topic ? wayFindings(patient, schedule, topic) : [unasked(patient, schedule)]
}

const needless = ({ name }: DeployedFunction): Finding =>
  warning({
    what: `The function ${name} is deployed, and the configuration names no project that it may stop.`,
    why: 'It exists for nothing, and its account may hold rights that nobody needs.',
    mend: `To take it away, ${disarmLine}.`,
  })

const rehearsing = ({ name }: DeployedFunction): Finding =>
  warning({
    what: `The function ${name} is deployed, and enforce.armed is not true in the configuration.`,
    why: 'Every step is only rehearsed: no project will be stopped.',
    mend: `If you mean it, write armed: true under enforce and apply it (terraform -chdir=infra apply). If not, ${disarmLine}.`,
  })

const unarmed = (patient: Patient, { name }: DeployedFunction): Finding =>
  problem({
    what: `The function ${name} has no ENFORCE_ARMED=1.`,
    why: 'Without it there is no target enforce: the function does not start, and nothing is stopped nor rehearsed.',
    mend: `If you mean it, ${armLine(patient)}. If not, ${disarmLine}.`,
  })

const inactive = ({ project }: Patient, { name, region, state }: DeployedFunction): Finding =>
  problem({
    what: `The function ${name} is ${state}.`,
    why: 'It stops nothing until it is active.',
    mend: `See why: ${gcloud('functions describe', [name], { project, region })}`,
  })

const unasked = (patient: Patient, { name }: DeployedFunction): Finding =>
  problem({
    what: `The function ${name} has no ENFORCE_TOPIC.`,
    why: `It never asks ${ENFORCER.name}: nothing is stopped, nor rehearsed.`,
    mend: `Set it as infra/ does: ${armLine(patient)}.`,
  })

const summary = (patient: Patient, stopper: DeployedFunction | undefined): string => {
  const projects = listed(patient)
  if (!stopper) return 'Nothing may stop a project: there is no function for it.'
  return `${stopper.name} may stop ${projects.join(', ')}, where an operator arms it, and no other function may.`
}
