/** A process that holds a SQLite store open and does on it what its parent says, one call after the other. */

import { openSqliteStore } from '../../functions/store/sqlite.ts'
import type { Store } from '../../functions/store/store.ts'
import { type Asked, answered, read, type StoreCall } from './store-forked-words.ts'

let store: Store | undefined

const held = (): Store => {
  if (!store) throw new Error('no file is open')
  return store
}

const doIt = async (call: StoreCall): Promise<unknown> => {
  switch (call.op) {
    case 'open':
      store = openSqliteStore(call.file)
      return undefined
    case 'close':
      return held().close()
    case 'pages':
      return [...(await held().pages(...call.args))]
    case 'states':
      return [...(await held().states(...call.args))]
    case 'turn':
      return held().turn(...call.args)
    case 'hasten':
      return held().hasten(...call.args)
    case 'waiting':
      return held().waiting(...call.args)
    case 'load':
      return held().load(...call.args)
    case 'redrive':
      return held().redrive(...call.args)
    case 'accounts':
      return held().accounts()
    case 'nextDueAt':
      return held().nextDueAt()
    case 'commit':
      return held().commit(...call.args)
    case 'claim':
      return held().claim(...call.args)
    case 'settle':
      return held().settle(...call.args)
    case 'deliveries':
      return held().deliveries(...call.args)
    case 'quarantine':
      return held().quarantine(...call.args)
    case 'isQuarantined':
      return held().isQuarantined(...call.args)
  }
}

const answer = async ({ id, call }: Asked): Promise<string> => {
  try {
    return answered({ id, value: await doIt(call) })
  } catch (error) {
    return answered({ id, error: error instanceof Error ? error.message : String(error) })
  }
}

/** Without its parent there is no channel and nothing to wait for, so the process ends by itself. */
process.on('message', async (word) => process.send?.(await answer(read<Asked>(word))))
