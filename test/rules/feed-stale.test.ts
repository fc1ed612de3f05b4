import { describe, expect, test } from 'vitest'
import { HOUR_MS } from '../../functions/domain/time.ts'
import { feedStale } from '../../functions/rules/feed-stale.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { AS_OF, BUDGET_ID, budget, context, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(feedStale)

const judge = (overrides: StandingOverrides, firstSeenHoursAgo = 500) =>
  feedStale.evaluate(standing(overrides), context({ firstSeenAt: AS_OF - firstSeenHoursAgo * HOUR_MS }))

const lastHeard = (ms: number) => ({ budgets: [budget({ lastAt: AS_OF - ms })] })

describe('a drawdown budget is silent from 36 hours after its last message', () => {
  test.each([
    [36 * HOUR_MS - 1, 0],
    [36 * HOUR_MS, 1],
  ])('%s ms after it: %s findings', (ms, count) => {
    expect(judge(lastHeard(ms))).toHaveLength(count)
  })

  test('a budget that never spoke is counted from the first start', () => {
    expect(judge({ budgets: [] }, 35.99)).toEqual([])
    expect(judge({ budgets: [] }, 36)).toHaveLength(1)
  })

  test('a message before the first start still counts from its own time', () => {
    expect(judge(lastHeard(37 * HOUR_MS), 1)).toHaveLength(1)
  })
})

test('each silent drawdown budget is its own scope; watch budgets and budgets that are not listed do not count', () => {
  const account = { budgets: { [BUDGET_ID]: 'drawdown', quiet: 'drawdown', seen: 'watch' } as const }
  const findings = judge({ account, budgets: [budget(), budget({ budgetId: 'seen', role: 'watch', lastAt: 0 })] })
  expect(findings.map(({ scope, level, severity }) => [scope, level, severity])).toEqual([['quiet', '', 'warning']])
})

test('it is judged without funds: a blind ledger is worst before it starts', () => {
  expect(judge({ funded: false, ...lastHeard(40 * HOUR_MS) })).toHaveLength(1)
})

test('the words name the budget, the silence and the last message', () => {
  const words = judge(lastHeard(40 * HOUR_MS))[0]?.words
  expect(words?.title).toBe('No message from budget Gemini month for 40 h: the ledger of Production is blind')
  expect(words?.summary).toContain('published at 2026-11-21 18:00 UTC')
  expect(words?.next.map(({ url }) => url)).toContain(
    'https://console.cloud.google.com/billing/01D4EE-079462-DFD6EC/budgets',
  )
})

describe('an account that nothing feeds', () => {
  const unfed = { account: { budgets: { seen: 'watch' } as const }, budgets: [], feeds: {} }

  test('is told 36 hours after the first start, with how to mend it', () => {
    expect(judge(unfed, 35.99)).toEqual([])
    const [finding] = judge(unfed, 36)
    expect(finding).toMatchObject({ scope: 'no-source', level: '', severity: 'warning', state: 'holds' })
    expect(finding?.words.next[0]?.label).toContain('excludes credits')
  })

  test('is not told once usage was seen, however stale it is', () => {
    expect(judge({ ...unfed, feeds: { usage: { lastAt: 0, stale: true } } })).toEqual([])
  })
})
