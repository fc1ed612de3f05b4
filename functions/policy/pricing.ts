/** What a call costs at list price: tokens × dated rate in exact integers, rounded once. */

import { divideHalfEven, inRange, type Nanos, UNIT } from '../domain/money.ts'
import type { Instant } from '../domain/time.ts'
import {
  LONG_PROMPT_TOKENS,
  PRICE_ROWS,
  PRICED_MODALITIES,
  type PricedModality,
  type PriceRow,
  type Rates,
} from './prices.ts'

/** Inference classes of the API, best known from the `x-gemini-service-tier` header; not the billing tier. */
export const SERVICE_TIERS = ['standard', 'flex', 'priority', 'batch'] as const
export type ServiceTier = (typeof SERVICE_TIERS)[number]

/** Tokens of the kinds that may have a rate of their own; the rest of a total is plain text. */
export type TokensBy = Readonly<Partial<Record<PricedModality, number>>>

/** Token counts of one call, or of `requests` calls already summed. */
export type TokenUse = {
  readonly model: string
  readonly at: Instant
  readonly tier: ServiceTier
  /** As `promptTokenCount`: cached tokens included. */
  readonly prompt: number
  readonly cached?: number
  readonly output?: number
  readonly thoughts?: number
  readonly toolUse?: number
  readonly promptByModality?: TokensBy
  readonly cachedByModality?: TokensBy
  readonly outputByModality?: TokensBy
  /** Explicit cache kept for `hours`, in billionths of an hour. */
  readonly storage?: { readonly tokens: number; readonly hours: bigint }
  /** 1 unless stated; the context band follows the average prompt. */
  readonly requests?: number
}

/** One addend; `perMillion` is the rate after the service class, `cost` is rounded for display only. */
export type PriceLine = {
  readonly kind: string
  readonly tokens: number
  readonly perMillion: Nanos
  readonly cost: Nanos
}

/** `model` and `modality`: no known price. `cached`, `range`: the counts themselves cannot be right. */
export type UnpricedReason = 'model' | 'modality' | 'cached' | 'range'

export type Priced =
  | { readonly kind: 'priced'; readonly cost: Nanos; readonly lines: readonly PriceLine[] }
  | { readonly kind: 'unpriced'; readonly reason: UnpricedReason; readonly why: string }

/**
 * Prices token counts in USD nanos at the list price in force at `at` (UTC); the total is rounded once, half to even.
 * Batch and flex cost half, priority 1.8 times (an approximation: noted for 3.7 Flash alone, 1.75 to 2 in general);
 * storage is the same in every class. Never throws; an unknown model or modality is `unpriced`, never 0.
 * Shapes: https://ai.google.dev/gemini-api/docs/pricing and `usageMetadata` of generateContent.
 */
export const priceUsage = (use: TokenUse): Priced => {
  if (!isCountable(use)) return unpriced('range', 'a token count is negative, fractional or too large')
  if ((use.cached ?? 0) > use.prompt) return unpriced('cached', 'more cached tokens than prompt tokens')
  const row = rowAt(use.model, use.at)
  if (!row) return unpriced('model', `no list price is known for model ${JSON.stringify(use.model.slice(0, 100))}`)
  const parts = partsOf(use, row)
  const missing = parts.find((part) => part.rate === undefined)
  if (missing) return unpriced('modality', `no list price is known for ${missing.kind} of ${use.model.slice(0, 100)}`)
  return sum(parts, use.tier)
}

type Part = {
  readonly kind: string
  readonly tokens: number
  readonly rate: Nanos | undefined
  readonly hours?: bigint
}

const unpriced = (reason: UnpricedReason, why: string): Priced => ({ kind: 'unpriced', reason, why })

const isCount = (count: number): boolean => Number.isSafeInteger(count) && count >= 0

const isCountable = (use: TokenUse): boolean =>
  isCount(use.prompt) &&
  [use.cached, use.output, use.thoughts, use.toolUse, use.storage?.tokens].every(
    (n) => n === undefined || isCount(n),
  ) &&
  [use.promptByModality, use.cachedByModality, use.outputByModality].every(
    (by) => by === undefined || PRICED_MODALITIES.every((modality) => isCount(by[modality] ?? 0)),
  ) &&
  (use.requests === undefined || (isCount(use.requests) && use.requests > 0)) &&
  (use.storage === undefined || use.storage.hours >= 0n)

const rowsByModel = ((): ReadonlyMap<string, readonly PriceRow[]> => {
  const rows = new Map<string, PriceRow[]>()
  for (const row of PRICE_ROWS)
    for (const model of row.models)
      rows.set(
        model,
        [...(rows.get(model) ?? []), row].sort((a, b) => a.effectiveFrom - b.effectiveFrom),
      )
  return rows
})()

/** A stable version, the newest of a model, or the month of a preview: the same price as the id without it. */
const VERSION_SUFFIX = /-(?:\d{3}|latest|(?<=-preview-)\d{2}-\d{4})$/

