/** Firestore's values and documents: what goes in is range-checked, what comes out is what went in. */

import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { firestore_v1 } from '@googleapis/firestore'
import { decode, encode } from '../domain/json.ts'
import type { Instant } from '../domain/time.ts'

export type Value = firestore_v1.Schema$Value
export type Fields = Readonly<Record<string, Value>>
export type Write = firestore_v1.Schema$Write

/** A document as read; `updateTime` is the precondition for changing exactly what was read. */
export type Document = { readonly name: string; readonly fields: Fields; readonly updateTime: string }

/** Above this many characters a text is compressed: the limit of a document is near, and bytes cost more than time. */
const PLAIN_MAX = 200_000

/** A text as it is, or packed where it is long or holds a lone surrogate, which no Firestore string can. */
export const ofText = (text: string): Value =>
  text.length <= PLAIN_MAX && text.isWellFormed()
    ? { stringValue: text }
    : { bytesValue: deflateRawSync(encode(text), { level: 1 }).toString('base64') }

/** An integer; throws for one that would not come back as it is, naming the field: Firestore itself wraps without a word. */
export const ofInteger = (field: string, value: number): Value => {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${field}: ${value} is no integer Firestore keeps exactly.`)
  return { integerValue: String(value) }
}

/** An instant or another double; throws for NaN and infinities, naming the field: Firestore would keep them. */
export const ofNumber = (field: string, value: number): Value => {
  if (!Number.isFinite(value)) throw new RangeError(`${field}: ${value} is no finite number.`)
  return { doubleValue: value }
}

/** Firestore's times reach from year 1 to 9999: https://docs.cloud.google.com/firestore/docs/reference/rest/Shared.Types/ArrayValue */
const TIME_MIN = -62_135_596_800_000
const TIME_MAX = 253_402_300_799_999

/** A time for Firestore's own use (TTL), cut to the whole millisecond and to the years Firestore knows. */
export const ofTime = (at: Instant): Value => ({
  timestampValue: new Date(Math.min(TIME_MAX, Math.max(TIME_MIN, Math.floor(at)))).toISOString(),
})

const lacking = (document: Document, field: string): never => {
  throw new Error(`${document.name.split('/documents/')[1]}: the field ${field} is missing or of another type.`)
}

/** The text of a field `ofText` wrote. Throws where it is missing: somebody else wrote the document. */
export const textOf = (document: Document, field: string): string => {
  const value = document.fields[field]
  if (typeof value?.stringValue === 'string') return value.stringValue
  if (typeof value?.bytesValue !== 'string') return lacking(document, field)
  return decode<string>(inflateRawSync(Buffer.from(value.bytesValue, 'base64')).toString())
}

/** The number of a field, integer or double. Throws where it is missing. */
export const numberOf = (document: Document, field: string): number => {
  const value = document.fields[field]
  if (typeof value?.doubleValue === 'number') return value.doubleValue
  return typeof value?.integerValue === 'string' ? Number(value.integerValue) : lacking(document, field)
}

export const has = (document: Document, field: string): boolean => document.fields[field] !== undefined

/** Below Firestore's 1 MiB, and room for the index entries it keeps: https://docs.cloud.google.com/firestore/quotas */
const DOCUMENT_MAX = 1_000_000

/** The parts of the documented size that can grow: names and texts. */
const sizeOf = (name: string, fields: Fields): number =>
  Object.entries(fields).reduce(
    (sum, [field, { stringValue, bytesValue }]) =>
      sum + field.length + Buffer.byteLength(stringValue ?? '') + Math.ceil(((bytesValue ?? '').length * 3) / 4) + 16,
    name.length + 48,
  )

/** Writes the document whole, or only the fields of `mask`; throws for one that is too large, naming it and its size. */
export const write = (
  name: string,
  fields: Fields,
  currentDocument?: firestore_v1.Schema$Precondition,
  mask?: readonly string[],
): Write => {
  const size = sizeOf(name, fields)
  if (size > DOCUMENT_MAX) {
    const path = name.split('/documents/')[1]
    throw new RangeError(`${path}: the document would have ${size} bytes, and Firestore takes ${DOCUMENT_MAX}.`)
  }
  return {
    update: { name, fields },
    ...(currentDocument && { currentDocument }),
    ...(mask && { updateMask: { fieldPaths: [...mask] } }),
  }
}

/** https://docs.cloud.google.com/firestore/quotas#collections_documents_and_fields */
const ID_BYTES_MAX = 1_500

/** Whether Firestore takes this as the id of a document. */
export const isDocumentId = (id: string): boolean =>
  id.length > 0 &&
  Buffer.byteLength(id) <= ID_BYTES_MAX &&
  id.isWellFormed() &&
  !id.includes('/') &&
  !/^(\.\.?|__.*__)$/s.test(id)
