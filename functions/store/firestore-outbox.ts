/** The outbox in Firestore: every change is made only to what was read, and is known again by a token of its own. */

import type { DeliveryState, StoredDelivery } from '../domain/alerts.ts'
import type { DeliveryId } from '../domain/keys.ts'
import type { Instant } from '../domain/time.ts'
import { all, ascending, type Client, descending, type Query, where } from './firestore-client.ts'
import { type Failure, isPassing, isUnsettled } from './firestore-errors.ts'
import { deliveryName, quarantineName } from './firestore-names.ts'
import { deliveryOf, quarantinedOf, readyAtOf, STATE_FIELDS, stateFields, stateOf } from './firestore-rows.ts'
import { type Document, has, isDocumentId, ofNumber, ofText, textOf, type Write, write } from './firestore-values.ts'
import type { Claim, DeliveryFilter, Hastening, Quarantined, QuarantineFilter, Settlement } from './store.ts'

/** Makes an id that is never made twice. */
export type NewId = () => string

/** Rounds of one claim: in each at least one of those who compete for the same deliveries gets one. */
const ROUNDS_MAX = 40
/** Rivals are quick: beyond this round the pause grows no more. */
const PATIENCE = 2
/** Tries of one change of a delivery. */
const TRIES_MAX = 8
/** Leases of one round: https://docs.cloud.google.com/firestore/docs/reference/rest/v1/projects.databases.documents/batchWrite */
const LEASES_MAX = 500

/** See `Store.claim`. One query and one batch of leases, and again while rivals take what was found. */
export const claimDue = async (client: Client, newId: NewId, claim: Claim): Promise<readonly StoredDelivery[]> => {
  const deadline = client.deadline()
  const claimed: StoredDelivery[] = []
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const limit = Math.min(LEASES_MAX, claim.limit - claimed.length)
    if (limit <= 0) break
    const free = await freeFor(client, claim, limit, deadline)
    const leased = await lease(client, newId(), claim, free, deadline)
    claimed.push(...leased)
    if (leased.length === free.length && free.length < limit) break
    if (leased.length < free.length) await client.pause(Math.min(round, PATIENCE), deadline, rivals)
  }
  return claimed.sort((a, b) => a.state.dueAt - b.state.dueAt || (a.id < b.id ? -1 : 1))
}

const rivals = (): Error => new Error('claim: others took every delivery that was found due. Try again.')

/** Due deliveries read in search of those of no channel that is left out; more of these wait for another claim. */
const SEARCHED_MAX = 1_000

/**
 * Where channels are left out, all that is due is read. A document of before has no field that names its channel, so no
 * claim by channel finds it: it is left in, whichever it is.
 */
const freeFor = async (
  client: Client,
  { now, channel, except }: Claim,
  limit: number,
  deadline: AbortSignal,
): Promise<readonly Document[]> => {
  if (!except) return client.find({ ...freeAt(now, channel), limit }, deadline)
  const due = await client.findAll(freeAt(now, channel), SEARCHED_MAX, deadline)
  const isLeftOut = (document: Document): boolean =>
    has(document, 'channel') && except.includes(textOf(document, 'channel'))
  return due.filter((document) => !isLeftOut(document)).slice(0, limit)
}

/** What is ready is due; the bound on `dueAt` only keeps the index from being read to its end. */
const freeAt = (now: Instant, channel: string | undefined): Query => ({
  from: [{ collectionId: 'deliveries' }],
  ...all([
    ...(channel === undefined ? [] : [where('channel', 'EQUAL', ofText(channel))]),
    where('dueAt', 'LESS_THAN_OR_EQUAL', ofNumber('now', now)),
    where('readyAt', 'LESS_THAN_OR_EQUAL', ofNumber('now', now)),
  ]),
  orderBy: ascending('dueAt', 'id', 'readyAt'),
})

