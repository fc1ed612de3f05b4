/** The hand that can stop a project: unlinks billing, turns the Gemini API off, asks first whether it may, undoes both. */

import type { CloudBillingClient } from '@google-cloud/billing'
import type { EnforcePort, StepOutcome } from './app/enforce.ts'
import type { LookUp } from './app/look-up.ts'
import { type BillingClientOptions, openBilling } from './billing.ts'
import type { EnforceStep } from './domain/enforcement.ts'
import type { AccountId } from './domain/keys.ts'
import { SECOND_MS } from './domain/time.ts'
import { openGeminiApi } from './gemini-api.ts'
import type { Rest } from './google-rest.ts'
import { within } from './within.ts'

/** Where the interfaces are; tests point them at servers of their own. */
export type EnforcerParts = {
  readonly rest: Rest
  readonly billing?: BillingClientOptions
  readonly resourceManager?: string
  readonly serviceUsage?: string
  /** Lets time pass between two looks at something that takes a while. */
  readonly pause: () => Promise<void>
  readonly callMs?: number
}

/** Sign-in, connection and answer of one call. */
const CALL_MS = 10 * SECOND_MS
const RESOURCE_MANAGER = 'https://cloudresourcemanager.googleapis.com'

/** https://docs.cloud.google.com/billing/docs/how-to/modify-project#disable_billing_for_a_project and the reference of services.disable. */
const RIGHT: Readonly<Record<EnforceStep, string>> = {
  'disable-api': 'serviceusage.services.disable',
  'unlink-billing': 'resourcemanager.projects.deleteBillingAssignment',
}

/** Opens nothing yet: clients are loaded by the first call. No call is repeated. */
export const openEnforcer = (parts: EnforcerParts): EnforcePort => {
  const { rest, billing = {}, resourceManager = RESOURCE_MANAGER, callMs = CALL_MS } = parts
  const lookUp = openBilling(billing, callMs)
  const linker = openLinker(billing, callMs, lookUp)
  const api = openGeminiApi(parts)
  return {
    billingLink: lookUp.billingLink,
    rehearse: async (step, projectId) => {
      const right = RIGHT[step]
      const url = `${resourceManager}/v1/projects/${encodeURIComponent(projectId)}:testIamPermissions`
      const answer = await rest('POST', url, { permissions: [right] })
      if (answer.kind === 'lost') return { phase: 'failed', note: `its rights could not be read: ${answer.note}` }
      if (answer.kind === 'error')
        return { phase: 'refused', note: `its rights could not be read: ${answer.status || answer.code}` }
      const held = answer.body['permissions']
      if (!Array.isArray(held) || !held.includes(right))
        return { phase: 'refused', note: `it would fail: this account lacks ${right}` }
      return step === 'disable-api' ? api.rehearse(projectId) : { phase: 'done', note: 'it would be unlinked' }
    },
    take: (step, projectId) => (step === 'disable-api' ? api.disable(projectId) : linker.link(projectId, undefined)),
    undo: (step, projectId, before) =>
      step === 'disable-api' ? api.enable(projectId) : linker.link(projectId, before),
    close: async () => {
      await lookUp.close()
      await linker.close()
    },
  }
}

type Linker = {
  /** Links the project, or with `undefined` to nothing, and reads back what it is linked to. */
  readonly link: (projectId: string, to: AccountId | undefined) => Promise<StepOutcome>
  readonly close: () => Promise<void>
}

const openLinker = (options: BillingClientOptions, callMs: number, lookUp: LookUp): Linker => {
  let client: Promise<CloudBillingClient> | undefined
  const once = { timeout: callMs * 0.8, retry: null }
  const open = async (): Promise<CloudBillingClient> => {
    const { CloudBillingClient } = await import('@google-cloud/billing')
    const opened = new CloudBillingClient(options)
    // Left to its first call, a failed sign-in would also end as an unhandled rejection, and with it the process.
    await opened.initialize()
    return opened
  }
  const drop = async (): Promise<void> => {
    const old = client
    client = undefined
    await (await old?.catch(() => undefined))?.close().catch(() => undefined)
  }
  const update = async (projectId: string, to: AccountId | undefined): Promise<unknown> => {
    client ??= open()
    const billingAccountName = to === undefined ? '' : `billingAccounts/${to}`
    const request = { name: `projects/${projectId}`, projectBillingInfo: { billingAccountName } }
    const opened = client
    return within(
      callMs,
      opened.then((ready) => ready.updateProjectBillingInfo(request, once)),
    )
  }
  return {
    link: async (projectId, to) => {
      const fault = await update(projectId, to).then(
        () => undefined,
        (error: unknown) => error ?? 'unknown error',
      )
      if (fault !== undefined && codeOf(fault) === undefined) void drop()
      return readBack(await lookUp.billingLink(projectId), to, fault)
    },
    close: () => within(callMs, drop()).catch(() => undefined),
  }
}

type Link = Awaited<ReturnType<LookUp['billingLink']>>

/** What stands is what Google says afterwards, whatever became of the reply. */
const readBack = (link: Link, to: AccountId | undefined, fault: unknown): StepOutcome => {
  const what = to === undefined ? 'unlinked' : `linked to ${to}`
  if (link.kind === 'answer' && link.answer.linkedTo === to)
    return { phase: 'done', note: fault === undefined ? `it is ${what}` : `it is ${what}, although no reply came` }
  if (fault !== undefined && NEEDS_PERSON.has(codeOf(fault) ?? -1))
    return { phase: 'refused', note: `Google refused: ${reasonOf(fault)}` }
  if (fault !== undefined) return { phase: 'failed', note: `the call failed: ${reasonOf(fault)}` }
  return { phase: 'failed', note: 'the call was answered, but Google does not show the change yet' }
}

/** INVALID_ARGUMENT, NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION, UNAUTHENTICATED: https://grpc.io/docs/guides/status-codes/ */
const NEEDS_PERSON: ReadonlySet<number> = new Set([3, 5, 7, 9, 16])

const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : 'unknown error').split('\n')[0]?.slice(0, 200) ?? ''
