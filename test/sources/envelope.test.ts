/** Every wrapping Pub/Sub and Eventarc use, and everything that is none. */

import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsonNumber, type JsonObject, parseJson } from '../../functions/domain/json.ts'
import { type Decoded, type DecodeOptions, decodeEnvelope, decodeMessage } from '../../functions/sources/envelope.ts'
import { parseMessage } from '../../functions/sources/index.ts'

/** 2026-11-23T10:00:05Z. */
const RECEIVED = 1_795_428_005_000
const PUBLISH_TIME = '2026-11-23T10:00:00.123456789Z'
const SOURCE = { ms: 1_795_428_000_123, subNanos: 456_789 }
const BODY = '{"costAmount":140.321,"name":"é"}'
const DATA = Buffer.from(BODY).toString('base64')
const SUBSCRIPTION = 'projects/p/subscriptions/s'

const take = (body: string | Uint8Array, headers: Record<string, string> = {}, options?: DecodeOptions): Decoded =>
  decodeEnvelope(
    { headers, body: typeof body === 'string' ? Buffer.from(body) : body },
    'billing-notifications',
    RECEIVED,
    options,
  )

const push = (message: unknown, options?: DecodeOptions): Decoded =>
  take(JSON.stringify({ message, subscription: SUBSCRIPTION }), {}, options)

const withData = (data: unknown): Decoded => push({ data, publishTime: PUBLISH_TIME })
const withBytes = (bytes: Uint8Array): Decoded => withData(Buffer.from(bytes).toString('base64'))
const reasonOf = (result: Decoded): string => (result.kind === 'rejected' ? result.reason : result.kind)

const GOOD = {
  kind: 'message',
  message: {
    topic: 'billing-notifications',
    attributes: { budgetId: 'b' },
    body: { costAmount: new JsonNumber('140.321'), name: 'é' },
    source: SOURCE,
    timed: true,
  },
}

