/** Dead letters: every subscription has somewhere to put them, Pub/Sub may, and they are kept. */

import { type Check, type Finding, ok, problem, unknown, warning } from './check.ts'
import { pubsubAgent, WIRING } from './deployment.ts'
import { gcloud, grantLine, projectOf, shortName, updateSubscription } from './gcloud.ts'
import { grantOf, policiesOf, ROLES } from './grants.ts'
import { type Listener, listenersOf } from './listeners.ts'
import type { Patient } from './patient.ts'
import { unseen } from './unseen.ts'

/** Pub/Sub's own default: with pauses of seconds it is over within a short outage. */
const ATTEMPTS_FEW = 5

export const deadLetters: Check = {
  name: 'dead-letters',
  covers: 'dead-letter topics and their rights',
  needs: ['project', 'pubsub'],
  run: async (patient) => {
    const { listeners } = await listenersOf(patient)
    const pushed = listeners.filter(({ subscription }) => subscription.push)
    const findings = (await Promise.all(pushed.map((one) => listenerFindings(patient, one)))).flat()
    if (findings.length > 0 || pushed.length === 0) return findings
    return [ok('Every subscription has a dead-letter topic that keeps what was given up.')]
  },
}

/** What Pub/Sub shows in place of a topic that was deleted. */
const DELETED = '_deleted-topic_'

const listenerFindings = async (patient: Patient, listener: Listener): Promise<readonly Finding[]> => {
  const { deadLetter, topic: source } = listener.subscription
  if (!deadLetter || deadLetter.topic === DELETED) return [await none(patient, listener, `${source}-dead`)]
  const { topic } = deadLetter
  const found = await patient.io.cloud.topic(topic)
  if (found.kind === 'refused' && found.why === 'not-found') return [gone(listener, topic)]
  const [kept, rights] = await Promise.all([keptOf(patient, topic), rightsOf(patient, listener, topic)])
  return [...fewAttempts(listener, deadLetter), ...kept, ...rights]
}

/** Says to make what is not there yet, and no more: a line that makes a topic twice ends there. */
const none = async ({ io }: Patient, { key, subscription: { name } }: Listener, topic: string): Promise<Finding> => {
  const [found, kept] = await Promise.all([io.cloud.topic(topic), io.cloud.subscriptionsOf(topic)])
  const lines = [
    ...(found.kind === 'answer' ? [] : [createTopic(topic)]),
    ...(kept.kind === 'answer' && kept.answer.length > 0 ? [] : [createSubscription(topic)]),
    updateSubscription(name, {
      'dead-letter-topic': topic,
      'max-delivery-attempts': String(WIRING[key].attempts),
    }),
  ]
  return problem({
    what: `The subscription ${shortName(name)} has no dead-letter topic.`,
    why: 'A message that always fails comes back until it expires, and is then lost without a trace.',
    mend: `Give it one: ${lines.join(' && ')}`,
  })
}

const gone = ({ subscription }: Listener, topic: string): Finding =>
  problem({
    what: `The dead-letter topic ${shortName(topic)} of ${shortName(subscription.name)} is not there.`,
    why: 'What is given up cannot be put anywhere, and is tried until it expires.',
    mend: `Make it: ${createTopic(topic)} && ${createSubscription(topic)}`,
  })

const createTopic = (topic: string): string =>
  gcloud('pubsub topics create', [shortName(topic)], { project: projectOf(topic) })

/** As in infra/pubsub.tf. */
const createSubscription = (topic: string): string =>
  gcloud('pubsub subscriptions create', [shortName(topic)], {
    project: projectOf(topic),
    topic: shortName(topic),
    'ack-deadline': '600',
    'message-retention-duration': '31d',
    'expiration-period': 'never',
  })

type DeadLetter = NonNullable<Listener['subscription']['deadLetter']>

/** The topic goes with the number: gcloud takes neither alone. */
const fewAttempts = ({ key, subscription: { name } }: Listener, { topic, attempts }: DeadLetter): readonly Finding[] =>
  attempts > ATTEMPTS_FEW || WIRING[key].attempts <= ATTEMPTS_FEW
    ? []
    : [
        warning({
          what: `The subscription ${shortName(name)} gives a message up after ${attempts} attempts.`,
          why: 'A store that is away for a few minutes then sends good messages to the dead letters.',
          mend: `Allow more: ${updateSubscription(name, { 'dead-letter-topic': topic, 'max-delivery-attempts': String(WIRING[key].attempts) })}`,
        }),
      ]

const keptOf = async (patient: Patient, topic: string): Promise<readonly Finding[]> => {
  const listening = await patient.io.cloud.subscriptionsOf(topic)
  if (listening.kind !== 'answer')
    return [
      unseen(patient, `The subscriptions of ${shortName(topic)}`, listening, {
        api: 'pubsub.googleapis.com',
        resource: `projects/${projectOf(topic)}`,
        role: 'roles/pubsub.viewer',
      }),
    ]
  if (listening.answer.length > 0) return []
  return [
    problem({
      what: `The dead-letter topic ${shortName(topic)} has no subscription.`,
      why: 'What is given up is published to nobody: it is lost.',
      mend: `Make one: ${createSubscription(topic)}`,
    }),
  ]
}

/** https://docs.cloud.google.com/pubsub/docs/dead-letter-topics: to publish there, and to take from here. */
const rightsOf = async (patient: Patient, { subscription }: Listener, topic: string): Promise<readonly Finding[]> => {
  if (patient.emulated || patient.lacks.google) return []
  const project = projectOf(subscription.name)
  const number = await patient.io.cloud.projectNumber(project)
  if (number.kind !== 'answer')
    return [
      unseen(patient, `The rights of Pub/Sub’s own account on ${shortName(topic)}`, number, {
        api: 'cloudresourcemanager.googleapis.com',
        resource: `projects/${project}`,
        role: 'roles/browser',
      }),
    ]
  const agent = pubsubAgent(number.answer)
  const rights = [
    { resource: topic, right: 'publish' },
    { resource: subscription.name, right: 'subscribe' },
  ] as const
  return (await Promise.all(rights.map((one) => rightOf(patient, agent, one)))).flat()
}

type Wanted = { readonly resource: string; readonly right: 'publish' | 'subscribe' }

const rightOf = async (patient: Patient, agent: string, { resource, right }: Wanted): Promise<readonly Finding[]> => {
  const { cloud } = patient.io
  const answers = await Promise.all([cloud.policy(resource), cloud.policy(`projects/${projectOf(resource)}`)])
  const { policies, missing } = policiesOf(answers)
  const [role] = ROLES[right]
  const grant = grantOf(policies, agent, right)
  if (grant === 'granted') return []
  const complaint = {
    what: `Pub/Sub’s own account has no ${role} on ${shortName(resource)}.`,
    why: 'Without it nothing becomes a dead letter: what fails is tried until it expires.',
    mend: `Grant it: ${grantLine(resource, agent, role)}`,
  }
  if (grant === 'absent' && !missing) return [problem(complaint)]
  return [
    unknown({
      ...complaint,
      what: `Whether Pub/Sub’s own account has ${role} on ${shortName(resource)} is not certain.`,
      why: missing
        ? 'Not all policies could be read (roles/iam.securityReviewer on the project would do).'
        : 'It is granted by a custom role, under a condition, or to a group.',
    }),
  ]
}
