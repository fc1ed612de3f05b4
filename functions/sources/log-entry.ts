/** Audit log entries of Cloud Billing through a log sink: who linked, unlinked, closed or reopened what. */

import type { BillingLink } from '../domain/facts.ts'
import { isObject, type Json, JsonNumber, type JsonObject } from '../domain/json.ts'
import { type AccountId, parseAccountId } from '../domain/keys.ts'
import { asProject, linkClaim, openClaim, projectOf, textAt } from './billing-facts.ts'
import { Fields, rejected } from './fields.ts'
import type { Parsed, Source } from './source.ts'

/** An entry lists the few permissions its call was checked for. */
const PERMISSIONS_MAX = 20
const METHOD_CHARS_MAX = 100

/**
 * Reads LogEntry JSON; all but four methods of Cloud Billing, and attempts that failed, are ignored with a reason. Where
 * the vendor documents no body, names are looked for in several places. The entry's own timestamp counts, to the
 * millisecond. https://docs.cloud.google.com/billing/docs/audit-logging (short method names) and
 * https://docs.cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry
 */
export const logEntry: Source = {
  name: 'log-entry',
  topic: 'billing-notifications',
  recognises: ({ attributes, body }) =>
    attributes['drawdown'] === undefined && body['insertId'] !== undefined && body['logName'] !== undefined,
  parse: ({ body }) => {
    if (textAt(body, 'protoPayload', 'serviceName') !== 'cloudbilling.googleapis.com')
      return ignored('no audit log of Cloud Billing')
    if (hasFailed(body)) return ignored('the attempt failed and changed nothing')
    const method = textAt(body, 'protoPayload', 'methodName').split('.').at(-1) ?? ''
    const reader = READERS.get(method)
    return reader ? reader(body) : ignored(`${shown(method)} changes neither a link nor whether an account is open`)
  },
}

const ignored = (why: string): Parsed => ({ kind: 'ignored', why: `log entry: ${why}` })

/** Outside text goes into our own log. */
const shown = (method: string): string => (/^\w+$/.test(method) ? method.slice(0, METHOD_CHARS_MAX) : 'the method')

/** `status` is absent or code 0 where the call succeeded: https://docs.cloud.google.com/logging/docs/audit/understanding-audit-logs */
const hasFailed = (entry: JsonObject): boolean => {
  const payload = entry['protoPayload']
  const status = isObject(payload) ? payload['status'] : undefined
  const code = isObject(status) ? status['code'] : undefined
  return code instanceof JsonNumber ? Number(code.text) !== 0 : typeof code === 'string' && code !== '' && code !== '0'
}

const readLink =
  (isLinked: boolean) =>
  (entry: JsonObject): Parsed => {
    const read = new Fields(entry)
    const at = read.time('timestamp')
    const projectId = projectIn(entry)
    const linkedTo = isLinked ? accountIn(entry, LINKED_TO) : undefined
    if (read.fault) return rejected(read.fault)
    if (projectId === undefined)
      return rejected({ reason: 'TYPE', detail: 'protoPayload.resourceName: names no project' })
    if (isLinked && linkedTo === undefined) return ignored('it names no billing account; the next look-up will tell')
    const link = { projectId, ...(linkedTo !== undefined && { linkedTo }), billingEnabled: isLinked }
    return linkClaim({ kind: 'billing-link', ...link, at } satisfies BillingLink)
  }

const readOpen =
  (open: boolean) =>
  (entry: JsonObject): Parsed => {
    const read = new Fields(entry)
    const at = read.time('timestamp')
    const accountId = accountIn(entry, ABOUT)
    if (read.fault) return rejected(read.fault, accountId)
    if (accountId === undefined)
      return rejected({ reason: 'TYPE', detail: 'protoPayload.resourceName: names no billing account' })
    return openClaim(accountId, { kind: 'account-open', open, at })
  }

/** The monitored resource has the project's id; resource names may have its number. */
const projectIn = (entry: JsonObject): string | undefined => {
  const ids = [
    textAt(entry, 'resource', 'labels', 'project_id'),
    textAt(entry, 'protoPayload', 'request', 'projectBillingInfo', 'projectId'),
  ]
  const names = [
    textAt(entry, 'protoPayload', 'resourceName'),
    textAt(entry, 'protoPayload', 'request', 'resourceName'),
    textAt(entry, 'protoPayload', 'request', 'name'),
    textAt(entry, 'logName'),
  ]
  return [...ids.map(asProject), ...names.map(projectOf)].find((project) => project !== undefined)
}

type Path = readonly string[]

/** Where the account that a project was linked to may stand; not in the log's own name, which may be that of the old one. */
const LINKED_TO: readonly Path[] = [
  ['protoPayload', 'response', 'billingAccountInfo', 'billingAccountName'],
  ['protoPayload', 'response', 'billingAccountName'],
  ['protoPayload', 'request', 'projectBillingInfo', 'billingAccountName'],
  ['protoPayload', 'request', 'billingAccountName'],
  ['protoPayload', 'request', 'billingAccount'],
  ['protoPayload', 'resourceName'],
]
/** Where the account that was closed or reopened may stand. */
const ABOUT: readonly Path[] = [
  ['protoPayload', 'resourceName'],
  ['protoPayload', 'request', 'name'],
  ['protoPayload', 'response', 'name'],
  ['resource', 'labels', 'billing_account_id'],
  ['logName'],
]

const accountIn = (entry: JsonObject, paths: readonly Path[]): AccountId | undefined => {
  const texts = [...paths.map((path) => textAt(entry, ...path)), ...(paths === LINKED_TO ? created(entry) : [])]
  return texts.map(accountOf).find((account) => account !== undefined)
}

/** `billingAccounts/X`, alone or as the beginning of a longer name. */
const accountOf = (name: string): AccountId | undefined => parseAccountId(name.split('/').slice(0, 2).join('/'))

/** Linking is checked against the new account with a permission of its own: https://docs.cloud.google.com/billing/docs/how-to/modify-project */
const created = (entry: JsonObject): readonly string[] => {
  const payload = entry['protoPayload']
  const checks: Json | undefined = isObject(payload) ? payload['authorizationInfo'] : undefined
  return (Array.isArray(checks) ? checks.slice(0, PERMISSIONS_MAX) : [])
    .filter(isObject)
    .filter((check) => check['permission'] === 'billing.resourceAssociations.create')
    .map((check) => textAt(check, 'resource'))
}

const READERS: ReadonlyMap<string, (entry: JsonObject) => Parsed> = new Map([
  ['AssignResourceToBillingAccount', readLink(true)],
  ['DisableResourceBilling', readLink(false)],
  ['CloseBillingAccount', readOpen(false)],
  ['ReopenBillingAccount', readOpen(true)],
])
