/** Messages that wait, as Cloud Monitoring counts them: dead letters that nobody took, and messages that are not acknowledged. */

import { formatInstant, formatSpan, MINUTE_MS, SECOND_MS } from '../domain/time.ts'
import { type Check, type Finding, ok, problem, warning } from './check.ts'
import { deployedOrNone, TARGETS, WIRING } from './deployment.ts'
import { gcloud, projectOf, shortName } from './gcloud.ts'
import { type Listener, listenersOf } from './listeners.ts'
import type { Patient, TopicKey } from './patient.ts'
import { pushFlags } from './push-line.ts'
import type { SubscriptionMetric } from './resources.ts'
import { unseen } from './unseen.ts'

/** As infra/watchdog.tf mails of it. */
const WAIT_MAX_MS = 10 * MINUTE_MS

export const backlog: Check = {
  name: 'backlog',
  covers: 'messages that wait',
  needs: ['project', 'google'],
  run: async (patient) => {
    const { listeners } = await listenersOf(patient)
    const live = listeners.map(({ key, subscription: { name } }) => ({ key, name }))
    const [dead, waiting] = await Promise.all([
      measured(patient, 'num_undelivered_messages', await keptOf(patient, listeners)),
      measured(patient, 'oldest_unacked_message_age', live),
    ])
    const findings = [
      ...new Map([...dead.unseen, ...waiting.unseen].map((one) => [one.what, one])).values(),
      ...(await Promise.all(dead.queues.filter(({ value }) => value > 0).map((one) => deadLetters(patient, one)))),
      ...waiting.queues.filter(({ value }) => value * SECOND_MS > WAIT_MAX_MS).map((one) => stuck(patient, one)),
    ]
    if (findings.length > 0 || live.length === 0) return findings
    const unknown = [...dead.uncounted, ...waiting.uncounted].map(shortName)
    return [ok(`No dead letter lies about, and no message waits for long.${unproven(unknown)}`)]
  },
}

const unproven = (names: readonly string[]): string =>
  names.length === 0 ? '' : ` Not proven: Cloud Monitoring has no number yet of ${names.join(', ')}.`

type Queue = { readonly key: TopicKey; readonly name: string }

/** The subscriptions that keep what was given up; several may share one. */
const keptOf = async ({ io }: Patient, listeners: readonly Listener[]): Promise<readonly Queue[]> => {
  const found = listeners.map(async ({ key, subscription: { deadLetter } }): Promise<readonly Queue[]> => {
    if (!deadLetter) return []
    const kept = await io.cloud.subscriptionsOf(deadLetter.topic)
    return kept.kind === 'answer' ? kept.answer.map((name) => ({ key, name })) : []
  })
  return [...new Map((await Promise.all(found)).flat().map((one) => [one.name, one])).values()]
}

type Measured = {
  readonly queues: readonly (Queue & { readonly value: number })[]
  readonly uncounted: readonly string[]
  readonly unseen: readonly Finding[]
}

/** A project at a time: that is how Cloud Monitoring is asked. */
const measured = async (patient: Patient, metric: SubscriptionMetric, queues: readonly Queue[]): Promise<Measured> => {
  const groups = [...Map.groupBy(queues, ({ name }) => projectOf(name))]
  const parts = groups.map(async ([project, own]): Promise<Measured> => {
    const names = own.map(({ name }) => name)
    const answer = await patient.io.cloud.levels(metric, names, patient.now)
    if (answer.kind !== 'answer') {
      const source = {
        api: 'monitoring.googleapis.com',
        resource: `projects/${project}`,
        role: 'roles/monitoring.viewer',
      }
      return {
        queues: [],
        uncounted: [],
        unseen: [unseen(patient, `How many messages wait in ${project}`, answer, source)],
      }
    }
    const values = new Map(answer.answer.map(({ subscription, value }) => [subscription, value]))
    return {
      queues: own.map((one) => ({ ...one, value: values.get(one.name) ?? 0 })),
      uncounted: names.filter((name) => !values.has(name)),
      unseen: [],
    }
  })
  const all = await Promise.all(parts)
  return {
    queues: all.flatMap((one) => one.queues),
    uncounted: all.flatMap((one) => one.uncounted),
    unseen: all.flatMap((one) => one.unseen),
  }
}

type Counted = Measured['queues'][number]

/** What these topics carry is said again by the next message: the store, not the message, knows what is due. */
const HINTS: ReadonlySet<TopicKey> = new Set(['schedule', 'alerts'])

const deadLetters = async (patient: Patient, queue: Counted): Promise<Finding> => {
  const { key, name, value } = queue
  const what = `${value} message${value === 1 ? ' was' : 's were'} given up and lie${value === 1 ? 's' : ''} in ${shortName(name)}.`
  if (HINTS.has(key))
    return warning({
      what,
      why: 'They were hints, which later ones have replaced; but Google mails of them until they are gone.',
      mend: `See why in the log (${logLine(patient, key)}), then drop them: ${gcloud('pubsub subscriptions seek', [shortName(name)], { project: projectOf(name), time: formatInstant(patient.now) })}`,
    })
  return problem({
    what,
    why: 'What they say is not in the ledger, and after 31 days they are gone.',
    mend: `Mend the cause, which the log tells (${logLine(patient, key)}). Then have them pushed once more (${await redriveLine(patient, queue)}), and when none is left, end that: ${pushLine(name, { 'push-endpoint': '' })}`,
  })
}

/** As infra/README.md redrives: the dead letters go to the function as they are, with its own token. */
const redriveLine = async (patient: Patient, { key, name }: Queue): Promise<string> =>
  pushLine(name, pushFlags(patient, await deployedOrNone(patient), key))

const pushLine = (name: string, flags: Parameters<typeof gcloud>[2]): string =>
  gcloud('pubsub subscriptions modify-push-config', [shortName(name)], { project: projectOf(name), ...flags })

const stuck = (patient: Patient, { key, name, value }: Counted): Finding =>
  problem({
    what: `The oldest message in ${shortName(name)} has waited for ${formatSpan(value * SECOND_MS)}.`,
    why: `${WIRING[key].target} does not acknowledge it. Pub/Sub goes on trying, then gives it up.`,
    mend: `See why in the log: ${logLine(patient, key)}`,
  })

const logLine = ({ project }: Patient, key: TopicKey): string =>
  gcloud('logging read', [`resource.labels.service_name="${TARGETS[WIRING[key].target].name}"`], {
    project,
    limit: '20',
  })
