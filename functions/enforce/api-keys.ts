/** Which API keys serve the Gemini API, and how one is closed to it and nothing else; pure. */

import { GEMINI_API } from '../domain/gemini.ts'
import { isObject, type Json, type JsonObject } from '../domain/json.ts'

/** A key as `keys.list` has it (https://docs.cloud.google.com/api-keys/docs/reference/rest/v2/projects.locations.keys); the key itself is never read. */
export type ApiKey = {
  /** The last part of its name, which whoever made it may have chosen. */
  readonly id: string
  /** Google's own, which commands list; mostly the same. */
  readonly uid: string
  readonly displayName: string
  readonly etag: string
  readonly restrictions: JsonObject
}

/** TEST-NET-1 of https://www.rfc-editor.org/rfc/rfc5737: no caller ever has this address. */
const NOWHERE = '192.0.2.1'

/** Fields of which a key can have only one. */
const WHO = ['browserKeyRestrictions', 'serverKeyRestrictions', 'androidKeyRestrictions', 'iosKeyRestrictions']

/** A key of `keys.list`; `undefined` for what is none. */
export const apiKeyOf = (value: Json): ApiKey | undefined => {
  if (!isObject(value) || typeof value['name'] !== 'string') return undefined
  const { name, uid, displayName, etag, restrictions } = value
  return {
    id: name.split('/').at(-1) ?? '',
    uid: typeof uid === 'string' ? uid : '',
    displayName: typeof displayName === 'string' ? displayName : '',
    etag: typeof etag === 'string' ? etag : '',
    restrictions: isObject(restrictions) ? restrictions : {},
  }
}

/** Which keys a step is about. */
export type Choice = {
  readonly serving: readonly ApiKey[]
  /** Open to every API that takes keys: left alone unless they are named. */
  readonly unrestricted: readonly ApiKey[]
  /** They would serve Gemini, but nobody can call with them. */
  readonly closed: readonly ApiKey[]
  /** Named, but not there. */
  readonly absent: readonly string[]
}

/** Of all keys of a project, by the ids that the configuration names; none named: every key that serves Gemini. */
export const choose = (keys: readonly ApiKey[], only?: readonly string[]): Choice => {
  const mine = only ? keys.filter((key) => only.some((name) => isCalled(key, name))) : keys
  const open = mine.filter(({ restrictions }) => !isClosed(restrictions))
  const closed = mine.filter(({ restrictions }) => isClosed(restrictions) && targetsOf(restrictions).some(isGemini))
  if (!only)
    return { serving: open.filter(servesGemini), unrestricted: open.filter(isUnrestricted), closed, absent: [] }
  return {
    serving: open.filter((key) => servesGemini(key) || isUnrestricted(key)),
    unrestricted: [],
    closed,
    absent: only.filter((name) => !keys.some((key) => isCalled(key, name))),
  }
}

const isCalled = ({ id, uid }: ApiKey, name: string): boolean => id === name || uid === name

/** The Gemini API refuses such a key unless something else restricts it (https://ai.google.dev/gemini-api/docs/api-key). */
const isUnrestricted = ({ restrictions }: ApiKey): boolean => targetsOf(restrictions).length === 0

/** Whether its API restriction names Gemini and callers can still use it. */
export const servesGemini = ({ restrictions }: ApiKey): boolean =>
  targetsOf(restrictions).some(isGemini) && !isClosed(restrictions)

/** Whether nobody can call with it. */
const isClosed = (restrictions: JsonObject): boolean => {
  const server = restrictions['serverKeyRestrictions']
  const allowed = isObject(server) ? server['allowedIps'] : undefined
  return Array.isArray(allowed) && allowed.length === 1 && oneAddress(allowed[0]) === NOWHERE
}

/**
 * The same restrictions without Gemini: other APIs of the key go on. Where Gemini is its only API, or it names none, nobody
 * may call with it any more: an empty list of APIs would open the key to all of them.
 */
export const closedToGemini = (restrictions: JsonObject): JsonObject => {
  const others = targetsOf(restrictions).filter((target) => !isGemini(target))
  if (others.length > 0) return { ...restrictions, apiTargets: others }
  const kept = Object.entries(restrictions).filter(([name]) => !WHO.includes(name))
  return { ...Object.fromEntries(kept), serverKeyRestrictions: { allowedIps: [NOWHERE] } }
}

/** Google may give lists in another order, and leaves out what is empty. */
export const isSame = (a: JsonObject, b: JsonObject): boolean => normal(a) === normal(b)

const targetsOf = (restrictions: JsonObject): readonly Json[] => {
  const targets = restrictions['apiTargets']
  return Array.isArray(targets) ? targets : []
}

const isGemini = (target: Json): boolean => isObject(target) && target['service'] === GEMINI_API

/** A net of one address is that address, and Google may write it so. */
const oneAddress = <Value>(value: Value): Value | string =>
  typeof value === 'string' ? value.replace(/^(\d{1,3}(?:\.\d{1,3}){3})\/32$/, '$1') : value

const normal = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(normal).sort().join()}]`
  if (!isObject(value)) return JSON.stringify(oneAddress(value))
  const fields = Object.entries(value).map(([name, inner]) => [JSON.stringify(name), normal(inner)] as const)
  return `{${fields
    .filter(([, text]) => text !== '[]' && text !== '{}')
    .map((field) => field.join(':'))
    .sort()
    .join()}}`
}
