import { describe, expect, test } from 'vitest'
import { apiKeyOf, closedToGemini, isSame, servesGemini } from '../../functions/enforce/api-keys.ts'

const GEMINI = { service: 'generativelanguage.googleapis.com' }
const MAPS = { service: 'maps-backend.googleapis.com' }
const NOBODY = { allowedIps: ['192.0.2.1'] }
const key = (restrictions: object) => ({
  ...{ id: 'k', uid: '', displayName: '', etag: '' },
  restrictions: { ...restrictions },
})

describe('restrictions are the same', () => {
  test.each([
    ['in another order', { apiTargets: [GEMINI, MAPS] }, { apiTargets: [MAPS, GEMINI] }, true],
    ['with what is empty left out', { apiTargets: [MAPS], serverKeyRestrictions: {} }, { apiTargets: [MAPS] }, true],
    ['with empty methods', { apiTargets: [{ ...MAPS, methods: [] }] }, { apiTargets: [MAPS] }, true],
    [
      'with an address as a net',
      { serverKeyRestrictions: { allowedIps: ['192.0.2.1/32'] } },
      { serverKeyRestrictions: NOBODY },
      true,
    ],
    ['not with a target more', { apiTargets: [GEMINI, MAPS] }, { apiTargets: [MAPS] }, false],
    [
      'not with other addresses',
      { serverKeyRestrictions: NOBODY },
      { serverKeyRestrictions: { allowedIps: [] } },
      false,
    ],
  ])('%s', (_, a, b, expected) => {
    expect([isSame(a, b), isSame(b, a)]).toEqual([expected, expected])
  })
})

describe('a key serves Gemini', () => {
  test.each([
    [{ apiTargets: [MAPS, GEMINI] }, true],
    [{ apiTargets: [{ ...GEMINI, methods: ['google.ai.generativelanguage.v1.GenerativeService.*'] }] }, true],
    [{ apiTargets: [GEMINI], serverKeyRestrictions: { allowedIps: ['192.0.2.1', '198.51.100.7'] } }, true],
    [{ apiTargets: [GEMINI], serverKeyRestrictions: NOBODY }, false],
    [{ apiTargets: [GEMINI], serverKeyRestrictions: { allowedIps: ['192.0.2.1/32'] } }, false],
    [{ apiTargets: [GEMINI], serverKeyRestrictions: { allowedIps: ['192.0.2.0/24'] } }, true],
    [{ apiTargets: [MAPS] }, false],
    [{}, false],
  ])('%j: %s', (restrictions, expected) => {
    expect(servesGemini(key(restrictions))).toBe(expected)
  })
})

test('a closed key never is open to more than before, and serves Gemini no more', () => {
  const apps = { allowedApplications: [{ packageName: 'a', sha1Fingerprint: 'b' }] }
  expect(closedToGemini({ apiTargets: [GEMINI, MAPS], androidKeyRestrictions: apps })).toEqual({
    ...{ apiTargets: [MAPS], androidKeyRestrictions: apps },
  })
  // Google takes one kind of callers alone: the other kinds give way.
  expect(closedToGemini({ apiTargets: [GEMINI], androidKeyRestrictions: apps })).toEqual({
    ...{ apiTargets: [GEMINI], serverKeyRestrictions: NOBODY },
  })
  expect(closedToGemini({})).toEqual({ serverKeyRestrictions: NOBODY })
})

test('what is no key is none; the key itself is never taken along', () => {
  expect([apiKeyOf('x'), apiKeyOf({ uid: 'a' }), apiKeyOf(null)]).toEqual([undefined, undefined, undefined])
  const name = 'projects/481516/locations/global/keys/k1'
  expect(apiKeyOf({ name, keyString: 'AIzaSyA', displayName: 'Batch' })).toEqual({
    ...{ id: 'k1', uid: '', displayName: 'Batch', etag: '', restrictions: {} },
  })
})
