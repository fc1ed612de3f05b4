/** What configuration file and environment come to, complaints in place of errors. */

import { billingFrom } from '../billing.ts'
import { type Config, loadConfig, readEnvironment } from '../config.ts'
import type { Patient, TopicKey } from '../doctor/patient.ts'
import { ConfigError } from '../domain/errors.ts'
import type { Environment } from '../environment.ts'
import { pushGuard } from '../push-token.ts'
import { projectFrom, topicOf } from '../topics.ts'

type Faulty<Part extends object> = Part & { readonly faults: readonly string[] }

/** Empty where it cannot be read. */
export const configOf = (env: Environment): Faulty<{ readonly config: Config }> => {
  const { value, faults } = tried(() => loadConfig(undefined, env))
  return { config: value ?? { accounts: [], channels: {}, routes: [] }, faults }
}

export type Place = { readonly store?: string; readonly project: string; readonly topics: Patient['topics'] }

/** Every setting that the functions read at their start, each for itself. */
export const environmentOf = (env: Environment): Faulty<Place> => {
  const settings = tried(() => readEnvironment(env))
  const project = tried(() => projectFrom(env))
  const topics = tried(() => topicsOf(env, project.value ?? ''))
  const others = [
    () => billingFrom(env),
    // Each function has its own audience; from elsewhere the subscriptions are compared with the functions.
    () => pushGuard(env),
  ].flatMap((work) => tried<unknown>(work).faults)
  return {
    ...(settings.value && { store: settings.value.store }),
    project: project.value ?? '',
    topics: topics.value ?? topicsOf({}, ''),
    faults: [...settings.faults, ...project.faults, ...topics.faults, ...others],
  }
}

/** Full names; without a project none is known. Throws `ConfigError` for a name that cannot be. */
const topicsOf = (env: Environment, project: string): Patient['topics'] => {
  const full = (topic: string): string => (project === '' ? '' : `projects/${project}/topics/${topic}`)
  const named = (variable: 'BILLING_NOTIFICATIONS_TOPIC' | 'ALERT_DELIVERIES_TOPIC'): string => {
    if (project === '') return ''
    const name = topicOf(env, variable)
    return `projects/${name.project ?? project}/topics/${name.topic}`
  }
  return {
    billing: named('BILLING_NOTIFICATIONS_TOPIC'),
    usage: full('gemini-usage'),
    schedule: full('drawdown-schedule'),
    alerts: named('ALERT_DELIVERIES_TOPIC'),
  } satisfies Record<TopicKey, string>
}

/** The complaints of a person's error, a line each; anything else is a bug. */
const tried = <T>(work: () => T): { readonly value?: T; readonly faults: readonly string[] } => {
  try {
    return { value: work(), faults: [] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { faults: error.message.split('\n') }
  }
}
