/** Cloud Asset feed: how a project is billed, or whether an account is open, each time it changes. */

import { type AccountId, parseAccountId } from '../domain/keys.ts'
import type { Instant } from '../domain/time.ts'
import { asProject, linkClaim, openClaim, projectOf, textAt } from './billing-facts.ts'
import { Fields, rejected } from './fields.ts'
import type { Parsed, RawMessage, Source } from './source.ts'

/**
 * Reads TemporalAsset JSON of two asset types; others are ignored with a reason. The time is the window's start: when the
 * asset became so. An absent flag is false and an absent account none, as JSON of protocol buffers leaves them out.
 * https://docs.cloud.google.com/asset-inventory/docs/monitor-asset-changes
 */
export const asset: Source = {
  name: 'asset',
  topic: 'billing-notifications',
  recognises: ({ attributes, body }) => attributes['drawdown'] === undefined && body['asset'] !== undefined,
  parse: (message) => {
    const read = new Fields(message.body)
    const changed = read.nested('asset')
    const type = changed.has('assetType') ? changed.text('assetType') : ''
    if (read.fault) return rejected(read.fault)
    if (type === 'cloudbilling.googleapis.com/ProjectBillingInfo') return readLink(message, read, changed)
    if (type === 'cloudbilling.googleapis.com/BillingAccount') return readOpen(message, read, changed)
    return { kind: 'ignored', why: 'asset feed: neither billing of a project nor a billing account' }
  },
}

const readLink = ({ body: json }: RawMessage, read: Fields, changed: Fields): Parsed => {
  const at = readTime(read, changed)
  const data = isDeleted(read) ? undefined : dataOf(changed)
  const projectId = projectIn(json)
  if (projectId === undefined) changed.fail('name', 'TYPE', 'names no project')
  const linkedTo = data && readAccount(data, 'billingAccountName')
  const billingEnabled = data?.has('billingEnabled') ? data.flag('billingEnabled') : false
  if (read.fault || projectId === undefined) return rejected(read.fault ?? NO_PROJECT)
  return linkClaim({
    kind: 'billing-link',
    projectId,
    ...(linkedTo !== undefined && { linkedTo }),
    billingEnabled: billingEnabled && linkedTo !== undefined,
    at,
  })
}

const NO_PROJECT = { reason: 'TYPE', detail: 'asset.name: names no project' } as const

const readOpen = ({ body: json }: RawMessage, read: Fields, changed: Fields): Parsed => {
  const at = readTime(read, changed)
  const data = isDeleted(read) ? undefined : dataOf(changed)
  const name = textAt(json, 'asset', 'resource', 'data', 'name') || textAt(json, 'asset', 'name').replace(SERVICE, '')
  const accountId = parseAccountId(name)
  if (accountId === undefined) changed.fail('name', 'TYPE', 'names no billing account')
  const open = data?.has('open') ? data.flag('open') : false
  if (read.fault || accountId === undefined) return rejected(read.fault ?? NO_ACCOUNT, accountId)
  return openClaim(accountId, { kind: 'account-open', open, at })
}

const NO_ACCOUNT = { reason: 'TYPE', detail: 'asset.name: names no billing account' } as const
const SERVICE = /^\/\/cloudbilling\.googleapis\.com\//

/** The id where the resource tells it, before or after the change; its full name may have the project's number. */
const projectIn = (json: RawMessage['body']): string | undefined =>
  asProject(textAt(json, 'asset', 'resource', 'data', 'projectId')) ??
  asProject(textAt(json, 'priorAsset', 'resource', 'data', 'projectId')) ??
  projectOf(textAt(json, 'asset', 'name'))

const isDeleted = (read: Fields): boolean => read.has('deleted') && read.flag('deleted')

/** Present in feeds of content type RESOURCE alone. */
const dataOf = (changed: Fields): Fields => changed.nested('resource').nested('data')

const readTime = (read: Fields, changed: Fields): Instant => {
  const window = read.has('window') ? read.nested('window') : undefined
  if (window?.has('startTime') || !changed.has('updateTime')) return (window ?? read.nested('window')).time('startTime')
  return changed.time('updateTime')
}

/** Empty and absent both mean none. */
const readAccount = (data: Fields, name: string): AccountId | undefined => {
  const value = data.get(name)
  if (value === undefined || value === '') return undefined
  const account = typeof value === 'string' ? parseAccountId(value) : undefined
  if (account === undefined) data.fail(name, 'TYPE', 'must be a billing account or empty')
  return account
}
