/** The hand that can stop a project: asks first whether it may, then leaves each step to its rung. */

import type { EnforcePort, StepOutcome } from './app/enforce-port.ts'
import { type BillingClientOptions, openBilling } from './billing.ts'
import { ENFORCE_RIGHTS, ENFORCE_STEPS, type EnforceStep } from './domain/enforcement.ts'
import { SECOND_MS } from './domain/time.ts'
import type { Rest } from './google-rest.ts'
import { RUNGS } from './rungs/index.ts'
import type { Hand, RungTools } from './rungs/rung.ts'

/** Where the interfaces are; tests point them at servers of their own. */
export type EnforcerParts = Pick<RungTools, 'rest' | 'pause'> & {
  readonly hosts?: RungTools['hosts']
  readonly billing?: BillingClientOptions
  readonly callMs?: number
}

/** Sign-in, connection and answer of one call. */
const CALL_MS = 10 * SECOND_MS
const HOSTS: RungTools['hosts'] = {
  apiKeys: 'https://apikeys.googleapis.com',
  resourceManager: 'https://cloudresourcemanager.googleapis.com',
  serviceUsage: 'https://serviceusage.googleapis.com',
}

/** Opens nothing yet: clients are loaded by the first call. No change is repeated. */
export const openEnforcer = (parts: EnforcerParts): EnforcePort => {
  const { rest, pause, hosts = HOSTS, billing = {}, callMs = CALL_MS } = parts
  const { billingLink, close } = openBilling(billing, callMs)
  const tools: RungTools = { rest, pause, hosts, billing, billingLink, callMs }
  const hands = Object.fromEntries(ENFORCE_STEPS.map((step) => [step, RUNGS[step](tools)])) as Record<EnforceStep, Hand>
  return {
    billingLink,
    rehearse: async (step, aim) => (await lackOf(rest, hosts, step, aim.projectId)) ?? hands[step].rehearse(aim),
    look: async (step, aim) => hands[step].look?.(aim) ?? { kind: 'seen' },
    take: (step, aim, keys) => hands[step].take(aim, keys),
    undo: (step, projectId, was) => hands[step].undo(projectId, was),
    close: async () => {
      await close()
      for (const hand of Object.values(hands)) await hand.close?.()
    },
  }
}

/** What keeps the step from being taken, as Google says it of whoever calls; `undefined` where every right is held. */
const lackOf = async (
  rest: Rest,
  { resourceManager }: RungTools['hosts'],
  step: EnforceStep,
  projectId: string,
): Promise<StepOutcome | undefined> => {
  const rights = ENFORCE_RIGHTS[step]
  const url = `${resourceManager}/v1/projects/${encodeURIComponent(projectId)}:testIamPermissions`
  const answer = await rest('POST', url, { permissions: rights })
  if (answer.kind === 'lost') return { phase: 'failed', note: `its rights could not be read: ${answer.note}` }
  if (answer.kind === 'error')
    return { phase: 'refused', note: `its rights could not be read: ${answer.status || answer.code}` }
  const held = answer.body['permissions']
  const lacking = rights.filter((right) => !Array.isArray(held) || !held.includes(right))
  return lacking.length === 0
    ? undefined
    : { phase: 'refused', note: `it would fail: this account lacks ${lacking.join(', ')}` }
}
