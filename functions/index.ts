/** The file the platform loads: the targets over one app, opened once per instance. */

import { answerLinksFrom } from './answer-links.ts'
import { billingFrom } from './billing.ts'
import { loadConfig, readEnvironment, staysLocal } from './config.ts'
import { fastHandler } from './fast-path.ts'
import { heartbeatFrom } from './heartbeat.ts'
import { createLog } from './log.ts'
import { planningOnly } from './planning-io.ts'
import { openGuard, pushGuard } from './push-token.ts'
import { frontOf, registerTargets, standInFront, targetFrom } from './register.ts'
import { endProcess, openGate, signalsFromNow } from './shutdown.ts'
import { type App, announcerFrom, channelIo, openApp, openStore, secretsFrom } from './wire.ts'

/** Targets that send; the others only plan, so a function need not be given the secrets of channels. */
const SENDERS: ReadonlySet<string> = new Set(['alertDelivery', 'schedule'])

const log = createLog((line) => process.stdout.write(`${line}\n`), {})
const gate = openGate()

const open = async (): Promise<App> => {
  staysLocal(process.env)
  const environment = readEnvironment(process.env)
  const config = loadConfig(environment.configPath, process.env)
  const io = channelIo(secretsFrom(process.env, log.secret), process.env['K_SERVICE'] === undefined)
  const announcer = announcerFrom(process.env, log)
  const lookUp = billingFrom(process.env)
  // Each secret is asked for only where it is used, so that a function need not be given the others.
  const links = target === 'alertDelivery' ? undefined : answerLinksFrom(config, io.secret)
  const heartbeat = target === 'schedule' ? heartbeatFrom(config, io) : undefined
  const ioFor = target === undefined || SENDERS.has(target) ? () => io : planningOnly
  const enforcing =
    config.enforce && (await import('./enforcing.ts')).enforcingFrom(process.env, config.enforce, target)
  const store = await openStore(environment.store)
  const parts = { config, store, enforcing, log, ioFor, announcer, lookUp, links, heartbeat }
  return openApp({ ...parts, stopping: gate.isStopping })
}

let app: Promise<App> | undefined

/** A failed start is tried again by the next request; it never leaves a broken app behind. */
const appOnce = (): Promise<App> => {
  app ??= open().catch((error: unknown) => {
    app = undefined
    log.error('the start failed', error)
    throw error
  })
  return app
}

/** What was never opened need not be closed, nor what failed to open. */
const close = async (): Promise<void> => (await app?.catch(() => undefined))?.close()

const target = targetFrom(process.argv.slice(2), process.env)
/** The status page is behind IAP and takes no pushes. */
const guard = target === 'status' ? openGuard : pushGuard(process.env)

const handlers = registerTargets(appOnce, guard, process.env)
const takeSignals = signalsFromNow()

standInFront((server) => {
  takeSignals(() => endProcess(gate, server, close, log))
  return frontOf(gate, fastHandler(handlers, target, process.env))
})
