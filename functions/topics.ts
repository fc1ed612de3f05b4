/** Which Pub/Sub topics the environment names, and when committed deliveries are announced on one. */

import { ConfigError } from './domain/errors.ts'
import type { Environment } from './environment.ts'

/** A checked name; without `project` the platform's own project is meant. */
export type TopicName = { readonly project?: string; readonly topic: string }

type TopicVariable = 'BILLING_NOTIFICATIONS_TOPIC' | 'ALERT_DELIVERIES_TOPIC' | 'ENFORCE_TOPIC'

const DEFAULTS: Readonly<Record<TopicVariable, string>> = {
  BILLING_NOTIFICATIONS_TOPIC: 'billing-notifications',
  ALERT_DELIVERIES_TOPIC: 'alert-deliveries',
  ENFORCE_TOPIC: 'drawdown-enforce',
}

/** https://docs.cloud.google.com/pubsub/docs/pubsub-basics#resource_names */
const TOPIC = /^(?!goog)[a-z][a-z0-9._~+%-]{2,254}$/i
/** https://docs.cloud.google.com/resource-manager/docs/creating-managing-projects; older ones begin with a domain. */
const PROJECT = /^(?:[a-z0-9.-]{1,63}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/
const PROJECT_VARIABLES = ['GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT', 'PUBSUB_PROJECT_ID']

/**
 * The topic of this variable, its default where it is not set, or `typed` where a person gave one on the command line.
 * Throws `ConfigError` that names the variable (or `--topic`) and the mend.
 */
export const topicOf = (env: Environment, variable: TopicVariable, typed?: string): TopicName => {
  const source = typed === undefined ? variable : '--topic'
  const text = typed ?? (env[variable] || DEFAULTS[variable])
  const [, owner, name = text] = /^projects\/([^/]+)\/topics\/([^/]+)$/.exec(text) ?? []
  if (!TOPIC.test(name) || (owner !== undefined && !PROJECT.test(owner))) {
    throw new ConfigError(
      `${source}: must be a topic of 3 to 255 letters, digits and -._~+%, beginning with a letter and not with goog, or its full name, such as projects/my-project/topics/${DEFAULTS[variable]}.`,
    )
  }
  const project = owner ?? projectFrom(env)
  if (project === undefined && !env['K_SERVICE']) {
    throw new ConfigError(
      `GOOGLE_CLOUD_PROJECT: is not set. Give the project of the topic, or its full name as ${source}, such as projects/my-project/topics/${name}.`,
    )
  }
  return { ...(project !== undefined && { project }), topic: name }
}

/** The topic that deliveries are announced on: in the cloud, with the emulator, or where it is named; else nobody listens. */
export const alertTopicOf = (env: Environment): TopicName | undefined =>
  env['K_SERVICE'] || env['PUBSUB_EMULATOR_HOST'] || env['ALERT_DELIVERIES_TOPIC']
    ? topicOf(env, 'ALERT_DELIVERIES_TOPIC')
    : undefined

/** The topic of the function that may stop projects; only where it is named is there such a function. */
export const enforceTopicOf = (env: Environment): TopicName | undefined =>
  env['ENFORCE_TOPIC'] ? topicOf(env, 'ENFORCE_TOPIC') : undefined

/** The project that the environment names. Throws `ConfigError` for one that cannot be. */
export const projectFrom = (env: Environment): string | undefined => {
  const variable = PROJECT_VARIABLES.find((name) => env[name])
  const project = variable === undefined ? undefined : env[variable]
  if (project === undefined || PROJECT.test(project)) return project
  throw new ConfigError(
    `${variable}: must be a project id of 6 to 30 lower-case letters, digits and hyphens, such as my-project.`,
  )
}
