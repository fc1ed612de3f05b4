import { expect, test } from 'vitest'
import type { Enforcement } from '../../functions/domain/enforcement.ts'
import type { AlertKey } from '../../functions/domain/keys.ts'
import { undoable } from '../../functions/enforce/undoable.ts'
import { AS_OF } from '../support/standing.ts'

/** `begun 1`, `failed 1` and so on; or fields. */
type Word = string | Partial<Enforcement>

/** A minute apart. */
const record = (...words: readonly Word[]): readonly Enforcement[] => {
  const entries: Enforcement[] = []
  for (const word of words) {
    const [phase, attempt] = typeof word === 'string' ? word.split(' ') : []
    const said = typeof word === 'string' ? { phase: phase as Enforcement['phase'], attempt: Number(attempt) } : word
    entries.push({ ...ENTRY, at: AS_OF + entries.length * 60_000, ...said })
  }
  return entries
}

const ENTRY: Enforcement = {
  ...{ kind: 'enforcement', phase: 'done', alertKey: 'k1' as AlertKey, rule: 'credit-exhausted', because: 'Gone' },
  ...{ projectId: 'my-batch', step: 'restrict-keys', mode: 'act', attempt: 1, by: 'drawdown', note: '', at: AS_OF },
}

const lines = (...words: readonly Word[]) =>
  undoable(record(...words), 'my-batch').map(({ done, keys }) =>
    [done.step, done.attempt, done.phase, ...keys.map(({ id, restrictions }) => `${id}:${restrictions}`)].join(' '),
  )

test.each([
  ['what is done', ['begun 1', 'done 1'], ['restrict-keys 1 done']],
  ['what failed, for part of it may have happened', ['begun 1', 'failed 1'], ['restrict-keys 1 failed']],
  ['what has only begun, for its process may have died', ['begun 1'], ['restrict-keys 1 begun']],
  ['not what was refused to the end', ['begun 1', 'refused 1'], []],
  ['what failed before it was refused', ['begun 1', 'failed 1', 'begun 2', 'refused 2'], ['restrict-keys 1 failed']],
  ['not what was undone', ['begun 1', 'failed 1', 'begun 2', 'done 2', 'undone 2'], []],
  ['what came to its end after it was undone', ['begun 1', 'undone 1', 'done 1'], ['restrict-keys 1 done']],
  ['not what was undone after that', ['begun 1', 'undone 1', 'done 1', 'undone 1'], []],
  ['what was done again since', ['begun 1', 'done 1', 'undone 1', 'begun 2', 'done 2'], ['restrict-keys 2 done']],
])('%s', (_, words, expected) => {
  expect(lines(...words)).toEqual(expected)
})

test('each key as the latest attempt that found it open saw it', () => {
  const begun = (attempt: number, ...keys: readonly string[]): Partial<Enforcement> => ({
    ...{ phase: 'begun', attempt },
    keys: keys.map((id) => ({ id, restrictions: `"${attempt}"` })),
  })
  expect(
    lines(begun(1, 'a', 'b'), 'failed 1', begun(2, 'b', 'c'), 'done 2').map((line) => line.split(' ').sort()),
  ).toEqual([['2', 'a:"1"', 'b:"2"', 'c:"2"', 'done', 'restrict-keys']])
})

test('the latest first, of two at one instant the harder; neither rehearsals nor other projects', () => {
  const all = record(
    { step: 'restrict-keys' },
    { step: 'disable-api' },
    { step: 'unlink-billing', at: AS_OF + 60_000 },
    { step: 'disable-api', mode: 'rehearse', alertKey: 'k2' as AlertKey },
    { projectId: 'my-app' },
  )
  expect(undoable(all, 'my-batch').map(({ done }) => done.step)).toEqual([
    ...['unlink-billing', 'disable-api', 'restrict-keys'],
  ])
})
