/** Deliveries that no decision caused: put into the outbox by a commit that changes nothing else of the account. */

import type { Delivery } from '../domain/alerts.ts'
import type { AccountId } from '../domain/keys.ts'
import { BusyError } from './commit.ts'
import type { Deps } from './deps.ts'

/** Tries against other writers of the account. */
const CONFLICTS_MAX = 40
/** Ahead of every version: the present state is wanted, and no fact. */
const LATEST = Number.MAX_SAFE_INTEGER

/** Durable and announced when it resolves; a delivery whose id is there already is left as it is. */
export const enqueue = async (deps: Deps, account: AccountId, deliveries: readonly Delivery[]): Promise<void> => {
  for (let attempt = 0; attempt < CONFLICTS_MAX; attempt += 1) {
    const at = deps.clock()
    const { version, state } = await deps.store.load(account, LATEST)
    const result = await deps.store.commit({
      account,
      baseVersion: version,
      marker: deps.newId(),
      at,
      facts: [],
      state: state ?? { firstSeenAt: at, decidedAt: at, episodes: [], rejected: [] },
      deliveries,
      quarantined: [],
    })
    if (result === 'committed') return deps.announce(account, deliveries)
  }
  throw new BusyError('other writers keep the account busy')
}
