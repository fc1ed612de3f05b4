/** The memory store is the oracle: SQLite answers any sequence of calls as it does. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openMemoryStore } from '../../functions/store/memory.ts'
import { openSqliteStore } from '../../functions/store/sqlite.ts'
import { commandSequence, everything } from '../support/store-commands.ts'

const RUNS = 200

/** The answers worth meeting at least once: a run that never saw one would prove nothing about it. */
const kindOf = (name: string, answer: unknown): string => {
  if (name === 'claim') return `claim of ${Array.isArray(answer) && answer.length > 0 ? 'some' : 'none'}`
  return typeof answer === 'object' ? name : `${name} ${answer}`
}

test('any sequence of calls gives the same answers and leaves the same things behind', async () => {
  const seen = new Set<string>()
  await fc.assert(
    fc.asyncProperty(commandSequence, async (commands) => {
      const [memory, sqlite] = [openMemoryStore(), openSqliteStore(':memory:')]
      for (const { name, run } of commands) {
        const answer = await run(memory)
        expect(await run(sqlite), name).toStrictEqual(answer)
        seen.add(kindOf(name, answer))
      }
      expect(await everything(sqlite)).toStrictEqual(await everything(memory))
      await sqlite.close()
    }),
    { numRuns: RUNS },
  )
  expect([...seen].toSorted()).toEqual([
    'claim of none',
    'claim of some',
    'commit committed',
    'commit conflict',
    'commit late committed',
    'commit late conflict',
    'list',
    'load',
    'redrive false',
    'redrive true',
    'settle false',
    'settle true',
  ])
})
