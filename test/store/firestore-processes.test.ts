/** Several processes share one Firestore database, as instances of a function do. */

import { expect, test } from 'vitest'
import { emulatorSuite, firestoreEmulator, ownProject } from '../support/emulators.ts'
import { openAt } from '../support/firestore-stores.ts'
import { type Ended, ended, type ScriptName, start } from '../support/store-processes.ts'
import { A, commit, delivery, final } from '../support/store-samples.ts'

const PROCESSES = ['p1', 'p2', 'p3']
const LIMIT_MS = 60_000

const emulator = await firestoreEmulator()

emulatorSuite('the Firestore emulator', emulator, ({ host }) => {
  const together = (script: ScriptName, project: string, input: object = {}): Promise<readonly Ended[]> =>
    Promise.all(PROCESSES.map((name) => ended(start(script, { firestore: { host, project }, name, ...input }))))

  const endedWell = (results: readonly Ended[]): void =>
    expect(results.map(({ code, errors }) => ({ code, errors }))).toEqual(
      PROCESSES.map(() => ({ code: 0, errors: '' })),
    )

  test('three processes that write one account lose no update and meet no error', { timeout: LIMIT_MS }, async () => {
    const project = ownProject('writers')
    const results = await together('writer', project, { rounds: 20 })
    endedWell(results)
    const store = await openAt({ host, project })
    const { version, state, facts } = await store.load(A, 0)
    expect(version).toBe(60)
    expect(state?.rejected[0]?.count).toBe(60)
    expect(facts).toHaveLength(60)
    expect(new Set(facts.map(({ key }) => key)).size).toBe(60)
    expect(await store.deliveries({ limit: 1_000 })).toHaveLength(60)
    await store.close()
    // A control: had they not met, the test would say nothing.
    expect(results.reduce((sum, { lines }) => sum + Number(lines[0]), 0)).toBeGreaterThan(0)
  })

  test('three processes that drain one outbox send every delivery once', { timeout: LIMIT_MS }, async () => {
    const project = ownProject('claimers')
    const ids = Array.from({ length: 30 }, (_, n) => `d${n + 100}`)
    const store = await openAt({ host, project })
    await store.commit(commit({ deliveries: ids.map((id) => delivery(id)) }))
    const results = await together('claimer', project)
    endedWell(results)
    expect(results.flatMap(({ lines }) => lines).toSorted()).toEqual(ids)
    for (const row of await store.deliveries({ limit: 1_000 })) {
      expect(row.state).toEqual(final('sent', { note: expect.stringMatching(/^p[1-3]$/) }))
    }
    await store.close()
  })
})
