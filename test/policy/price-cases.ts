/** Calls with their prices by hand: tokens × nanos per token (USD per 1M × 1,000), added up in the open. */

import { instant } from '../../functions/domain/time.ts'
import type { TokenUse } from '../../functions/policy/pricing.ts'

const NOV = instant('2026-11-23T10:00:00Z')
const LAST_OF_2026 = instant('2026-12-31T23:59:59.999Z')
const FIRST_OF_2027 = instant('2027-01-01T00:00:00Z')
export const HOUR = 1_000_000_000n

export const use = (model: string, rest: Partial<TokenUse>): TokenUse => ({
  model,
  at: NOV,
  tier: 'standard',
  prompt: 0,
  ...rest,
})

export const CALL = { prompt: 12_040, cached: 11_000, output: 512, thoughts: 900, toolUse: 30 }

export const CASES: readonly (readonly [string, TokenUse, bigint, string])[] = [
  [
    '3.8 Flash: all five kinds of token',
    use('gemini-3.8-flash', CALL),
    780_000n + 825_000n + 1_920_000n + 3_375_000n + 22_500n,
    '0.0069225',
  ],
  [
    '3.8 Flash in the last millisecond of 2026',
    use('gemini-3.8-flash', { ...CALL, at: LAST_OF_2026 }),
    6_922_500n,
    '0.0069225',
  ],
  [
    '3.8 Flash from the first of 2027',
    use('gemini-3.8-flash', { ...CALL, at: FIRST_OF_2027 }),
    1_560_000n + 1_650_000n + 3_840_000n + 6_750_000n + 45_000n,
    '0.013845',
  ],
  ['3.8 Flash long before its first row', use('gemini-3.8-flash', { prompt: 4, at: 0 }), 3_000n, '0.000003'],
  [
    '3.7 Flash, flex',
    use('gemini-3.7-flash', { prompt: 1_000, output: 1_000, tier: 'flex' }),
    375_000n + 1_875_000n,
    '0.00225',
  ],
  [
    '3.6 Flash, batch, 2027',
    use('gemini-3.6-flash', { prompt: 1_000, output: 1_000, tier: 'batch', at: FIRST_OF_2027 }),
    750_000n + 3_750_000n,
    '0.0045',
  ],
  [
    '3.7 Flash, priority',
    use('gemini-3.7-flash', { prompt: 1_000, output: 100, tier: 'priority' }),
    1_350_000n + 675_000n,
    '0.002025',
  ],
  [
    '3.5 Flash, cached',
    use('gemini-3.5-flash', { prompt: 1_000, cached: 400, output: 10 }),
    900_000n + 60_000n + 90_000n,
    '0.00105',
  ],
  [
    '3.5 Flash-Lite takes audio at the plain rate',
    use('gemini-3.5-flash-lite', { prompt: 1_000, output: 100, promptByModality: { AUDIO: 500 } }),
    300_000n + 250_000n,
    '0.00055',
  ],
  [
    '3.1 Flash-Lite, audio',
    use('gemini-3.1-flash-lite', { prompt: 1_000, output: 100, promptByModality: { AUDIO: 400 } }),
    150_000n + 200_000n + 150_000n,
    '0.0005',
  ],
  [
    '3.1 Flash-Lite, cached audio',
    use('gemini-3.1-flash-lite-preview', {
      prompt: 1_000,
      cached: 300,
      promptByModality: { AUDIO: 400 },
      cachedByModality: { AUDIO: 100 },
    }),
    100_000n + 150_000n + 5_000n + 5_000n,
    '0.00026',
  ],
  [
    '3 Flash preview, audio',
    use('gemini-3-flash-preview', { prompt: 2_000, output: 300, promptByModality: { AUDIO: 500 } }),
    750_000n + 500_000n + 900_000n,
    '0.00215',
  ],
  [
    '3.1 Pro at exactly 200,000 tokens',
    use('gemini-3.1-pro', { prompt: 200_000, cached: 50_000, output: 1_000, thoughts: 2_000 }),
    300_000_000n + 10_000_000n + 12_000_000n + 24_000_000n,
    '0.346',
  ],
  [
    '3.1 Pro preview one token above',
    use('gemini-3.1-pro-preview', { prompt: 200_001, cached: 50_000, output: 1_000, thoughts: 2_000 }),
    600_004_000n + 20_000_000n + 18_000_000n + 36_000_000n,
    '0.674004',
  ],
  [
    '3 Pro preview, two calls of 200,000 summed',
    use('gemini-3-pro-preview', { prompt: 400_000, requests: 2 }),
    800_000_000n,
    '0.80',
  ],
  [
    '3 Pro preview, two calls above on average',
    use('gemini-3-pro-preview', { prompt: 400_001, requests: 2 }),
    1_600_004_000n,
    '1.600004',
  ],
  ['2.5 Pro', use('gemini-2.5-pro', { prompt: 1_000, output: 1_000 }), 1_250_000n + 10_000_000n, '0.01125'],
  [
    '2.5 Pro, long, batch',
    use('models/gemini-2.5-pro', { prompt: 300_000, output: 1_000, tier: 'batch' }),
    375_000_000n + 7_500_000n,
    '0.3825',
  ],
  [
    '2.5 Flash, all audio',
    use('gemini-2.5-flash', { prompt: 5_000, output: 200, promptByModality: { AUDIO: 5_000 } }),
    5_000_000n + 500_000n,
    '0.0055',
  ],
  [
    '2.5 Flash, cached without a breakdown: plain first',
    use('gemini-2.5-flash', { prompt: 1_000, cached: 500, promptByModality: { AUDIO: 800 } }),
    6_000n + 30_000n + 500_000n,
    '0.000536',
  ],
  [
    '2.5 Flash-Lite, a handful of tokens',
    use('gemini-2.5-flash-lite', { prompt: 7, cached: 3, output: 1 }),
    400n + 30n + 400n,
    '0.00000083',
  ],
  [
    '3 Pro Image',
    use('gemini-3-pro-image-preview', { prompt: 100, output: 1_120, outputByModality: { IMAGE: 1_120 } }),
    200_000n + 134_400_000n,
    '0.1346',
  ],
  [
    '3.1 Flash Image with words',
    use('gemini-3.1-flash-image', { prompt: 50, output: 1_140, outputByModality: { IMAGE: 1_120 } }),
    25_000n + 60_000n + 67_200_000n,
    '0.067285',
  ],
  [
    '3.1 Flash-Lite Image',
    use('gemini-3.1-flash-lite-image', { prompt: 40, output: 1_120, outputByModality: { IMAGE: 1_120 } }),
    10_000n + 33_600_000n,
    '0.03361',
  ],
  [
    '2.5 Flash Image',
    use('gemini-2.5-flash-image', { prompt: 10, output: 1_290, outputByModality: { IMAGE: 1_290 } }),
    3_000n + 38_700_000n,
    '0.038703',
  ],
  [
    '3.1 Flash Live: text, audio and frames in, text and audio out',
    use('gemini-3.1-flash-live-preview', {
      prompt: 2_858,
      output: 510,
      promptByModality: { AUDIO: 2_500, VIDEO: 258 },
      outputByModality: { AUDIO: 500 },
    }),
    75_000n + 7_500_000n + 258_000n + 45_000n + 6_000_000n,
    '0.013878',
  ],
  [
    '2.5 native audio, a dated preview',
    use('gemini-2.5-flash-native-audio-preview-12-2025', {
      prompt: 1_100,
      output: 1_000,
      promptByModality: { AUDIO: 1_000 },
      outputByModality: { AUDIO: 1_000 },
    }),
    50_000n + 3_000_000n + 12_000_000n,
    '0.01505',
  ],
  [
    '3.1 Flash TTS',
    use('gemini-3.1-flash-tts-preview', { prompt: 50, output: 1_000, outputByModality: { AUDIO: 1_000 } }),
    50_000n + 20_000_000n,
    '0.02005',
  ],
  [
    '2.5 Flash TTS, batch',
    use('gemini-2.5-flash-preview-tts', {
      prompt: 50,
      output: 1_000,
      tier: 'batch',
      outputByModality: { AUDIO: 1_000 },
    }),
    12_500n + 5_000_000n,
    '0.0050125',
  ],
  ['2.5 Pro TTS', use('gemini-2.5-pro-preview-tts', { prompt: 50, output: 1_000 }), 50_000n + 20_000_000n, '0.02005'],
  [
    'Omni Flash, video',
    use('gemini-omni-1.1-flash', { prompt: 100, output: 5_802, outputByModality: { VIDEO: 5_792 } }),
    150_000n + 90_000n + 101_360_000n,
    '0.1016',
  ],
  ['Embedding 001', use('gemini-embedding-001', { prompt: 8_000 }), 1_200_000n, '0.0012'],
  ['Embedding 001, batch', use('gemini-embedding-001', { prompt: 8_000, tier: 'batch' }), 600_000n, '0.0006'],
  [
    'Embedding 2, text and image',
    use('gemini-embedding-2', { prompt: 358, promptByModality: { IMAGE: 258 } }),
    20_000n + 116_100n,
    '0.0001361',
  ],
  [
    'Embedding 2, audio and video',
    use('gemini-embedding-2-preview', { prompt: 290, promptByModality: { AUDIO: 32, VIDEO: 258 } }),
    208_000n + 3_096_000n,
    '0.003304',
  ],
  [
    '3.8 Flash, a million tokens kept 1.5 hours',
    use('gemini-3.8-flash', { storage: { tokens: 1_000_000, hours: HOUR + HOUR / 2n } }),
    750_000_000n,
    '0.75',
  ],
  [
    '3.8 Flash, the same in 2027',
    use('gemini-3.8-flash', { at: FIRST_OF_2027, storage: { tokens: 1_000_000, hours: HOUR + HOUR / 2n } }),
    1_500_000_000n,
    '1.50',
  ],
  [
    '2.5 Pro, a cache for a quarter of an hour, batch calls beside it',
    use('gemini-2.5-pro', { prompt: 1_000, tier: 'batch', storage: { tokens: 100_000, hours: HOUR / 4n } }),
    625_000n + 112_500_000n,
    '0.113125',
  ],
  ['a stable version is priced as its model', use('gemini-2.5-flash-001', { prompt: 10 }), 3_000n, '0.000003'],
  ['the latest of a model is priced as the model', use('gemini-2.5-pro-latest', { prompt: 10 }), 12_500n, '0.0000125'],
]
