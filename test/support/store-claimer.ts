/** A process that claims deliveries one by one and settles each as sent, until nothing is due. */

import { openSqliteStore } from '../../functions/store/sqlite.ts'
import { claim, final, NOW, settle } from './store-samples.ts'

const { file, name } = JSON.parse(process.argv[2] ?? '') as { readonly file: string; readonly name: string }
const store = openSqliteStore(file)

for (;;) {
  const [row] = await claim(store, name, NOW, 1)
  if (!row) break
  if (!(await settle(store, row.id, name, final('sent', { note: name }))))
    throw new Error(`lost the lease of ${row.id}`)
  process.stdout.write(`${row.id}\n`)
}
await store.close()
