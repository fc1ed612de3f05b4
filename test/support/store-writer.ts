/** A process that adds its share of commits to one account by load, decide, commit, and again on a conflict. */

import { openAny, type Where } from './firestore-stores.ts'
import { A, commit, delivery, fact, state } from './store-samples.ts'

const TRIES_MAX = 10_000

type Input = Where & { readonly name: string; readonly rounds: number }

const { name, rounds, ...where } = JSON.parse(process.argv[2] ?? '') as Input
const store = await openAny(where)
let conflicts = 0

/** The state counts commits: a lost update would leave it behind the version. */
const addOne = async (round: number): Promise<void> => {
  const id = `${name}-${round}`
  for (let attempt = 0; attempt < TRIES_MAX; attempt += 1) {
    const { version, state: held } = await store.load(A, 0)
    const count = (held?.rejected[0]?.count ?? 0) + 1
    const decision = { baseVersion: version, marker: `${id} ${attempt}`, facts: [fact(id)], deliveries: [delivery(id)] }
    if ((await store.commit(commit({ ...decision, state: state(count) }))) === 'committed') return
    conflicts += 1
  }
  throw new Error('never got through')
}

for (let round = 0; round < rounds; round += 1) await addOne(round)
await store.close()
process.stdout.write(`${conflicts}\n`)
