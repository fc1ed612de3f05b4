/** The functions as the cloud runs them: one framework process per target, behind push subscriptions of the emulator. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Target } from '../../functions/targets.ts'
import { type Started, startFramework } from './framework.ts'
import { type Bus, openBus } from './pubsub.ts'

/** What came of one push, as Pub/Sub saw it. */
export type Push = {
  readonly target: Target
  readonly status: number
  /** The data of the message. */
  readonly text: string
  /** What the function answered, even where the line lost it. */
  readonly answer: string
}

/** What the line between Pub/Sub and a function does to a request: nothing, keeps it away, or loses the answer. */
export type Line = 'whole' | 'request lost' | 'answer lost'

export type Cloud = {
  readonly bus: Bus
  /** Every push so far, in order of their answers. */
  readonly pushes: readonly Push[]
  /** Decides by the text of a push's message what happens to it. */
  readonly onPush: (decide: (text: string) => Line) => void
  /** Everything the functions have written. */
  readonly output: () => string
  readonly close: () => Promise<void>
}

type Subscription = readonly [topic: string, target: Target]

/** Which function takes which topic. */
const TOPICS: readonly Subscription[] = [
  ['billing-notifications', 'billingNotification'],
  ['gemini-usage', 'usageNotification'],
  ['drawdown-schedule', 'schedule'],
  ['alert-deliveries', 'alertDelivery'],
]
const DEAD_LETTERS = 'dead-letters'

/** The shortest the emulator takes; a deployment waits longer. */
const RETRY = { minimumBackoff: '1s', maximumBackoff: '1s' }
const ATTEMPTS_MAX = 5
const ACK_DEADLINE_SECONDS = 30

/**
 * Makes topics, starts the functions and subscribes them; `env` is what all of them get. What fails five times goes to the
 * subscription `dead`. `more` are subscribed as well. The emulator (0.8.20) forgets messages of one subscription that fail at the same time: let one fail.
 */
export const startCloud = async (
  host: string,
  project: string,
  env: Record<string, string>,
  more: readonly Subscription[] = [],
): Promise<Cloud> => {
  const topics = [...TOPICS, ...more]
  const pushes: Push[] = []
  const running: Started[] = []
  let decide: (text: string) => Line = () => 'whole'
  const bus = openBus(host, project)
  await Promise.all([...topics.map(([topic]) => topic), DEAD_LETTERS].map(bus.createTopic))
  await bus.subscribe('dead', DEAD_LETTERS)

  const urls = new Map<string, string>()
  const line = await listen((request, response) => {
    const target = topics.find(([, name]) => request.url === `/${name}`)?.[1] ?? 'status'
    passOn(request, response, { target, url: urls.get(target) ?? '' }, pushes, (text) => decide(text)).catch(() =>
      response.destroy(),
    )
  })
  const subscribe = async ([topic, target]: Subscription): Promise<void> => {
    const one = await startFramework(target, env)
    running.push(one)
    urls.set(target, one.url)
    await bus.subscribe(`${topic}-push`, topic, {
      pushConfig: { pushEndpoint: `${line.url}/${target}` },
      ackDeadlineSeconds: ACK_DEADLINE_SECONDS,
      retryPolicy: RETRY,
      ...(isIngest(target) && {
        deadLetterPolicy: {
          deadLetterTopic: `projects/${project}/topics/${DEAD_LETTERS}`,
          maxDeliveryAttempts: ATTEMPTS_MAX,
        },
      }),
    })
  }
  await Promise.all(topics.map(subscribe))
  return {
    bus,
    pushes,
    onPush: (next) => {
      decide = next
    },
    output: () => running.map((one) => one.output()).join(''),
    close: async () => {
      line.server.closeAllConnections()
      line.server.close()
      for (const { child } of running) child.kill('SIGKILL')
    },
  }
}

const isIngest = (target: Target): boolean => target === 'billingNotification' || target === 'usageNotification'

const listen = async (
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ readonly server: Server; readonly url: string }> => {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const passOn = async (
  request: IncomingMessage,
  response: ServerResponse,
  { target, url }: { readonly target: Target; readonly url: string },
  pushes: Push[],
  decide: (text: string) => Line,
): Promise<void> => {
  const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>))
  const text = textOf(body)
  const fate = decide(text)
  let status = 503
  let said = ''
  if (fate !== 'request lost') {
    const headers = { 'content-type': request.headers['content-type'] ?? 'application/json' }
    const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined)
    said = (await answer?.text()) ?? ''
    if (fate === 'whole') status = answer?.status ?? 502
  }
  pushes.push({ target, status, text, answer: said })
  response.writeHead(status).end()
}

/** The data of the message in a push envelope. */
const textOf = (body: Buffer): string => {
  const { message } = JSON.parse(body.toString()) as { readonly message: { readonly data?: string } }
  return Buffer.from(message.data ?? '', 'base64').toString()
}
