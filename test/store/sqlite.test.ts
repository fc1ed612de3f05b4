/** The SQLite store keeps the contract: in memory, in a file, and when everything it knows comes from the disk. */

import { openSqliteStore } from '../../functions/store/sqlite.ts'
import { storeContract } from '../contracts/store.contract.ts'
import { forgetful, newFolder } from '../support/store-files.ts'

storeContract('SQLite in memory', async () => {
  const store = openSqliteStore(':memory:')
  return { store, dispose: () => store.close() }
})

storeContract('SQLite in a file', async () => {
  const folder = newFolder()
  const first = openSqliteStore(folder.file)
  let last = first
  const reopen = async () => {
    await last.close()
    last = openSqliteStore(folder.file)
    return last
  }
  const dispose = async () => {
    await last.close()
    folder.dispose()
  }
  return { store: first, reopen, dispose }
})

storeContract('SQLite opened anew for every call', async () => {
  const folder = newFolder()
  return { store: forgetful(folder.file), dispose: async () => folder.dispose() }
})
