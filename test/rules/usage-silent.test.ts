import { describe, expect, test } from 'vitest'
import type { RecentSpend } from '../../functions/domain/balance.ts'
import { nanos } from '../../functions/domain/money.ts'
import { DAY_MS, HOUR_MS } from '../../functions/domain/time.ts'
import { usageSilent } from '../../functions/rules/usage-silent.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { AS_OF, context, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(usageSilent)

const billed = (yesterday: string, over: Partial<RecentSpend> = {}): RecentSpend => ({
  spent: 0n,
  confirmed: 0n,
  yesterday: nanos(yesterday),
  usual: nanos('4.00'),
  peak: nanos('6.00'),
  days: 14,
  by: 'bill',
  ...over,
})

const judge = (silentMs: number, overrides: StandingOverrides = {}) =>
  usageSilent.evaluate(
    standing({
      recent: billed('4.00'),
      ...overrides,
      feeds: {
        budget: { lastAt: AS_OF - HOUR_MS, stale: false },
        usage: { lastAt: AS_OF - silentMs, stale: true },
      },
    }),
    context(),
  )

describe('where the bill goes on without usage', () => {
  test.each([
    [72 * HOUR_MS - 1, []],
    [72 * HOUR_MS, ['holds']],
    [10 * DAY_MS, ['holds']],
  ])('silent for %s ms: %j', (ms, states) => {
    expect(judge(ms).map(({ state }) => state)).toEqual(states)
  })

  test('a slow bill is given twice its measured delay', () => {
    const slow = { balance: { feedLagMs: 20 * HOUR_MS } }
    expect(judge(88 * HOUR_MS - 1, slow)).toEqual([])
    expect(judge(88 * HOUR_MS, slow)).toHaveLength(1)
  })

  test.each([
    ['nothing was billed yesterday', { recent: billed('0') }],
    ['crumbs were billed yesterday', { recent: billed('0.39') }],
    ['there is no week of history yet', { recent: undefined }],
    ['the figures are those of usage itself', { recent: billed('4.00', { by: 'usage' }) }],
  ] as const)('it is not told where %s, and what is open stays open', (_, overrides) => {
    expect(judge(5 * DAY_MS, overrides).map(({ state }) => state)).toEqual(['between'])
  })

  test('a tenth of a usual day is spend', () => {
    expect(judge(5 * DAY_MS, { recent: billed('0.40') }).map(({ state }) => state)).toEqual(['holds'])
  })

  test.each(['cloud-credit', 'postpay'] as const)(
    '%s: its budget may count other services, so it proves nothing',
    (plan) => {
      expect(judge(5 * DAY_MS, { account: { plan } })).toEqual([])
    },
  )

  test('the words say since when, and what is billed all the same', () => {
    const words = judge(100 * HOUR_MS)[0]?.words
    expect(words?.title).toBe('No usage reported on Production for 4 d 4 h, but the bill goes on')
    expect(words?.summary).toContain('made at 2026-11-19 06:00 UTC')
    expect(words?.arithmetic).toContain('billed yesterday (UTC): 4.00 USD')
  })
})

describe('where usage is all that feeds the ledger', () => {
  const alone = { account: { budgets: { seen: 'watch' } as const }, budgets: [], recent: undefined }

  test.each([
    [7 * DAY_MS - 1, 0],
    [7 * DAY_MS, 1],
  ])('silent for %s ms: %s findings', (ms, count) => {
    expect(judge(ms, alone)).toHaveLength(count)
  })

  test('it is said once, whatever the plan', () => {
    expect(judge(8 * DAY_MS, { ...alone, account: { ...alone.account, plan: 'cloud-credit' } })[0]).toMatchObject({
      scope: 'only-feed',
      severity: 'warning',
      state: 'holds',
      once: true,
    })
  })
})

test('usage that never came is no silence', () => {
  expect(usageSilent.evaluate(standing({ feeds: {} }), context())).toEqual([])
})
