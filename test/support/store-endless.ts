/** A process that commits until it is killed or fails; it says each version once it is told `committed`. */

import { writeSync } from 'node:fs'
import { openSqliteStore } from '../../functions/store/sqlite.ts'
import { A } from './store-samples.ts'
import { nth } from './store-series.ts'

const { file } = JSON.parse(process.argv[2] ?? '') as { readonly file: string }
const store = openSqliteStore(file)
const COMMITS_MAX = 100_000

try {
  const { version } = await store.load(A, 0)
  for (let next = version + 1; next <= version + COMMITS_MAX; next += 1) {
    const result = await store.commit(nth(next))
    if (result !== 'committed') throw new Error(`version ${next} was a ${result}`)
    // Written at once: a line the parent has seen is a promise that was made.
    writeSync(1, `${next}\n`)
  }
} catch (error) {
  // Once and no more: whoever runs the process decides whether to try again.
  writeSync(2, `${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 3
}
