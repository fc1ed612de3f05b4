/** What a desk needs where no server runs: one account, nobody who could be told. */

import type { Deps } from '../../functions/app/deps.ts'
import type { Clock } from '../../functions/domain/time.ts'
import type { Store } from '../../functions/store/store.ts'
import { BUDGET, settings } from '../support/facts.ts'

let ids = 0

/** The account of `test/support/facts.ts` with its one drawdown budget, as the configuration of the servers has it. */
export const depsOf = (store: Store, clock: Clock): Deps => ({
  store,
  accounts: [settings({ budgets: { [BUDGET]: 'drawdown' } })],
  routes: [{ when: {}, to: ['ops'] }],
  recipients: { ops: ['ops@example.com'] },
  sender: async () => undefined,
  clock,
  newId: () => `${process.pid}-${++ids}`,
  chance: () => 0.5,
  announce: () => undefined,
  log: {
    info: () => undefined,
    warning: () => undefined,
    error: (text, error) => process.stderr.write(`${text} ${error}\n`),
  },
})
