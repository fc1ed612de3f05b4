/** Monitoring incidents: which are evidence of depleted credit, and what is refused. */

import { describe, expect, test } from 'vitest'
import type { Incident } from '../../functions/domain/facts.ts'
import { incident } from '../../functions/sources/incident.ts'
import type { Parsed } from '../../functions/sources/source.ts'
import { changed, fixture, meaning, parsed, sourceContract } from '../contracts/source.contract.ts'

const OPEN: Incident = {
  kind: 'incident',
  incidentId: '0.opqiw61fsv7p',
  about: 'depletion',
  state: 'open',
  openedAt: 1_577_840_461_000,
  projectId: 'p',
  name: 'Gemini prepay depleted: 402 seen',
}
const CLOSED: Incident = { ...OPEN, state: 'closed', closedAt: 1_577_844_061_000 }

sourceContract(incident, [
  {
    fixture: 'incident',
    claims: [{ projectId: 'p', keyParts: ['0.opqiw61fsv7p', 'open'], body: OPEN }],
    required: ['version'],
  },
  {
    fixture: 'incident-closed',
    claims: [{ projectId: 'p', keyParts: ['0.opqiw61fsv7p', 'closed'], body: CLOSED }],
    required: ['version'],
  },
])

type Shape = Readonly<Record<string, unknown>>

const withIncident = (fields: Shape, version: unknown = '1.2'): Parsed => {
  const inner = fixture('incident').message.json['incident'] as Shape
  return parsed(changed('incident', { version, incident: { ...inner, ...fields } }))
}

const resource = (labels: Shape): Shape => ({ resource: { type: 'consumed_api', labels } })
/** A condition that lost its labels to aggregation. */
const BARE = { metric: { labels: {} }, policy_user_labels: undefined, policy_name: 'Gemini', condition_name: 'errors' }
const filter = (text: string): Shape => ({ ...BARE, condition: { conditionThreshold: { filter: text } } })

describe('an incident about depleted credit', () => {
  test.each<readonly [string, Shape]>([
    ['by its code', { policy_user_labels: undefined, policy_name: 'x', condition_name: 'y' }],
    ['by its label alone', { ...BARE, policy_user_labels: { kind: 'prepay-depleted' } }],
    ['by its label, whatever the code', { metric: { labels: { response_code: '429' } } }],
    ['by its filter', filter('metric.labels.response_code = "402" AND resource.type = "consumed_api"')],
    ['by its name: depleted', { ...BARE, condition_name: 'Prepayment credits are depleted' }],
    ['by its name: 402', { ...BARE, policy_name: 'HTTP 402 on Gemini' }],
    ['without a service', resource({ project_id: 'p' })],
  ])('%s', (_, fields) => {
    expect(withIncident(fields)).toMatchObject({ kind: 'claims', claims: [{ body: { about: 'depletion' } }] })
  })

  test.each<readonly [string, Shape]>([
    ['another code', { ...BARE, policy_name: '402 seen', metric: { labels: { response_code: '429' } } }],
    ['another service', resource({ project_id: 'p', service: 'storage.googleapis.com' })],
    ['a filter of several codes', filter('metric.labels.response_code = "402" OR metric.labels.response_code = "429"')],
    ['a filter of another code', { ...filter('metric.labels.response_code="500"'), policy_name: '402 seen' }],
    ['nothing that says so', BARE],
    ['a pool that is depleted', { ...BARE, policy_name: 'Connection pool depleted' }],
    ['a number that holds 402', { ...BARE, policy_name: 'Room 1402' }],
  ])('is not one with %s: it passes without a record', (_, fields) => {
    expect(withIncident(fields)).toEqual({ kind: 'ignored', why: 'Monitoring incident: not about depleted credit' })
  })

  test('the test message of a channel is acknowledged and means nothing', () => {
    expect(parsed(fixture('incident-test'))).toEqual({
      kind: 'ignored',
      why: 'Monitoring test message: the channel works',
    })
  })
})

describe('what may vary', () => {
  test.each([
    [1_577_840_461, 1_577_840_461_000],
    ['1577840461', 1_577_840_461_000],
    ['2020-01-01T01:01:01Z', 1_577_840_461_000],
    [0, 0],
  ])('started at %s', (started_at, openedAt) => {
    expect(withIncident({ started_at })).toMatchObject({ claims: [{ body: { openedAt } }] })
  })

  test('states in capitals, an acknowledged one is open, a close may have no time', () => {
    expect(withIncident({ state: 'OPEN' })).toMatchObject({ claims: [{ body: { state: 'open' } }] })
    expect(withIncident({ state: 'acknowledged' })).toMatchObject({ claims: [{ body: { state: 'open' } }] })
    const closed = withIncident({ state: 'CLOSED', ended_at: null })
    expect(closed).toMatchObject({ claims: [{ body: { state: 'closed' } }] })
    expect(closed.kind === 'claims' && closed.claims[0]?.body).not.toHaveProperty('closedAt')
  })

  test('the project is the resource’s, else the one that scopes the policy', () => {
    expect(withIncident(resource({ project_id: 'my-app' }))).toMatchObject({ claims: [{ projectId: 'my-app' }] })
    expect(withIncident(resource({}))).toMatchObject({ claims: [{ projectId: 'p' }] })
    expect(withIncident(resource({ project_id: 'x'.repeat(10_000) }))).toMatchObject({ claims: [{ projectId: 'p' }] })
  })

  test('a renamed policy is no other incident, and names are cut', () => {
    const contentOf = (result: Parsed) => (result.kind === 'claims' ? result.claims[0]?.content : undefined)
    expect(contentOf(withIncident({ policy_name: 'renamed' }))).toEqual(contentOf(parsed(fixture('incident'))))
    expect(meaning(withIncident({ policy_name: 'x'.repeat(10_000) }))).toMatchObject({
      claims: [{ body: { name: 'x'.repeat(200) } }],
    })
  })

  test('a later minor version is read', () => {
    expect(withIncident({}, '1.3')).toMatchObject({ kind: 'claims' })
  })
})

describe('what is refused', () => {
  test.each<readonly [Shape, string, string]>([
    [{ incident_id: undefined }, 'TYPE', 'incident_id'],
    [{ incident_id: 5 }, 'TYPE', 'incident_id'],
    [{ incident_id: 'x'.repeat(300) }, 'TYPE', 'incident_id'],
    [{ state: 'reopened' }, 'TYPE', 'state'],
    [{ state: undefined }, 'TYPE', 'state'],
    [{ started_at: undefined }, 'TYPE', 'started_at'],
    [{ started_at: -1 }, 'TYPE', 'started_at'],
    [{ started_at: 1.5 }, 'TYPE', 'started_at'],
    [{ started_at: 999_999_999_999 }, 'TIME', 'started_at'],
    [{ state: 'closed', ended_at: 'soon' }, 'TYPE', 'ended_at'],
    [{ ...resource({}), scoping_project_id: undefined }, 'TYPE', 'scoping_project_id'],
  ])('%j is refused as %s', (fields, reason, field) => {
    expect(withIncident(fields)).toMatchObject({ kind: 'rejected', reason, detail: expect.stringContaining(field) })
  })

  test.each(['2.0', '1', 'TEST', '', 1.2])('version %s is refused', (version) => {
    expect(withIncident({}, version)).toMatchObject({ kind: 'rejected', reason: 'SCHEMA' })
  })

  test.each([7, 'down', [], true])('an incident that is %j is refused', (value) => {
    expect(parsed(changed('incident', { incident: value }))).toMatchObject({ kind: 'rejected', reason: 'TYPE' })
  })
})
