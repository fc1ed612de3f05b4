/** The four topics, and that somebody listens to each. */

import { type Check, type Finding, ok, problem } from './check.ts'
import { TARGETS, TOPIC_KEYS, WIRING } from './deployment.ts'
import { gcloud, projectOf, shortName } from './gcloud.ts'
import type { Patient, TopicKey } from './patient.ts'
import { pushLine } from './push-line.ts'
import { unseen } from './unseen.ts'

export const topics: Check = {
  name: 'topics',
  covers: 'the topics',
  needs: ['project', 'pubsub'],
  run: async (patient) => {
    const findings = (await Promise.all(TOPIC_KEYS.map((key) => topicFindings(patient, key)))).flat()
    return findings.length > 0 ? findings : [ok('The four topics are there, and each has a subscription.')]
  },
}

const topicFindings = async (patient: Patient, key: TopicKey): Promise<readonly Finding[]> => {
  const topic = patient.topics[key]
  const source = { api: 'pubsub.googleapis.com', resource: `projects/${projectOf(topic)}`, role: 'roles/pubsub.viewer' }
  const found = await patient.io.cloud.topic(topic)
  if (found.kind === 'refused' && found.why === 'not-found') return [missing(topic, key)]
  if (found.kind !== 'answer') return [unseen(patient, `The topic ${shortName(topic)}`, found, source)]
  const listening = await patient.io.cloud.subscriptionsOf(topic)
  if (listening.kind !== 'answer')
    return [unseen(patient, `The subscriptions of ${shortName(topic)}`, listening, source)]
  return listening.answer.length === 0 ? [await unheard(patient, topic, key)] : []
}

const missing = (topic: string, key: TopicKey): Finding =>
  problem({
    what: `There is no topic ${topic}.`,
    why: `The function ${WIRING[key].target} is never called.`,
    mend: `Make it: ${createLine(topic)}`,
  })

const createLine = (topic: string): string =>
  gcloud('pubsub topics create', [shortName(topic)], { project: projectOf(topic) })

/** The line names a dead-letter topic, and fails where there is none. */
const unheard = async (patient: Patient, topic: string, key: TopicKey): Promise<Finding> => {
  const dead = await patient.io.cloud.topic(`${topic}-dead`)
  const first = dead.kind === 'answer' ? '' : `${createLine(`${topic}-dead`)} && `
  return problem({
    what: `The topic ${shortName(topic)} has no subscription.`,
    why: `What is published there is lost; ${TARGETS[WIRING[key].target].name} never hears of it.`,
    mend: `Make one: ${first}${await pushLine(patient, key)}`,
  })
}
