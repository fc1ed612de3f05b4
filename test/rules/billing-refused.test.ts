import { expect, test } from 'vitest'
import type { CauseEvidence } from '../../functions/domain/evidence.ts'
import { DAY_MS, HOUR_MS } from '../../functions/domain/time.ts'
import { billingRefused } from '../../functions/rules/billing-refused.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { AS_OF, context, standing } from '../support/standing.ts'

ruleContract(billingRefused)

const refused = (more: Partial<CauseEvidence> = {}): CauseEvidence => ({
  cause: 'delinquent',
  projectId: 'my-app',
  at: AS_OF - HOUR_MS,
  code: 403,
  message: 'Lightning dunning decision is deny for project: projects/123456789012',
  quotaIds: [],
  count: 3,
  ...more,
})
const judge = (...causes: readonly CauseEvidence[]) =>
  billingRefused.evaluate(standing({ evidence: { causes } }), context())

test('a refusal over billing is critical at once, one episode per project', () => {
  expect(judge(refused(), refused({ projectId: 'my-batch' }))).toMatchObject([
    { scope: 'my-app', severity: 'critical', state: 'holds' },
    { scope: 'my-batch', severity: 'critical', state: 'holds' },
  ])
})

test('a paid call of the project after it ends it, and so does a week without a refusal', () => {
  expect(judge(refused({ paidAt: AS_OF - HOUR_MS + 1 }))).toEqual([])
  expect(judge(refused({ paidAt: AS_OF - HOUR_MS }))).toHaveLength(1)
  expect(judge(refused({ at: AS_OF - 7 * DAY_MS }))).toHaveLength(1)
  expect(judge(refused({ at: AS_OF - 7 * DAY_MS - 1 }))).toEqual([])
})

test('no other cause is about billing', () => {
  for (const cause of ['key', 'quota', 'project-cap', 'plan-mismatch'] as const)
    expect(judge(refused({ cause }))).toEqual([])
})

test('the words say that credit does not help, and where to pay', () => {
  const [words] = judge(refused()).map((finding) => finding.words)
  expect(words?.title).toBe('Google refuses calls of project my-app on Production: billing is off or overdue')
  expect(words?.summary).toContain('buying credit does not help')
  expect(words?.figure).toBe('3 failed requests')
  expect(words?.next[0]?.url).toBe('https://console.cloud.google.com/billing/01D4EE-079462-DFD6EC/payment')
})
