/** Every wrapping Pub/Sub and Eventarc use, and everything that is none. */

import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { JsonNumber, type JsonObject, parseJson } from '../../functions/domain/json.ts'
import { type Decoded, decodeMessage } from '../../functions/sources/envelope.ts'
import { BODY, DATA, PUBLISH_TIME, push, RECEIVED, reasonOf, SOURCE, SUBSCRIPTION, take } from './requests.ts'

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
