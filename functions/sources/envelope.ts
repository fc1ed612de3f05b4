/** Pub/Sub's wrappings, off: CloudEvent (binary, structured) or push envelope → one decoded message. */

import { isAscii } from 'node:buffer'
import type { ReasonCode } from '../domain/errors.ts'
import { isObject, type Json, type JsonObject, parseJson } from '../domain/json.ts'
import { DAY_MS, type Instant, parseSourceTime, type SourceTime } from '../domain/time.ts'
import { hashOf, jsonText, type Raw, sampleOf } from './raw.ts'
import type { RawMessage } from './source.ts'

/** `id` and `sample` serve the quarantine and are worked out only when read. */
export type Decoded = { readonly id: string; readonly sample: string; readonly raw: Raw } & (
  | { readonly kind: 'message'; readonly message: RawMessage }
  | { readonly kind: 'rejected'; readonly reason: ReasonCode; readonly detail: string }
)

/** `live`: publish times more than a day ahead of the clock are refused, because they would outrank every later fact. */
export type DecodeOptions = { readonly live?: boolean }

/**
 * Decodes an HTTP request body: CloudEvents 1.0 in binary mode (`ce-*` headers) or structured mode (recognised by its
 * content type or by `specversion`), or the raw push envelope. Times are UTC; without a publish time the source time is
 * `receivedAt` and `timed` is false. Never throws; the limit on the body's size is the caller's.
 * https://docs.cloud.google.com/pubsub/docs/push and https://github.com/cloudevents/spec (http-protocol-binding)
 */
export const decodeEnvelope = (
  request: { readonly headers: Readonly<Record<string, string | undefined>>; readonly body: Uint8Array },
  topic: RawMessage['topic'],
  receivedAt: Instant,
  options: DecodeOptions = {},
): Decoded => {
  const body = parseBytes(request.body)
  const envelope = body.ok ? unwrap(body.value, request.headers['content-type'] ?? '') : undefined
  const message = isObject(envelope) ? envelope['message'] : undefined
  if (isObject(message)) return decodeMessage(message, topic, receivedAt, options)
  const raw: Raw = { data: Buffer.from(request.body).toString('utf8'), attributes: {} }
  if (body.ok) return rejectedInput('ENVELOPE', 'message: missing or no object', raw)
  const isNoJson = body.reason === 'UTF8' || body.reason === 'JSON'
  return rejectedInput(isNoJson ? 'ENVELOPE' : body.reason, 'body: no acceptable JSON', raw)
}

/**
 * Decodes the inner Pub/Sub message alone: `data` in base64, or in a recording `json`, the same already parsed.
 * Both spellings of the field names are taken. Never throws.
 * https://docs.cloud.google.com/pubsub/docs/reference/rest/v1/PubsubMessage
 */
export const decodeMessage = (
  message: JsonObject,
  topic: RawMessage['topic'],
  receivedAt: Instant,
  options: DecodeOptions = {},
): Decoded => {
  const attributes = readAttributes(message['attributes'])
  const payload = readPayload(message)
  const raw: Raw = { data: payload.shown, attributes: attributes ?? {} }
  if (!attributes) return rejectedInput('ATTR', 'attributes: must be an object of texts', raw)
  if (!payload.ok) return rejectedInput(payload.reason, payload.detail, raw)
  const published = publishTime(message, attributes)
  const source = published ?? { ms: receivedAt, subNanos: 0 }
  if (options.live && source.ms > receivedAt + DAY_MS)
    return rejectedInput('CLOCK', 'publishTime: more than a day ahead of the clock', raw)
  return arrived({ topic, attributes, body: payload.body, source, timed: published !== undefined }, raw)
}

/** An input that could not be decoded, ready for the quarantine. */
export const rejectedInput = (reason: ReasonCode, detail: string, raw: Raw): Decoded => ({
  kind: 'rejected',
  reason,
  detail,
  raw,
  id: hashOf(raw),
  sample: sampleOf(raw),
})

