/** Reads what the checks want to know of the ledger; makes no file and writes nothing. */

import { existsSync } from 'node:fs'
import { canaryRun } from '../app/canary.ts'
import type { Deps } from '../app/deps.ts'
import type { Desk } from '../app/desk.ts'
import type { Ledger, LedgerRead } from '../doctor/ports.ts'
import type { AccountSettings } from '../domain/standing.ts'
import { SECOND_MS } from '../domain/time.ts'
import { within } from '../within.ts'

/** Loading the store's client, signing in, and some reads. */
const READ_MS = 9 * SECOND_MS
/** Enough to tell a few from a flood. */
const LISTED_MAX = 100
const NOTE_MAX = 300

type OpenApp = { readonly deps: Deps; readonly desk: Desk }

/** Opens the app, works, and closes it however the work ends. */
export type WithApp = <Result>(work: (app: OpenApp) => Promise<Result>) => Promise<Result>

/** Reads once, however often it is asked. Never throws. */
export const ledgerIo = (
  address: string,
  subjects: readonly AccountSettings[],
  withApp: WithApp,
): (() => Promise<LedgerRead>) => {
  let read: Promise<LedgerRead> | undefined
  return () => {
    read ??= readLedger(address, subjects, withApp)
    return read
  }
}

const readLedger = async (
  address: string,
  subjects: readonly AccountSettings[],
  withApp: WithApp,
): Promise<LedgerRead> => {
  const path = /^sqlite:(.*)$/.exec(address)?.[1]
  if (path !== undefined && !existsSync(path)) return { kind: 'absent' }
  try {
    return {
      kind: 'read',
      ledger: await within(
        READ_MS,
        withApp((app) => contentOf(app, subjects)),
      ),
    }
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : 'unknown error').split('\n')
    return { kind: 'broken', note: line.slice(0, NOTE_MAX) }
  }
}

const contentOf = async ({ deps, desk }: OpenApp, subjects: readonly AccountSettings[]): Promise<Ledger> => {
  const { store } = deps
  const [dead, quarantined, nextDueAt, canary] = await Promise.all([
    store.deliveries({ status: 'dead', limit: LISTED_MAX }),
    store.quarantine({ limit: LISTED_MAX }),
    store.nextDueAt(),
    canaryRun(deps),
  ])
  const accounts = []
  for (const { id } of subjects) {
    const { standing } = await desk.view(id)
    const { state } = await store.load(id, 0)
    accounts.push({ standing, ...(state && { firstSeenAt: state.firstSeenAt }) })
  }
  return {
    accounts,
    ...(nextDueAt !== undefined && { nextDueAt }),
    ...(canary && { canary }),
    dead: dead.map(({ channel, state, createdAt }) => ({
      channel,
      note: state.note ?? 'no reason',
      at: state.settledAt ?? createdAt,
    })),
    quarantined: quarantined.map(({ account, reason, at }) => ({ account, reason, at })),
  }
}
