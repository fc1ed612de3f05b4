/** Usage: what a caller holds after a Gemini call (tokens or an error), priced at the list price of its day. */

import type { Usage } from '../domain/facts.ts'
import { parseAccountId } from '../domain/keys.ts'
import type { Nanos } from '../domain/money.ts'
import { formatInstant } from '../domain/time.ts'
import { priceUsage, type ServiceTier } from '../policy/pricing.ts'
import { errorContent, readApiError } from './api-error.ts'
import { Fields, rejected } from './fields.ts'
import type { Parsed, Source } from './source.ts'
import { readServiceTier, readTokens } from './tokens.ts'

/** Any of them marks a usage message. */
const MARKERS = ['requestId', 'model', 'usageMetadata', 'usage', 'cacheStorage']

/**
 * Reads usage messages (design §5.2); cost in USD nanos, rounded once, absent where no list price is known, 0 for a call
 * that failed and for countTokens. The same call told twice has the same key.
 */
export const usage: Source = {
  name: 'usage',
  topic: 'gemini-usage',
  recognises: ({ attributes, body }) =>
    attributes['drawdown'] === undefined && MARKERS.some((name) => body[name] !== undefined),
  parse: ({ body: json }) => {
    const read = new Fields(json)
    const owner = readOwner(read)
    const call = {
      kind: 'usage',
      requestId: read.text('requestId'),
      projectId: read.text('projectId'),
      at: read.time('at'),
      model: read.text('model').replace(/^models\//, ''),
      requests: read.has('requests') ? read.integer('requests', 1) : 1,
    } as const
    const error = read.has('error') ? readApiError(read) : undefined
    const use = error ? undefined : readUse(read)
    const costUsd = error ? 0n : costOf(read, call, use)
    if (read.fault) return rejected(read.fault, owner.accountId)
    return claim({ call, use, error: error && errorContent(error) }, owner, {
      ...call,
      ...(costUsd !== undefined && { costUsd }),
      ...(error && { error }),
    })
  },
}

type Owner = { readonly accountId?: string; readonly projectId?: string }

const readOwner = (read: Fields): Owner => {
  if (!read.has('billingAccountId')) return { projectId: read.text('projectId') }
  const accountId = parseAccountId(read.text('billingAccountId'))
  if (accountId) return { accountId }
  read.fail('billingAccountId', 'TYPE', 'must be a billing account id')
  return {}
}

/** The price is ours and may change with the table: a redelivery is recognised by what the caller sent. */
const claim = (content: unknown, owner: Owner, body: Usage): Parsed => ({
  kind: 'claims',
  claims: [{ ...owner, keyParts: [body.projectId, body.requestId, formatInstant(body.at)], body, content }],
})

/** Callers of the Interactions API hold `usage`, all others `usageMetadata`. */
const metadataOf = (read: Fields): Fields | undefined => {
  const name = ['usageMetadata', 'usage'].find((candidate) => read.has(candidate))
  if (name === undefined && !read.has('cacheStorage'))
    read.fail('usageMetadata', 'TYPE', 'missing, and there is no error')
  return name === undefined ? undefined : read.nested(name)
}

type Use = ReturnType<typeof readUse>

/** What was used, as the caller counted it. */
const readUse = (read: Fields) => {
  const metadata = metadataOf(read)
  const tokens = metadata ? readTokens(metadata) : { prompt: 0 }
  const tier = readServiceTier(read, metadata)
  const storage = read.has('cacheStorage') ? readStorage(read.nested('cacheStorage')) : undefined
  return { tokens, tier, storage }
}

const costOf = (
  read: Fields,
  call: Pick<Usage, 'model' | 'at' | 'requests'>,
  use: Use | undefined,
): Nanos | undefined => {
  if (!use || use.tokens === 'free') return 0n
  const { tokens, tier, storage } = use
  if (read.fault || tier === 'unknown') return undefined
  return price(read, { ...call, ...tokens, tier, ...(storage && { storage }) })
}

const readStorage = (read: Fields): { readonly tokens: number; readonly hours: bigint } => {
  const hours = read.number('hours')
  if (hours < 0n) read.fail('hours', 'RANGE', 'must not be negative')
  return { tokens: read.integer('tokens'), hours }
}

const price = (
  read: Fields,
  use: Parameters<typeof priceUsage>[0] & { readonly tier: ServiceTier },
): Nanos | undefined => {
  const priced = priceUsage(use)
  if (priced.kind === 'priced') return priced.cost
  if (priced.reason === 'cached') read.fail('usageMetadata', 'TYPE', priced.why)
  if (priced.reason === 'range') read.fail('usageMetadata', 'RANGE', priced.why)
  return undefined
}
