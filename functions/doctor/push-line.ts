/** The line that makes a push subscription as infra/ has it. */

import { ackDeadlineFor, deployedOrNone, pushAccount, TARGETS, WIRING } from './deployment.ts'
import { gcloud, projectOf, shortName } from './gcloud.ts'
import type { Patient, TopicKey } from './patient.ts'

/** With the address of the deployed function where it is known, else a placeholder in capitals. */
export const pushLine = async (patient: Patient, key: TopicKey): Promise<string> => {
  const { target, attempts } = WIRING[key]
  const topic = patient.topics[key]
  const one = (await deployedOrNone(patient))[target]
  const url = one?.url ?? 'FUNCTION_URL'
  return gcloud('pubsub subscriptions create', [`${shortName(topic)}-push`], {
    project: projectOf(topic),
    topic: shortName(topic),
    'push-endpoint': url,
    'push-auth-service-account': one?.environment['PUSH_SERVICE_ACCOUNT'] ?? pushAccount(patient.project),
    'push-auth-token-audience': one?.environment['PUSH_AUDIENCE'] ?? url,
    'ack-deadline': String(ackDeadlineFor(one?.timeoutSeconds ?? TARGETS[target].timeoutSeconds)),
    'min-retry-delay': '10s',
    'max-retry-delay': '600s',
    'dead-letter-topic': `${shortName(topic)}-dead`,
    'max-delivery-attempts': String(attempts),
    'message-retention-duration': '7d',
    'expiration-period': 'never',
  })
}
