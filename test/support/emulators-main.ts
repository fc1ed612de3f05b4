/** `npm run emulators`: both emulators until Ctrl-C, and, with `--push URL`, the topics and their push subscriptions. */

import { parseArgs } from 'node:util'
import { type Emulator, type EmulatorName, startEmulator } from './emulator-process.ts'

/** Which function takes which topic. */
const TARGETS: Readonly<Record<string, string>> = {
  'billing-notifications': 'billingNotification',
  'gemini-usage': 'usageNotification',
  'drawdown-schedule': 'schedule',
  'alert-deliveries': 'alertDelivery',
}
/** A push request may take this long; then Pub/Sub sends the message again. */
const ACK_DEADLINE_SECONDS = 60
const RETRY = { minimumBackoff: '1s', maximumBackoff: '10s' }
const REQUEST_MAX_MS = 5_000

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { push: { type: 'string' }, project: { type: 'string', default: 'drawdown-local' } },
  })
  const running: Emulator[] = []
  let isStopping = false
  const stop = async (code: number): Promise<void> => {
    isStopping = true
    await Promise.all(running.map((one) => one.stop()))
    process.exit(code)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void stop(0))
  try {
    const [firestore, pubsub] = await Promise.all([start('firestore', running), start('pubsub', running)])
    if (values.push !== undefined) await subscribeAll(pubsub.host, values.project, values.push)
    say(firestore.host, pubsub.host, values.project, values.push)
    await Promise.race(running.map((one) => one.ended))
    if (isStopping) return
    throw new Error('An emulator has ended by itself: run the command again.')
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    await stop(1)
  }
}

const start = async (name: EmulatorName, running: Emulator[]): Promise<Emulator> => {
  const started = await startEmulator(name)
  if ('why' in started) throw new Error(`The ${name} emulator did not start: ${started.why}.`)
  running.push(started)
  return started
}

const subscribeAll = async (host: string, project: string, functions: string): Promise<void> => {
  for (const [topic, target] of Object.entries(TARGETS)) {
    const pushEndpoint = `${functions.replace(/\/$/, '')}/${target}`
    await put(host, `projects/${project}/topics/${topic}`, {})
    await put(host, `projects/${project}/subscriptions/${topic}-push`, {
      topic: `projects/${project}/topics/${topic}`,
      pushConfig: { pushEndpoint },
      ackDeadlineSeconds: ACK_DEADLINE_SECONDS,
      retryPolicy: RETRY,
    })
  }
}

/** https://docs.cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions/create */
const put = async (host: string, name: string, body: object): Promise<void> => {
  const response = await fetch(`http://${host}/v1/${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(REQUEST_MAX_MS),
  })
  if (!response.ok) throw new Error(`The Pub/Sub emulator refused ${name}: ${(await response.text()).slice(0, 300)}`)
}

const say = (firestore: string, pubsub: string, project: string, push: string | undefined): void => {
  const pushes =
    push === undefined
      ? '# No topics were made: npm run emulators -- --push http://127.0.0.1:8080 makes them and pushes to that address.'
      : `# Every topic is pushed to ${push.replace(/\/$/, '')}/<target>.`
  const lines = [
    `export FIRESTORE_EMULATOR_HOST=${firestore} PUBSUB_EMULATOR_HOST=${pubsub}`,
    `export GOOGLE_CLOUD_PROJECT=${project}`,
    '# In another terminal, after the lines above: all functions in one process on port 8080',
    '#   STORE=firestore: npm start -- --empty',
    '# or a single one, as the platform runs it',
    '#   STORE=firestore: npx functions-framework --target=billingNotification --port=8080',
    pushes,
    '# Ctrl-C ends both emulators; what they hold is gone then.',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

await main()
