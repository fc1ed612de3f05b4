import { expect, test } from 'vitest'
import type { CauseEvidence } from '../../functions/domain/evidence.ts'
import { HOUR_MS, MINUTE_MS } from '../../functions/domain/time.ts'
import { keyRefused } from '../../functions/rules/key-refused.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { AS_OF, context, standing } from '../support/standing.ts'

ruleContract(keyRefused)

const LEAKED = 'Your API key was reported as leaked. Please use another API key.'
const refused = (more: Partial<CauseEvidence> = {}): CauseEvidence => ({
  cause: 'key',
  projectId: 'my-app',
  at: AS_OF - MINUTE_MS,
  code: 400,
  message: 'API key not valid. Please pass a valid API key.',
  quotaIds: [],
  count: 5,
  ...more,
})
const judge = (seen: CauseEvidence) => keyRefused.evaluate(standing({ evidence: { causes: [seen] } }), context())
const stateOf = (seen: CauseEvidence) => judge(seen).map(({ state }) => state)

test('five refusals in a day are told, fewer are not', () => {
  expect(judge(refused())).toMatchObject([{ scope: 'my-app', severity: 'warning', state: 'holds' }])
  expect(stateOf(refused({ count: 4 }))).toEqual(['between'])
})

test('a leaked key is told with its first refusal, and the spend is to be looked at', () => {
  const [finding] = judge(refused({ count: 1, code: 403, message: LEAKED }))
  expect(finding).toMatchObject({ state: 'holds' })
  expect(finding?.words.title).toBe(
    'Google refuses an API key of project my-app on Production: it was reported as leaked',
  )
  expect(finding?.words.next.map(({ url }) => url)).toEqual([
    'https://aistudio.google.com/api-keys',
    'https://ai.studio/spend',
    undefined,
  ])
})

test('calls of other keys that are served end nothing; six hours without a refusal do', () => {
  expect(stateOf(refused({ paidAt: AS_OF }))).toEqual(['holds'])
  expect(stateOf(refused({ at: AS_OF - HOUR_MS + 1 }))).toEqual(['holds'])
  expect(stateOf(refused({ at: AS_OF - HOUR_MS }))).toEqual(['between'])
  expect(stateOf(refused({ at: AS_OF - 6 * HOUR_MS + 1 }))).toEqual(['between'])
  expect(stateOf(refused({ at: AS_OF - 6 * HOUR_MS }))).toEqual(['clear'])
})

test('no other cause is about a key', () => {
  for (const cause of ['delinquent', 'quota', 'project-cap'] as const) expect(judge(refused({ cause }))).toEqual([])
})