describe('wrappings', () => {
  const message = { data: DATA, attributes: { budgetId: 'b' }, messageId: '1', publishTime: PUBLISH_TIME }
  const envelope = { message, subscription: SUBSCRIPTION }
  const event = {
    specversion: '1.0',
    id: '1',
    source: '//pubsub',
    type: 'google.cloud.pubsub.topic.v1.messagePublished',
  }

  test.each([
    ['the raw push envelope', envelope, {}],
    [
      'its other spelling',
      { message: { data: DATA, attributes: { budgetId: 'b' }, message_id: '1', publish_time: PUBLISH_TIME } },
      {},
    ],
    ['both spellings at once', { message: { ...message, message_id: '2', publish_time: PUBLISH_TIME } }, {}],
    [
      'a binary CloudEvent',
      envelope,
      { 'ce-specversion': '1.0', 'ce-type': event.type, 'ce-id': '1', 'content-type': 'application/json' },
    ],
    [
      'a structured CloudEvent',
      { ...event, data: envelope },
      { 'content-type': 'application/cloudevents+json; charset=utf-8' },
    ],
    [
      'a structured CloudEvent with another content type',
      { ...event, data: envelope },
      { 'content-type': 'application/json' },
    ],
    [
      'a structured CloudEvent in base64',
      { ...event, data_base64: Buffer.from(JSON.stringify(envelope)).toString('base64') },
      {},
    ],
    ['odd delivery attempts', { ...envelope, deliveryAttempt: -1 }, {}],
    ['no message id', { message: { ...message, messageId: undefined } }, {}],
  ])('%s is taken', (_, body, headers) => {
    expect(take(JSON.stringify(body), headers)).toMatchObject(GOOD)
  })

  test.each([
    ['an empty body', ''],
    ['a body that is no JSON', 'hello'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '123'],
    ['a text', '"x"'],
    ['no message', '{}'],
    ['a message that is a text', '{"message":"x"}'],
    ['a message that is a list', '{"message":[]}'],
    ['a message without its wrapping', BODY],
    ['a structured event without data', '{"specversion":"1.0"}'],
    ['a structured event with data that is a text', '{"specversion":"1.0","data":"x"}'],
    ['a structured event with odd base64', '{"specversion":"1.0","data_base64":"%%%"}'],
    ['a compressed body', gzipSync('{}')],
    ['a body that is no UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
  ])('%s is ENVELOPE', (_, body) => {
    expect(reasonOf(take(body))).toBe('ENVELOPE')
  })

  test('an envelope under the structured content type must be a CloudEvent', () => {
    expect(reasonOf(take(JSON.stringify(envelope), { 'content-type': 'application/cloudevents+json' }))).toBe(
      'ENVELOPE',
    )
  })

  test.each([
    ['nesting 200,000 deep', `${'['.repeat(200_000)}${']'.repeat(200_000)}`, 'DEPTH'],
    ['a repeated key', '{"message":{},"message":{}}', 'DUP_KEY'],
    [
      'ten thousand fields',
      JSON.stringify(Object.fromEntries([...Array(10_000).keys()].map((n) => [`f${n}`, 1]))),
      'SIZE',
    ],
  ])('%s keeps its own reason', (_, body, reason) => {
    expect(reasonOf(take(body))).toBe(reason)
  })
})

describe('data', () => {
  test.each([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
  ])('%s is NO_DATA', (_, data) => {
    expect(reasonOf(withData(data))).toBe('NO_DATA')
  })

  test.each([
    ['percent signs', '%%%'],
    ['trailing garbage', `${DATA}!`],
    ['a trailing space', `${DATA} `],
    ['a leading line feed', `\n${DATA}`],
    ['a line feed within', `${DATA.slice(0, 8)}\n${DATA.slice(8)}`],
    ['too much padding', `${DATA.replace(/=+$/, '')}====`],
    ['padding alone', '===='],
    ['half the padding', 'e3t9fQ='],
    ['both alphabets in one', 'eyJhIjoiPz8/-_In0='],
    ['bits left over', 'e31='],
    ['one character', 'e'],
    ['a number', 5],
    ['an object', { a: 1 }],
  ])('%s is BASE64', (_, data) => {
    expect(reasonOf(withData(data))).toBe('BASE64')
  })

  test.each([
    ['standard and padded', '{"a":"??>~"}', 'base64', true],
    ['standard and bare', '{"a":"??>~"}', 'base64', false],
    ['url-safe and bare', '{"a":"??>~"}', 'base64url', false],
    ['url-safe and padded', '{"a":"??>~"}', 'base64url', true],
  ] as const)('%s base64 is taken', (_, text, alphabet, isPadded) => {
    const bare = Buffer.from(text).toString(alphabet).replace(/=+$/, '')
    const data = isPadded ? bare.padEnd(Math.ceil(bare.length / 4) * 4, '=') : bare
    expect(withData(data)).toMatchObject({ kind: 'message', message: { body: { a: '??>~' } } })
  })

  test.each([
    ['a lone continuation byte', Uint8Array.of(0x22, 0x80, 0x22), 'UTF8'],
    ['an overlong slash', Uint8Array.of(0x22, 0xc0, 0xaf, 0x22), 'UTF8'],
    ['a surrogate in UTF-8', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), 'UTF8'],
    ['UTF-16 with its mark', Buffer.from('\ufeff{}', 'utf16le'), 'UTF8'],
    ['gzip', gzipSync(BODY), 'JSON'],
    ['two byte order marks', Buffer.from(`\ufeff\ufeff${BODY}`), 'JSON'],
    ['a trailing comma', Buffer.from('{"a":1,}'), 'JSON'],
    ['NaN', Buffer.from('{"a":NaN}'), 'JSON'],
    ['Infinity', Buffer.from('{"a":-Infinity}'), 'JSON'],
    ['a comment', Buffer.from('{/*x*/"a":1}'), 'JSON'],
    ['33 levels', Buffer.from(`{"a":${'['.repeat(32)}${']'.repeat(32)}}`), 'DEPTH'],
    ['a repeated amount', Buffer.from('{"costAmount":1,"costAmount":2}'), 'DUP_KEY'],
    ['a repeat in disguise', Buffer.from('{"costAmount":1,"cost\\u0041mount":2}'), 'DUP_KEY'],
    ['a list', Buffer.from('[]'), 'TYPE'],
    ['null', Buffer.from('null'), 'TYPE'],
    ['a number', Buffer.from('1.50'), 'TYPE'],
  ])('%s is refused', (_, bytes, reason) => {
    expect(reasonOf(withBytes(bytes))).toBe(reason)
  })

  test('one byte order mark is dropped', () => {
    expect(withBytes(Buffer.from(`\ufeff${BODY}`))).toMatchObject({
      kind: 'message',
      message: { body: GOOD.message.body },
    })
  })

  test('keys that reach a prototype are dropped and change nothing', () => {
    const result = withBytes(Buffer.from('{"__proto__":{"isAdmin":true},"constructor":1,"a":"b"}'))
    expect(result.kind === 'message' && Object.entries(result.message.body)).toEqual([['a', 'b']])
    expect(({} as { isAdmin?: boolean }).isAdmin).toBe(undefined)
  })
})

