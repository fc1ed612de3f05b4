/** Every fact an account holds, read from the store alone: pages of the checkpoint, leaves of usage, and the log after it. */

import type { Fact } from '../../functions/domain/facts.ts'
import type { AccountId } from '../../functions/domain/keys.ts'
import { factsOfPage } from '../../functions/ledger/fact-pages.ts'
import { factOfRow, type UsageRow } from '../../functions/ledger/usage-row.ts'
import type { Store } from '../../functions/store/store.ts'

type Head = { readonly body: readonly string[]; readonly facts: readonly string[] }
type Body = { readonly leaves: readonly (readonly [page: string])[] }

/** In no particular order; a fact that is stored twice is there twice. */
export const allFacts = async (store: Store, account: AccountId): Promise<readonly Fact[]> => {
  const { checkpoint, facts } = await store.load(account, 0)
  if (!checkpoint) return facts
  const head = JSON.parse(checkpoint.head) as Head
  const texts = async (ids: readonly string[]): Promise<readonly string[]> => {
    const found = await store.pages(account, ids)
    return ids.map((id) => found.get(id) ?? `page ${id} is missing`)
  }
  const body = JSON.parse((await texts(head.body)).join('')) as Body
  const leaves = await texts(body.leaves.map(([page]) => page))
  const usage = leaves.flatMap((text) =>
    (JSON.parse(text) as readonly UsageRow[]).map((row) => factOfRow(account, row)),
  )
  return [...(await texts(head.facts)).flatMap(factsOfPage), ...usage, ...facts]
}
