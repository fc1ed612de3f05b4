/** `--topic`: an operator fact as a message to the running service; no store is opened. */

import { type OperatorFact, operatorMessage, unreadable } from '../app/operate.ts'
import { loadConfig } from '../config.ts'
import { UsageError } from '../domain/errors.ts'
import { type AccountId, parseAccountId } from '../domain/keys.ts'
import type { AccountSettings } from '../domain/standing.ts'
import { SECOND_MS } from '../domain/time.ts'
import { openTopic } from '../pubsub.ts'
import { type TopicName, topicOf } from '../topics.ts'
import { within } from '../within.ts'
import type { Answer } from './answer.ts'
import { accountOf } from './session.ts'
import { refused, type Telling, type TellOptions } from './tell.ts'
import type { Terminal } from './terminal.ts'

/** A person waits, over any line; signing in and the publish share the longer one. */
const PUBLISH_MS = 20 * SECOND_MS
const WAIT_MS = 30 * SECOND_MS

/** The account as `DRAWDOWN_CONFIG` has it; without that variable nobody here knows which accounts the service has. */
export const settingsWithoutStore = async (
  terminal: Terminal,
  account: string,
): Promise<AccountSettings | undefined> =>
  terminal.env['DRAWDOWN_CONFIG'] ? accountOf(loadConfig(undefined, terminal.env).accounts, account) : undefined

/**
 * Publishes the fact and says under which message id. Publishing is not recording: the function that takes the message
 * may still quarantine it. Throws `UsageError` or `ConfigError` in one line with the mend.
 */
export const publishFact = async (
  terminal: Terminal,
  { send, topic: typed }: TellOptions,
  account: string,
  { kind, fields, said }: Telling,
): Promise<Answer> => {
  if (send) throw new UsageError('Give either --send or --topic: with --topic the running service sends what is due.')
  const name = topicOf(terminal.env, 'BILLING_NOTIFICATIONS_TOPIC', typed === true ? undefined : typed)
  const fact: OperatorFact = { kind, account: idOf(account), fields }
  const fault = unreadable(terminal.clock(), fact)
  if (fault) throw refused(fault)
  const messageId = await publish(name, fact)
  return {
    json: { result: 'published', messageId, topic: fullName(name), account, kind, fact: fields },
    text: `Published: ${said}, as message ${messageId}. It is recorded once the function has taken it.`,
  }
}

const idOf = (account: string): AccountId => {
  const id = parseAccountId(account)
  if (id === undefined) throw new UsageError(`${account} is no billing account id, such as 01D4EE-079462-DFD6EC.`)
  return id
}

const publish = async (name: TopicName, fact: OperatorFact): Promise<string> => {
  const topic = openTopic(name, PUBLISH_MS)
  try {
    const { body, attributes } = operatorMessage(fact)
    return await within(WAIT_MS, topic.publish(body, attributes))
  } catch (error) {
    throw new UsageError(mendOf(error, fullName(name)), { cause: error })
  } finally {
    await topic.close().catch(() => undefined)
  }
}

const fullName = ({ project, topic }: TopicName): string =>
  project === undefined ? topic : `projects/${project}/topics/${topic}`

/** https://github.com/grpc/grpc/blob/master/doc/statuscodes.md */
const [DEADLINE_EXCEEDED, NOT_FOUND, PERMISSION_DENIED, UNAVAILABLE, UNAUTHENTICATED] = [4, 5, 7, 14, 16]

const mendOf = (error: unknown, topic: string): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const text = error instanceof Error ? error.message : String(error)
  if (code === NOT_FOUND) return `There is no topic ${topic}. Name another with --topic or BILLING_NOTIFICATIONS_TOPIC.`
  if (code === PERMISSION_DENIED) return `You may not publish to ${topic}: have roles/pubsub.publisher granted on it.`
  if (code === UNAUTHENTICATED || /default credentials|invalid_grant|invalid_rapt/.test(text))
    return 'Google does not know who you are: run gcloud auth application-default login.'
  if (code === UNAVAILABLE || code === DEADLINE_EXCEEDED)
    return `Pub/Sub gave no answer for ${topic}: check the network, then run the command again.`
  return `Publishing to ${topic} failed: ${text.replace(/\.$/, '')}.`
}
