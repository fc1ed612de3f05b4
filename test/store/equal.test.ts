/** The memory store is the oracle: SQLite and Firestore answer any sequence of calls as it does. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openMemoryStore } from '../../functions/store/memory.ts'
import { openSqliteStore } from '../../functions/store/sqlite.ts'
import type { Store } from '../../functions/store/store.ts'
import { emulatorSuite, firestoreEmulator, ownProject } from '../support/emulators.ts'
import { openAt } from '../support/firestore-stores.ts'
import { commandSequence, everything } from '../support/store-commands.ts'

const SQLITE_RUNS = 200
/** The emulator answers in milliseconds, not in microseconds. */
const FIRESTORE_RUNS = 12
const LIMIT_MS = 60_000

/** The answers worth meeting at least once: a run that never saw one would prove nothing about it. */
const kindOf = (name: string, answer: unknown): string => {
  if (name === 'turn') return name
  if (name === 'hasten') return `hasten of ${answer === 0 ? 'none' : 'some'}`
  if (name === 'claim') return `claim of ${Array.isArray(answer) && answer.length > 0 ? 'some' : 'none'}`
  return typeof answer === 'object' ? name : `${name} ${answer}`
}

const KINDS = [
  'claim of none',
  'claim of some',
  'commit committed',
  'commit conflict',
  'commit late committed',
  'commit late conflict',
  'hasten of none',
  'hasten of some',
  'list',
  'load',
  'redrive false',
  'redrive true',
  'settle false',
  'settle true',
  'turn',
]

/** Plays arbitrary sequences against the oracle and a fresh store each; returns the kinds of answers met. */
const compare = async (numRuns: number, open: () => Promise<Store>): Promise<readonly string[]> => {
  const seen = new Set<string>()
  const property = fc.asyncProperty(commandSequence, async (commands) => {
    const [memory, other] = [openMemoryStore(), await open()]
    for (const { name, run } of commands) {
      const answer = await run(memory)
      expect(await run(other), name).toStrictEqual(answer)
      seen.add(kindOf(name, answer))
    }
    expect(await everything(other)).toStrictEqual(await everything(memory))
    await other.close()
  })
  await fc.assert(property, { numRuns, interruptAfterTimeLimit: LIMIT_MS, markInterruptAsFailure: true })
  return [...seen].toSorted()
}

test('SQLite: any sequence of calls gives the same answers and leaves the same things behind', {
  timeout: 2 * LIMIT_MS,
}, async () => {
  expect(await compare(SQLITE_RUNS, async () => openSqliteStore(':memory:'))).toEqual(KINDS)
})

const emulator = await firestoreEmulator()

emulatorSuite('the Firestore emulator', emulator, ({ host }) => {
  test('Firestore: any sequence of calls gives the same answers and leaves the same things behind', {
    timeout: 2 * LIMIT_MS,
  }, async () => {
    const seen = await compare(FIRESTORE_RUNS, () => openAt({ host, project: ownProject('equal') }))
    expect(seen.length).toBeGreaterThan(6)
    expect(KINDS).toEqual(expect.arrayContaining([...seen]))
  })
})
