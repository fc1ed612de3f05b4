/** Errors of the Gemini APIs, as callers hand them on: what they say about money. */

import type { ErrorCause, Usage } from '../domain/facts.ts'
import { isObject, type Json, JsonNumber, type JsonObject } from '../domain/json.ts'
import { cut, type Fields } from './fields.ts'

type ApiError = NonNullable<Usage['error']>

const MESSAGE_CHARS_MAX = 500
const STATUS_CHARS_MAX = 100
const QUOTA_ID_CHARS_MAX = 200
/** A quota error lists a handful of violations. */
const QUOTA_IDS_MAX = 20

/** String codes of the Interactions API: https://ai.google.dev/gemini-api/docs/api-errors (2026-09-20). */
const CODE_OF: ReadonlyMap<string, number> = new Map([
  ['payment_required', 402],
  ['rate_limit_exceeded', 429],
  ['quota_exceeded', 429],
  ['too_many_requests', 429],
  ['failed_precondition', 400],
  ['permission_denied', 403],
])

const DEPLETED = 'prepayment credits are depleted'

/**
 * Reads the field `error`: `{"error":{…}}` as the API returns it, a list of one as streams do, or the inner object.
 * TYPE if it is nothing of the kind; `code` is 0 where none is stated. Texts are cut, otherwise kept.
 */
export const readApiError = (read: Fields): ApiError => {
  const value = read.get('error')
  const outer = Array.isArray(value) ? value[0] : value
  const inner = isObject(outer) && isObject(outer['error']) ? outer['error'] : outer
  if (isObject(inner)) return toError(inner)
  read.fail('error', 'TYPE', 'must be an error object as the API returns it')
  return toError({})
}

const toError = (object: JsonObject): ApiError => {
  const word = textOf(object['code']).toLowerCase()
  const status = textOf(object['status']) || word
  const stated = numberOf(object['code']) ?? numberOf(object['status'])
  const code = stated ?? CODE_OF.get(word) ?? CODE_OF.get(status.toLowerCase()) ?? 0
  const message = textOf(object['message'])
  return {
    code,
    status: cut(status, STATUS_CHARS_MAX),
    message: cut(message, MESSAGE_CHARS_MAX),
    cause: causeOf(code, status, message),
    quotaIds: quotaIdsOf(object['details']),
  }
}

/** The status is RESOURCE_EXHAUSTED for depletion and for rate limits alike: the code decides, then the words. */
const causeOf = (code: number, status: string, message: string): ErrorCause => {
  if (code === 402 || status.toLowerCase() === 'payment_required') return 'depleted'
  return code === 429 && message.toLowerCase().includes(DEPLETED) ? 'depleted' : 'other'
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

const numberOf = (value: Json | undefined): number | undefined => {
  const text = value instanceof JsonNumber ? value.text : textOf(value)
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined
}

const itemsOf = (value: Json | undefined): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

const quotaIdsOf = (details: Json | undefined): readonly string[] => {
  const violations = itemsOf(details).flatMap((detail) => itemsOf(detail['violations']))
  const ids = violations.map((violation) => cut(textOf(violation['quotaId']), QUOTA_ID_CHARS_MAX))
  return [...new Set(ids.filter((id) => id !== ''))].slice(0, QUOTA_IDS_MAX)
}
