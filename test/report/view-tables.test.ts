/** The tables of an account: what is listed, in which order, cut where. */

import { describe, expect, it } from 'vitest'
import { nanos } from '../../functions/domain/money.ts'
import { DAY_MS, instant } from '../../functions/domain/time.ts'
import { type AccountTables, tablesOf } from '../../functions/report/view-tables.ts'
import { AS_OF, budget, grant, type StandingOverrides, standing } from '../support/standing.ts'

const tables = (overrides: StandingOverrides): AccountTables => tablesOf(standing(overrides))

describe('tables', () => {
  it('list grants that hold credit first, and times in the account’s zone', () => {
    const spent = grant({ id: 'OLD', state: 'exhausted', remaining: 0n })
    const open = grant({ id: 'NEW', effectiveAt: instant('2026-11-20T03:00:00Z') })
    const { grants } = tables({ grants: [spent, open], account: { timeZone: 'America/Los_Angeles' } })
    expect(grants.rows).toEqual([
      ['NEW', 'prepayment', '41.20', '50.00', 'active', '2026-11-19', '2027-10-31'],
      ['OLD', 'prepayment', '0.00', '50.00', 'exhausted', '2026-10-31', '2027-10-31'],
    ])
  })

  it('show budgets with their role, and feeds with their age', () => {
    const watch = budget({ name: 'All', role: 'watch', cost: nanos('150') })
    const feeds = { budget: { lastAt: AS_OF - 2 * DAY_MS, stale: true }, usage: { lastAt: AS_OF, stale: false } }
    const told = tables({ budgets: [watch], feeds })
    expect(told.budgets.rows).toEqual([['All', 'watch', '150.00 USD', '100.00 USD (150%)', '2026-11-23 08:00 UTC']])
    expect(told.feeds.rows).toEqual([
      ['Budget messages', '2026-11-21 10:00 UTC', '2 d', 'stale'],
      ['Usage', '2026-11-23 10:00 UTC', '0 min', 'fresh'],
    ])
  })

  it('are cut to what a page can hold, and say how much is missing', () => {
    const byProject = Array.from({ length: 30 }, (_, at) => ({ projectId: `p${at}`, perDay: 1n, models: [] }))
    const { projects } = tables({ byProject })
    expect([projects.rows.length, projects.more]).toEqual([25, 5])
  })

  it('tell the tier by payments, as observed, and the next', () => {
    const tier = {
      observed: 'tier-2',
      entitled: 'tier-1',
      since: instant('2026-11-01T00:00:00Z'),
      next: { tier: 'tier-3', paidStillNeeded: nanos('900'), earliestAt: instant('2026-12-01T00:00:00Z') },
    } as const
    expect(tables({ tier }).tier).toEqual([
      'By payments: Tier 1',
      'Observed: Tier 2 since 2026-11-01',
      'Next: Tier 3 after paying 900.00 USD more, on 2026-12-01 at the earliest',
    ])
  })
})
