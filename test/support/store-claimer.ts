/** A process that claims deliveries one by one and settles each as sent, until nothing is due. */

import { openAny, type Where } from './firestore-stores.ts'
import { claim, final, NOW, settle } from './store-samples.ts'

const { name, ...where } = JSON.parse(process.argv[2] ?? '') as Where & { readonly name: string }
const store = await openAny(where)

for (;;) {
  const [row] = await claim(store, name, NOW, 1)
  if (!row) break
  if (!(await settle(store, row.id, name, final('sent', { note: name }))))
    throw new Error(`lost the lease of ${row.id}`)
  process.stdout.write(`${row.id}\n`)
}
await store.close()
