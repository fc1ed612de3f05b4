/** Errors of the Gemini APIs, as callers hand them on: what they say about money. */

import type { Usage } from '../domain/facts.ts'
import { isObject, type Json, JsonNumber, type JsonObject } from '../domain/json.ts'
import { causeOfError, type ErrorTraits } from '../policy/causes.ts'
import { cut, type Fields } from './fields.ts'

type ApiError = NonNullable<Usage['error']>

const MESSAGE_CHARS_MAX = 500
const STATUS_CHARS_MAX = 100
const QUOTA_ID_CHARS_MAX = 200
/** A quota error lists a handful of violations. */
const QUOTA_IDS_MAX = 20
/** Details of one error, and violations among them, that are looked at. */
const DETAILS_MAX = 50
const VIOLATIONS_MAX = 500

/** String codes of the Interactions API: https://ai.google.dev/gemini-api/docs/api-errors (2026-09-20). */
const CODE_OF: ReadonlyMap<string, number> = new Map([
  ['payment_required', 402],
  ['rate_limit_exceeded', 429],
  ['quota_exceeded', 429],
  ['too_many_requests', 429],
  ['failed_precondition', 400],
  ['permission_denied', 403],
])

const DEPLETED_BEFORE = 'prepayment credits are depleted'

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
  const quotas = quotasOf(object['details'])
  return {
    code,
    status: cut(status, STATUS_CHARS_MAX),
    message: cut(message, MESSAGE_CHARS_MAX),
    cause: causeOfError({ code: paid(code, status), status, message, quotas, reasons: reasonsOf(object['details']) }),
    quotaIds: [...new Set(quotas.map(({ id }) => id).filter((id) => id !== ''))].slice(0, QUOTA_IDS_MAX),
  }
}

/** The string code of depletion outranks a number beside it. */
const paid = (code: number, status: string): number => (status.toLowerCase() === 'payment_required' ? 402 : code)

/**
 * What makes two tellings of one failed call the same: the error as it was told, and of its cause only what was known
 * before 2026-11-24, so that a redelivery of an older call is no second content.
 */
export const errorContent = (error: ApiError): unknown => {
  const { code, status, message } = error
  const isDepleted = paid(code, status) === 402 || (code === 429 && message.toLowerCase().includes(DEPLETED_BEFORE))
  return { ...error, cause: isDepleted ? 'depleted' : 'other' }
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

const numberOf = (value: Json | undefined): number | undefined => {
  const text = value instanceof JsonNumber ? value.text : textOf(value)
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined
}

const itemsOf = (value: Json | undefined): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

const quotasOf = (details: Json | undefined): ErrorTraits['quotas'] =>
  itemsOf(details)
    .slice(0, DETAILS_MAX)
    .flatMap((detail) => itemsOf(detail['violations']))
    .slice(0, VIOLATIONS_MAX)
    .map((violation) => ({
      id: cut(textOf(violation['quotaId']), QUOTA_ID_CHARS_MAX),
      metric: cut(textOf(violation['quotaMetric']), QUOTA_ID_CHARS_MAX),
      value: numberText(violation['quotaValue']),
    }))

const numberText = (value: Json | undefined): string => String(numberOf(value) ?? '')

const reasonsOf = (details: Json | undefined): readonly string[] =>
  itemsOf(details)
    .slice(0, DETAILS_MAX)
    .map((detail) => cut(textOf(detail['reason']), STATUS_CHARS_MAX))
    .filter((reason) => reason !== '')
