/** The deployed functions: all there and running, with retries, lasting store and every secret, and asking for the right token. */

import { type Check, type Finding, ok, problem, unknown, warning } from './check.ts'
import { type Deployed, deployedOf, TARGET_NAMES, TARGETS, type Target } from './deployment.ts'
import { gcloud } from './gcloud.ts'
import type { Patient } from './patient.ts'
import type { DeployedFunction } from './resources.ts'
import { unseen } from './unseen.ts'

const APPLY = 'terraform -chdir=infra apply'
/** README: half a minute of look-ups, then every account, then the sweep. */
const SCHEDULE_TIMEOUT_MIN_S = 120

export const functions: Check = {
  name: 'functions',
  covers: 'the deployed functions',
  needs: ['project', 'google'],
  run: async (patient) => {
    const deployed = await deployedOf(patient)
    if ('kind' in deployed)
      return [
        unseen(patient, `The functions of ${patient.project}`, deployed, {
          api: 'cloudfunctions.googleapis.com',
          resource: `projects/${patient.project}`,
          role: 'roles/cloudfunctions.viewer',
        }),
      ]
    if (Object.keys(deployed).length === 0) return [noneFound(patient)]
    const findings = [
      ...TARGET_NAMES.flatMap((target) => targetFindings(patient, deployed, target)),
      ...secretsOf(patient, deployed),
    ]
    return findings.length > 0
      ? findings
      : [ok('The five functions are deployed and active, with retries and secrets.')]
  },
}

const noneFound = ({ project }: Patient): Finding =>
  unknown({
    what: `No function of Drawdown is deployed in ${project}, as far as the Cloud Functions API tells.`,
    why: 'Timeouts, variables and secrets were not checked; services deployed by gcloud run alone are not listed there.',
    mend: `Check GOOGLE_CLOUD_PROJECT. To deploy: ${APPLY}`,
  })

const targetFindings = (patient: Patient, deployed: Deployed, target: Target): readonly Finding[] => {
  const one = deployed[target]
  if (!one) return [missing(patient, target)]
  return [...stateOf(patient, one), ...retriesOf(patient, one), ...storeOf(one), ...timeoutOf(patient, one, target)]
}

const missing = ({ project }: Patient, target: Target): Finding =>
  problem({
    what: `The function ${target} is not deployed in ${project}.`,
    why: target === 'status' ? 'There is no dashboard.' : 'Its messages wait, and are lost after some days.',
    mend: `Deploy it: ${APPLY}`,
  })

const stateOf = ({ project }: Patient, { name, region, state }: DeployedFunction): readonly Finding[] =>
  state === 'ACTIVE'
    ? []
    : [
        problem({
          what: `The function ${name} is ${state}.`,
          why: 'It answers nothing until it is active.',
          mend: `See why: ${gcloud('functions describe', [name], { project, region })}`,
        }),
      ]

/** Seen only where the function has a trigger of its own: a push subscription always tries again. */
const retriesOf = ({ project }: Patient, { name, region, retries }: DeployedFunction): readonly Finding[] =>
  retries === false
    ? [
        problem({
          what: `The function ${name} has retries off.`,
          why: 'When it fails once, the message is dropped: a reading or an alert is lost without a trace.',
          mend: `Deploy it again as you did, with --retry added: ${gcloud('functions deploy', [name], { project, region, gen2: true, retry: true })}`,
        }),
      ]
    : []

const storeOf = ({ name, environment }: DeployedFunction): readonly Finding[] => {
  const { STORE: address = '', DRAWDOWN_DURABLE_DISK: durable } = environment
  if (address.startsWith('firestore:')) return []
  if (address.startsWith('sqlite:') && durable === '1' && address !== 'sqlite::memory:') return []
  return [
    problem({
      what: address === '' ? `The function ${name} has no STORE.` : `The function ${name} has STORE=${address}.`,
      why: 'SQLite ends with the instance there: the function refuses to start, or loses the ledger.',
      mend: `Set STORE=firestore: for every function, as infra/ does: ${APPLY}`,
    }),
  ]
}

const timeoutOf = (patient: Patient, one: DeployedFunction, target: Target): readonly Finding[] => {
  if (target !== 'schedule' || one.timeoutSeconds >= SCHEDULE_TIMEOUT_MIN_S) return []
  const { name, region, timeoutSeconds } = one
  const flags = { project: patient.project, region, timeout: String(TARGETS.schedule.timeoutSeconds) }
  return [
    warning({
      what: `The function ${name} may run for ${timeoutSeconds} s only.`,
      why: 'Look-ups and the sweep can take two minutes: what is cut off waits for the next run.',
      mend: `Give it five minutes: ${gcloud('run services update', [name], flags)}`,
    }),
  ]
}

/** One finding for a variable, however many functions it is about. */
const secretsOf = (patient: Patient, deployed: Deployed): readonly Finding[] => {
  const all = Object.values(deployed)
  const held = [...new Set(all.flatMap(({ secrets }) => Object.keys(secrets)))]
  return [
    ...[...neededBy(patient)].flatMap(([variable, targets]) => {
      const lacking = targets.flatMap((target) => deployed[target] ?? []).filter((one) => !holds(one, variable))
      const [first, ...rest] = lacking
      return first ? [unset(patient, variable, [first, ...rest])] : []
    }),
    ...held.flatMap((variable) => {
      const [first, ...rest] = all.filter(({ secrets }) => secrets[variable] === 'latest')
      return first ? [floating(patient, variable, [first, ...rest])] : []
    }),
  ]
}

const holds = ({ environment, secrets }: DeployedFunction, variable: string): boolean =>
  variable in environment || variable in secrets

/** Who asks for which secret at its start, as functions/index.ts has it. */
const neededBy = ({ channels, secrets }: Patient): ReadonlyMap<string, readonly Target[]> => {
  const senders = TARGET_NAMES.filter((target) => TARGETS[target].sends)
  const linkers = TARGET_NAMES.filter((target) => target !== 'alertDelivery')
  return new Map<string, readonly Target[]>([
    ...secrets.map(({ name, setting }) => [name, setting === 'links' ? linkers : (['schedule'] as const)] as const),
    ...channels.flatMap(({ variables }) => variables.map(({ name }) => [name, senders] as const)),
  ])
}

type Some = readonly [DeployedFunction, ...DeployedFunction[]]

const namesOf = (some: Some): string => some.map(({ name }) => name).join(', ')

const unset = (patient: Patient, variable: string, some: Some): Finding =>
  problem({
    what: `${variable}, which the configuration names, is missing in ${namesOf(some)}.`,
    why: 'A function refuses to start without the secrets it needs.',
    mend: `Add it to secrets in infra/, or to each of them: ${secretLine(patient, some[0], variable)}`,
  })

const floating = (patient: Patient, variable: string, some: Some): Finding =>
  warning({
    what: `${variable} is taken in its latest version by ${namesOf(some)}.`,
    why: 'A new version changes it under a running instance, untried and at no known time.',
    mend: `Pin a number in each of them: ${secretLine(patient, some[0], variable)}`,
  })

const secretLine = ({ project }: Patient, { name, region }: DeployedFunction, variable: string): string =>
  gcloud('run services update', [name], { project, region, 'update-secrets': `${variable}=SECRET:1` })
