/** Who may publish: budgets and our own functions must be able to, strangers must not. */

import { type Check, type Finding, ok, problem, unknown } from './check.ts'
import { accountOf, BUDGET_PUBLISHER, type Deployed, deployedOrNone, TARGET_NAMES, TARGETS } from './deployment.ts'
import { grantLine, projectOf, revokeLine, shortName } from './gcloud.ts'
import { grantOf, policiesOf, ROLES } from './grants.ts'
import type { Patient } from './patient.ts'
import type { Policy } from './resources.ts'
import { unseen } from './unseen.ts'

const [PUBLISHER] = ROLES.publish

export const publishers: Check = {
  name: 'publishers',
  covers: 'who may publish to the topics',
  needs: ['project', 'google'],
  run: async (patient) => {
    const { billing, alerts } = patient.topics
    const deployed = await deployedOrNone(patient)
    const findings = (
      await Promise.all([
        topicFindings(patient, billing, [{ member: BUDGET_PUBLISHER, who: 'Budgets', why: BUDGETS_MUTE }]),
        topicFindings(patient, alerts, announcers(patient, deployed)),
      ])
    ).flat()
    return findings.length > 0
      ? findings
      : [ok('Budgets and the functions may publish to their topics, and strangers may not.')]
  },
}

const BUDGETS_MUTE =
  'No budget message arrives, Google tells nobody why, and a budget that names the topic cannot even be saved.'

type Publisher = { readonly member: string; readonly who: string; readonly why: string }

const announcers = ({ project }: Patient, deployed: Deployed): readonly Publisher[] => {
  const members = TARGET_NAMES.filter((target) => TARGETS[target].announces).map(
    (target) => `serviceAccount:${accountOf(deployed, target, project)}`,
  )
  return [...new Set(members)].map((member) => ({
    member,
    who: member,
    why: 'Its deliveries are not announced: each waits up to five minutes for the schedule’s sweep.',
  }))
}

const topicFindings = async (
  patient: Patient,
  topic: string,
  wanted: readonly Publisher[],
): Promise<readonly Finding[]> => {
  const { cloud } = patient.io
  const own = await cloud.policy(topic)
  if (own.kind === 'refused' && own.why === 'not-found') return []
  if (own.kind !== 'answer')
    return [
      unseen(patient, `The rights on the topic ${shortName(topic)}`, own, {
        api: 'pubsub.googleapis.com',
        resource: `projects/${projectOf(topic)}`,
        role: 'roles/iam.securityReviewer',
      }),
    ]
  const { policies, missing } = policiesOf([own, await cloud.policy(`projects/${projectOf(topic)}`)])
  return [
    ...wanted.flatMap((one) => publisherFindings(topic, one, { policies, isWhole: !missing })),
    ...strangers(topic, own.answer),
  ]
}

type Seen = { readonly policies: readonly Policy[]; readonly isWhole: boolean }

const publisherFindings = (
  topic: string,
  { member, who, why }: Publisher,
  { policies, isWhole }: Seen,
): readonly Finding[] => {
  const grant = grantOf(policies, member, 'publish')
  if (grant === 'granted') return []
  const complaint = {
    what: `${who} may not publish to ${shortName(topic)}: ${PUBLISHER} is missing.`,
    why,
    mend: `Grant it: ${grantLine(topic, member, PUBLISHER)}`,
  }
  if (grant === 'absent' && isWhole) return [problem(complaint)]
  return [
    unknown({
      ...complaint,
      what: `Whether ${who} may publish to ${shortName(topic)} is not certain.`,
      why: isWhole
        ? 'It is granted by a custom role, under a condition, or to a group.'
        : 'The topic does not grant it, and the policy of its project could not be read.',
    }),
  ]
}

/** Whoever may publish to the first topic may enter purchases. */
const strangers = (topic: string, policy: Policy): readonly Finding[] =>
  policy
    .filter(({ role }) => (ROLES.publish as readonly string[]).includes(role))
    .flatMap(({ role, members }) => members.filter((one) => one.startsWith('all')).map((member) => ({ role, member })))
    .map(({ role, member }) =>
      problem({
        what: `Everybody (${member}) may publish to ${shortName(topic)}.`,
        why: 'Anybody can enter purchases and readings, or flood the functions.',
        mend: `Take it away: ${revokeLine(topic, member, role)}`,
      }),
    )
