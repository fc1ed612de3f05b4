/** One Google Cloud emulator as a process group of its own: found in the SDK, started, asked until it answers, ended whole. */

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export const EMULATORS = ['firestore', 'pubsub'] as const
export type EmulatorName = (typeof EMULATORS)[number]

export type Emulator = {
  /** `127.0.0.1:PORT`, as the `…_EMULATOR_HOST` variables want it. */
  readonly host: string
  /** The process group: a shell and its Java child. */
  readonly group: number
  /** Resolves when the emulator is gone, for whatever reason. */
  readonly ended: Promise<void>
  /** Ends the whole group and resolves when it is gone, within 10 s. Repeating it is harmless. */
  readonly stop: () => Promise<void>
}

export type Started = Emulator | { readonly why: string }

const READY_MAX_MS = 20_000
const PROBE_MAX_MS = 1_000
const POLL_MS = 50
const STOP_MAX_MS = 10_000
/** Another program may take the port between the look and the start. */
const TRIES_MAX = 2
/** Java's own words, kept to say why it did not start. */
const OUTPUT_CHARS_MAX = 4_000

type Recipe = {
  /** The SDK component, by its folder under `platform`. */
  readonly component: string
  readonly words: (folder: string) => readonly string[]
  /** A path that answers 200 once the emulator serves requests. */
  readonly probe: string
}

/** Short-lived on few cores: no second compiler, no collector threads, a heap that leaves room for the tests. */
const SMALL = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Duser.language=en']

const RECIPES: Readonly<Record<EmulatorName, Recipe>> = {
  firestore: {
    component: 'cloud-firestore-emulator',
    words: (folder) => [
      '-Xmx512m',
      ...['-cp', join(folder, 'cloud-firestore-emulator.jar')],
      'com.google.cloud.datastore.emulator.firestore.CloudFirestore',
    ],
    probe: '/v1/projects/probe/databases/(default)/documents/probe',
  },
  pubsub: {
    component: 'pubsub-emulator',
    words: (folder) => ['-Xmx256m', '-jar', join(folder, 'lib', jarOf(join(folder, 'lib')))],
    probe: '/v1/projects/probe/topics',
  },
}

/** Starts one on a free port; says in words why where it cannot, and never throws for that. */
export const startEmulator = async (name: EmulatorName): Promise<Started> => {
  const { component, words, probe } = RECIPES[name]
  const folder = sdkFolders()
    .map((root) => join(root, 'platform', component))
    .find(existsSync)
  if (folder === undefined) return { why: missing(component) }
  const java = javaPath()
  if (java === undefined) return { why: 'java is neither in JAVA_HOME nor on the PATH' }
  let started: Started = { why: 'it was not tried' }
  for (let attempt = 0; attempt < TRIES_MAX && 'why' in started; attempt += 1) {
    const host = `127.0.0.1:${await freePort()}`
    const [, port = ''] = host.split(':')
    const command = [java, ...SMALL, ...words(folder), '--host=127.0.0.1', `--port=${port}`]
    started = await launch(command, host, `http://${host}${probe}`)
  }
  return started
}

/**
 * Leads the group. It ends the Java child when told to, and also when its standard input closes: that happens whatever
 * way the parent dies, SIGKILL included. The child's output closes with the child, which tells of an early end.
 */
const LEADER = `
"$@" </dev/null 2>&1 &
exec >/dev/null
trap '' TERM INT HUP
cat >/dev/null
kill -TERM 0
tries=0
while [ $tries -lt 30 ] && kill -0 $! 2>/dev/null; do sleep 0.1; tries=$((tries + 1)); done
kill -KILL 0
`

const launch = async (command: readonly string[], host: string, url: string): Promise<Started> => {
  const child = spawn('/bin/sh', ['-c', LEADER, 'emulator', ...command], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  let output = ''
  let isOver = false
  const over = Promise.withResolvers<void>()
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', (error) => {
      output += error.message
      resolve()
    })
  })
  child.stdin.on('error', () => undefined)
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output = `${output}${text}`.slice(-OUTPUT_CHARS_MAX)
  })
  for (const event of ['end', 'error'] as const) child.stdout.once(event, over.resolve)
  child.once('error', () => over.resolve())
  over.promise.then(() => {
    isOver = true
  })
  const stop = (): Promise<void> => end(child, gone)
  const isReady = await answers(url, () => isOver)
  if (isReady && child.pid !== undefined) return { host, group: child.pid, ended: over.promise, stop }
  await stop()
  const last = output.trim().split('\n').at(-1) ?? ''
  return { why: isOver ? `it ended at once: ${last}` : `it did not answer within ${READY_MAX_MS / 1_000} s: ${last}` }
}

const answers = async (url: string, isOver: () => boolean): Promise<boolean> => {
  const end = Date.now() + READY_MAX_MS
  while (Date.now() < end && !isOver()) {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_MAX_MS) }).catch(() => undefined)
    await response?.arrayBuffer().catch(() => undefined)
    if (response?.ok) return true
    await sleep(POLL_MS)
  }
  return false
}

/** Asks first; whoever is left then is killed. */
const end = async (child: ChildProcess, gone: Promise<void>): Promise<void> => {
  child.stdin?.end()
  const waiting = new AbortController()
  const late = sleep(STOP_MAX_MS, 'late', { signal: waiting.signal }).catch(() => undefined)
  if ((await Promise.race([gone, late])) === 'late') killGroup(child.pid)
  waiting.abort()
}

const killGroup = (group: number | undefined): void => {
  try {
    if (group !== undefined) process.kill(-group, 'SIGKILL')
  } catch {
    // Gone in the meantime.
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

const jarOf = (folder: string): string => readdirSync(folder).find((file) => /emulator.*\.jar$/.test(file)) ?? 'no.jar'

const missing = (component: string): string =>
  onPath('gcloud') === undefined
    ? 'gcloud is not installed'
    : `the SDK has no component ${component} (gcloud components install ${component})`

/** `gcloud` lies in `bin` of the SDK, behind links or not; asking gcloud itself would take most of a second. */
const sdkFolders = (): readonly string[] => {
  const gcloud = onPath('gcloud')
  const named = process.env['CLOUDSDK_ROOT_DIR']
  return [...(named ? [named] : []), ...(gcloud ? [dirname(dirname(realpathSync(gcloud)))] : [])]
}

const javaPath = (): string | undefined => {
  const home = process.env['JAVA_HOME']
  const own = home ? join(home, 'bin', 'java') : undefined
  return own !== undefined && existsSync(own) ? own : onPath('java')
}

const onPath = (program: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(existsSync)
