/** The file the platform loads: the five targets over one app, opened once per instance. */

import { loadConfig, readEnvironment } from './config.ts'
import { createLog } from './log.ts'
import { openGuard, pushGuard } from './push-token.ts'
import { keepBodiesRaw, registerTargets } from './register.ts'
import { type App, openApp, openStore, secretsFrom } from './wire.ts'

const open = async (): Promise<App> => {
  const environment = readEnvironment(process.env)
  const config = loadConfig(environment.configPath, process.env)
  const log = createLog((line) => process.stdout.write(`${line}\n`), {})
  const io = {
    secret: secretsFrom(process.env, log.secret),
    fetch,
    allowLoopback: process.env['K_SERVICE'] === undefined,
  }
  return openApp({ config, store: await openStore(environment.store), log, ioFor: () => io })
}

let app: Promise<App> | undefined

/** A failed start is tried again by the next request; it never leaves a broken app behind. */
const appOnce = (): Promise<App> => {
  app ??= open().catch((error: unknown) => {
    app = undefined
    throw error
  })
  return app
}

keepBodiesRaw()
/** The status page is behind IAP and takes no pushes. */
const guard = process.env['FUNCTION_TARGET'] === 'status' ? openGuard : pushGuard(process.env)

registerTargets(appOnce, guard)
