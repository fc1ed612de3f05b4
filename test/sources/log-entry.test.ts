/** Audit log entries: the four methods that matter, found wherever the vendor puts their names; all else is ignored. */

import { describe, expect, test } from 'vitest'
import type { FactBody } from '../../functions/domain/facts.ts'
import { type AccountId, contentHash } from '../../functions/domain/keys.ts'
import { logEntry } from '../../functions/sources/log-entry.ts'
import type { Parsed } from '../../functions/sources/source.ts'
import { changed, fixture, parsed, sourceContract } from '../contracts/source.contract.ts'

const ACCOUNT = '01D4EE-079462-DFD6EC' as AccountId
const OTHER = '0A0A0A-0B0B0B-0C0C0C' as AccountId
const AT = 1_795_428_000_100
const UNLINKED: FactBody = { kind: 'billing-link', projectId: 'p', billingEnabled: false, at: AT }
const LINKED: FactBody = { ...UNLINKED, linkedTo: ACCOUNT, billingEnabled: true, at: 1_795_428_000_123 }
const CLOSED: FactBody = { kind: 'account-open', open: false, at: AT }

sourceContract(logEntry, [
  {
    fixture: 'log-entry',
    claims: [{ projectId: 'p', keyParts: ['p', '2026-11-23T10:00:00.1Z', contentHash(UNLINKED)], body: UNLINKED }],
    required: ['timestamp'],
  },
  {
    fixture: 'log-entry-link',
    claims: [{ projectId: 'p', keyParts: ['p', '2026-11-23T10:00:00.123Z', contentHash(LINKED)], body: LINKED }],
    required: ['timestamp'],
  },
  {
    fixture: 'log-entry-close',
    claims: [{ accountId: ACCOUNT, keyParts: ['', '2026-11-23T10:00:00.1Z', contentHash(CLOSED)], body: CLOSED }],
    required: ['timestamp'],
  },
])

type Shape = Readonly<Record<string, unknown>>

const withPayload = (name: string, payload: Shape, fields: Shape = {}): Parsed => {
  const inner = fixture(name).message.json['protoPayload'] as Shape
  return parsed(changed(name, { ...fields, protoPayload: { ...inner, ...payload } }))
}
/** A link event that names its account nowhere. */
const SILENT = { response: undefined, authorizationInfo: undefined }

describe('the account a project was linked to', () => {
  const name = `billingAccounts/${OTHER}`
  test.each<readonly [string, Shape]>([
    ['the response', { response: { billingAccountInfo: { billingAccountName: name } } }],
    ['the response itself', { response: { billingAccountName: name } }],
    ['the request', { request: { projectBillingInfo: { billingAccountName: name } } }],
    ['the bare request', { request: { billingAccountName: OTHER } }],
    ['the resource', { resourceName: name }],
    [
      'the permission checked',
      { authorizationInfo: [{ permission: 'billing.resourceAssociations.create', resource: name }] },
    ],
  ])('may stand in %s', (_, payload) => {
    expect(withPayload('log-entry-link', { ...SILENT, ...payload })).toMatchObject({
      claims: [{ projectId: 'p', body: { linkedTo: OTHER, billingEnabled: true } }],
    })
  })

  test('is not the one whose other permissions were checked, nor the log’s own', () => {
    const authorizationInfo = [{ permission: 'billing.resourceAssociations.delete', resource: name }]
    const logName = `${name}/logs/cloudaudit.googleapis.com%2Factivity`
    expect(withPayload('log-entry-link', { ...SILENT, authorizationInfo }, { logName })).toEqual({
      kind: 'ignored',
      why: 'log entry: it names no billing account; the next look-up will tell',
    })
  })
})

