/** Amounts as Google's APIs write them: Money with units and nanos, or a bare number. */

import { isObject, type Json, JsonNumber, type JsonObject } from '../domain/json.ts'
import { inRange, isCurrency, type Nanos, UNIT } from '../domain/money.ts'
import type { Fields } from './fields.ts'

/**
 * Reads an amount in nanos, exact; the currency it states, if any, is added to `currencies`. An absent part of Money is
 * 0, as JSON of protocol buffers leaves zeros out. MONEY for parts that contradict each other, RANGE beyond 64 bits.
 * https://github.com/googleapis/googleapis/blob/master/google/type/money.proto
 */
export const readAmount = (read: Fields, name: string, currencies: Set<string>): Nanos => {
  const value = read.get(name)
  if (!isObject(value)) return read.number(name)
  const currency = value['currencyCode'] ?? value['currency_code']
  if (typeof currency === 'string' && isCurrency(currency)) currencies.add(currency)
  else if (currency !== undefined) read.fail(`${name}.currencyCode`, 'CURRENCY', 'must be an ISO 4217 code in capitals')
  return moneyOf(read, name, value)
}

const moneyOf = (read: Fields, name: string, money: JsonObject): Nanos => {
  const units = wholeOf(money['units'])
  const nanos = wholeOf(money['nanos'])
  const isWhole = units !== undefined && nanos !== undefined && nanos > -UNIT && nanos < UNIT
  if (!isWhole || (units > 0n && nanos < 0n) || (units < 0n && nanos > 0n)) {
    read.fail(name, 'MONEY', 'must be whole units, and nanos of the same sign below one unit')
    return 0n
  }
  const amount = units * UNIT + nanos
  if (!inRange(amount)) read.fail(name, 'RANGE', 'is out of range')
  return amount
}

/** 64-bit integers are texts in JSON, smaller ones numbers; both are taken for either. */
const wholeOf = (value: Json | undefined): bigint | undefined => {
  const text = value instanceof JsonNumber ? value.text : value
  if (text === undefined || text === null) return 0n
  return typeof text === 'string' && /^-?\d{1,30}$/.test(text) ? BigInt(text) : undefined
}
