/** A real app whose credit is gone, before a gRPC server of the Billing API and an HTTP server of the other two. */

import { openDesk } from '../../functions/app/desk.ts'
import { type Enforcing, enforce } from '../../functions/app/enforce.ts'
import type { EnforcePort } from '../../functions/app/enforce-port.ts'
import {
  ENFORCE_RIGHTS,
  type Enforcement,
  type EnforcePhase,
  type EnforceStep,
} from '../../functions/domain/enforcement.ts'
import { DAY_MS, formatInstant } from '../../functions/domain/time.ts'
import { openEnforcer } from '../../functions/enforcer.ts'
import { openRest } from '../../functions/google-rest.ts'
import { openMemoryStore } from '../../functions/store/memory.ts'
import type { Store } from '../../functions/store/store.ts'
import { openTestApp, type TestApp } from './app.ts'
import { type BillingPeer, startBilling } from './billing-server.ts'
import { ACCOUNT } from './facts.ts'
import { type GoogleProject, startGoogleProject } from './google-project.ts'
import type { HttpPeer } from './http-server.ts'
import { prepayment } from './scenario.ts'

export const TOKEN = 'ya29.never-to-be-seen'
const CALL_MS = 2_000

export type EnforceScene = {
  readonly app: TestApp
  readonly google: BillingPeer
  readonly rest: HttpPeer
  readonly port: EnforcePort
  readonly rights: Set<string>
  readonly api: GoogleProject['api']
  readonly project: GoogleProject
  readonly arm: (projectId?: string, ms?: number) => Promise<unknown>
  /** What the function does when it is called. */
  readonly run: (over?: Partial<Enforcing>) => ReturnType<typeof enforce>
  /** As `run`, from a process of its own on the same store whose clock is off by so much. */
  readonly runElsewhere: (skewMs: number) => ReturnType<typeof enforce>
  readonly record: () => Promise<readonly Enforcement[]>
  /** The record in short: `act unlink-billing begun`. */
  readonly phases: () => Promise<readonly string[]>
  readonly close: () => Promise<void>
}

export const SETTINGS: Enforcing['settings'] = {
  armed: true,
  projects: {
    'my-batch': { steps: ['unlink-billing'], when: { rule: ['credit-exhausted'], severity: ['critical'] } },
  },
}

/** The credit is gone, `my-batch` is linked; nothing is armed yet but what `over` says. */
export const enforceScene = async (
  over: Partial<Enforcing> = {},
  store: Store = openMemoryStore(),
): Promise<EnforceScene> => {
  const google = await startBilling()
  google.link('my-batch', ACCOUNT)
  const project = await startGoogleProject(Object.values(ENFORCE_RIGHTS).flat())
  const { peer: rest, rights, api } = project
  const port = openEnforcer({
    rest: openRest({ headers: async () => ({ authorization: `Bearer ${TOKEN}` }), callMs: CALL_MS }),
    billing: google.options,
    hosts: { apiKeys: rest.url, resourceManager: rest.url, serviceUsage: rest.url },
    pause: async () => undefined,
    callMs: CALL_MS,
  })
  const base: Enforcing = { settings: SETTINGS, armed: true, own: async () => ['my-finops'], port, ...over }
  const app = openTestApp({ projects: ['my-app', 'my-batch'] }, store)
  const now = (): string => formatInstant(app.clock.now)
  await app.fact('grant', prepayment('P1', '50', now()))
  await app.budget(50)
  app.told.length = 0
  const record = async (): Promise<readonly Enforcement[]> =>
    (await app.desk.view(ACCOUNT)).standing.enforcement?.record ?? []
  return {
    ...{ app, google, project, rest, port, rights, api, record },
    arm: (projectId = 'my-batch', ms = DAY_MS) =>
      app.fact('arm', { projectId, by: 'ada', at: now(), until: formatInstant(app.clock.now + ms) }),
    run: (more = {}) => enforce({ ...app.deps, enforcing: { ...base, ...more } }, app.desk, ACCOUNT),
    runElsewhere: (skewMs) => {
      const deps = { ...app.deps, enforcing: base, clock: () => app.clock.now + skewMs }
      return enforce(deps, openDesk(deps), ACCOUNT)
    },
    phases: async () => (await record()).map(inShort),
    close: async () => {
      await port.close()
      await google.close()
      await rest.close()
    },
  }
}

const inShort = (entry: { readonly mode: string; readonly step: EnforceStep; readonly phase: EnforcePhase }): string =>
  `${entry.mode} ${entry.step} ${entry.phase}`
