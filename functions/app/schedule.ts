/** What is asked rather than told, then what time alone changes: expiries, runway, silence, repeats; then the sweep of the outbox. */

import { UNASSIGNED } from '../domain/keys.ts'
import type { OutboxHealth } from '../domain/outbox.ts'
import { planCanary } from './canary.ts'
import { drain } from './deliver.ts'
import type { Deps } from './deps.ts'
import type { Desk } from './desk.ts'
import { askEnforcement } from './enforce.ts'
import { beat } from './heartbeat.ts'
import type { Drained } from './lane.ts'
import { lookAtOutbox } from './outbox.ts'

export type Scheduled = {
  readonly accounts: number
  readonly failed: number
  readonly drained: Drained
  /** Absent where no watchdog waits. */
  readonly heartbeat?: 'heard' | 'lost' | 'withheld'
}

/**
 * Looks up what is due, judges every configured account, asks for what it may stop, sends what is due, and tells the
 * watchdog where all went well. One account's failure is logged and keeps no other waiting.
 */
export const schedule = async (deps: Deps, desk: Desk): Promise<Scheduled> => {
  let failed = 0
  await lookUp(deps, desk)
  const outbox = await lookAtOutbox(deps)
  for (const { id } of deps.accounts) {
    if (deps.stopping?.()) break
    try {
      await desk.evaluate(id, outbox?.get(id))
      await askEnforcement(deps, desk, id)
    } catch (error) {
      failed += 1
      deps.log.error('evaluation failed', error, { account: id })
    }
  }
  if ((await deps.store.accounts()).includes(UNASSIGNED)) await desk.evaluate(UNASSIGNED)
  for (const health of outbox?.values().take(1) ?? []) cryOut(deps, health)
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

/** Where no channel is left to tell it on, the log and the dashboard are all there is. */
const cryOut = (deps: Deps, { failing }: OutboxHealth): void => {
  const channels = Object.keys(deps.recipients)
  if (channels.length === 0 || !channels.every((channel) => failing.includes(channel))) return
  deps.log.error('alerts reach nobody', new Error('every channel fails'), { channels: channels.length })
}

/** Half a minute at worst; it never stops what follows. */
const lookUp = async (deps: Deps, desk: Desk): Promise<void> => {
  try {
    await deps.lookUps?.(deps, desk)
  } catch (error) {
    deps.log.error('the billing look-ups failed', error)
  }
}
