/** The functions as infra/ sets them up: the names and numbers that the mends fall back on, and what is really deployed. */

import type { Patient, TopicKey } from './patient.ts'
import type { DeployedFunction } from './resources.ts'
import type { Unseen } from './unseen.ts'

export type Target = 'billingNotification' | 'usageNotification' | 'schedule' | 'alertDelivery' | 'status'

type Deployment = {
  /** Name of the function and of its service account. */
  readonly name: string
  readonly timeoutSeconds: number
  /** Whether it publishes to the topic of deliveries. */
  readonly announces: boolean
  /** Whether it sends to channels, and so needs their secrets. */
  readonly sends: boolean
}

/** As in infra/functions.tf; who sends, as in functions/index.ts. */
export const TARGETS: Readonly<Record<Target, Deployment>> = {
  billingNotification: { name: 'drawdown-billing-notification', timeoutSeconds: 60, announces: true, sends: false },
  usageNotification: { name: 'drawdown-usage-notification', timeoutSeconds: 60, announces: true, sends: false },
  schedule: { name: 'drawdown-schedule', timeoutSeconds: 300, announces: true, sends: true },
  alertDelivery: { name: 'drawdown-alert-delivery', timeoutSeconds: 540, announces: false, sends: true },
  status: { name: 'drawdown-status', timeoutSeconds: 60, announces: true, sends: false },
}

/** As in infra/enforce.tf; only where a project may be stopped is there such a function. */
export const ENFORCER = {
  target: 'enforce',
  name: 'drawdown-enforce',
  role: 'drawdownEnforce',
  roleTitle: 'Drawdown enforce',
} as const

export const TARGET_NAMES = Object.keys(TARGETS) as readonly Target[]

type Wiring = { readonly target: Target; readonly attempts: number }

/** As in infra/pubsub.tf: whom a topic calls, and after how many attempts a message is a dead letter. */
export const WIRING: Readonly<Record<TopicKey, Wiring>> = {
  billing: { target: 'billingNotification', attempts: 100 },
  usage: { target: 'usageNotification', attempts: 100 },
  schedule: { target: 'schedule', attempts: 10 },
  alerts: { target: 'alertDelivery', attempts: 10 },
}

export const TOPIC_KEYS = Object.keys(WIRING) as readonly TopicKey[]

/** The longest that Pub/Sub waits for an answer: https://docs.cloud.google.com/pubsub/docs/lease-management */
const ACK_DEADLINE_MAX_S = 600

/** A function that runs until its timeout must still be waited for; a minute is for the way. */
export const ackDeadlineFor = (timeoutSeconds: number): number => Math.min(ACK_DEADLINE_MAX_S, timeoutSeconds + 60)

/** Who Pub/Sub says it is when it calls. */
export const pushAccount = (project: string): string => `drawdown-push@${project}.iam.gserviceaccount.com`

/** Pub/Sub's own account in a project. https://docs.cloud.google.com/iam/docs/service-agents */
export const pubsubAgent = (projectNumber: string): string =>
  `serviceAccount:service-${projectNumber}@gcp-sa-pubsub.iam.gserviceaccount.com`

/** The account that budgets publish as. https://docs.cloud.google.com/billing/docs/how-to/budgets-programmatic-notifications */
export const BUDGET_PUBLISHER = 'serviceAccount:billing-budget-alert@system.gserviceaccount.com'

/** What is deployed of our functions, by target; a target that is deployed twice is the one that infra/ names. */
export type Deployed = Readonly<Partial<Record<Target, DeployedFunction>>>

/** Reads the deployed functions; where nobody may, the reason. */
export const deployedOf = async (patient: Patient): Promise<Deployed | Unseen> => {
  if (patient.lacks.google) return { kind: 'failed', note: 'no sign-in' }
  const answer = await patient.io.cloud.functions(patient.project)
  if (answer.kind !== 'answer') return answer
  const found: [Target, DeployedFunction][] = TARGET_NAMES.flatMap((target) => {
    const all = answer.answer.filter((one) => one.target === target)
    const one = all.find(({ name }) => name === TARGETS[target].name) ?? all[0]
    return one ? [[target, one]] : []
  })
  return Object.fromEntries(found)
}

/** Nothing, where it could not be read. */
export const deployedOrNone = async (patient: Patient): Promise<Deployed> => {
  const deployed = await deployedOf(patient)
  return 'kind' in deployed ? {} : deployed
}

/** The function that may stop projects; nothing, where there is none or it could not be read. */
export const enforcerOf = async (patient: Patient): Promise<DeployedFunction | undefined> => {
  const answer = await patient.io.cloud.functions(patient.project)
  return answer.kind === 'answer' ? answer.answer.find(({ target }) => target === ENFORCER.target) : undefined
}

/** The account a function runs as; where it is not deployed, the one that infra/ would make. */
export const accountOf = (deployed: Deployed, target: Target, project: string): string =>
  deployed[target]?.account ?? `${TARGETS[target].name}@${project}.iam.gserviceaccount.com`
