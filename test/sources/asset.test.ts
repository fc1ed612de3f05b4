/** Cloud Asset feed: links and accounts as they become; what is left out is false, what is deleted is gone. */

import { describe, expect, test } from 'vitest'
import type { FactBody } from '../../functions/domain/facts.ts'
import { type AccountId, contentHash } from '../../functions/domain/keys.ts'
import { asset } from '../../functions/sources/asset.ts'
import type { Parsed } from '../../functions/sources/source.ts'
import { changed, fixture, parsed, sourceContract } from '../contracts/source.contract.ts'

const ACCOUNT = '01D4EE-079462-DFD6EC' as AccountId
const AT = 1_795_428_000_000
const TEXT = '2026-11-23T10:00:00Z'
const GONE: FactBody = { kind: 'billing-link', projectId: 'p', billingEnabled: false, at: AT }
const LINKED: FactBody = { ...GONE, linkedTo: ACCOUNT, billingEnabled: true }
const OPEN: FactBody = { kind: 'account-open', open: true, at: AT }

sourceContract(asset, [
  {
    fixture: 'asset',
    claims: [{ projectId: 'p', keyParts: ['p', TEXT, contentHash(LINKED)], body: LINKED }],
    required: ['window'],
  },
  {
    fixture: 'asset-deleted',
    claims: [{ projectId: 'p', keyParts: ['p', TEXT, contentHash(GONE)], body: GONE }],
    required: ['window'],
  },
  {
    fixture: 'asset-account',
    claims: [{ accountId: ACCOUNT, keyParts: ['', TEXT, contentHash(OPEN)], body: OPEN }],
    required: ['window'],
  },
])

type Shape = Readonly<Record<string, unknown>>

const withData = (name: string, data: Shape, fields: Shape = {}): Parsed => {
  const inner = fixture(name).message.json['asset'] as { readonly resource: { readonly data: Shape } }
  const changedAsset = { ...inner, resource: { ...inner.resource, data: { ...inner.resource.data, ...data } } }
  return parsed(changed(name, { asset: changedAsset, ...fields }))
}
const withAsset = (name: string, fields: Shape): Parsed =>
  parsed(changed(name, { asset: { ...(fixture(name).message.json['asset'] as Shape), ...fields } }))

describe('how a project is billed', () => {
  test.each<readonly [string, Shape]>([
    ['an empty account', { billingAccountName: '', billingEnabled: false }],
    ['nothing at all, as protocol buffers leave it out', { billingAccountName: undefined, billingEnabled: undefined }],
    ['a flag without an account', { billingAccountName: '', billingEnabled: true }],
  ])('%s is no link', (_, data) => {
    expect(withData('asset', data)).toMatchObject({ claims: [{ body: GONE }] })
  })

  test('an account without the flag is a link whose billing is off', () => {
    const result = withData('asset', { billingEnabled: undefined })
    expect(result).toMatchObject({ claims: [{ body: { linkedTo: ACCOUNT, billingEnabled: false } }] })
  })

  test('the project’s id counts before the number in its name', () => {
    const name = '//cloudbilling.googleapis.com/projects/123/billingInfo'
    expect(withAsset('asset', { name })).toMatchObject({ claims: [{ projectId: 'p' }] })
    expect(withData('asset', { projectId: undefined }, {})).toMatchObject({ claims: [{ projectId: 'p' }] })
    expect(withAsset('asset-deleted', { name })).toMatchObject({ claims: [{ projectId: 'p' }] })
  })

  test('the time the asset was updated stands in for a window', () => {
    const updated = { ...(fixture('asset').message.json['asset'] as Shape), updateTime: '2026-11-23T10:00:01Z' }
    expect(parsed(changed('asset', { window: undefined, asset: updated }))).toMatchObject({
      claims: [{ body: { at: AT + 1_000 } }],
    })
  })
})

describe('whether an account is open', () => {
  test('false, left out and deleted are closed', () => {
    const closed = { claims: [{ accountId: ACCOUNT, body: { kind: 'account-open', open: false } }] }
    expect(withData('asset-account', { open: false })).toMatchObject(closed)
    expect(withData('asset-account', { open: undefined })).toMatchObject(closed)
    expect(withData('asset-account', { open: true }, { deleted: true })).toMatchObject(closed)
  })
})

test('assets of other types pass without a record', () => {
  for (const assetType of ['cloudresourcemanager.googleapis.com/Project', 'x', undefined])
    expect(withAsset('asset', { assetType })).toEqual({
      kind: 'ignored',
      why: 'asset feed: neither billing of a project nor a billing account',
    })
})

describe('what is refused', () => {
  test.each<readonly [string, Parsed, string]>([
    ['an asset that is none', parsed(changed('asset', { asset: 'x' })), 'TYPE'],
    ['a type that is none', withAsset('asset', { assetType: 5 }), 'TYPE'],
    ['a feed without resources', withAsset('asset', { resource: undefined }), 'TYPE'],
    ['a resource without data', withAsset('asset', { resource: {} }), 'TYPE'],
    ['a malformed account', withData('asset', { billingAccountName: 'billingAccounts/x' }), 'TYPE'],
    ['an account that is no text', withData('asset', { billingAccountName: 7 }), 'TYPE'],
    ['a flag that is none', withData('asset', { billingEnabled: 'true' }), 'TYPE'],
    ['an open that is none', withData('asset-account', { open: 1 }), 'TYPE'],
    ['an account without a name', withData('asset-account', { name: 'billingAccounts/none' }), 'TYPE'],
    ['a deletion that is no flag', parsed(changed('asset', { deleted: 'yes' })), 'TYPE'],
    ['a window without a start', parsed(changed('asset', { window: {} })), 'TYPE'],
    ['a start that is no date', parsed(changed('asset', { window: { startTime: '2026-02-30T00:00:00Z' } })), 'TIME'],
  ])('%s', (_, result, reason) => {
    expect(result).toMatchObject({ kind: 'rejected', reason })
  })

  test('a project that nobody names', () => {
    const data = { billingAccountName: '', billingEnabled: false }
    const nameless = { assetType: 'cloudbilling.googleapis.com/ProjectBillingInfo', name: 'x', resource: { data } }
    expect(parsed(changed('asset', { asset: nameless, priorAsset: undefined }))).toMatchObject({
      kind: 'rejected',
      reason: 'TYPE',
      detail: 'asset.name: names no project',
    })
  })
})
