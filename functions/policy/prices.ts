/** Dated list prices of the Gemini API as data; what a call costs is worked out in `pricing.ts`. */

import { type Nanos, nanos as usd } from '../domain/money.ts'
import { type Instant, instant } from '../domain/time.ts'

/** Kinds of token that some models bill at a rate of their own; text and documents have the plain rate. */
export const PRICED_MODALITIES = ['AUDIO', 'VIDEO', 'IMAGE'] as const
export type PricedModality = (typeof PRICED_MODALITIES)[number]

type ByModality = Readonly<Partial<Record<PricedModality, Nanos>>>

/** USD nanos per million tokens. An absent rate is unknown, never 0. */
export type Rates = {
  readonly input: Nanos
  readonly cached?: Nanos
  /** Thoughts included. */
  readonly output?: Nanos
  /** Where a modality of input or cached input is absent, the plain rate holds. */
  readonly inputBy?: ByModality
  readonly cachedBy?: ByModality
  /** Where a modality of output is absent, the model has no known price for it. */
  readonly outputBy?: ByModality
}

export type PriceRow = {
  /** Every id the API takes for this price, without `models/`. */
  readonly models: readonly string[]
  /** The row holds from here, in UTC, until the model's next row; before a model's first row, that row holds. */
  readonly effectiveFrom: Instant
  readonly rates: Rates
  /** Rates of the whole request where its prompt is longer than `LONG_PROMPT_TOKENS`. */
  readonly longRates?: Rates
  /** USD nanos for a million cached tokens kept for one hour. */
  readonly storage?: Nanos
  readonly source: string
  /** The UTC day it was read. */
  readonly read: string
}

/** A prompt above this many tokens, cached ones included, has the long rates. */
export const LONG_PROMPT_TOKENS = 200_000

/** The day of the copy most rows were taken from; when a row began before it is not known, and does not matter. */
const COPIED = instant('2026-10-07T00:00:00Z')
const ORIGIN = {
  source: 'https://ai.google.dev/gemini-api/docs/pricing, second-hand from copies of August to 2026-10-07',
  read: '2026-11-23',
}
const FROM_MEMORY = { ...ORIGIN, source: `${ORIGIN.source}; storage rate from memory` }

const FLASH_3_6_TO_3_8 = ['gemini-3.8-flash', 'gemini-3.7-flash', 'gemini-3.6-flash'].flatMap((id) => [
  id,
  `${id}-preview`,
])

/**
 * List prices by model and date, paid standard class, USD per 1M tokens.
 * Limits: prices by image, second or song (Imagen, Veo, Lyria), grounding queries and free allowances are not in it,
 * because usage metadata does not count them. Retired previews with prices of their own are left out on purpose.
 */
