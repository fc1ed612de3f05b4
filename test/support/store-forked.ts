/** A store whose calls go in turn to four processes that hold one SQLite file open: whatever one knows, the next must know too. */

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { DeliveryState } from '../../functions/domain/alerts.ts'
import type { DeliveryId } from '../../functions/domain/keys.ts'
import type { Store } from '../../functions/store/store.ts'
import { type Answer, asked, read, type StoreCall } from './store-forked-words.ts'

const PROCESSES = 4
const CHILD = fileURLToPath(new URL('./store-forked-child.ts', import.meta.url))
/** Longer than a writer waits for another process, so that SQLite's own word comes first. */
const ANSWER_MAX_MS = 15_000

export type Forks = {
  readonly pids: readonly number[]
  /** How many calls of the store each process was asked, in the order of `pids`. */
  readonly shares: () => readonly number[]
  /** The first makes the file where there is none, then the others open it. */
  readonly open: (file: string) => Promise<Store>
  /** All four open the file at the same moment. */
  readonly openAtOnce: (file: string) => Promise<Store>
  /** Resolves with the exit codes once every process has ended. */
  readonly end: () => Promise<readonly (number | null)[]>
}

/** Starts the processes; they serve one file after the other. */
export const startForks = (): Forks => {
  const children = Array.from({ length: PROCESSES }, startChild)
  let turn = 0
  const next = (): Child => {
    const child = children[turn % PROCESSES]
    turn += 1
    if (!child) throw new Error('there is no process')
    return child
  }
  /** Waits for every answer, so that no process is left at work when one of them failed. */
  const all = async (call: StoreCall, from = 0): Promise<void> => {
    const answers = await Promise.allSettled(children.slice(from).map((child) => child.ask(call)))
    for (const answer of answers) if (answer.status === 'rejected') throw answer.reason
  }
  const inTurn = async <Value>(call: StoreCall): Promise<Value> => {
    const child = next()
    child.asked += 1
    return (await child.ask(call)) as Value
  }
  const store = storeOver(inTurn, () => all({ op: 'close' }))
  return {
    pids: children.map(({ process: { pid = 0 } }) => pid),
    shares: () => children.map((child) => child.asked),
    open: async (file) => {
      await children[0]?.ask({ op: 'open', file })
      await all({ op: 'open', file }, 1)
      return store
    },
    openAtOnce: async (file) => {
      await all({ op: 'open', file })
      return store
    },
    end: () => Promise.all(children.map((child) => child.end())),
  }
}

const storeOver = (ask: <Value>(call: StoreCall) => Promise<Value>, close: () => Promise<void>): Store => ({
  load: (...args) => ask({ op: 'load', args }),
  pages: async (...args) => new Map(await ask<readonly (readonly [string, string])[]>({ op: 'pages', args })),
  commit: (...args) => ask({ op: 'commit', args }),
  accounts: (...args) => ask({ op: 'accounts', args }),
  claim: (...args) => ask({ op: 'claim', args }),
  settle: (...args) => ask({ op: 'settle', args }),
  hasten: (...args) => ask({ op: 'hasten', args }),
  nextDueAt: (...args) => ask({ op: 'nextDueAt', args }),
  waiting: (...args) => ask({ op: 'waiting', args }),
  states: async (...args) =>
    new Map(await ask<readonly (readonly [DeliveryId, DeliveryState])[]>({ op: 'states', args })),
  turn: (...args) => ask({ op: 'turn', args }),
  deliveries: (...args) => ask({ op: 'deliveries', args }),
  redrive: (...args) => ask({ op: 'redrive', args }),
  quarantine: (...args) => ask({ op: 'quarantine', args }),
  isQuarantined: (...args) => ask({ op: 'isQuarantined', args }),
  close,
})

type Child = {
  readonly process: ChildProcess
  asked: number
  readonly ask: (call: StoreCall) => Promise<unknown>
  readonly end: () => Promise<number | null>
}

const startChild = (): Child => {
  const child = fork(CHILD, [], { execArgv: ['--disable-warning=ExperimentalWarning'] })
  const waiting = new Map<number, (answer: Answer) => void>()
  let ids = 0
  child.on('message', (word) => {
    const answer = read<Answer>(word)
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  child.once('exit', (code, signal) => {
    for (const [id, done] of waiting) done({ id, error: `the process ended with ${code ?? signal}` })
  })
  const ask = async (call: StoreCall): Promise<unknown> => {
    ids += 1
    const id = ids
    const said = new Promise<Answer>((done) => waiting.set(id, done))
    const late = setTimeout(() => waiting.get(id)?.({ id, error: `no answer to ${call.op}` }), ANSWER_MAX_MS)
    child.send(asked({ id, call }))
    const answer = await said
    clearTimeout(late)
    if ('error' in answer) throw new Error(answer.error)
    return answer.value
  }
  const end = async (): Promise<number | null> => {
    if (!child.connected) return child.exitCode
    const ended = once(child, 'exit') as Promise<[number | null]>
    child.disconnect()
    return (await ended)[0]
  }
  return { process: child, asked: 0, ask, end }
}
