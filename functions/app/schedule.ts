/** What is asked rather than told, then what time alone changes: expiries, runway, silence, repeats; then the sweep of the outbox. */

import { UNASSIGNED } from '../domain/keys.ts'
import { planCanary } from './canary.ts'
import { type Drained, drain } from './deliver.ts'
import type { Deps } from './deps.ts'
import type { Desk } from './desk.ts'
import { beat } from './heartbeat.ts'

export type Scheduled = {
  readonly accounts: number
  readonly failed: number
  readonly drained: Drained
  /** Absent where no watchdog waits. */
  readonly heartbeat?: 'heard' | 'lost' | 'withheld'
}

/**
 * Looks up what is due, judges every configured account, sends what is due, and tells the watchdog where all went well.
 * One account's failure is logged and keeps no other waiting.
 */
export const schedule = async (deps: Deps, desk: Desk): Promise<Scheduled> => {
  let failed = 0
  await lookUp(deps, desk)
  for (const { id } of deps.accounts) {
    if (deps.stopping?.()) break
    try {
      await desk.evaluate(id)
    } catch (error) {
      failed += 1
      deps.log.error('evaluation failed', error, { account: id })
    }
  }
  if ((await deps.store.accounts()).includes(UNASSIGNED)) await desk.evaluate(UNASSIGNED)
  await canary(deps, desk)
  const drained = await drain(deps)
  const heartbeat = await beat(deps, { failed, isCut: drained.cut === true })
  return {
    accounts: deps.accounts.length,
    failed,
    drained,
    ...(heartbeat && { heartbeat }),
    ...(drained.cut && { cut: true }),
  }
}

/** A sign of life that cannot be planned is missed by its readers; the alerts must go out all the same. */
const canary = async (deps: Deps, desk: Desk): Promise<void> => {
  try {
    if (!deps.stopping?.() && (await planCanary(deps, desk))) deps.log.info('the canary is on its way')
  } catch (error) {
    deps.log.error('the canary could not be planned', error)
  }
}

/** Half a minute at worst; it never stops what follows. */
const lookUp = async (deps: Deps, desk: Desk): Promise<void> => {
  try {
    await deps.lookUps?.(deps, desk)
  } catch (error) {
    deps.log.error('the billing look-ups failed', error)
  }
}
