/** `npm start`: the five functions, a mailbox, a chat and a dashboard in one process, and the sample month to watch. */

import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { billingFrom } from './billing.ts'
import { loadConfig, readEnvironment } from './config.ts'
import { parseInstant } from './domain/time.ts'
import { fastHandler } from './fast-path.ts'
import { openChatSink } from './local/chat-sink.ts'
import { createFront, listen } from './local/front.ts'
import { localHeartbeat, localIo, type Sinks } from './local/io.ts'
import { localLinks } from './local/links.ts'
import { openMailbox } from './local/mailbox.ts'
import { localRoutes } from './local/pages.ts'
import { playSample, samplePosition, type VirtualClock } from './local/play.ts'
import { showProgress } from './local/progress.ts'
import { sampleConfig } from './local/sample-config.ts'
import { type LocalState, statusRoute } from './local/status-route.ts'
import { type Sweeper, startSweeper } from './local/sweeper.ts'
import { createLog } from './log.ts'
import { openGuard } from './push-token.ts'
import { registerTargets } from './register.ts'
import { endProcess, openGate, SIGNALS } from './shutdown.ts'
import { type App, openApp, openStore, systemClock } from './wire.ts'

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** The sample and the mailbox live beside the database, or in memory with it. */
const besideStore = (store: string, file: string): string => {
  const path = store.replace(/^sqlite:/, '')
  return path === ':memory:' || !store.startsWith('sqlite:') ? ':memory:' : join(dirname(path), file)
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { empty: { type: 'boolean', default: false } } })
  const environment = readEnvironment(process.env)
  const config = loadConfig(environment.configPath, process.env)
  const log = createLog((line) => process.stderr.write(`${line}\n`), { level: 'warning' })
  const state: LocalState = { app: undefined, sample: undefined, progress: { done: 0, total: 0 } }

  const path = besideStore(environment.store, 'local.db')
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
  const mailbox = await openMailbox({ path, clock: systemClock })
  const chat = openChatSink({ path, clock: systemClock })
  const opening = Promise.withResolvers<App>()
  const gate = openGate()
  const handlers = registerTargets(() => opening.promise, openGuard, {})
  const front = createFront({
    routes: [localRoutes({ mailbox, chat }), statusRoute(state)],
    gate,
    fast: (target) => fastHandler(handlers, target, process.env),
    onError: (error) => log.error('a local page failed', error),
  })
  const port = await listen(front, environment.port)

  const sinks: Sinks = { mail: mailbox.url, chat: `http://127.0.0.1:${port}/chat` }
  const own = { base: `http://localhost:${port}`, path, hide: log.secret }
  const links = localLinks(config, { env: process.env, ...own })
  let sweeper: Sweeper | undefined
  const app = openApp({
    config,
    store: await openStore(environment.store),
    log,
    ioFor: localIo(process.env, sinks, log.secret),
    announce: () => sweeper?.nudge(),
    stopping: gate.isStopping,
    lookUp: billingFrom(process.env),
    links,
    heartbeat: localHeartbeat(config, process.env, log.secret),
  })
  state.app = app
  opening.resolve(app)
  sweeper = startSweeper(app)
  say(
    `Drawdown is up: dashboard http://localhost:${port}/  mail http://localhost:${port}/mail  chat http://localhost:${port}/chat`,
  )

  const address = `sqlite:${besideStore(environment.store, 'sample.db')}`
  const sampleLinks = localLinks(sampleConfig, { env: {}, ...own })
  const playing = values.empty
    ? Promise.resolve()
    : play({ state, sinks, address, log, links: sampleLinks, stopped: gate.isStopping })
  const close = async (): Promise<void> => {
    await playing
    await sweeper?.stop()
    for (const one of [state.app, state.sample]) await one?.close()
    await mailbox.close()
    chat.close()
  }
  for (const signal of SIGNALS) process.on(signal, () => endProcess(gate, front, close, log))
  await playing
  if (!gate.isStopping())
    say(
      `Post messages to http://localhost:${port}/billingNotification and http://localhost:${port}/usageNotification. Ctrl-C ends it.`,
    )
}

/** The month ends now, unless somebody wants to see the same one again. */
const sampleEndFrom = (env: NodeJS.ProcessEnv, now: number): number =>
  parseInstant(env['DRAWDOWN_SAMPLE_END'] ?? '') ?? now

type SampleParts = {
  readonly state: LocalState
  readonly sinks: Sinks
  readonly address: string
  readonly log: ReturnType<typeof createLog>
  readonly links: App['deps']['links']
  readonly stopped: () => boolean
}

/** The sample's own app: own store, own clock, local sinks only. */
const play = async ({ state, sinks, address, log, links, stopped }: SampleParts): Promise<void> => {
  const clock: VirtualClock = { now: systemClock() }
  const sample = openApp({
    config: sampleConfig,
    store: await openStore(address),
    log,
    ioFor: localIo({}, sinks, log.secret),
    clock: () => clock.now,
    links,
    unpaced: true,
  })
  const position = await samplePosition(sample.deps.store, sampleEndFrom(process.env, clock.now))
  const bar = showProgress(process.stdout)
  state.sample = sample
  const progress = (done: number, total: number): void => {
    state.progress = { done, total }
    bar.update(done, total, clock.now)
  }
  await playSample({ app: sample, clock, position, stopped, progress })
  bar.end(stopped() ? 'The sample month goes on at the next start.' : 'The sample month has been played.')
}

/** One clear line, exit 1: a port in use, an unreadable configuration, a full disk. */
const fail = (error: unknown): void => {
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

main().catch(fail)
