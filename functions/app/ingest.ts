/** One arrival → claims → facts of an account, or a quarantine record; durable before anybody is told "yes". */

import { OutOfRangeError, type ReasonCode } from '../domain/errors.ts'
import type { Fact } from '../domain/facts.ts'
import { type AccountId, contentHash, factKey, parseAccountId, UNASSIGNED } from '../domain/keys.ts'
import type { AccountSettings } from '../domain/standing.ts'
import { DAY_MS } from '../domain/time.ts'
import { isGreeting } from '../sources/greeting.ts'
import { parseMessage } from '../sources/index.ts'
import type { Claim, RawMessage } from '../sources/source.ts'
import type { Quarantined } from '../store/store.ts'
import type { Deps } from './deps.ts'
import type { Desk, Receipt } from './desk.ts'

/** A decoded message, or why it could not be decoded; `id` and `sample` serve the quarantine. */
export type Arrival = { readonly id: string; readonly sample: string } & (
  | { readonly kind: 'message'; readonly message: RawMessage }
  | { readonly kind: 'rejected'; readonly reason: ReasonCode; readonly detail: string }
)

/** What became of an arrival; each is durable when it is returned. */
export type Ingested =
  | { readonly kind: 'facts'; readonly account: AccountId; readonly facts: readonly Fact[]; readonly receipt: Receipt }
  | { readonly kind: 'ignored'; readonly why: string }
  | { readonly kind: 'quarantined'; readonly reason: ReasonCode; readonly detail: string; readonly receipt: Receipt }

type Rejection = { readonly reason: ReasonCode; readonly detail: string; readonly account: AccountId }
type Placed = { readonly account: AccountId; readonly facts: readonly Fact[] }

/** Throws only when nothing could be made durable: the message must then come again. */
export const ingest = async (deps: Deps, desk: Desk, arrival: Arrival): Promise<Ingested> => {
  if (arrival.kind === 'rejected') return refused(deps, desk, arrival)
  const parsed = parseMessage(arrival.message)
  switch (parsed.kind) {
    case 'ignored':
      return ignored(deps, parsed.why)
    case 'rejected':
      return quarantine(deps, desk, arrival, { ...parsed, account: listed(deps, parsed.accountId) ?? UNASSIGNED })
    case 'claims': {
      const placed = place(deps, parsed.claims, arrival.message)
      if ('reason' in placed) return quarantine(deps, desk, arrival, placed)
      return submit(deps, desk, arrival, placed)
    }
  }
}

const refused = async (deps: Deps, desk: Desk, arrival: Extract<Arrival, { kind: 'rejected' }>): Promise<Ingested> =>
  arrival.reason === 'JSON' && isGreeting(arrival.sample)
    ? ignored(deps, 'greeting of a feed: it is connected')
    : quarantine(deps, desk, arrival, { ...arrival, account: UNASSIGNED })

const ignored = (deps: Deps, why: string): Ingested => {
  deps.log.info('message ignored', { why })
  return { kind: 'ignored', why }
}

/** A fact that would carry a sum out of range is refused like one that cannot be read. */
const submit = async (deps: Deps, desk: Desk, arrival: Arrival, placed: Placed): Promise<Ingested> => {
  try {
    return {
      kind: 'facts',
      ...placed,
      receipt: await desk.submit(placed.account, { facts: placed.facts, quarantined: [] }),
    }
  } catch (error) {
    if (!(error instanceof OutOfRangeError)) throw error
    return quarantine(deps, desk, arrival, { reason: 'RANGE', detail: error.message, account: placed.account })
  }
}

const listed = (deps: Deps, accountId: string | undefined): AccountId | undefined => {
  const id = accountId === undefined ? undefined : parseAccountId(accountId)
  return deps.accounts.some((account) => account.id === id) ? id : undefined
}

const settingsFor = (deps: Deps, claim: Claim): AccountSettings | Rejection => {
  if (claim.accountId !== undefined) {
    const id = listed(deps, claim.accountId)
    const found = deps.accounts.find((account) => account.id === id)
    return (
      found ?? {
        reason: 'UNKNOWN_ACCOUNT',
        detail: `billing account ${claim.accountId} is not listed`,
        account: UNASSIGNED,
      }
    )
  }
  const found = deps.accounts.find((account) => account.projects.includes(claim.projectId ?? ''))
  return found ?? { reason: 'UNKNOWN_PROJECT', detail: `project ${claim.projectId} is not listed`, account: UNASSIGNED }
}

const place = (deps: Deps, claims: readonly Claim[], message: RawMessage): Placed | Rejection => {
  const facts: Fact[] = []
  let account: AccountId | undefined
  for (const claim of claims) {
    const settings = settingsFor(deps, claim)
    if ('reason' in settings) return settings
    if (claim.currencyCode !== undefined && claim.currencyCode !== settings.currency) {
      return {
        reason: 'CURRENCY',
        detail: `${claim.currencyCode} on an account in ${settings.currency}`,
        account: settings.id,
      }
    }
    if (isAhead(claim, message))
      return { reason: 'CLOCK', detail: 'at: more than a day after the message was published', account: settings.id }
    account = settings.id
    facts.push(factOf(settings.id, claim, message))
  }
  return account === undefined
    ? { reason: 'UNKNOWN_SOURCE', detail: 'no facts', account: UNASSIGNED }
    : { account, facts }
}

/** A call a day ahead of its own message is a broken clock. */
const isAhead = ({ body }: Claim, { source, timed }: RawMessage): boolean =>
  body.kind === 'usage' && timed && body.at > source.ms + DAY_MS

const factOf = (account: AccountId, { body, keyParts, content }: Claim, { source, timed }: RawMessage): Fact => ({
  account,
  key: factKey(body.kind, ...keyParts),
  hash: contentHash(content ?? body),
  provenance: { source, timed },
  body,
})

const quarantine = async (
  deps: Deps,
  desk: Desk,
  arrival: Arrival,
  { reason, detail, account }: Rejection,
): Promise<Ingested> => {
  const record: Quarantined = { id: arrival.id, account, reason, detail, sample: arrival.sample, at: deps.clock() }
  deps.log.warning('message quarantined', { reason, detail, account, id: arrival.id })
  const receipt = await desk.submit(account, { facts: [], quarantined: [record] })
  return { kind: 'quarantined', reason, detail, receipt }
}
