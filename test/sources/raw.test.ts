/** What nobody could read: its identity, its sample, and that nothing ever throws. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Decoded } from '../../functions/sources/envelope.ts'
import { parseMessage } from '../../functions/sources/index.ts'
import { BODY, DATA, PUBLISH_TIME, push, take, withBytes, withData } from './requests.ts'

describe('the quarantine', () => {
  test('an input has one identity however often it is redriven, and another with other content', () => {
    const attributes = { budgetId: 'b' }
    const first = push({ data: DATA, attributes, messageId: '1' })
    const again = push({
      data: DATA,
      messageId: '2',
      attributes: { ...attributes, CloudPubSubDeadLetterSourceDeliveryCount: '5', googclient_schemaencoding: 'JSON' },
    })
    expect(again.id).toBe(first.id)
    expect(first.id).toMatch(/^[0-9a-f]{64}$/)
    expect(push({ data: DATA, attributes: { budgetId: 'c' } }).id).not.toBe(first.id)
    expect(withData('%%%').id).not.toBe(withData('%%').id)
    expect(take('hello').id).not.toBe(take('hallo').id)
  })

  test('a sample shows attributes and data with numbers as they came', () => {
    expect(push({ data: DATA, attributes: { budgetId: 'b' } }).sample).toBe(`{"budgetId":"b"}\n${BODY}`)
    expect(withBytes(Buffer.from('{"a":1.50,}')).sample).toBe('{"a":1.50,}')
    expect(withBytes(Buffer.from('[1.50,null]')).sample).toBe('[1.50,null]')
    expect(withData('%%%').sample).toBe('%%%')
    expect(take('hello').sample).toBe('hello')
  })

  test('a sample is at most 4 kB and never ends within a character', () => {
    const sample = take('é'.repeat(100_000)).sample
    expect(sample).toBe('é'.repeat(2_048))
    expect(take(`x${'é'.repeat(100_000)}`).sample).toBe(`x${'é'.repeat(2_047)}`)
  })

  test('controls, escapes, direction marks and invisible characters of a sample are replaced', () => {
    expect(take('a\u0000\u001b[31m\r\u202eb\u200bc\td\ne').sample).toBe('a��[31m��b�c\td\ne')
  })
})

describe('whatever comes', () => {
  const isSound = (result: Decoded): boolean =>
    /^[0-9a-f]{64}$/.test(result.id) &&
    Buffer.byteLength(result.sample) <= 4_096 &&
    (result.kind === 'rejected' || typeof parseMessage(result.message).kind === 'string')

  test('no bytes throw (3,000 runs)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (body, data) => {
        expect(isSound(take(body))).toBe(true)
        expect(isSound(withBytes(data))).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })

  test('no JSON throws (3,000 runs)', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }),
        fc.jsonValue(),
        fc.jsonValue(),
        fc.string(),
        (value, attributes, publishTime, type) => {
          expect(isSound(take(JSON.stringify(value), { 'content-type': type }))).toBe(true)
          expect(isSound(push({ data: value, attributes, publishTime }))).toBe(true)
          expect(isSound(push({ json: value, attributes: {}, publishTime }))).toBe(true)
          expect(isSound(push({ data: Buffer.from(JSON.stringify(value)).toString('base64'), publishTime }))).toBe(true)
          expect(isSound(take(JSON.stringify({ specversion: '1.0', data: value, data_base64: publishTime })))).toBe(
            true,
          )
        },
      ),
      { numRuns: 3_000 },
    )
  })

  test('cut or damaged envelopes never throw (2,000 runs)', () => {
    const whole = Buffer.from(
      JSON.stringify({ message: { data: DATA, attributes: { budgetId: 'b' }, publishTime: PUBLISH_TIME } }),
    )
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), (at, byte, isCut) => {
        const damaged = isCut ? whole.subarray(0, at) : Buffer.from(whole)
        if (!isCut) damaged[at] = byte
        expect(isSound(take(damaged))).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})
