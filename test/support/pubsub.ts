/** The Pub/Sub emulator over its REST surface: topics, subscriptions, what lies in one; no client library of ours. */

import { setTimeout as sleep } from 'node:timers/promises'

/** A message as it was pulled: https://docs.cloud.google.com/pubsub/docs/reference/rest/v1/PubsubMessage */
export type Pulled = {
  readonly messageId: string
  readonly publishTime: string
  readonly attributes?: Readonly<Record<string, string>>
  /** Base64, as on the wire. */
  readonly data: string
}

export type Bus = {
  readonly createTopic: (topic: string) => Promise<void>
  readonly deleteTopic: (topic: string) => Promise<void>
  /** `fields` as the REST resource has them, such as `pushConfig`. */
  readonly subscribe: (subscription: string, topic: string, fields?: object) => Promise<void>
  readonly publish: (topic: string, body: unknown, attributes?: Readonly<Record<string, string>>) => Promise<string>
  /** Waits, 20 s at most, until `count` messages came, and acknowledges them. */
  readonly pull: (subscription: string, count: number) => Promise<readonly Pulled[]>
}

const PULL_MAX_MS = 20_000
const POLL_MS = 50

/** All of one project at the emulator. */
export const openBus = (host: string, project: string): Bus => {
  const call = async (method: string, name: string, body?: object): Promise<unknown> => {
    const response = await fetch(`http://${host}/v1/projects/${project}/${name}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const answer = await response.text()
    if (!response.ok) throw new Error(`${method} ${name}: ${response.status} ${answer}`)
    return JSON.parse(answer)
  }
  // Not a waiting pull: one that is given up would still take the next message, and hold it for ten seconds.
  const pullOnce = async (subscription: string): Promise<readonly Received[]> => {
    const asked = await call('POST', `subscriptions/${subscription}:pull`, {
      returnImmediately: true,
      maxMessages: 100,
    })
    return (asked as { readonly receivedMessages?: readonly Received[] }).receivedMessages ?? []
  }
  return {
    createTopic: async (topic) => void (await call('PUT', `topics/${topic}`, {})),
    deleteTopic: async (topic) => void (await call('DELETE', `topics/${topic}`)),
    subscribe: async (subscription, topic, fields = {}) => {
      await call('PUT', `subscriptions/${subscription}`, { topic: `projects/${project}/topics/${topic}`, ...fields })
    },
    publish: async (topic, body, attributes = {}) => {
      const data = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)).toString('base64')
      const answer = await call('POST', `topics/${topic}:publish`, { messages: [{ data, attributes }] })
      return (answer as { readonly messageIds: readonly string[] }).messageIds[0] ?? ''
    },
    pull: async (subscription, count) => {
      const messages: Pulled[] = []
      const end = Date.now() + PULL_MAX_MS
      while (messages.length < count && Date.now() < end) {
        const received = await pullOnce(subscription)
        if (received.length === 0) {
          await sleep(POLL_MS)
          continue
        }
        await call('POST', `subscriptions/${subscription}:acknowledge`, { ackIds: received.map(({ ackId }) => ackId) })
        messages.push(...received.map(({ message }) => message))
      }
      return messages
    },
  }
}

type Received = { readonly ackId: string; readonly message: Pulled }
