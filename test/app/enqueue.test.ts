/** Deliveries that no decision caused: in the outbox beside everything else, whatever others write meanwhile. */

import { expect, test } from 'vitest'
import { BusyError } from '../../functions/app/commit.ts'
import type { Deps } from '../../functions/app/deps.ts'
import { enqueue } from '../../functions/app/enqueue.ts'
import type { Store } from '../../functions/store/store.ts'
import { openTestApp } from '../support/app.ts'
import { ACCOUNT } from '../support/facts.ts'
import { delivery } from '../support/store-samples.ts'

const over = (deps: Deps, store: Partial<Store>, announced: string[]): Deps => ({
  ...deps,
  store: { ...deps.store, ...store },
  announce: (account, all) => announced.push(`${account} ${all.map(({ id }) => id).join()}`),
})

test('an account that nobody has written to yet is opened by it', async () => {
  const app = openTestApp()
  const announced: string[] = []
  await enqueue(over(app.deps, {}, announced), ACCOUNT, [delivery('d1')])
  expect(await app.deps.store.load(ACCOUNT, 0)).toMatchObject({ version: 1, facts: [] })
  expect((await app.deps.store.deliveries({ limit: 5 })).map(({ id }) => id)).toEqual(['d1'])
  expect(announced).toEqual([`${ACCOUNT} d1`])
})

test('who commits in between is kept, and nothing is announced before it is written', async () => {
  const app = openTestApp()
  const announced: string[] = []
  let rivals = 2
  const deps = over(
    app.deps,
    {
      commit: async (commit) => {
        expect(announced).toEqual([])
        if (rivals > 0) await app.fact('tier', { tier: 'tier-1', at: `2026-11-01T0${rivals--}:00:00Z` })
        return app.deps.store.commit(commit)
      },
    },
    announced,
  )
  await enqueue(deps, ACCOUNT, [delivery('d1')])
  const { facts, version } = await app.deps.store.load(ACCOUNT, 0)
  expect([facts.length, version, announced.length]).toEqual([2, 3, 1])
  expect((await app.deps.store.deliveries({ limit: 9 })).map(({ id }) => id)).toContain('d1')
})

test('writers that never leave a gap are met with patience, not with an endless try', async () => {
  const app = openTestApp()
  let tries = 0
  const commit: Store['commit'] = async () => {
    tries += 1
    return 'conflict'
  }
  const deps = over(app.deps, { commit }, [])
  await expect(enqueue(deps, ACCOUNT, [])).rejects.toThrow(BusyError)
  expect(tries).toBe(40)
})
