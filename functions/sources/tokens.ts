/** Token counts as the Gemini APIs return them, under the names of every client. */

import { PRICED_MODALITIES, type PricedModality } from '../policy/prices.ts'
import { SERVICE_TIERS, type ServiceTier, type TokensBy, type TokenUse } from '../policy/pricing.ts'
import type { Fields } from './fields.ts'

/** generateContent, Live, the Python client's spelling, and the Interactions API, in this order. */
const COUNTS = {
  prompt: ['promptTokenCount', 'prompt_token_count', 'total_input_tokens'],
  cached: ['cachedContentTokenCount', 'cached_content_token_count', 'total_cached_tokens'],
  output: [
    'candidatesTokenCount',
    'responseTokenCount',
    'candidates_token_count',
    'response_token_count',
    'total_output_tokens',
  ],
  thoughts: ['thoughtsTokenCount', 'thoughts_token_count', 'total_thought_tokens'],
  toolUse: ['toolUsePromptTokenCount', 'tool_use_prompt_token_count', 'total_tool_use_tokens'],
} as const
const DETAILS = {
  prompt: ['promptTokensDetails', 'prompt_tokens_details', 'input_tokens_by_modality'],
  cached: ['cacheTokensDetails', 'cache_tokens_details', 'cached_tokens_by_modality'],
  output: [
    'candidatesTokensDetails',
    'responseTokensDetails',
    'candidates_tokens_details',
    'response_tokens_details',
    'output_tokens_by_modality',
  ],
} as const
const DETAIL_COUNTS = ['tokenCount', 'token_count', 'tokens'] as const
/** There are six modalities. */
const DETAILS_MAX = 32
/** What a countTokens reply holds instead of the counts of a call. */
const COUNT_TOKENS = ['totalTokens', 'total_tokens'] as const

type Tokens = Pick<
  TokenUse,
  'prompt' | 'cached' | 'output' | 'thoughts' | 'toolUse' | 'promptByModality' | 'cachedByModality' | 'outputByModality'
>

/**
 * Reads the parts of usage metadata; absent counts are 0, a count that is missing beside its breakdown is the
 * breakdown's sum, and the stated total is never used. `free` for a countTokens reply. Faults are left in `read`.
 * Shapes: @google/genai 3.1.0 `GenerateContentResponseUsageMetadata`, Live `UsageMetadata`, Interactions `Usage`.
 */
export const readTokens = (read: Fields): Tokens | 'free' => {
  if (isCountTokens(read)) return 'free'
  const prompt = readDetails(read, DETAILS.prompt)
  const cached = readDetails(read, DETAILS.cached)
  const output = readDetails(read, DETAILS.output)
  return {
    prompt: readCount(read, COUNTS.prompt) ?? prompt.sum,
    cached: readCount(read, COUNTS.cached) ?? cached.sum,
    output: readCount(read, COUNTS.output) ?? output.sum,
    thoughts: readCount(read, COUNTS.thoughts) ?? 0,
    toolUse: readCount(read, COUNTS.toolUse) ?? 0,
    promptByModality: prompt.by,
    cachedByModality: cached.by,
    outputByModality: output.by,
  }
}

/**
 * Reads the inference class: the message's own `serviceTier`, else what the reply says, else standard. `unknown` for a
 * class of a reply that has no known price; a caller's own word must be a known one (TYPE).
 */
export const readServiceTier = (read: Fields, metadata: Fields | undefined): ServiceTier | 'unknown' => {
  const stated = read.has('serviceTier') ? serviceTier(read.text('serviceTier')) : 'unspecified'
  if (stated === 'unknown') read.fail('serviceTier', 'TYPE', `must be one of ${SERVICE_TIERS.join(', ')}`)
  if (stated !== 'unspecified') return stated
  for (const name of ['serviceTier', 'service_tier', 'trafficType', 'traffic_type']) {
    const returned = metadata?.has(name) ? serviceTier(metadata.text(name)) : 'unspecified'
    if (returned !== 'unspecified') return returned
  }
  return 'standard'
}

/** `ON_DEMAND` alone says no more than that it was not provisioned. */
const serviceTier = (text: string): ServiceTier | 'unspecified' | 'unknown' => {
  const word = text.toLowerCase().replace(/^(?:service_tier|traffic_type|on_demand)_/, '')
  if (word === 'unspecified' || word === 'on_demand') return 'unspecified'
  return SERVICE_TIERS.find((tier) => tier === word) ?? 'unknown'
}

const isCountTokens = (read: Fields): boolean => {
  const { prompt, output, thoughts, toolUse } = COUNTS
  return (
    COUNT_TOKENS.some((name) => read.has(name)) &&
    ![prompt, output, thoughts, toolUse].some((names) => names.some((name) => read.has(name)))
  )
}

const readCount = (read: Fields, names: readonly string[]): number | undefined => {
  const name = names.find((candidate) => read.has(candidate))
  return name === undefined ? undefined : read.integer(name)
}

const readDetails = (read: Fields, names: readonly string[]): { readonly sum: number; readonly by: TokensBy } => {
  const by: Partial<Record<PricedModality, number>> = {}
  let sum = 0
  const name = names.find((candidate) => read.has(candidate))
  for (const item of name === undefined ? [] : read.list(name, DETAILS_MAX)) {
    const tokens = readCount(item, DETAIL_COUNTS) ?? 0
    const stated = item.has('modality') ? item.text('modality').toUpperCase() : ''
    const modality = PRICED_MODALITIES.find((candidate) => candidate === stated)
    if (modality) by[modality] = (by[modality] ?? 0) + tokens
    sum += tokens
  }
  return { sum, by }
}