/** Those of the deliveries that are now ours; the others were taken or changed since they were read. */
const lease = async (
  client: Client,
  token: string,
  { now, leaseId, leaseMs }: Claim,
  free: readonly Document[],
  deadline: AbortSignal,
): Promise<readonly StoredDelivery[]> => {
  if (free.length === 0) return []
  const next = free.map((document) => {
    const { lease: vanished, attempts, ambiguous, ...rest } = stateOf(document)
    const lost = vanished ? 1 : 0
    const held = { id: leaseId, until: now + leaseMs }
    return { document, state: { ...rest, attempts: attempts + lost, ambiguous: ambiguous + lost, lease: held } }
  })
  const writes = next.map(({ document, state }) => change(document, state, { leaseToken: token }))
  const failures = await client.each(writes, deadline)
  const final = failures.find((failure) => failure && !isUnsettled(failure))
  if (final) throw client.explained(final)
  const unknown = free.filter((_, n) => isUnknown(failures[n])).map(({ name }) => name)
  const found = await client.get(unknown, deadline, ['leaseToken'])
  const isOurs = ({ name }: Document, n: number): boolean =>
    failures[n] === undefined || tokenOf(found.get(name), 'leaseToken') === token
  return next
    .filter(({ document }, n) => isOurs(document, n))
    .map(({ document, state }) => ({ ...deliveryOf(document), state }))
}

const isUnknown = (failure: Failure | undefined): boolean => failure !== undefined && isPassing(failure)

/** The claim's token is not the settlement's: a settlement is known again even after the next claim. */
type Tokens = { readonly leaseToken: string } | { readonly token: string }

const change = (document: Document, state: DeliveryState, tokens: Tokens): Write => {
  const kept = Object.fromEntries(Object.entries(tokens).map(([field, token]) => [field, ofText(token)]))
  const mask = [...STATE_FIELDS, ...Object.keys(kept)]
  return write(document.name, { ...stateFields(state), ...kept }, { updateTime: document.updateTime }, mask)
}

const tokenOf = (document: Document | undefined, field: string): string | undefined =>
  document?.fields[field] && textOf(document, field)

/** See `Store.settle`. One read and one write. */
export const settle = (client: Client, newId: NewId, { id, leaseId, state }: Settlement): Promise<boolean> =>
  changeOne(client, newId(), id, (held) => {
    if (held.status !== 'pending' || held.lease?.id !== leaseId) return undefined
    const { lease: _, ...unleased } = state
    return unleased
  })

/** See `Store.redrive`. The count of ambiguous attempts and the last note stay: they are history, and explain copies a person may find. */
export const redrive = (client: Client, newId: NewId, id: DeliveryId, now: Instant): Promise<boolean> =>
  changeOne(client, newId(), id, ({ settledAt: _, ...held }) =>
    held.status === 'dead' ? { ...held, status: 'pending', attempts: 0, dueAt: now, redrivenAt: now } : undefined,
  )

/** Whether the change was made; read again until that is certain. `next` refuses a state by `undefined`. */
const changeOne = async (
  client: Client,
  token: string,
  id: DeliveryId,
  next: (held: DeliveryState) => DeliveryState | undefined,
): Promise<boolean> => {
  if (!isDocumentId(id)) return false
  const [name, deadline] = [deliveryName(client, id), client.deadline()]
  for (let attempt = 0; ; attempt += 1) {
    const document = (await client.get([name], deadline, [...STATE_FIELDS, 'token'])).get(name)
    if (!document) return false
    if (tokenOf(document, 'token') === token) return true
    const state = next(stateOf(document))
    if (!state) return false
    const failure = await client.commit([change(document, state, { token })], deadline)
    if (!failure) return true
    const unconfirmed = () => client.explained({ ...failure, status: 'NO_REPLY' })
    if (!isUnsettled(failure)) throw client.explained(failure)
    if (attempt + 1 === TRIES_MAX) throw unconfirmed()
    await client.pause(attempt, deadline, unconfirmed)
  }
}

