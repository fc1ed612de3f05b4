/** The vendor's own catalog read beside the built-in prices: which SKU bills which tokens of a model, and at what rate. */

import { divideHalfEven, type Nanos } from '../domain/money.ts'
import { LONG_PROMPT_TOKENS } from './prices.ts'
import type { PriceLine, ServiceTier, TokenUse } from './pricing.ts'

/** One SKU as the catalog lists it; the price is of one token. https://docs.cloud.google.com/billing/v1/how-tos/catalog-api */
export type CatalogSku = {
  readonly skuId: string
  readonly description: string
  readonly currencyCode: string
  /** Nanos of the currency for a million tokens. */
  readonly perMillion: Nanos
}

/** What a SKU's description says; the vendor writes it in several forms. */
type Meaning = {
  readonly model: string
  readonly kind: string
  readonly tier: ServiceTier
  readonly isLong: boolean
}

export type CatalogLine = PriceLine & { readonly sku: string; readonly description: string }

export type CatalogPrice = {
  readonly lines: readonly CatalogLine[]
  readonly cost: Nanos
  /** Kinds of tokens for which the catalog names no SKU. */
  readonly missing: readonly string[]
}

const MILLION = 1_000_000n
const TIERS: readonly ServiceTier[] = ['flex', 'batch', 'priority']
const MODALITIES = ['audio', 'image', 'video'] as const
/** Words that are no part of a model's name. */
const NOISE =
  /^(text|audio|image|video|document|short|long|input|output|flex|batch|priority|caching|cached|non|thinking)$/

const words = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .replaceAll('_', ' ')
    .split(/[\s-]+/)
    .filter((word) => word !== '')

/** `undefined` for what bills no tokens of a Gemini model, such as storage or searches. */
export const meaningOf = (description: string): Meaning | undefined => {
  const all = words(description)
  const count = all.indexOf('token')
  const gemini = all.indexOf('gemini', count)
  if (count < 0 || gemini < 0 || all.includes('storage')) return undefined
  const [before, after] = [all.slice(0, count), all.slice(gemini)]
  // Either `image output token count for gemini 3 pro image`, or `output token count gemini 3 flash image`.
  const isNamedLast = all[gemini - 1] === 'for'
  const name = isNamedLast
    ? after.filter((word) => !/^(short|long|flex|batch|priority|caching)$/.test(word))
    : untilNoise(after)
  const rest = isNamedLast ? after : after.slice(name.length)
  const kind = kindOf(before, rest, isNamedLast ? before : rest)
  if (!kind) return undefined
  const tier = TIERS.find((one) => rest.includes(one)) ?? 'standard'
  return { model: name.join('-'), kind, tier, isLong: rest.includes('long') }
}

const untilNoise = (list: readonly string[]): readonly string[] => {
  const end = list.findIndex((word) => NOISE.test(word))
  return end < 0 ? list : list.slice(0, end)
}

/** `output` and `input` may stand in one description: what stands before `token count` is meant. */
const kindOf = (before: readonly string[], rest: readonly string[], where: readonly string[]): string | undefined => {
  const modality = MODALITIES.find((one) => where.includes(one))
  if (before.includes('cached') || rest.includes('caching')) return modality ? `cached-${modality}` : 'cached'
  if (before.includes('output')) return modality ? `${modality}-output` : 'output'
  if (before.includes('input')) return modality ? `${modality}-input` : 'input'
  return undefined
}

/** A preview is billed under the name with or without the word. */
const plainName = (model: string): string => model.replace(/^models\//, '').replace(/-preview(?=$|-)/, '')

/**
 * The same tokens at the catalog's rates; `lines` are the built-in price's own, so that both can stand side by side.
 * Thoughts are billed as output and tool use as input. Pure; the sum is rounded once, half-even.
 */
export const catalogPrice = (
  use: Pick<TokenUse, 'model' | 'tier' | 'prompt'>,
  lines: readonly PriceLine[],
  skus: readonly CatalogSku[],
): CatalogPrice => {
  const read = skus.flatMap((sku) => {
    const meaning = meaningOf(sku.description)
    return meaning && plainName(meaning.model) === plainName(use.model) && meaning.tier === use.tier
      ? [{ sku, meaning }]
      : []
  })
  const isLong = use.prompt > LONG_PROMPT_TOKENS
  const found = lines.map((line) => ({ line, sku: skuOf(read, BILLED_AS[line.kind] ?? line.kind, isLong) }))
  const told = found.flatMap(({ line, sku }) => (sku ? [{ line, sku }] : []))
  return {
    lines: told.map(({ line, sku }) => ({
      ...line,
      perMillion: sku.perMillion,
      cost: divideHalfEven(BigInt(line.tokens) * sku.perMillion, MILLION),
      sku: sku.skuId,
      description: sku.description,
    })),
    cost: divideHalfEven(
      told.reduce((sum, { line, sku }) => sum + BigInt(line.tokens) * sku.perMillion, 0n),
      MILLION,
    ),
    missing: found.flatMap(({ line, sku }) => (sku ? [] : [line.kind])),
  }
}

const BILLED_AS: Readonly<Record<string, string>> = { thoughts: 'output', 'tool-use': 'input' }

type Read = { readonly sku: CatalogSku; readonly meaning: Meaning }

/** A model without bands has one SKU for both; of several the one listed first stands. */
const skuOf = (read: readonly Read[], kind: string, isLong: boolean): CatalogSku | undefined => {
  const mine = read.filter(({ meaning }) => meaning.kind === kind)
  return (mine.find(({ meaning }) => meaning.isLong === isLong) ?? mine[0])?.sku
}
