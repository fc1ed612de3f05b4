/** Several instances, lost replies, conflicts and checkpoints at every turn: the ledger is that of the facts alone. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Desk } from '../../functions/app/desk.ts'
import { openDesk } from '../../functions/app/desk.ts'
import { UnavailableError } from '../../functions/domain/errors.ts'
import type { Fact } from '../../functions/domain/facts.ts'
import { encode } from '../../functions/domain/json.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../functions/domain/time.ts'
import { Book } from '../../functions/ledger/book.ts'
import { CHECKPOINT_LIMITS, type CheckpointLimits } from '../../functions/ledger/checkpoint.ts'
import { standingOf } from '../../functions/ledger/standing.ts'
import { openMemoryStore } from '../../functions/store/memory.ts'
import { openSqliteStore } from '../../functions/store/sqlite.ts'
import type { Store } from '../../functions/store/store.ts'
import { allFacts } from '../support/all-facts.ts'
import { openTestApp } from '../support/app.ts'
import { ACCOUNT, anyFact, T0, usage } from '../support/facts.ts'

const RUNS = Number(process.env['LAW_RUNS'] ?? 150)
const END = T0 + 70 * DAY_MS
const TINY: CheckpointLimits = {
  ...CHECKPOINT_LIMITS,
  factsMax: 5,
  commitsMax: 3,
  dirtyMax: 2,
  keysMax: 2,
  charsMax: 900,
  heldMax: 1,
}

const call = fc
  .record({
    id: fc.nat(3),
    minute: fc.nat(5),
    day: fc.constantFrom(0, 1, 30, 60),
    late: fc.constantFrom(0, 0, 90),
    cents: fc.nat(2),
  })
  .map(({ id, minute, day, late, cents }) => {
    const at = T0 + day * DAY_MS + minute * 11 * MINUTE_MS
    return usage(`r${id}`, at, { costUsd: (cents / 100).toFixed(2), sourceAt: at + late * MINUTE_MS })
  })

/** What happens to the store's answers, in turn: nothing, a loss before the commit, or a loss of its reply. */
const fate = fc.constantFrom('well', 'well', 'well', 'never arrives', 'reply lost')
type Fate = 'well' | 'never arrives' | 'reply lost'

const troubled = (inner: Store, fates: readonly Fate[]): Store => {
  let turn = 0
  return {
    ...inner,
    commit: async (commit) => {
      const fateNow = fates[turn++ % Math.max(1, fates.length)] ?? 'well'
      if (fateNow === 'never arrives') throw new UnavailableError('lost')
      const result = await inner.commit(commit)
      if (fateNow === 'reply lost') throw new UnavailableError('lost')
      return result
    },
  }
}

/** Sends as Pub/Sub does: again until it is acknowledged. */
const deliver = async (desks: readonly Desk[], fact: Fact, first: number): Promise<void> => {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const desk = desks[(first + attempt) % desks.length]
    const acknowledged = await desk?.submit(ACCOUNT, { facts: [fact], quarantined: [] }).then(
      () => true,
      () => false,
    )
    if (acknowledged) return
  }
  throw new Error('never acknowledged')
}

const textOf = (book: Book): string => {
  const { setAside, ...standing } = { ...standingOf(book, END) }
  return encode({
    ...standing,
    setAside: setAside.map(({ fact, reason }) => `${reason} ${fact.key} ${fact.hash}`).sort(),
  })
}

const idOf = (fact: Fact): string => `${fact.key} ${fact.hash}`

describe.each([
  ['memory', () => openMemoryStore(), RUNS],
  ['SQLite', () => openSqliteStore(':memory:'), Math.ceil(RUNS / 3)],
] as const)('three instances on a troubled %s store', (_, open, numRuns) => {
  test('keep every acknowledged fact, none twice, and stand where the facts alone stand', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.oneof(call, anyFact), fc.nat(2)), { minLength: 1, maxLength: 40 }),
        fc.array(fate, { maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        async (sent, fates, width) => {
          const inner = open()
          const every = [...fates, 'well' as const]
          const app = openTestApp({}, troubled(inner, every))
          app.clock.now = END
          const deps = { ...app.deps, checkpoints: TINY }
          const desks = [openDesk(deps), openDesk(deps), openDesk(deps)]
          for (let at = 0; at < sent.length; at += width)
            await Promise.all(sent.slice(at, at + width).map(([fact, desk]) => deliver(desks, fact, desk)))
          const stored = await allFacts(inner, ACCOUNT)
          expect(new Set(stored.map(idOf))).toEqual(new Set(sent.map(([fact]) => idOf(fact))))
          const book = new Book(app.deps.accounts[0] ?? (await Promise.reject(new Error('no account'))))
          for (const [fact] of sent) book.add(fact)
          for (const desk of [...desks, openDesk(deps)]) {
            const { setAside, ...standing } = { ...(await desk.view(ACCOUNT)).standing }
            const ids = setAside.map(({ fact, reason }) => `${reason} ${fact.key} ${fact.hash}`).sort()
            expect(encode({ ...standing, setAside: ids })).toBe(textOf(book))
          }
          await inner.close()
        },
      ),
      { numRuns },
    )
  }, 120_000)
})

test('the law can fail: a store that forgets every seventh commit is noticed', async () => {
  const inner = openMemoryStore()
  let turn = 0
  const forgetful: Store = {
    ...inner,
    commit: async (commit) => {
      turn += 1
      return turn % 7 === 0 ? 'committed' : inner.commit(commit)
    },
  }
  const app = openTestApp({}, forgetful)
  app.clock.now = END
  const facts = Array.from({ length: 30 }, (_, n) => usage(`r${n}`, T0 + n * HOUR_MS))
  for (const fact of facts) await deliver([app.desk], fact, 0)
  expect((await allFacts(inner, ACCOUNT)).length).toBeLessThan(30)
})