/** See `Store.hasten`. What somebody else changes meanwhile is left as it is: it is being tried. */
export const hasten = async (
  client: Client,
  newId: NewId,
  { channel, now, attemptsMax, limit }: Hastening,
): Promise<number> => {
  const deadline = client.deadline()
  const later = all([where('channel', 'EQUAL', ofText(channel)), where('dueAt', 'GREATER_THAN', ofNumber('now', now))])
  const query = { from: [{ collectionId: 'deliveries' }], ...later, orderBy: ascending('dueAt', 'id', 'readyAt') }
  const heldUp = (await client.findAll(query, SEARCHED_MAX, deadline)).filter((document) => {
    const { channelFailed, lease: held, attempts } = stateOf(document)
    return channelFailed && !held && attempts <= attemptsMax
  })
  const token = newId()
  const writes = heldUp.slice(0, Math.max(0, Math.min(limit, LEASES_MAX))).map((document) => {
    const state = { ...stateOf(document), dueAt: Math.min(now, deliveryOf(document).createdAt) }
    return change(document, state, { token })
  })
  if (writes.length === 0) return 0
  return (await client.each(writes, deadline)).filter((failure) => failure === undefined).length
}

/** See `Store.nextDueAt`. */
export const nextDueAt = async (client: Client): Promise<Instant | undefined> => {
  const query = { from: [{ collectionId: 'deliveries' }], orderBy: ascending('readyAt'), limit: 1 }
  const [first] = await client.find({ ...query, select: { fields: [{ fieldPath: 'readyAt' }] } }, client.deadline())
  return first && readyAtOf(first)
}

/** See `Store.waiting`. Only what waits has the field `readyAt`. */
export const waiting = async (client: Client, limit: number): Promise<readonly StoredDelivery[]> => {
  const query = { from: [{ collectionId: 'deliveries' }], orderBy: ascending('dueAt', 'id', 'readyAt') }
  return (await client.findAll(query, limit, client.deadline())).map(deliveryOf)
}

/** See `Store.states`. */
export const states = async (
  client: Client,
  ids: readonly DeliveryId[],
): Promise<ReadonlyMap<DeliveryId, DeliveryState>> => {
  const names = new Map(ids.filter(isDocumentId).map((id) => [deliveryName(client, id), id]))
  const found = await client.get([...names.keys()], client.deadline(), STATE_FIELDS)
  return new Map([...found].flatMap(([name, document]) => entryOf(names.get(name), document)))
}

const entryOf = (id: DeliveryId | undefined, document: Document): readonly (readonly [DeliveryId, DeliveryState])[] =>
  id === undefined ? [] : [[id, stateOf(document)]]

/** See `Store.deliveries`. */
export const deliveries = async (client: Client, filter: DeliveryFilter): Promise<readonly StoredDelivery[]> => {
  const query = {
    from: [{ collectionId: 'deliveries' }],
    ...matching(filter),
    orderBy: descending('createdAt', '__name__'),
  }
  return (await client.findAll(query, filter.limit, client.deadline())).map(deliveryOf)
}

/** See `Store.quarantine`. */
export const quarantine = async (client: Client, filter: QuarantineFilter): Promise<readonly Quarantined[]> => {
  const query = { from: [{ collectionId: 'quarantine' }], ...matching(filter), orderBy: descending('at', '__name__') }
  return (await client.findAll(query, filter.limit, client.deadline())).map(quarantinedOf)
}

/** See `Store.isQuarantined`. */
export const isQuarantined = async (client: Client, id: string): Promise<boolean> => {
  if (!isDocumentId(id)) return false
  const name = quarantineName(client, id)
  return (await client.get([name], client.deadline(), ['at'])).has(name)
}

const matching = ({ account, status, since }: Partial<DeliveryFilter>): Pick<Query, 'where'> => {
  const given = Object.entries({ account, status })
  return all([
    ...given.flatMap(([field, value]) => (value === undefined ? [] : [where(field, 'EQUAL', ofText(value))])),
    ...(since === undefined ? [] : [where('createdAt', 'GREATER_THAN_OR_EQUAL', ofNumber('since', since))]),
  ])
}
