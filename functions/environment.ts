/** What the environment decides: where the ledger lives and where to listen. */

import { ConfigError } from './domain/errors.ts'

/** The environment as Node hands it over. */
export type Environment = Readonly<Record<string, string | undefined>>

export type Settings = {
  /** A checked address: `sqlite:PATH`, `sqlite::memory:` or `firestore:DATABASE`. */
  readonly store: string
  /** 0 takes any free port. */
  readonly port: number
  /** Path of the configuration file. */
  readonly configPath?: string
  /** Whether the process runs on Google Cloud. */
  readonly inCloud: boolean
}

const STORE_DEFAULT = 'sqlite:.drawdown/drawdown.db'
const PORT_DEFAULT = '8080'
const PORT_MAX = 65_535

/** Reads the variables; an empty one counts as not set. Throws `ConfigError` that names the variable and the mend. */
export const readEnvironment = (env: Environment): Settings => {
  const inCloud = Boolean(env['K_SERVICE'])
  const configPath = env['DRAWDOWN_CONFIG']
  return {
    store: storeOf(env, inCloud),
    port: portOf(env['PORT'] || PORT_DEFAULT),
    ...(configPath && { configPath }),
    inCloud,
  }
}

/** Google's libraries would look for the cloud's metadata server, in vain and for seconds, where only an emulator is meant. */
export const staysLocal = (env: Record<string, string | undefined>): void => {
  if (env['PUBSUB_EMULATOR_HOST'] || env['FIRESTORE_EMULATOR_HOST']) env['METADATA_SERVER_DETECTION'] ??= 'none'
}

/** The function's half of arming: set by whoever deploys it, never by the configuration. */
export const isArmed = (env: Environment): boolean => env['ENFORCE_ARMED'] === '1'

/** https://firebase.google.com/docs/firestore/manage-databases#database_id */
const DATABASE = /^(\(default\)|[a-z][a-z0-9-]{2,61}[a-z0-9])$/

const storeOf = (env: Environment, inCloud: boolean): string => {
  const text = env['STORE'] || STORE_DEFAULT
  const [, kind, rest = ''] = /^(sqlite|firestore):(.*)$/.exec(text) ?? []
  if (kind === 'sqlite' && rest !== '') return sqliteOf(rest, env, inCloud)
  if (kind === 'firestore') return firestoreOf(rest || '(default)')
  throw new ConfigError(
    'STORE: must be sqlite:PATH, sqlite::memory: or firestore:[DATABASE], such as sqlite:.drawdown/drawdown.db.',
  )
}

/** A function's disk is memory and ends with the instance. */
const sqliteOf = (path: string, env: Environment, inCloud: boolean): string => {
  const isDurable = env['DRAWDOWN_DURABLE_DISK'] === '1' && path !== ':memory:'
  if (inCloud && !isDurable) {
    throw new ConfigError(
      'STORE: SQLite would be lost with the instance here: set DRAWDOWN_DURABLE_DISK=1 if the path lies on a disk that lasts, or run Drawdown on a machine that has one.',
    )
  }
  return `sqlite:${path}`
}

const firestoreOf = (database: string): string => {
  if (DATABASE.test(database)) return `firestore:${database}`
  throw new ConfigError(
    'STORE: the Firestore database must be (default) or 4 to 63 lower-case letters, digits and hyphens, such as firestore:drawdown.',
  )
}

const portOf = (text: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= PORT_MAX) return port
  throw new ConfigError(`PORT: must be a whole number from 0 to ${PORT_MAX}, such as ${PORT_DEFAULT}.`)
}
