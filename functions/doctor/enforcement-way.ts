/** The way from schedule to the function that may stop projects: a topic that schedule may publish to, and somebody who listens. */

import { type Finding, problem, unknown } from './check.ts'
import { ENFORCER } from './deployment.ts'
import { grantLine, projectOf, shortName } from './gcloud.ts'
import { grantOf, policiesOf, ROLES } from './grants.ts'
import type { Patient } from './patient.ts'
import type { DeployedFunction } from './resources.ts'
import { unseen } from './unseen.ts'

const APPLY = 'terraform -chdir=infra apply'

/** `named` is what schedule has as ENFORCE_TOPIC, short or in full. */
export const wayFindings = async (
  patient: Patient,
  schedule: DeployedFunction,
  named: string,
): Promise<readonly Finding[]> => {
  const topic = named.includes('/') ? named : `projects/${patient.project}/topics/${named}`
  const listening = await patient.io.cloud.subscriptionsOf(topic)
  if (listening.kind === 'answer')
    return [
      ...(listening.answer.length > 0 ? [] : [unheard(topic)]),
      ...(await publishFindings(patient, schedule, topic)),
    ]
  if (listening.kind === 'refused' && listening.why === 'not-found') return [missing(topic)]
  const source = { api: 'pubsub.googleapis.com', resource: `projects/${projectOf(topic)}`, role: 'roles/pubsub.viewer' }
  return [unseen(patient, `The subscriptions of ${shortName(topic)}`, listening, source)]
}

const missing = (topic: string): Finding =>
  problem({
    what: `There is no topic ${topic}.`,
    why: `schedule cannot ask ${ENFORCER.name}: nothing is stopped, nor rehearsed.`,
    mend: `Make it as infra/ does: ${APPLY}`,
  })

const unheard = (topic: string): Finding =>
  problem({
    what: `The topic ${shortName(topic)} has no subscription.`,
    why: `What schedule asks reaches nobody: nothing is stopped, nor rehearsed.`,
    mend: `Have it push to ${ENFORCER.name}, as infra/ does: ${APPLY}`,
  })

const publishFindings = async (
  patient: Patient,
  { account }: DeployedFunction,
  topic: string,
): Promise<readonly Finding[]> => {
  const { cloud } = patient.io
  const answers = await Promise.all([cloud.policy(topic), cloud.policy(`projects/${projectOf(topic)}`)])
  const { policies, missing: blind } = policiesOf(answers)
  const member = `serviceAccount:${account}`
  const grant = grantOf(policies, member, 'publish')
  if (grant === 'granted') return []
  const [role] = ROLES.publish
  const complaint = {
    what: `${member} may not publish to ${shortName(topic)}: ${role} is missing.`,
    why: `schedule cannot ask ${ENFORCER.name}: nothing is stopped, nor rehearsed.`,
    mend: `Grant it: ${grantLine(topic, member, role)}`,
  }
  if (grant === 'absent' && !blind) return [problem(complaint)]
  return [
    unknown({
      ...complaint,
      what: `Whether ${member} may publish to ${shortName(topic)} is not certain.`,
      why: blind
        ? 'Not all policies could be read (roles/iam.securityReviewer on the project would do).'
        : 'It is granted by a custom role, under a condition, or to a group.',
    }),
  ]
}
