/** Cost anomaly notification 1.0 of Cloud Billing (Preview): spend above what Google expected of a project. */

import type { Anomaly } from '../domain/facts.ts'
import { isObject, type Json, type JsonObject } from '../domain/json.ts'
import { parseAccountId } from '../domain/keys.ts'
import { inRange, type Nanos } from '../domain/money.ts'
import { cut, type Fault, Fields, rejected, sourcePart } from './fields.ts'
import { readAmount } from './money.ts'
import type { Parsed, RawMessage, Source } from './source.ts'

const WORDS_CHARS_MAX = 100
/** More causes make a list nobody reads. */
const CAUSES_MAX = 5

/**
 * Reads anomaly notifications. The vendor's page contradicts itself, so both spellings of a name are taken, an amount as
 * Money or as a bare number, and a cause that cannot be read is left out. Money in the account's currency, to the nano.
 * A message about one anomaly that comes later replaces the earlier one.
 * https://docs.cloud.google.com/billing/docs/how-to/notify (2026-04-08)
 */
export const anomaly: Source = {
  name: 'anomaly',
  topic: 'billing-notifications',
  recognises: ({ attributes, body }) =>
    attributes['drawdown'] === undefined &&
    attributes['budgetId'] === undefined &&
    ((attributes['SchemaVersion'] !== undefined && attributes['scope'] !== undefined) ||
      body['anomalyName'] !== undefined ||
      body['anomaly_name'] !== undefined),
  parse: (message) => {
    const { SchemaVersion, schemaVersion } = message.attributes
    const read = new Fields(message.body)
    const owner = ownerOf(message, read)
    if (typeof owner !== 'string') return rejected(owner)
    if ((SchemaVersion ?? schemaVersion) !== '1.0')
      return rejected({ reason: 'SCHEMA', detail: 'SchemaVersion: must be 1.0' }, owner)
    return readAnomaly(message, read, owner)
  },
}

/** The account by attribute or body; two that differ are a broken message. */
const ownerOf = ({ attributes }: RawMessage, read: Fields): string | Fault => {
  const name = nameOf(read, 'billingAccountName')
  const inBody = read.get(name)
  const stated = [attributes['billingAccountName'], typeof inBody === 'string' ? inBody : undefined]
  const ids = new Set(stated.filter((text) => text !== undefined).map((text) => parseAccountId(text)))
  const [id] = ids
  if (id !== undefined && ids.size === 1) return id
  return { reason: 'ATTR', detail: 'billingAccountName: missing, malformed, or two that differ' }
}

const readAnomaly = (message: RawMessage, read: Fields, accountId: string): Parsed => {
  const currencies = new Set<string>()
  const amount = (camel: string): Nanos => readAmount(read, nameOf(read, camel), currencies)
  const optional = (camel: string): Nanos | undefined => (read.has(nameOf(read, camel)) ? amount(camel) : undefined)
  const anomalyId = read.text(nameOf(read, 'anomalyName'))
  const detectedAt = read.time(nameOf(read, 'detectionDate'))
  const actual = amount('actualSpendAmount')
  const expected = optional('expectedSpendAmount')
  const deviation = optional('deviationAmount') ?? (expected === undefined ? undefined : actual - expected)
  const where = whereOf(message, read)
  const body: Anomaly = {
    kind: 'anomaly',
    anomalyId,
    detectedAt,
    actual,
    ...(expected !== undefined && { expected }),
    ...(deviation !== undefined && { deviation }),
    ...(where !== undefined && { where }),
    causes: causesOf(read.get(nameOf(read, 'rootCauses'))),
  }
  const [currencyCode, other] = currencies
  if (deviation !== undefined && !inRange(deviation)) read.fail('deviationAmount', 'RANGE', 'is out of range')
  if (other !== undefined) read.fail('currencyCode', 'CURRENCY', 'two currencies in one message')
  if (read.fault) return rejected(read.fault, accountId)
  const currency = currencyCode !== undefined && { currencyCode }
  const keyParts = [anomalyId, sourcePart(message, body)]
  return { kind: 'claims', claims: [{ accountId, ...currency, keyParts, body }] }
}

/** The display name, else the resource; a message about the whole account has neither or names the account itself. */
const whereOf = ({ attributes }: RawMessage, read: Fields): string | undefined => {
  const textOf = (name: string): string => {
    const value = read.get(nameOf(read, name)) ?? attributes[name]
    return typeof value === 'string' ? value : ''
  }
  const resource = textOf('resourceName')
  if (resource.startsWith('billingAccounts/')) return undefined
  const where = textOf('resourceDisplayName') || resource.replace(/^projects\//, '')
  return where === '' ? undefined : cut(where, WORDS_CHARS_MAX)
}

/** Top-level causes by name; a single one may stand without its list. */
const causesOf = (value: Json | undefined): readonly string[] => {
  const causes: readonly Json[] = Array.isArray(value) ? value : value === undefined ? [] : [value]
  const names = causes.filter(isObject).map((cause) => causeName(cause))
  return [...new Set(names.filter((name) => name !== ''))].slice(0, CAUSES_MAX)
}

const causeName = (cause: JsonObject): string => {
  const name = cause['display_name'] ?? cause['displayName'] ?? cause['resource']
  return typeof name === 'string' ? cut(name, WORDS_CHARS_MAX) : ''
}

/** The spelling that is there; the documented one where neither is. */
const nameOf = (read: Fields, camel: string): string => {
  const snake = camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return !read.has(camel) && read.has(snake) ? snake : camel
}