const arrived = (message: RawMessage, raw: Raw): Decoded => ({
  kind: 'message',
  message,
  raw,
  get id() {
    return hashOf(raw)
  },
  get sample() {
    return sampleOf(raw)
  },
})

type Read =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly reason: ReasonCode; readonly detail: string }

/** A structured CloudEvent carries the envelope in `data`; anything else is the envelope. */
const unwrap = (body: Json, contentType: string): Json => {
  if (!isObject(body)) return null
  const isStructured = 'specversion' in body || /^application\/cloudevents\+json\b/i.test(contentType.trim())
  if (!isStructured) return body
  const encoded = body['data_base64']
  if (typeof encoded !== 'string') return body['data'] ?? null
  const bytes = decodeBase64(encoded)
  const inner = bytes && parseBytes(bytes)
  return inner?.ok ? inner.value : null
}

const readAttributes = (value: Json | undefined): Readonly<Record<string, string>> | undefined => {
  if (value === undefined || value === null) return {}
  const isTexts = isObject(value) && Object.values(value).every((item) => typeof item === 'string')
  return isTexts ? (value as Readonly<Record<string, string>>) : undefined
}

type Payload = { readonly shown: Raw['data'] } & (
  | { readonly ok: true; readonly body: JsonObject }
  | { readonly ok: false; readonly reason: ReasonCode; readonly detail: string }
)

const readPayload = ({ json, data }: JsonObject): Payload => {
  if (json !== undefined && json !== null) return asBody(json)
  if (data === undefined || data === null || data === '') return unreadable('NO_DATA', 'data: missing or empty', '')
  const bytes = typeof data === 'string' ? decodeBase64(data) : undefined
  if (!bytes) return unreadable('BASE64', 'data: no strict base64', typeof data === 'string' ? data : jsonText(data))
  const read = parseBytes(bytes)
  return read.ok ? asBody(read.value) : unreadable(read.reason, read.detail, bytes.toString('utf8'))
}

const asBody = (value: Json): Payload =>
  isObject(value)
    ? { ok: true, body: value, shown: value }
    : unreadable('TYPE', 'data: must be a JSON object', jsonText(value))

const unreadable = (reason: ReasonCode, detail: string, shown: string): Payload => ({
  ok: false,
  reason,
  detail,
  shown,
})

/** Node decodes anything; only what encodes back to the same text was base64. Padding may be left off. */
const decodeBase64 = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64')
  const bare = bytes.toString(/[-_]/.test(text) ? 'base64url' : 'base64').replace(/=+$/, '')
  return text === bare || text === bare.padEnd(Math.ceil(bare.length / 4) * 4, '=') ? bytes : undefined
}

/** Drops one leading byte order mark, as the standard has it; plain ASCII needs no decoder, and nearly everything is. */
const utf8 = new TextDecoder('utf-8', { fatal: true })

const parseBytes = (bytes: Uint8Array): Read => {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return { ok: false, reason: 'JSON', detail: 'data: compressed, not JSON' }
  const text = decodeUtf8(bytes)
  if (text === undefined) return { ok: false, reason: 'UTF8', detail: 'data: invalid UTF-8' }
  const parsed = parseJson(text)
  return parsed.ok ? parsed : { ...parsed, detail: 'data: no acceptable JSON' }
}

const decodeUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return isAscii(bytes)
      ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
      : utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** A dead-lettered message keeps the time of its first publication in an attribute, and that one counts. */
const publishTime = (message: JsonObject, attributes: Readonly<Record<string, string>>): SourceTime | undefined =>
  timeOf(attributes['CloudPubSubDeadLetterSourceTopicPublishTime']) ??
  timeOf(message['publishTime']) ??
  timeOf(message['publish_time'])

const timeOf = (text: Json | undefined): SourceTime | undefined =>
  typeof text === 'string' ? parseSourceTime(text) : undefined