describe('the project', () => {
  test.each<readonly [string, Shape, Shape]>([
    ['the monitored resource', {}, {}],
    ['the request', { request: { projectBillingInfo: { projectId: 'p' } }, resourceName: 'x' }, { resource: {} }],
    ['the resource name', { resourceName: 'projects/p/billingInfo' }, { resource: {} }],
    [
      'the request’s name',
      { resourceName: `billingAccounts/${ACCOUNT}`, request: { name: 'projects/p' } },
      { resource: {} },
    ],
    ['the log name', { resourceName: '' }, { resource: {} }],
  ])('may stand in %s', (_, payload, fields) => {
    expect(withPayload('log-entry', payload, fields)).toMatchObject({ claims: [{ projectId: 'p' }] })
  })

  test('that nobody names is refused', () => {
    const logName = `billingAccounts/${ACCOUNT}/logs/x`
    expect(withPayload('log-entry', { resourceName: '' }, { resource: {}, logName })).toMatchObject({
      kind: 'rejected',
      reason: 'TYPE',
    })
  })

  test('is never longer than an id can be', () => {
    const resource = { labels: { project_id: 'x'.repeat(10_000) } }
    expect(withPayload('log-entry', {}, { resource })).toMatchObject({ claims: [{ projectId: 'p' }] })
  })
})

describe('closing and reopening', () => {
  test('a reopened account is open', () => {
    expect(withPayload('log-entry-close', { methodName: 'ReopenBillingAccount' })).toMatchObject({
      claims: [{ accountId: ACCOUNT, body: { kind: 'account-open', open: true } }],
    })
  })

  test('the account may stand in the log’s name alone; nowhere is refused', () => {
    expect(withPayload('log-entry-close', { resourceName: '' })).toMatchObject({ claims: [{ accountId: ACCOUNT }] })
    const nowhere = { resourceName: 'billingAccounts/none' }
    expect(withPayload('log-entry-close', nowhere, { logName: 'projects/p/logs/x' })).toMatchObject({
      kind: 'rejected',
      reason: 'TYPE',
    })
  })
})

describe('what is ignored, with a reason', () => {
  test.each<readonly [string, Shape]>([
    ['no audit log of Cloud Billing', { serviceName: 'storage.googleapis.com' }],
    ['the attempt failed and changed nothing', { status: { code: 7, message: 'PERMISSION_DENIED' } }],
    ['the attempt failed and changed nothing', { status: { code: '7' } }],
    ['SetIamPolicy changes neither a link nor whether an account is open', { methodName: 'SetIamPolicy' }],
    [
      'MigrateAccountSettings changes neither a link nor whether an account is open',
      { methodName: 'MigrateAccountSettings' },
    ],
    ['the method changes neither a link nor whether an account is open', { methodName: 'a\n<b>' }],
    ['the method changes neither a link nor whether an account is open', { methodName: undefined }],
    ['the method changes neither a link nor whether an account is open', { methodName: 'constructor ' }],
  ])('%s: %j', (why, payload) => {
    expect(withPayload('log-entry', payload)).toEqual({ kind: 'ignored', why: `log entry: ${why}` })
  })

  test('an entry that is no audit log', () => {
    const entry = changed('log-entry', { protoPayload: undefined, textPayload: 'hello' })
    expect(parsed(entry)).toMatchObject({ kind: 'ignored' })
    expect(parsed(changed('log-entry', { protoPayload: 'x' }))).toMatchObject({ kind: 'ignored' })
  })

  test('an empty status is success, and a method may carry its package', () => {
    expect(withPayload('log-entry', { status: {} })).toMatchObject({ kind: 'claims' })
    expect(withPayload('log-entry', { status: { code: 0 } })).toMatchObject({ kind: 'claims' })
    const methodName = 'google.cloud.billing.v1.CloudBilling.DisableResourceBilling'
    expect(withPayload('log-entry', { methodName })).toMatchObject({ claims: [{ body: { billingEnabled: false } }] })
  })
})

test.each([
  ['2026-02-30T00:00:00Z', 'TIME'],
  ['2026-11-23T10:00:00', 'TIME'],
  [1_795_428_000, 'TYPE'],
])('a timestamp of %s is refused', (timestamp, reason) => {
  expect(parsed(changed('log-entry', { timestamp }))).toMatchObject({ kind: 'rejected', reason })
})

test('one event told by two sinks is one fact', () => {
  const twice = changed('log-entry', { insertId: 'other', logName: 'organizations/1/logs/x', severity: 'INFO' })
  expect(parsed(twice)).toEqual(parsed(fixture('log-entry')))
})
