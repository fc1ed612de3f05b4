/** Processes of a bench: fresh for every variant and round, and never left behind. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = join(import.meta.dirname, '../..')
const FRAMEWORK = 'node_modules/@google-cloud/functions-framework/build/src/main.js'
/** Node would otherwise announce on stderr that node:sqlite may still change. */
const FLAGS = ['--disable-warning=ExperimentalWarning']
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'SystemRoot', 'TEMP']
const OUTPUT_KEPT = 4_096
const READY_MAX_MS = 30_000
const STOP_MAX_MS = 10_000

/** Written out one by one, so that tools which look for unused files see the use. */
const SCRIPTS = {
  load: new URL('./load-generator.ts', import.meta.url),
  history: new URL('./history-side.ts', import.meta.url),
  replay: new URL('./replay-side.ts', import.meta.url),
  local: new URL('../../functions/local.ts', import.meta.url),
}

const NOOP = 'noop.mjs'

export type Environment = Readonly<Record<string, string>>

export type Server = {
  readonly url: string
  readonly pid: number
  /** `performance.now()` just before the process was started. */
  readonly startedAt: number
  /** The last of what it said. */
  readonly output: () => string
  /** Ends it at once: what it answered must be durable by then. */
  readonly stop: () => Promise<void>
}

const living = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL')
})

/** Nothing else of ours reaches a measured process: a variable of the caller's must not change what is measured. */
const ownEnvironment = (): Environment =>
  Object.fromEntries(INHERITED.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))

const start = (args: readonly string[], env: Environment): { child: ChildProcess; output: () => string } => {
  const child = spawn(process.execPath, [...FLAGS, ...args], {
    cwd: ROOT,
    env: { ...ownEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  living.add(child)
  child.once('close', () => living.delete(child))
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      said = (said + String(chunk)).slice(-OUTPUT_KEPT)
    })
  return { child, output: () => said }
}

const serverOf = (started: ReturnType<typeof start>, url: string, startedAt: number): Server => ({
  url,
  pid: started.child.pid ?? 0,
  startedAt,
  output: started.output,
  stop: async () => {
    if (started.child.exitCode !== null || started.child.signalCode !== null) return
    started.child.kill('SIGKILL')
    await once(started.child, 'close', { signal: AbortSignal.timeout(STOP_MAX_MS) })
  },
})

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

/** What the framework is to serve: one of our five targets, or the baseline. */
export type Target = 'noop' | 'billingNotification' | 'usageNotification' | 'alertDelivery' | 'status'

const argsOf = (target: Target, folder: string, port: number): readonly string[] => {
  const source = target === 'noop' ? join(folder === ROOT ? import.meta.dirname : folder, NOOP) : folder
  return [join(folder, FRAMEWORK), `--target=${target}`, `--source=${source}`, `--port=${port}`]
}

/** Lays the baseline down in a folder that has a framework of its own, which serves only what imports that one. */
export const addNoop = (folder: string): void => cpSync(join(import.meta.dirname, NOOP), join(folder, NOOP))

/**
 * The framework as the platform starts it, of this project or of a bundle installed in `folder`; returns at once, long
 * before it listens.
 */
export const launchTarget = async (target: Target, env: Environment, folder = ROOT): Promise<Server> => {
  const signature = target === 'noop' ? 'cloudevent' : 'http'
  const port = await freePort()
  const startedAt = performance.now()
  const started = start(argsOf(target, folder, port), { ...env, FUNCTION_SIGNATURE_TYPE: signature })
  return serverOf(started, `http://127.0.0.1:${port}`, startedAt)
}

/** The same, once it listens. */
export const startTarget = async (target: Target, env: Environment): Promise<Server> => {
  const server = await launchTarget(target, env)
  await untilSaid(server, /URL:/)
  return server
}

/** The whole of `npm start -- --empty` in one process. */
export const startLocal = async (env: Environment): Promise<Server> => {
  const startedAt = performance.now()
  const started = start([fileURLToPath(SCRIPTS.local), '--empty'], { ...env, PORT: '0' })
  const [, url = ''] = await untilSaid(serverOf(started, '', startedAt), /dashboard (http:\/\/localhost:\d+)\//)
  return serverOf(started, url.replace('localhost', '127.0.0.1'), startedAt)
}

const untilSaid = async (server: Server, words: RegExp): Promise<RegExpExecArray> => {
  const deadline = performance.now() + READY_MAX_MS
  for (;;) {
    const found = words.exec(server.output())
    if (found) return found
    if (performance.now() > deadline || !isAlive(server.pid)) throw new Error(`did not start: ${server.output()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const isAlive = (pid: number): boolean => [...living].some((child) => child.pid === pid && child.exitCode === null)

/** Runs a script of this folder to its end in a process of its own: one JSON argument in, one line of JSON out. */
export const runScript = async <Result>(
  script: 'load' | 'history' | 'replay',
  input: unknown,
  flags: readonly string[] = [],
): Promise<Result> => {
  const { child, output } = start([...flags, fileURLToPath(SCRIPTS[script]), JSON.stringify(input)], {})
  const [code] = await once(child, 'close')
  const last = output().trim().split('\n').at(-1) ?? ''
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${output()}`)
  return JSON.parse(last) as Result
}
