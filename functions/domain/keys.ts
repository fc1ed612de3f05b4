/** Four identities that must never be mixed; each is its own branded type. */

import { hash } from 'node:crypto'
import { canonical } from './json.ts'

type Brand<Name extends string> = string & { readonly __brand: Name }

/** A Cloud Billing account id, e.g. `01D4EE-079462-DFD6EC`. */
export type AccountId = Brand<'AccountId'>
/** Identity of a fact: what it is about, never the message that carried it. */
export type FactKey = Brand<'FactKey'>
/** Identity of an alert episode: account, rule, scope, level and when it opened. */
export type AlertKey = Brand<'AlertKey'>
/** Identity of one delivery: alert, step of the episode, channel and recipient; constant over attempts. */
export type DeliveryId = Brand<'DeliveryId'>

const ACCOUNT = /^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$/

/** Reads a billing account id, with or without the `billingAccounts/` prefix; `undefined` for anything else. */
export const parseAccountId = (text: string): AccountId | undefined => {
  const id = text.replace(/^billingAccounts\//, '')
  return ACCOUNT.test(id) ? (id as AccountId) : undefined
}

/** Holds what belongs to no listed account: its quarantine and the alerts about it. */
export const UNASSIGNED = 'unassigned' as AccountId

/** SHA-256 of the canonical JSON of a value, as hex. */
export const contentHash = (value: unknown): string => hash('sha256', canonical(value))

/** Joins the parts that make a fact what it is; parts are JSON-quoted so that no two lists collide. */
export const factKey = (kind: string, ...parts: readonly string[]): FactKey =>
  JSON.stringify([kind, ...parts]) as FactKey

/** Short, stable and safe in URLs and document ids: the first 20 hex digits of a hash over the parts. */
const shortHash = (...parts: readonly string[]): string => contentHash(parts).slice(0, 20)

export const alertKey = (account: AccountId, rule: string, scope: string, level: string, openedAt: string): AlertKey =>
  shortHash(account, rule, scope, level, openedAt) as AlertKey

export const deliveryId = (key: AlertKey, step: string, channel: string, recipient: string): DeliveryId =>
  shortHash(key, step, channel, recipient) as DeliveryId
