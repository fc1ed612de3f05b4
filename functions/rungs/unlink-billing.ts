/** Takes a project off its billing account and links it again with the vendor's client, and reads back what it came to. */

import type { CloudBillingClient } from '@google-cloud/billing'
import type { StepOutcome } from '../app/enforce-port.ts'
import type { LookUp } from '../app/look-up.ts'
import { isObject, type Json } from '../domain/json.ts'
import type { AccountId } from '../domain/keys.ts'
import { within } from '../within.ts'
import type { Rung, RungTools } from './rung.ts'

/** https://docs.cloud.google.com/billing/docs/how-to/modify-project#disable_billing_for_a_project */
export const unlinkBilling: Rung = (tools) => {
  const linker = openLinker(tools)
  return {
    rehearse: async ({ projectId }) => {
      const lien = await lienOn(tools, projectId)
      if (lien === undefined)
        return { phase: 'done', note: 'it would be unlinked; whether a lien holds it is not known' }
      return lien === ''
        ? { phase: 'done', note: 'it would be unlinked' }
        : { phase: 'refused', note: `it would fail: a lien locks its billing (${lien})` }
    },
    take: ({ projectId }) => linker.link(projectId, undefined),
    undo: (projectId, { account }) => linker.link(projectId, account),
    close: linker.close,
  }
}

const REASON_MAX = 100

/**
 * Why a lien keeps the project at its account, in the words of whoever put it there; empty where none does; `undefined`
 * where that cannot be read. Liens against deletion alone do not matter here.
 * https://docs.cloud.google.com/billing/docs/how-to/secure-project-billing-account-link
 */
const lienOn = async ({ rest, hosts }: RungTools, projectId: string): Promise<string | undefined> => {
  const parent = encodeURIComponent(`projects/${projectId}`)
  const answer = await rest('GET', `${hosts.resourceManager}/v1/liens?parent=${parent}`)
  if (answer.kind !== 'answer') return undefined
  const liens = answer.body['liens']
  const found = Array.isArray(liens) ? liens.find(isAboutBilling) : undefined
  if (!isObject(found)) return ''
  const reason = found['reason']
  return (typeof reason === 'string' && reason.slice(0, REASON_MAX)) || 'no reason given'
}

const isAboutBilling = (lien: Json): boolean =>
  isObject(lien) &&
  Array.isArray(lien['restrictions']) &&
  lien['restrictions'].some((right) => /billing/i.test(`${right}`))

type Linker = {
  /** Links the project, or with `undefined` to nothing, and reads back what it is linked to. */
  readonly link: (projectId: string, to: AccountId | undefined) => Promise<StepOutcome>
  readonly close: () => Promise<void>
}

const openLinker = ({ billing, billingLink, callMs }: RungTools): Linker => {
  let client: Promise<CloudBillingClient> | undefined
  const once = { timeout: callMs * 0.8, retry: null }
  const open = async (): Promise<CloudBillingClient> => {
    const { CloudBillingClient } = await import('@google-cloud/billing')
    const opened = new CloudBillingClient(billing)
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
      return readBack(await billingLink(projectId), to, fault)
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
