/** What is asked rather than told, then what time alone changes: expiries, runway, silence, repeats; then the sweep of the outbox. */

import { UNASSIGNED } from '../domain/keys.ts'
import { type Drained, drain } from './deliver.ts'
import type { Deps } from './deps.ts'
import type { Desk } from './desk.ts'
import { askEnforcement } from './enforce.ts'

export type Scheduled = { readonly accounts: number; readonly failed: number; readonly drained: Drained }

/** Looks up what is due, judges every configured account, asks for what it may stop and sends what is due. One account's failure is logged and keeps no other waiting. */
export const schedule = async (deps: Deps, desk: Desk): Promise<Scheduled> => {
  let failed = 0
  await lookUp(deps, desk)
  for (const { id } of deps.accounts) {
    if (deps.stopping?.()) break
    try {
      await desk.evaluate(id)
      await askEnforcement(deps, desk, id)
    } catch (error) {
      failed += 1
      deps.log.error('evaluation failed', error, { account: id })
    }
  }
  if ((await deps.store.accounts()).includes(UNASSIGNED)) await desk.evaluate(UNASSIGNED)
  const drained = await drain(deps)
  return { accounts: deps.accounts.length, failed, drained, ...(drained.cut && { cut: true }) }
}

/** Half a minute at worst; it never stops what follows. */
const lookUp = async (deps: Deps, desk: Desk): Promise<void> => {
  try {
    await deps.lookUps?.(deps, desk)
  } catch (error) {
    deps.log.error('the billing look-ups failed', error)
  }
}
