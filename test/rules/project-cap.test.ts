import { expect, test } from 'vitest'
import type { CauseEvidence } from '../../functions/domain/evidence.ts'
import { nanos } from '../../functions/domain/money.ts'
import { HOUR_MS, instant } from '../../functions/domain/time.ts'
import { projectCap } from '../../functions/rules/project-cap.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { AS_OF, context, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(projectCap)

const cap = (more: Partial<CauseEvidence> = {}): CauseEvidence => ({
  cause: 'project-cap',
  projectId: 'my-app',
  at: AS_OF - HOUR_MS,
  code: 429,
  message: 'Your project has exceeded its monthly spending cap.',
  quotaIds: [],
  count: 12,
  ...more,
})

const judge = (causes: readonly CauseEvidence[], overrides: StandingOverrides = {}) =>
  projectCap.evaluate(standing({ evidence: { causes }, ...overrides }), context())

test('a project at its cap is critical, whatever the plan and the ledger say', () => {
  for (const overrides of [{}, { funded: false }, { plan: 'postpay' } as const])
    expect(judge([cap()], overrides)).toMatchObject([{ scope: 'my-app', severity: 'critical', state: 'holds' }])
})

test('each project is an episode of its own', () => {
  expect(judge([cap(), cap({ projectId: 'my-batch' })]).map(({ scope }) => scope)).toEqual(['my-app', 'my-batch'])
})

test('a paid call of the project after it ends it; one before or at the same time does not', () => {
  expect(judge([cap({ paidAt: AS_OF - HOUR_MS + 1 })])).toEqual([])
  expect(judge([cap({ paidAt: AS_OF - HOUR_MS })])).toHaveLength(1)
})

test('it ends with the month, Pacific time', () => {
  const lastOfMonth = cap({ at: instant('2026-12-01T07:00:00Z') })
  expect(judge([lastOfMonth], { asOf: instant('2026-12-01T07:59:59Z') })).toHaveLength(1)
  expect(judge([lastOfMonth], { asOf: instant('2026-12-01T08:00:00Z') })).toEqual([])
})

test('no other cause is a cap of a project', () => {
  for (const cause of ['tier-cap', 'spend-rate', 'quota', 'depleted'] as const)
    expect(judge([cap({ cause })])).toEqual([])
})

test('the words name the project, what stops, what does not, and the page of the cap', () => {
  const words = judge([cap({ paidAt: AS_OF - 2 * HOUR_MS })], {
    byProject: [{ projectId: 'my-app', perDay: nanos('3.10'), models: [] }],
  })[0]?.words
  expect(words?.title).toBe('Project my-app on Production reached its monthly spending cap: its calls fail')
  expect(words?.figure).toBe('12 failed requests')
  expect(words?.stops).toContain('other projects go on')
  expect(words?.stops).toContain('on the 1st of next month, Pacific time')
  expect(words?.arithmetic).toEqual([
    'error 429 at 2026-11-23 09:00 UTC: “Your project has exceeded its monthly spending cap.”',
    'requests that failed so in the 24 h before: 12',
    'last paid call of the project that was served: 2026-11-23 08:00 UTC',
    'the project’s own spend, estimated: 3.10 USD a day',
  ])
  expect(words?.next[0]).toMatchObject({ url: 'https://ai.studio/spend', who: 'billing administrator' })
})
