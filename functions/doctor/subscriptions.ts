/** How each subscription delivers: pushed with a token, patient enough, tried again with pauses, never deleted for silence. */

import { DAY_MS, HOUR_MS, SECOND_MS } from '../domain/time.ts'
import { type Check, type Finding, ok, problem, unknown, warning } from './check.ts'
import { ackDeadlineFor, type Deployed, deployedOrNone, TARGETS, WIRING } from './deployment.ts'
import { shortName, updateSubscription } from './gcloud.ts'
import { type Listener, listenersOf } from './listeners.ts'
import type { Patient } from './patient.ts'
import { pushFlags } from './push-line.ts'

const HOUR_S = HOUR_MS / SECOND_MS
const DAY_S = DAY_MS / SECOND_MS
/** As infra/ keeps them: an outage over a long weekend loses nothing. */
const RETENTION_MIN_S = 7 * DAY_S

export const subscriptions: Check = {
  name: 'subscriptions',
  covers: 'push, retries and deadlines of the subscriptions',
  needs: ['project', 'pubsub'],
  run: async (patient) => {
    const [{ listeners, unseen }, deployed] = await Promise.all([listenersOf(patient), deployedOrNone(patient)])
    const findings = [...unseen, ...listeners.flatMap((one) => listenerFindings(patient, deployed, one))]
    if (findings.length > 0 || listeners.length === 0) return findings
    return [ok(`${listeners.length} subscriptions push with a token, wait long enough and try again with pauses.`)]
  },
}

const listenerFindings = (patient: Patient, deployed: Deployed, listener: Listener): readonly Finding[] =>
  listener.subscription.push
    ? [
        ...tokenOf(patient, deployed, listener),
        ...wrongFunction(patient, deployed, listener),
        ...deadlineOf(deployed, listener),
        ...retryOf(deployed, listener),
        ...lifeOf(listener),
      ]
    : [notPushed(patient, deployed, listener)]

const notPushed = (patient: Patient, deployed: Deployed, { key, subscription }: Listener): Finding =>
  problem({
    what: `The subscription ${shortName(subscription.name)} pushes to nobody.`,
    why: `The function ${WIRING[key].target} is not called; its messages wait and then expire.`,
    mend: `If nobody pulls from it: ${updateSubscription(subscription.name, pushFlags(patient, deployed, key))}`,
  })

/** On the emulator functions ask for no token. */
const tokenOf = (patient: Patient, deployed: Deployed, { key, subscription }: Listener): readonly Finding[] => {
  const { push, name } = subscription
  if (!push || patient.emulated) return []
  const { environment = {} } = deployed[WIRING[key].target] ?? {}
  const mend = `Set both: ${updateSubscription(name, pushFlags(patient, deployed, key))}`
  if (push.account === undefined)
    return [
      problem({
        what: `The subscription ${shortName(name)} pushes without a token.`,
        why: 'The function answers 401 to every message: nothing is recorded.',
        mend,
      }),
    ]
  const wants = environment['PUSH_SERVICE_ACCOUNT']
  const asks = environment['PUSH_AUDIENCE']
  const isOther = wants !== undefined && wants !== push.account
  const isElsewhere = asks !== undefined && asks !== (push.audience ?? push.endpoint)
  if (!isOther && !isElsewhere) return []
  return [
    problem({
      what: isOther
        ? `The subscription ${shortName(name)} signs as ${push.account}; the function expects ${wants}.`
        : `The subscription ${shortName(name)} signs for ${push.audience ?? push.endpoint}; the function expects ${asks}.`,
      why: `The function answers ${isOther ? 403 : 401} to every message: nothing is recorded.`,
      mend,
    }),
  ]
}

const hostOf = (url: string | undefined): string | undefined => URL.parse(url ?? '')?.hostname

const wrongFunction = (patient: Patient, deployed: Deployed, listener: Listener): readonly Finding[] => {
  const { key, subscription } = listener
  const { target } = WIRING[key]
  const host = hostOf(subscription.push?.endpoint)
  const own = deployed[target]
  const other = Object.values(deployed).find((one) => one?.target !== target && hostOf(one?.url) === host)
  if (!other || host === undefined || hostOf(own?.url) === host) return []
  return [
    problem({
      what: `The subscription ${shortName(subscription.name)} pushes to ${other.name}.`,
      why: `${other.target} does not take these messages; ${target} never gets them.`,
      mend: `Point it at the right one: ${updateSubscription(subscription.name, pushFlags(patient, deployed, key))}`,
    }),
  ]
}

const deadlineOf = (deployed: Deployed, { key, subscription }: Listener): readonly Finding[] => {
  const { target } = WIRING[key]
  const { name, ackDeadlineSeconds } = subscription
  const known = deployed[target]?.timeoutSeconds
  const timeout = known ?? TARGETS[target].timeoutSeconds
  if (ackDeadlineSeconds >= timeout) return []
  const complaint = {
    what: `The subscription ${shortName(name)} waits ${ackDeadlineSeconds} s for an answer, and ${target} may run for ${timeout} s${known === undefined ? ' as infra/ has it' : ''}.`,
    why: 'Pub/Sub gives up while the function still works, and starts a second run beside it.',
    mend: `Let it wait longer: ${updateSubscription(name, { 'ack-deadline': String(ackDeadlineFor(timeout)) })}`,
  }
  return [known === undefined ? warning(complaint) : problem(complaint)]
}

/** Eventarc makes subscriptions of this name; whether a failed event is tried again stands in the function alone. */
const EVENTARC = /\/eventarc-/

const retryOf = (deployed: Deployed, { key, subscription }: Listener): readonly Finding[] => {
  const { name, hasRetryPolicy } = subscription
  const isUnseen = EVENTARC.test(name) && deployed[WIRING[key].target]?.retries === undefined
  return [
    ...(hasRetryPolicy
      ? []
      : [
          warning({
            what: `The subscription ${shortName(name)} tries again without a pause.`,
            why: 'In an outage every message comes back at once, over and over: it costs money and fills the attempts before a dead letter.',
            mend: `Have it pause: ${updateSubscription(name, { 'min-retry-delay': '10s', 'max-retry-delay': '600s' })}`,
          }),
        ]),
    ...(isUnseen
      ? [
          unknown({
            what: `Whether ${shortName(name)} tries again at all cannot be seen from the subscription.`,
            why: 'Eventarc answers for a function with retries off as if it had succeeded, and the message is dropped.',
            mend: 'Deploy the function with --retry, or use push subscriptions as infra/ makes them.',
          }),
        ]
      : []),
  ]
}

const lifeOf = ({ subscription }: Listener): readonly Finding[] => {
  const { name, expiresAfterSeconds, retentionSeconds } = subscription
  return [
    ...(expiresAfterSeconds === undefined
      ? []
      : [
          warning({
            what: `Google deletes the subscription ${shortName(name)} after ${Math.round(expiresAfterSeconds / DAY_S)} idle days.`,
            why: 'From then on its messages are lost, and nothing says so.',
            mend: `Keep it: ${updateSubscription(name, { 'expiration-period': 'never' })}`,
          }),
        ]),
    ...(retentionSeconds >= RETENTION_MIN_S
      ? []
      : [
          warning({
            what: `The subscription ${shortName(name)} keeps messages for ${Math.round(retentionSeconds / HOUR_S)} h.`,
            why: 'An outage that lasts longer loses them.',
            mend: `Keep them for a week: ${updateSubscription(name, { 'message-retention-duration': '7d' })}`,
          }),
        ]),
  ]
}
