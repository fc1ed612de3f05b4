/** What time alone changes: expiries, runway, silence, repeats; then the sweep of the outbox. */

import { UNASSIGNED } from '../domain/keys.ts'
import { type Drained, drain } from './deliver.ts'
import type { Deps } from './deps.ts'
import type { Desk } from './desk.ts'

export type Scheduled = { readonly accounts: number; readonly failed: number; readonly drained: Drained }

/** Judges every configured account and sends what is due. One account's failure is logged and keeps no other waiting. */
export const schedule = async (deps: Deps, desk: Desk): Promise<Scheduled> => {
  let failed = 0
  for (const { id } of deps.accounts) {
    try {
      await desk.evaluate(id)
    } catch (error) {
      failed += 1
      deps.log.error('evaluation failed', error, { account: id })
    }
  }
  if ((await deps.store.accounts()).includes(UNASSIGNED)) await desk.evaluate(UNASSIGNED)
  return { accounts: deps.accounts.length, failed, drained: await drain(deps) }
}
