/** Where each thing lies in the database; ids are checked, so that none can reach another's place. */

import type { AccountId } from '../domain/keys.ts'
import type { Client } from './firestore-client.ts'
import { type Document, isDocumentId } from './firestore-values.ts'

/** Digits of a version in a name, so that names sort as numbers do. */
const DIGITS = 16

/** Throws for an id Firestore takes for no document, naming what it is the id of. */
const checked = (what: string, id: string): string => {
  if (isDocumentId(id)) return id
  throw new RangeError(`${what}: ${JSON.stringify(id.slice(0, 100))} cannot be the id of a document.`)
}

export const accountName = ({ root }: Client, account: AccountId): string =>
  `${root}/accounts/${checked('account', account)}`

export const commitName = (client: Client, account: AccountId, version: number): string =>
  `${accountName(client, account)}/commits/${String(version).padStart(DIGITS, '0')}`

export const pageName = (client: Client, account: AccountId, id: string): string =>
  `${accountName(client, account)}/pages/${checked('page', id)}`

export const deliveryName = ({ root }: Client, id: string): string => `${root}/deliveries/${checked('delivery', id)}`

export const quarantineName = ({ root }: Client, id: string): string =>
  `${root}/quarantine/${checked('quarantine', id)}`

export const turnName = ({ root }: Client, channel: string): string => `${root}/turns/${checked('channel', channel)}`

export const idOf = ({ name }: Document): string => name.slice(name.lastIndexOf('/') + 1)

/** The version a commit's document makes. */
export const versionOf = (document: Document): number => Number(idOf(document))
