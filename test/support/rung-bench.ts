/** The real hand of enforcement before servers that speak Google's interfaces, for the rungs' contract. */

import type { EnforcePort } from '../../functions/app/enforce-port.ts'
import { ENFORCE_RIGHTS } from '../../functions/domain/enforcement.ts'
import { openEnforcer } from '../../functions/enforcer.ts'
import { openRest } from '../../functions/google-rest.ts'
import { type BillingPeer, startBilling } from './billing-server.ts'
import { ACCOUNT } from './facts.ts'
import { fakeKey, type GoogleProject, startGoogleProject } from './google-project.ts'

export type RungBench = {
  readonly port: EnforcePort
  readonly billing: BillingPeer
  readonly project: GoogleProject
  /** Changes that reached Google, whatever became of them. */
  readonly changes: () => number
  readonly close: () => Promise<void>
}

const CALL_MS = 1_000

/** `my-batch` is linked and its Gemini API is on; one key serves Gemini alone, one Maps as well, two do not serve it. */
export const openRungBench = async (): Promise<RungBench> => {
  const [billing, project] = [await startBilling(), await startGoogleProject(Object.values(ENFORCE_RIGHTS).flat())]
  billing.link('my-batch', ACCOUNT)
  project.keys.push(...KEYS())
  const { url } = project.peer
  const port = openEnforcer({
    rest: openRest({ headers: async () => ({ authorization: 'Bearer token' }), callMs: CALL_MS }),
    billing: billing.options,
    hosts: { apiKeys: url, resourceManager: url, serviceUsage: url },
    pause: async () => undefined,
    callMs: CALL_MS,
  })
  return {
    ...{ port, billing, project },
    changes: () => billing.updates().length + project.changes().length,
    close: async () => {
      await port.close()
      await billing.close()
      await project.peer.close()
    },
  }
}

export const GEMINI = { service: 'generativelanguage.googleapis.com' }
export const MAPS = { service: 'maps-backend.googleapis.com' }

const KEYS = () => [
  fakeKey(
    'batch',
    { apiTargets: [GEMINI], browserKeyRestrictions: { allowedReferrers: ['https://b.example'] } },
    'Batch',
  ),
  fakeKey('site', { apiTargets: [MAPS, GEMINI] }, 'Site'),
  fakeKey('maps', { apiTargets: [MAPS] }, 'Maps'),
  fakeKey('old', undefined, 'Old'),
]

/** Over the two interfaces that speak JSON. */
export const restFate = ({ project }: RungBench, fate: 'apply' | 'apply and cut' | 'denied' | 'unavailable'): void => {
  project.fate(() => {
    if (fate === 'denied') return { code: 403, status: 'PERMISSION_DENIED', message: 'no' }
    return fate === 'unavailable' ? { code: 503, status: 'UNAVAILABLE', message: 'no' } : fate
  })
}
