/** The Firestore emulator behind a counting proxy, one database project per run. */

import { openStore } from '../../functions/wire.ts'
import { startEmulator } from '../support/emulator-process.ts'
import { type Operations, startCountingProxy } from './counting-proxy.ts'
import type { Environment } from './processes.ts'

export type FirestorePeer = {
  /** A project nobody has written to yet; this process is pointed at it too, to look afterwards. */
  readonly fresh: () => {
    readonly store: string
    readonly environment: Environment
    /** The same past the count, whose own work would be felt in a short measurement. */
    readonly direct: Environment
    /** Since the emulator's start, of all projects. */
    readonly total: () => Operations
  }
  readonly stop: () => Promise<void>
}

let projects = 0

/** Says why where there is no emulator, or no store for it yet. */
export const startFirestore = async (): Promise<FirestorePeer | { readonly why: string }> => {
  const emulator = await startEmulator('firestore')
  if ('why' in emulator) return emulator
  const proxy = await startCountingProxy(emulator.host)
  const stop = async (): Promise<void> => {
    await proxy.close()
    await emulator.stop()
  }
  const fresh: FirestorePeer['fresh'] = () => {
    projects += 1
    const project = `bench-${process.pid.toString(36)}-${projects}`
    const named = { GOOGLE_CLOUD_PROJECT: project, GCLOUD_PROJECT: project }
    // The look afterwards goes past the proxy: it is none of the server's operations.
    Object.assign(process.env, named, { FIRESTORE_EMULATOR_HOST: emulator.host })
    return {
      store: 'firestore:(default)',
      environment: { ...named, FIRESTORE_EMULATOR_HOST: proxy.host },
      direct: { ...named, FIRESTORE_EMULATOR_HOST: emulator.host },
      total: proxy.total,
    }
  }
  fresh()
  const why = await isMissing()
  if (why === undefined) return { fresh, stop }
  await stop()
  return { why }
}

const isMissing = async (): Promise<string | undefined> => {
  try {
    await (await openStore('firestore:(default)')).close()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
