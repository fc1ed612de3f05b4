/** What is kept of an input that nobody could read: an identity and a sample. */

import { type Json, JsonNumber, type JsonObject } from '../domain/json.ts'
import { contentHash } from '../domain/keys.ts'

/** An input as it came: its text as far as it could be decoded, or the object of a recording. */
export type Raw = { readonly data: string | JsonObject; readonly attributes: Readonly<Record<string, string>> }

const SAMPLE_BYTES_MAX = 4_096

/** Pub/Sub adds these on the way, differently at each delivery. */
const TRANSPORT_ATTRIBUTE = /^(?:CloudPubSubDeadLetter|googclient_)/

/** Identity for the quarantine: SHA-256 as hex, the same however often and by whatever way the input arrives. */
export const hashOf = ({ data, attributes }: Raw): string => {
  const own = Object.entries(attributes).filter(([name]) => !TRANSPORT_ATTRIBUTE.test(name))
  return contentHash({ data, attributes: Object.fromEntries(own) })
}

/** At most 4 kB for an operator's eyes: attributes on the first line, then the data; controls and direction marks replaced. */
export const sampleOf = ({ data, attributes }: Raw): string => {
  const head = Object.keys(attributes).length === 0 ? '' : `${JSON.stringify(attributes)}\n`
  const text = `${head}${typeof data === 'string' ? data : jsonText(data)}`
  return cutBytes(text.slice(0, SAMPLE_BYTES_MAX).replace(UNSAFE, '\uFFFD').toWellFormed())
}

/** Controls but tab and line feed, invisible characters, and marks that turn the direction of text. */
const UNSAFE = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

const cutBytes = (text: string): string => {
  const bytes = Buffer.from(text)
  return bytes.length <= SAMPLE_BYTES_MAX
    ? text
    : new TextDecoder().decode(bytes.subarray(0, SAMPLE_BYTES_MAX), { stream: true })
}

/** Plain JSON text, every number as it was written; nesting is bounded by the parser. */
export const jsonText = (value: Json): string => {
  if (value instanceof JsonNumber) return value.text
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([name, item]) => `${JSON.stringify(name)}:${jsonText(item)}`)
    .join(',')}}`
}
