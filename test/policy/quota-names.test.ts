import { expect, test } from 'vitest'
import { tierNamed } from '../../functions/policy/quota-names.ts'

const of = (...quotaIds: string[]) => tierNamed({ message: '', quotaIds })

test.each([
  ['GenerateRequestsPerMinutePerProjectPerModel-FreeTier', 'free', false],
  ['GenerateContentInputTokensPerModelPerMinute-FreeTier', 'free', false],
  ['GenerateRequestsPerDayPerProjectPerModel-PaidTier', 'tier-1', false],
  ['GenerateRequestsPerMinutePerProjectPerModel-PaidTier2', 'tier-2', false],
  ['GenerateRequestsPerDayPerProjectPerModel-PaidTier3', 'tier-3', false],
  ['GenerateRequestsPerDayPerProjectPerModel', 'tier-1', true],
] as const)('the quota id %s names %s', (id, tier, weak) => expect(of(id)).toEqual({ tier, weak }))

test.each([
  ['generate_content_free_tier_requests', 'free', false],
  ['generate_content_free_tier_input_token_count', 'free', false],
  ['generate_requests_per_model', 'tier-1', true],
  ['generate_requests_per_model_per_day', 'tier-1', true],
  ['generate_content_paid_tier_requests', 'tier-1', false],
  ['generate_content_paid_tier_input_token_count', 'tier-1', false],
  ['generate_content_paid_tier_2_requests', 'tier-2', false],
  ['generate_content_paid_tier_3_input_token_count', 'tier-3', false],
  ['generated_images_paid_tier_1_per_model', 'tier-1', false],
  ['predict_requests_per_model_per_day_paid_tier_1', 'tier-1', false],
] as const)('the metric %s in a message names %s', (metric, tier, weak) => {
  const message = `You exceeded your current quota, please check your plan and billing details. * Quota exceeded for metric: generativelanguage.googleapis.com/${metric}, limit: 100, model: gemini-3.8-flash`
  expect(tierNamed({ message, quotaIds: [] })).toEqual({ tier, weak })
})

test('other words and names give no tier away', () => {
  expect(of('ConcurrentBatchJobsPerProject', 'embed_content_requests')).toBeUndefined()
  expect(tierNamed({ message: 'Resource exhausted. Please try again later.', quotaIds: [] })).toBeUndefined()
  expect(tierNamed({ message: 'a prompt about the paid_tier_3 of a cake', quotaIds: [] })).toBeUndefined()
})

test('a name that states a tier outweighs one that leaves it out; two that differ say nothing', () => {
  expect(of('GenerateRequestsPerDayPerProjectPerModel', 'X-PaidTier2')).toEqual({ tier: 'tier-2', weak: false })
  expect(of('X-PaidTier2', 'Y-PaidTier3')).toBeUndefined()
})
