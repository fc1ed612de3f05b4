/** The subscriptions of our topics, for the checks that judge them one by one. */

import type { Finding } from './check.ts'
import { TOPIC_KEYS } from './deployment.ts'
import { projectOf, shortName } from './gcloud.ts'
import type { Patient, TopicKey } from './patient.ts'
import type { Subscription } from './resources.ts'
import { type Unseen, unseen } from './unseen.ts'

export type Listener = { readonly key: TopicKey; readonly subscription: Subscription }

export type Listeners = { readonly listeners: readonly Listener[]; readonly unseen: readonly Finding[] }

/** Subscriptions of one topic beyond these are somebody else's. */
const PER_TOPIC_MAX = 10

/** Of topics that cannot be read there are none: the check topics says so. */
export const listenersOf = async (patient: Patient): Promise<Listeners> => {
  const found = (await Promise.all(TOPIC_KEYS.map((key) => ofTopic(patient, key)))).flat()
  return {
    listeners: found.flatMap((one) => ('listener' in one ? [one.listener] : [])),
    unseen: found.flatMap((one) => ('listener' in one ? [] : [one.unseen])),
  }
}

type Found = { readonly listener: Listener } | { readonly unseen: Finding }

const ofTopic = async (patient: Patient, key: TopicKey): Promise<readonly Found[]> => {
  const names = await patient.io.cloud.subscriptionsOf(patient.topics[key])
  if (names.kind !== 'answer') return []
  return Promise.all(
    names.answer.slice(0, PER_TOPIC_MAX).map(async (name): Promise<Found> => {
      const answer = await patient.io.cloud.subscription(name)
      return answer.kind === 'answer'
        ? { listener: { key, subscription: answer.answer } }
        : { unseen: subscriptionUnseen(patient, name, answer) }
    }),
  )
}

const subscriptionUnseen = (patient: Patient, name: string, answer: Unseen): Finding =>
  unseen(patient, `The subscription ${shortName(name)}`, answer, {
    api: 'pubsub.googleapis.com',
    resource: `projects/${projectOf(name)}`,
    role: 'roles/pubsub.viewer',
  })
