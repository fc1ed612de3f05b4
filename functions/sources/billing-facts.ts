/** Facts that Google's own feeds tell of links and accounts: the very ones a look-up would bring. */

import type { AccountOpen, BillingLink } from '../domain/facts.ts'
import { isObject, type Json, type JsonObject } from '../domain/json.ts'
import { type AccountId, contentHash } from '../domain/keys.ts'
import { formatInstant } from '../domain/time.ts'
import type { Parsed } from './source.ts'

/** Ids are far shorter, also those with a domain in front; a longer text would only bloat keys. */
const PROJECT_ID = /^[\w.:-]{1,100}$/
/** An id behind `projects/`, in a resource name, a full resource name or a log name. */
const PROJECT = /(?:^|\/)projects\/([\w.:-]{1,100})(?:\/|$)/

/** A link belongs to the account that lists the project, whatever account it is linked to. The same word told twice has one key. */
export const linkClaim = (body: BillingLink): Parsed => ({
  kind: 'claims',
  claims: [{ projectId: body.projectId, keyParts: [body.projectId, formatInstant(body.at), contentHash(body)], body }],
})

export const openClaim = (accountId: AccountId, body: AccountOpen): Parsed => ({
  kind: 'claims',
  claims: [{ accountId, keyParts: ['', formatInstant(body.at), contentHash(body)], body }],
})

/** The project a resource name is about; `undefined` if it names none. */
export const projectOf = (name: string): string | undefined => PROJECT.exec(name)?.[1]

/** The text itself where it can be a project's id or number. */
export const asProject = (text: string): string | undefined => (PROJECT_ID.test(text) ? text : undefined)

/** The text at a path of nested objects; empty where there is none. */
export const textAt = (object: JsonObject, ...path: readonly string[]): string => {
  let value: Json | undefined = object
  for (const name of path) value = isObject(value) ? value[name] : undefined
  return typeof value === 'string' ? value : ''
}
