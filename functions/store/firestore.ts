/** The store in a Firestore database that any number of instances share; a commit is one call to its REST interface. */

import { ConfigError } from '../domain/errors.ts'
import { type Client, openClient } from './firestore-client.ts'
import { apply } from './firestore-commit.ts'
import { googleIdentity, type Identity } from './firestore-identity.ts'
import { accounts, load, pages } from './firestore-load.ts'
import {
  claimDue,
  deliveries,
  hasten,
  isQuarantined,
  nextDueAt,
  quarantine,
  redrive,
  settle,
  states,
  waiting,
} from './firestore-outbox.ts'
import { openTransport } from './firestore-transport.ts'
import { turn } from './firestore-turns.ts'
import type { Store } from './store.ts'

export type FirestoreOptions = {
  /** Empty for the default database. */
  readonly database: string
  /** Empty or absent: the project of the credentials. */
  readonly projectId?: string | undefined
  /** `host:port`; empty or absent: Google's own. An emulator asks for no credentials. */
  readonly emulatorHost?: string | undefined
  /** Makes an id that is never made twice. */
  readonly newId: () => string
  /** Evenly from 0 to 1: spreads those that try again. */
  readonly chance: () => number
  /** How long one call may take; 10 s unless told. */
  readonly callMs?: number
  /** How long one operation may take with all its tries; 20 s unless told. */
  readonly budgetMs?: number
}

const CALL_MS = 10_000
const BUDGET_MS = 20_000
/** Emulators take any project. */
const EMULATED_PROJECT = 'drawdown'

/**
 * Opens the store; speaks to no database yet. Throws `ConfigError` for an option a person must mend, or where there are
 * no credentials to learn the project from; a call that Firestore refuses for lack of rights or of a database rejects with one.
 */
export const openFirestoreStore = async (options: FirestoreOptions): Promise<Store> => {
  const client = await clientOf(options)
  const { newId } = options
  return {
    load: (account, afterVersion) => load(client, account, afterVersion),
    pages: (account, ids) => pages(client, account, ids),
    commit: (commit) => apply(client, commit),
    accounts: () => accounts(client),
    claim: (claim) => claimDue(client, newId, claim),
    settle: (settlement) => settle(client, newId, settlement),
    hasten: (hastening) => hasten(client, newId, hastening),
    nextDueAt: () => nextDueAt(client),
    waiting: (limit) => waiting(client, limit),
    states: (ids) => states(client, ids),
    turn: (channel, now, everyMs) => turn(client, channel, now, everyMs),
    deliveries: (filter) => deliveries(client, filter),
    redrive: (id, now) => redrive(client, newId, id, now),
    quarantine: (filter) => quarantine(client, filter),
    isQuarantined: (id) => isQuarantined(client, id),
    close: async () => client.close(),
  }
}

const clientOf = async (options: FirestoreOptions): Promise<Client> => {
  const { projectId, chance, callMs = CALL_MS, budgetMs = BUDGET_MS } = options
  const database = databaseOf(options.database)
  const emulatorHost = options.emulatorHost ? hostOf(options.emulatorHost) : undefined
  const identity = emulatorHost === undefined ? await googleIdentity() : EMULATED
  const project = projectId || (await identity.projectId().catch(noProject))
  const { credentials } = identity
  const transport = openTransport({ ...(emulatorHost && { emulatorHost }), credentials, callMs })
  return openClient({ project, database }, { transport, budgetMs, chance })
}

/** https://docs.cloud.google.com/firestore/docs/manage-databases: 4 to 63 of a-z, 0-9 and hyphens. */
const DATABASE = /^(\(default\)|[a-z][a-z0-9-]{2,61}[a-z0-9])$/

const databaseOf = (text: string): string => {
  const database = text || '(default)'
  if (DATABASE.test(database)) return database
  throw new ConfigError(
    `STORE: ${JSON.stringify(text)} is no name of a Firestore database. Use firestore: for the default one, or firestore:DATABASE with 4 to 63 of a-z, 0-9 and hyphens.`,
  )
}

const HOST = /^([a-z0-9.-]+|\[[0-9a-f:]+\]):\d{1,5}$/i

const hostOf = (text: string): string => {
  if (HOST.test(text)) return text
  throw new ConfigError('FIRESTORE_EMULATOR_HOST: it must be HOST:PORT, e.g. 127.0.0.1:8085.')
}

/** What every emulator takes for an administrator. */
const EMULATED: Identity = {
  projectId: async () => EMULATED_PROJECT,
  credentials: async () => ({ authorization: 'Bearer owner' }),
}

const noProject = (cause: unknown): never => {
  throw new ConfigError(
    'STORE: firestore: needs a Google Cloud project, and there are no credentials to learn it from. Set GOOGLE_CLOUD_PROJECT; outside the cloud, also run `gcloud auth application-default login`.',
    { cause },
  )
}
