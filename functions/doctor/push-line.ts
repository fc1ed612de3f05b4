/** The lines that make and mend a push subscription as infra/ has it. */

import { ackDeadlineFor, type Deployed, deployedOrNone, pushAccount, TARGETS, WIRING } from './deployment.ts'
import { type Flags, gcloud, projectOf, shortName } from './gcloud.ts'
import type { Patient, TopicKey } from './patient.ts'

/** All three together: gcloud takes away what is not said. With the function's address where it is known, else a placeholder. */
export const pushFlags = (patient: Patient, deployed: Deployed, key: TopicKey): Flags => {
  const one = deployed[WIRING[key].target]
  const url = one?.url ?? 'FUNCTION_URL'
  return {
    'push-endpoint': url,
    'push-auth-service-account': one?.environment['PUSH_SERVICE_ACCOUNT'] ?? pushAccount(patient.project),
    'push-auth-token-audience': one?.environment['PUSH_AUDIENCE'] ?? url,
  }
}

/** The line that makes the subscription of a topic. */
export const pushLine = async (patient: Patient, key: TopicKey): Promise<string> => {
  const { target, attempts } = WIRING[key]
  const topic = patient.topics[key]
  const deployed = await deployedOrNone(patient)
  return gcloud('pubsub subscriptions create', [`${shortName(topic)}-push`], {
    project: projectOf(topic),
    topic: shortName(topic),
    ...pushFlags(patient, deployed, key),
    'ack-deadline': String(ackDeadlineFor(deployed[target]?.timeoutSeconds ?? TARGETS[target].timeoutSeconds)),
    'min-retry-delay': '10s',
    'max-retry-delay': '600s',
    'dead-letter-topic': `${shortName(topic)}-dead`,
    'max-delivery-attempts': String(attempts),
    'message-retention-duration': '7d',
    'expiration-period': 'never',
  })
}
