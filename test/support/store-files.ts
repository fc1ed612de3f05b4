/** Folders for databases of tests, and SQLite stores in them. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '../../functions/store/sqlite.ts'
import type { Store } from '../../functions/store/store.ts'

export type Folder = { readonly path: string; readonly file: string; readonly dispose: () => void }

/** A new folder of its own; `file` is where a database may be made. */
export const newFolder = (): Folder => {
  const path = mkdtempSync(join(tmpdir(), 'drawdown-store-'))
  return { path, file: join(path, 'ledger.db'), dispose: () => rmSync(path, { recursive: true, force: true }) }
}

/** A store that opens the file anew for every single call: whatever it knows, it knows from the disk. */
export const forgetful = (file: string): Store => {
  const once = async <T>(use: (store: Store) => Promise<T>): Promise<T> => {
    const store = openSqliteStore(file)
    try {
      return await use(store)
    } finally {
      await store.close()
    }
  }
  return {
    load: (account, afterVersion) => once((store) => store.load(account, afterVersion)),
    pages: (account, ids) => once((store) => store.pages(account, ids)),
    commit: (commit) => once((store) => store.commit(commit)),
    accounts: () => once((store) => store.accounts()),
    claim: (claim) => once((store) => store.claim(claim)),
    settle: (settlement) => once((store) => store.settle(settlement)),
    hasten: (hastening) => once((store) => store.hasten(hastening)),
    nextDueAt: () => once((store) => store.nextDueAt()),
    waiting: (limit) => once((store) => store.waiting(limit)),
    states: (ids) => once((store) => store.states(ids)),
    turn: (channel, now, everyMs) => once((store) => store.turn(channel, now, everyMs)),
    deliveries: (filter) => once((store) => store.deliveries(filter)),
    redrive: (id, now) => once((store) => store.redrive(id, now)),
    quarantine: (filter) => once((store) => store.quarantine(filter)),
    isQuarantined: (id) => once((store) => store.isQuarantined(id)),
    close: async () => undefined,
  }
}
