/** The rule about projects that Drawdown itself stopped. */

import type { Enforcement } from '../../../functions/domain/enforcement.ts'
import type { AlertKey } from '../../../functions/domain/keys.ts'
import { recordFact } from '../../../functions/enforce/record.ts'
import { ACCOUNT } from '../../support/facts.ts'
import type { Act } from '../../support/rule-acts.ts'
import type { RuleTable } from '../../support/rule-table.ts'

/** An entry as the function writes it, for an alert of this key. */
const ended =
  (alertKey: string, phase: Enforcement['phase'], mode: Enforcement['mode'] = 'act'): Act =>
  ({ app }) => {
    const order = { alertKey: alertKey as AlertKey, openedAt: app.clock.now, rule: 'credit-exhausted', because: 'Gone' }
    const step = { projectId: 'my-app', step: 'unlink-billing', mode, attempt: 1 } as const
    const entry = { phase, by: 'drawdown', note: 'it is unlinked', at: app.clock.now, before: ACCOUNT }
    return app.desk.submit(ACCOUNT, { facts: [recordFact(ACCOUNT, { ...order, ...step }, entry)], quarantined: [] })
  }

const enforcementStep: RuleTable = {
  rule: 'enforcement-step',
  notice: 'what was done is done; whether it stands is told by the rules about billing',
  rows: [
    { at: 0, act: ended('k0', 'done', 'rehearse'), expect: ['firing warning'] },
    { at: 0.5, act: ended('k1', 'begun'), expect: [] },
    { at: 1, act: ended('k1', 'done'), shows: 'opens', expect: ['firing critical'] },
    { at: 2, act: ended('k1', 'done'), shows: 'again', expect: [] },
    { at: 25, shows: 'never again', expect: [] },
    { at: 240, shows: 'never again', expect: [] },
    { at: 241, act: ended('k2', 'failed'), shows: 'opens anew', expect: ['firing critical'] },
  ],
}

/** Stopped by us. */
export const enforcementTables: readonly RuleTable[] = [enforcementStep]
