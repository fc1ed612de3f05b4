/** The registry: who takes which message. */

import { describe, expect, test } from 'vitest'
import { sources } from '../../functions/sources/index.ts'
import { changed, fixture, parsed } from '../contracts/source.contract.ts'

describe('the registry', () => {
  test('source names are distinct', () => {
    expect(new Set(sources.map((source) => source.name)).size).toBe(sources.length)
  })

  test.each([
    ['billing-notifications', {}],
    ['billing-notifications', { hello: 'world' }],
    ['gemini-usage', {}],
    ['gemini-usage', { incident: {} }],
  ] as const)('%s with %o is nobody’s', (topic, json) => {
    expect(parsed({ topic, message: { json, attributes: {} } })).toMatchObject({
      kind: 'rejected',
      reason: 'UNKNOWN_SOURCE',
    })
  })

  test('usage on the billing topic is nobody’s', () => {
    const { message } = fixture('usage-generate')
    expect(parsed({ topic: 'billing-notifications', message })).toMatchObject({ reason: 'UNKNOWN_SOURCE' })
  })

  test('a budget message on the usage topic is nobody’s', () => {
    const { message } = fixture('budget-ordinary')
    expect(parsed({ topic: 'gemini-usage', message })).toMatchObject({ reason: 'UNKNOWN_SOURCE' })
  })

  test('an operator’s word is not taken for a budget message', () => {
    const attributes = { ...fixture('budget-ordinary').message.attributes, drawdown: 'grant' }
    expect(parsed(changed('operator-grant', {}, attributes))).toMatchObject({ claims: [{ body: { kind: 'grant' } }] })
  })

  test.each(['anomaly', 'incident', 'log-entry', 'asset'])('%s on the usage topic is nobody’s', (name) => {
    const { message } = fixture(name)
    expect(parsed({ topic: 'gemini-usage', message })).toMatchObject({ reason: 'UNKNOWN_SOURCE' })
  })

  test.each(['anomaly', 'incident', 'log-entry', 'asset'])(
    '%s with an operator’s marker is an operator’s word',
    (name) => {
      const { attributes } = fixture(name).message
      expect(parsed(changed(name, {}, { ...attributes, drawdown: 'x' }))).toMatchObject({ reason: 'KIND' })
    },
  )
})
