/** Publishes to Pub/Sub; the client is loaded when the first message is there. */

import type { AppLog } from './app/deps.ts'
import type { Delivery } from './domain/alerts.ts'
import type { AccountId } from './domain/keys.ts'
import { SECOND_MS } from './domain/time.ts'
import type { TopicName } from './topics.ts'
import { within } from './within.ts'

export type Topic = {
  /** Resolves to the id of a message that Pub/Sub holds; rejects within the given patience, load and sign-in apart. */
  readonly publish: (body: object, attributes?: Readonly<Record<string, string>>) => Promise<string>
  /** Closes the connection; nothing may be in flight. */
  readonly close: () => Promise<void>
}

/** Tells the sender that deliveries are due. Whatever is lost here costs time: the sweep finds every delivery in the store. */
export type Announcer = {
  /** Returns at once and never throws. */
  readonly announce: (account: AccountId, deliveries: readonly Delivery[]) => void
  /** Resolves when all announced so far is published or given up, within 5 s; never rejects. */
  readonly announced: () => Promise<void>
  /** As `announced`, then closes the connection. */
  readonly close: () => Promise<void>
}

/** All attempts of one publish together; a request waits for it. */
const PUBLISH_MS = 2 * SECOND_MS
/** A publish and, once in an instance's life, the client's load and sign-in on a slow processor. */
const ANNOUNCE_MS = 5 * SECOND_MS
/** A stopping process has other things to close. */
const CLOSE_MS = 500
/** More at once would wait for each other in vain. */
const IN_FLIGHT_MAX = 100
/** The message is a hint, the store has them all. */
const IDS_MAX = 100

/** Opens nothing yet. `PUBSUB_EMULATOR_HOST` is honoured by the client: https://docs.cloud.google.com/pubsub/docs/emulator */
export const openTopic = (name: TopicName, patienceMs = PUBLISH_MS): Topic => {
  const gaxOpts = { retry: { backoffSettings: attemptsWithin(patienceMs) } }
  let opened: ReturnType<typeof connect> | undefined
  const once = (): ReturnType<typeof connect> => {
    opened ??= connect(name).catch((error: unknown) => {
      opened = undefined
      throw error
    })
    return opened
  }
  return {
    publish: async (body, attributes = {}) => {
      const { client, topic } = await once()
      const messages = [{ data: Buffer.from(JSON.stringify(body)), attributes: { ...attributes } }]
      const [{ messageIds }] = await client.publish({ topic, messages }, gaxOpts)
      return messageIds?.[0] ?? ''
    },
    close: async () => (await opened)?.client.close(),
  }
}

/**
 * Signs in before anything is published: left to the first call, a failed sign-in would also end as an unhandled
 * rejection, and with it the process.
 */
const connect = async ({ project, topic }: TopicName) => {
  const { PubSub, v1 } = await import('@google-cloud/pubsub')
  const options = await new PubSub({ ...(project !== undefined && { projectId: project }) }).getClientConfig()
  const client = new v1.PublisherClient(options as NonNullable<ConstructorParameters<typeof v1.PublisherClient>[0]>)
  await client.initialize()
  return { client, topic: `projects/${options.projectId}/topics/${topic}` }
}

/** One attempt gets less than half: a connection that froze with the instance must leave time for a second one. */
const attemptsWithin = (totalMs: number) => ({
  initialRetryDelayMillis: totalMs * 0.05,
  retryDelayMultiplier: 2,
  maxRetryDelayMillis: totalMs * 0.2,
  initialRpcTimeoutMillis: totalMs * 0.4,
  rpcTimeoutMultiplier: 1,
  maxRpcTimeoutMillis: totalMs * 0.4,
  totalTimeoutMillis: totalMs,
})

/** Announces each commit's deliveries as one message `{"account","deliveries":[ids]}`; a failure is a warning in the log. */
export const openAnnouncer = (topic: Topic, log: AppLog): Announcer => {
  const flights = new Set<Promise<void>>()
  const announced = async (): Promise<void> => void (await Promise.all(flights))
  const lost = (account: AccountId, why: string): void =>
    log.warning('deliveries were not announced; the schedule sends them', { account, why })
  return {
    announce: (account, deliveries) => {
      if (flights.size >= IN_FLIGHT_MAX) return lost(account, 'too many announcements are in flight')
      const ids = deliveries.slice(0, IDS_MAX).map(({ id }) => id)
      const flight: Promise<void> = within(ANNOUNCE_MS, topic.publish({ account, deliveries: ids }))
        .then(
          () => undefined,
          (error: unknown) => lost(account, reasonOf(error)),
        )
        .finally(() => flights.delete(flight))
      flights.add(flight)
    },
    announced,
    close: async () => {
      await announced()
      await within(CLOSE_MS, topic.close()).catch(() => undefined)
    },
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