export const PRICE_ROWS: readonly PriceRow[] = [
  {
    models: FLASH_3_6_TO_3_8,
    effectiveFrom: COPIED,
    rates: { input: usd('0.75'), cached: usd('0.075'), output: usd('3.75') },
    storage: usd('0.50'),
    ...ORIGIN,
  },
  {
    models: FLASH_3_6_TO_3_8,
    effectiveFrom: instant('2027-01-01T00:00:00Z'),
    rates: { input: usd('1.50'), cached: usd('0.15'), output: usd('7.50') },
    storage: usd('1.00'),
    ...ORIGIN,
  },
  {
    models: ['gemini-3.5-flash', 'gemini-3.5-flash-preview'],
    effectiveFrom: COPIED,
    rates: { input: usd('1.50'), cached: usd('0.15'), output: usd('9.00') },
    ...ORIGIN,
  },
  {
    models: ['gemini-3.5-flash-lite', 'gemini-3.5-flash-lite-preview'],
    effectiveFrom: COPIED,
    rates: { input: usd('0.30'), cached: usd('0.03'), output: usd('2.50') },
    ...ORIGIN,
  },
  {
    models: ['gemini-3.1-flash-lite', 'gemini-3.1-flash-lite-preview'],
    effectiveFrom: COPIED,
    rates: {
      input: usd('0.25'),
      cached: usd('0.025'),
      output: usd('1.50'),
      inputBy: { AUDIO: usd('0.50') },
      cachedBy: { AUDIO: usd('0.05') },
    },
    ...ORIGIN,
  },
  {
    models: ['gemini-3-flash-preview', 'gemini-3-flash'],
    effectiveFrom: COPIED,
    rates: {
      input: usd('0.50'),
      cached: usd('0.05'),
      output: usd('3.00'),
      inputBy: { AUDIO: usd('1.00') },
      cachedBy: { AUDIO: usd('0.10') },
    },
    ...ORIGIN,
    source: `${ORIGIN.source}; cached audio from genai-prices 0.1.8`,
  },
  {
    models: [
      'gemini-3.1-pro-preview',
      'gemini-3.1-pro',
      'gemini-3.1-pro-preview-customtools',
      'gemini-3-pro-preview',
      'gemini-3-pro',
    ],
    effectiveFrom: COPIED,
    rates: { input: usd('2.00'), cached: usd('0.20'), output: usd('12.00') },
    longRates: { input: usd('4.00'), cached: usd('0.40'), output: usd('18.00') },
    storage: usd('4.50'),
    ...FROM_MEMORY,
  },
  {
    models: ['gemini-2.5-pro', 'gemini-2.5-pro-preview'],
    effectiveFrom: COPIED,
    rates: { input: usd('1.25'), cached: usd('0.125'), output: usd('10.00') },
    longRates: { input: usd('2.50'), cached: usd('0.25'), output: usd('15.00') },
    storage: usd('4.50'),
    ...FROM_MEMORY,
  },
  {
    models: ['gemini-2.5-flash', 'gemini-2.5-flash-preview-09-2025'],
    effectiveFrom: COPIED,
    rates: {
      input: usd('0.30'),
      cached: usd('0.03'),
      output: usd('2.50'),
      inputBy: { AUDIO: usd('1.00') },
      cachedBy: { AUDIO: usd('0.10') },
    },
    storage: usd('1.00'),
    ...ORIGIN,
  },
  {
    models: ['gemini-2.5-flash-lite', 'gemini-2.5-flash-lite-preview'],
    effectiveFrom: COPIED,
    rates: {
      input: usd('0.10'),
      cached: usd('0.01'),
      output: usd('0.40'),
      inputBy: { AUDIO: usd('0.30') },
      cachedBy: { AUDIO: usd('0.03') },
    },
    storage: usd('1.00'),
    ...ORIGIN,
  },
  {
    models: ['gemini-3-pro-image', 'gemini-3-pro-image-preview'],
    effectiveFrom: COPIED,
    rates: { input: usd('2.00'), output: usd('12.00'), outputBy: { IMAGE: usd('120.00') } },
    ...ORIGIN,
  },
  {
    models: ['gemini-3.1-flash-image', 'gemini-3.1-flash-image-preview'],
    effectiveFrom: COPIED,
    rates: { input: usd('0.50'), output: usd('3.00'), outputBy: { IMAGE: usd('60.00') } },
    ...ORIGIN,
  },
  {
    models: ['gemini-3.1-flash-lite-image', 'gemini-3.1-flash-lite-image-preview'],
    effectiveFrom: COPIED,
    rates: { input: usd('0.25'), output: usd('1.50'), outputBy: { IMAGE: usd('30.00') } },
    ...ORIGIN,
  },
  {
    models: ['gemini-2.5-flash-image', 'gemini-2.5-flash-image-preview'],
    effectiveFrom: COPIED,
    rates: { input: usd('0.30'), output: usd('2.50'), outputBy: { IMAGE: usd('30.00') } },
    ...ORIGIN,
  },
  {
    models: ['gemini-3.1-flash-live', 'gemini-3.8-flash-live', 'gemini-3.8-live'].flatMap((id) => [
      id,
      `${id}-preview`,
    ]),
    effectiveFrom: COPIED,
    rates: {
      input: usd('0.75'),
      output: usd('4.50'),
      inputBy: { AUDIO: usd('3.00'), IMAGE: usd('1.00'), VIDEO: usd('1.00') },
      outputBy: { AUDIO: usd('12.00') },
    },
    ...ORIGIN,
  },
  {
    models: ['gemini-2.5-flash-native-audio', 'gemini-2.5-flash-native-audio-preview', 'gemini-live-2.5-flash'],
    effectiveFrom: COPIED,
    rates: {
      input: usd('0.50'),
      output: usd('2.00'),
      inputBy: { AUDIO: usd('3.00') },
      outputBy: { AUDIO: usd('12.00') },
    },
    ...ORIGIN,
  },
  {
    models: [
      'gemini-3.1-flash-tts',
      'gemini-3.1-flash-tts-preview',
      'gemini-2.5-pro-tts',
      'gemini-2.5-pro-preview-tts',
    ],
    effectiveFrom: COPIED,
    rates: { input: usd('1.00'), output: usd('20.00'), outputBy: { AUDIO: usd('20.00') } },
    ...ORIGIN,
  },
  {
    models: ['gemini-2.5-flash-tts', 'gemini-2.5-flash-preview-tts'],
    effectiveFrom: COPIED,
    rates: { input: usd('0.50'), output: usd('10.00'), outputBy: { AUDIO: usd('10.00') } },
    ...ORIGIN,
  },
  {
    models: ['gemini-omni-flash', 'gemini-omni-flash-preview', 'gemini-omni-1.1-flash'],
    effectiveFrom: COPIED,
    rates: { input: usd('1.50'), output: usd('9.00'), outputBy: { VIDEO: usd('17.50') } },
    ...ORIGIN,
  },
  { models: ['gemini-embedding-001'], effectiveFrom: COPIED, rates: { input: usd('0.15') }, ...ORIGIN },
  {
    models: ['gemini-embedding-2', 'gemini-embedding-2-preview'],
    effectiveFrom: COPIED,
    rates: { input: usd('0.20'), inputBy: { IMAGE: usd('0.45'), AUDIO: usd('6.50'), VIDEO: usd('12.00') } },
    ...ORIGIN,
  },
]
