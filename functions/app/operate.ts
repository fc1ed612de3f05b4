/** What an operator tells: a fact as a message through the very path a Pub/Sub message takes. */

import type { Transition } from '../domain/alerts.ts'
import type { ReasonCode } from '../domain/errors.ts'
import type { Fact, FactBody, LookedUpBody } from '../domain/facts.ts'
import type { AccountId } from '../domain/keys.ts'
import { formatInstant, type Instant } from '../domain/time.ts'
import { arrivalOf } from '../sources/arrival.ts'
import { parseMessage } from '../sources/index.ts'
import type { Store } from '../store/store.ts'
import type { Deps } from './deps.ts'
import { type Desk, openDesk } from './desk.ts'
import { type Arrival, type Ingested, ingest } from './ingest.ts'

/** What no person can tell. */
type NotTold = 'reading' | 'usage' | 'anomaly' | 'incident' | 'enforcement' | LookedUpBody['kind']

/** An operator fact as design §5.2 writes it: money as decimal text, times as RFC 3339, no field that does not apply. */
export type OperatorFact = {
  readonly kind: Exclude<FactBody['kind'], NotTold>
  readonly account: AccountId
  readonly fields: Readonly<Record<string, string | number>>
}

/** `quarantined` is durable like any bad message; `set-aside` was seen coming and left nothing behind. */
export type Told =
  | { readonly kind: 'recorded'; readonly fact: Fact; readonly transitions: readonly Transition[] }
  | { readonly kind: 'duplicate'; readonly fact: Fact }
  | Refused

export type Refused = {
  readonly kind: 'quarantined' | 'set-aside'
  readonly reason: ReasonCode
  readonly detail: string
}

/** Durable when it resolves; telling the same again is a duplicate. Throws only when nothing could be stored. */
export const tellFact = async (deps: Deps, desk: Desk, told: OperatorFact): Promise<Told> => {
  const arrival = arrivalAt(deps.clock(), told)
  const contradiction = await rehearse(deps, arrival)
  if (contradiction) return { kind: 'set-aside', reason: contradiction, detail: '' }
  const result = await ingest(deps, desk, arrival)
  const fact = factOf(result)
  if (result.kind === 'facts' && fact) {
    const { news, transitions } = result.receipt
    return news.length > 0 ? { kind: 'recorded', fact, transitions } : { kind: 'duplicate', fact }
  }
  return result.kind === 'quarantined'
    ? { kind: 'quarantined', reason: result.reason, detail: result.detail }
    : { kind: 'set-aside', reason: 'UNKNOWN_SOURCE', detail: '' }
}

/** The fact as the message that carries it, to be published or read at once. */
export const operatorMessage = ({ kind, account, fields }: OperatorFact) => ({
  body: { billingAccountId: account, ...fields },
  attributes: { drawdown: kind },
})

/** As a publisher would send it at this instant: https://docs.cloud.google.com/pubsub/docs/reference/rest/v1/PubsubMessage */
const arrivalAt = (now: Instant, told: OperatorFact): Arrival =>
  arrivalFor(told, now, { publishTime: formatInstant(now) })

/** The same without a time of its own: told twice it is one fact, whenever. `now` is when it was received. */
export const untimedArrival = (now: Instant, told: OperatorFact): Arrival => arrivalFor(told, now, {})

const arrivalFor = (told: OperatorFact, now: Instant, time: { readonly publishTime?: string }): Arrival => {
  const { body, attributes } = operatorMessage(told)
  const text = JSON.stringify(body)
  const message = { data: Buffer.from(text).toString('base64'), attributes, ...time }
  return arrivalOf({ topic: 'billing-notifications', message, text }, now)
}

/** Why no function would take the fact as a message at this instant; `undefined` where one would. Needs no store. */
export const unreadable = (now: Instant, told: OperatorFact): Refused | undefined => {
  const arrival = arrivalAt(now, told)
  const parsed = arrival.kind === 'message' ? parseMessage(arrival.message) : arrival
  return parsed.kind === 'rejected' ? { kind: 'set-aside', reason: parsed.reason, detail: parsed.detail } : undefined
}

const factOf = (result: Ingested): Fact | undefined => (result.kind === 'facts' ? result.facts[0] : undefined)

/** Plays it over a store that keeps nothing: the reason why the ledger would set the fact aside, if it would. */
const rehearse = async (deps: Deps, arrival: Arrival): Promise<ReasonCode | undefined> => {
  const dry: Deps = { ...deps, store: withoutWrites(deps.store), announce: () => undefined }
  const desk = openDesk(dry)
  const fact = factOf(await ingest(dry, desk, arrival))
  if (!fact) return undefined
  const { standing } = await desk.view(fact.account)
  return standing.setAside.find((aside) => aside.fact.key === fact.key && aside.fact.hash === fact.hash)?.reason
}

const withoutWrites = (store: Store): Store => ({
  load: (account, afterVersion) => store.load(account, afterVersion),
  pages: (account, ids) => store.pages(account, ids),
  commit: async () => 'committed',
  accounts: () => store.accounts(),
  claim: async () => [],
  settle: async () => false,
  hasten: async () => 0,
  nextDueAt: () => store.nextDueAt(),
  waiting: (limit) => store.waiting(limit),
  states: (ids) => store.states(ids),
  turn: async (_, now) => now,
  deliveries: (filter) => store.deliveries(filter),
  redrive: async () => false,
  quarantine: (filter) => store.quarantine(filter),
  isQuarantined: (id) => store.isQuarantined(id),
  close: async () => undefined,
})