const rowAt = (model: string, at: Instant): PriceRow | undefined => {
  const id = model.replace(/^models\//, '')
  const rows = rowsByModel.get(id) ?? rowsByModel.get(id.replace(VERSION_SUFFIX, ''))
  return rows?.findLast((row) => row.effectiveFrom <= at) ?? rows?.[0]
}

const partsOf = (use: TokenUse, row: PriceRow): readonly Part[] => {
  const isLong = use.prompt > LONG_PROMPT_TOKENS * (use.requests ?? 1)
  const rates = isLong ? (row.longRates ?? row.rates) : row.rates
  const parts: Part[] = [
    ...inputParts(use, rates),
    ...outputParts(use, rates),
    { kind: 'thoughts', tokens: use.thoughts ?? 0, rate: rates.output },
    { kind: 'tool-use', tokens: use.toolUse ?? 0, rate: rates.input },
  ]
  if (use.storage)
    parts.push({ kind: 'storage', tokens: use.storage.tokens, rate: row.storage, hours: use.storage.hours })
  return parts.filter((part) => part.tokens > 0)
}

type Split = { readonly plain: number; readonly special: ReadonlyMap<PricedModality, number> }

const inputParts = (use: TokenUse, rates: Rates): readonly Part[] => {
  const prompt = split(use.prompt, use.promptByModality, (modality) => rates.inputBy?.[modality] !== undefined)
  const cached = splitCached(use.cached ?? 0, use.cachedByModality, prompt)
  const parts: Part[] = [
    { kind: 'input', tokens: prompt.plain - cached.plain, rate: rates.input },
    { kind: 'cached', tokens: cached.plain, rate: rates.cached },
  ]
  for (const [modality, tokens] of prompt.special) {
    const cachedTokens = cached.special.get(modality) ?? 0
    const cachedRate = rates.cachedBy?.[modality] ?? rates.cached
    parts.push({ kind: `${lower(modality)}-input`, tokens: tokens - cachedTokens, rate: rates.inputBy?.[modality] })
    parts.push({ kind: `cached-${lower(modality)}`, tokens: cachedTokens, rate: cachedRate })
  }
  return parts
}

/** Cached tokens without a breakdown are taken to be plain as far as the prompt has plain ones. */
const splitCached = (cached: number, by: TokensBy | undefined, prompt: Split): Split => {
  const special = new Map<PricedModality, number>()
  let left = cached
  for (const [modality, tokens] of prompt.special) {
    const taken = Math.min(by?.[modality] ?? 0, tokens, left)
    special.set(modality, taken)
    left -= taken
  }
  const plain = Math.min(left, prompt.plain)
  left -= plain
  for (const [modality, tokens] of prompt.special) {
    const taken = Math.min(tokens - (special.get(modality) ?? 0), left)
    special.set(modality, (special.get(modality) ?? 0) + taken)
    left -= taken
  }
  return { plain, special }
}

const outputParts = (use: TokenUse, rates: Rates): readonly Part[] => {
  const output = split(use.output ?? 0, use.outputByModality, () => true)
  const special = [...output.special].map(([modality, tokens]) => ({
    kind: `${lower(modality)}-output`,
    tokens,
    rate: rates.outputBy?.[modality],
  }))
  return [{ kind: 'output', tokens: output.plain, rate: rates.output }, ...special]
}

/** Breakdowns need not add up in Live replies: the total stands, and no kind takes more than is left of it. */
const split = (total: number, by: TokensBy | undefined, isSpecial: (modality: PricedModality) => boolean): Split => {
  const special = new Map<PricedModality, number>()
  let plain = total
  for (const modality of PRICED_MODALITIES) {
    const tokens = isSpecial(modality) ? Math.min(by?.[modality] ?? 0, plain) : 0
    if (tokens > 0) special.set(modality, tokens)
    plain -= tokens
  }
  return { plain, special }
}

const lower = (modality: PricedModality): string => modality.toLowerCase()

const MILLION = 1_000_000n

/** Tenths of the standard rate; every listed rate is a whole number of tenths, so nothing is lost. */
const CLASS_TENTHS: Readonly<Record<ServiceTier, bigint>> = { standard: 10n, flex: 5n, batch: 5n, priority: 18n }

const sum = (parts: readonly Part[], tier: ServiceTier): Priced => {
  const lines: PriceLine[] = []
  let total = 0n
  for (const { kind, tokens, rate = 0n, hours } of parts) {
    const perMillion = hours === undefined ? (rate * CLASS_TENTHS[tier]) / 10n : rate
    const exact = BigInt(tokens) * perMillion * (hours ?? UNIT)
    total += exact
    lines.push({ kind, tokens, perMillion, cost: divideHalfEven(exact, MILLION * UNIT) })
  }
  const cost = divideHalfEven(total, MILLION * UNIT)
  return inRange(cost) ? { kind: 'priced', cost, lines } : unpriced('range', 'the cost is out of range')
}