describe('attributes', () => {
  test.each([[null], [undefined]])('%s attributes are none', (attributes) => {
    expect(push({ data: DATA, attributes })).toMatchObject({ kind: 'message', message: { attributes: {} } })
  })

  test.each([[[]], ['x'], [{ a: 1 }], [{ a: null }], [{ a: {} }]])('%j are ATTR', (attributes) => {
    expect(reasonOf(push({ data: DATA, attributes }))).toBe('ATTR')
  })
})

describe('source time', () => {
  const REDRIVEN = { CloudPubSubDeadLetterSourceTopicPublishTime: '2026-11-22T00:00:00Z' }
  const FIRST = { ms: 1_795_305_600_000, subNanos: 0 }
  const RECEIPT = { ms: RECEIVED, subNanos: 0 }

  test.each([
    ['the publish time', { publishTime: PUBLISH_TIME }, SOURCE, true],
    ['the first publish time of a dead letter', { publishTime: PUBLISH_TIME, attributes: REDRIVEN }, FIRST, true],
    [
      'the publish time beside an odd attribute',
      { publishTime: PUBLISH_TIME, attributes: { CloudPubSubDeadLetterSourceTopicPublishTime: 'x' } },
      SOURCE,
      true,
    ],
    ['the other spelling beside an odd first', { publishTime: '', publish_time: PUBLISH_TIME }, SOURCE, true],
    ['receipt, where there is none', {}, RECEIPT, false],
    ['receipt, where it has no zone', { publishTime: '2026-11-23T10:00:00' }, RECEIPT, false],
    ['receipt, where it is a number', { publishTime: 1_795_428_000 }, RECEIPT, false],
    ['a time long past', { publishTime: '2025-01-01T00:00:00Z' }, { ms: 1_735_689_600_000, subNanos: 0 }, true],
  ])('is %s', (_, rest, source, timed) => {
    expect(push({ data: DATA, ...rest })).toMatchObject({ kind: 'message', message: { source, timed } })
  })

  test.each([
    ['2026-11-24T10:00:05.000Z', 'message'],
    ['2026-11-24T10:00:05.001Z', 'CLOCK'],
    ['2027-11-23T10:00:00Z', 'CLOCK'],
  ])('live, a publish time of %s is %s', (publishTime, outcome) => {
    expect(reasonOf(push({ data: DATA, publishTime }, { live: true }))).toBe(outcome)
    expect(reasonOf(push({ data: DATA, publishTime }))).toBe('message')
  })

  test('live, a first publish time in the future is no better', () => {
    const attributes = { CloudPubSubDeadLetterSourceTopicPublishTime: '2027-11-23T10:00:00Z' }
    expect(reasonOf(push({ data: DATA, attributes, publishTime: PUBLISH_TIME }, { live: true }))).toBe('CLOCK')
  })
})

describe('recordings', () => {
  const object = (text: string): JsonObject => {
    const parsed = parseJson(text)
    if (!parsed.ok) throw new Error(parsed.reason)
    return parsed.value as JsonObject
  }
  const decode = (text: string): Decoded => decodeMessage(object(text), 'billing-notifications', RECEIVED)

  test('a body as json means what it means as data, to the last digit and down to its identity', () => {
    const body = '{"costAmount":0.10000000000000000001}'
    const asJson = decode(`{"json":${body},"publishTime":"${PUBLISH_TIME}"}`)
    const asData = decode(`{"data":"${Buffer.from(body).toString('base64')}","publishTime":"${PUBLISH_TIME}"}`)
    expect(asJson).toMatchObject({
      kind: 'message',
      message: { body: { costAmount: new JsonNumber('0.10000000000000000001') } },
    })
    expect(asJson.kind === 'message' && asData.kind === 'message' && asJson.message).toEqual(
      asData.kind === 'message' && asData.message,
    )
    expect(asJson.id).toBe(asData.id)
  })

  test.each(['[]', '"x"', '1', 'true'])('json of %s is TYPE', (json) => {
    expect(reasonOf(decode(`{"json":${json}}`))).toBe('TYPE')
  })

  test('a null json falls back on data', () => {
    expect(decode(`{"json":null,"data":"${DATA}"}`).kind).toBe('message')
    expect(reasonOf(decode('{"json":null}'))).toBe('NO_DATA')
  })
})

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
