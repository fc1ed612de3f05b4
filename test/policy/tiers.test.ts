import { describe, expect, test } from 'vitest'
import { nanos } from '../../functions/domain/money.ts'
import { DAY_MS, instant } from '../../functions/domain/time.ts'
import {
  compareTiers,
  qualificationAt,
  SPEND_RATE_WINDOW_MS,
  spendRateAt,
  tierCapAt,
} from '../../functions/policy/tiers.ts'

const at = (day: string): number => instant(`${day}T00:00:00Z`)
const TODAY = at('2026-11-23')
const TIERS = ['free', 'tier-1', 'tier-2', 'tier-3'] as const

describe('qualification', () => {
  test('on the page of 2025 there is free and paid, whatever was paid', () => {
    for (const day of ['2020-01-01', '2025-06-01', '2026-03-22'])
      expect(qualificationAt(at(day)).tiers).toEqual([{ tier: 'tier-1', paidUsd: 0n, waitMs: 0 }])
  })

  test('since 2026-03-23: a linked account, 100 USD and 3 days, 1,000 USD and 30 days', () => {
    expect(qualificationAt(at('2026-03-23')).tiers).toEqual([
      { tier: 'tier-1', paidUsd: 0n, waitMs: 0 },
      { tier: 'tier-2', paidUsd: 100_000_000_000n, waitMs: 259_200_000 },
      { tier: 'tier-3', paidUsd: 1_000_000_000_000n, waitMs: 2_592_000_000 },
    ])
    expect(qualificationAt(TODAY).tiers.map(({ waitMs }) => waitMs / DAY_MS)).toEqual([0, 3, 30])
  })
})

describe('monthly caps', () => {
  test('are enforced since 2026-04-01', () => {
    for (const tier of TIERS) expect(tierCapAt(tier, at('2026-03-31'))).toBeUndefined()
  })

  test.each([
    ['tier-1', { usd: nanos('250') }],
    ['tier-2', { usd: nanos('2000') }],
    ['tier-3', { usd: nanos('20000'), orMore: true }],
    ['free', undefined],
  ] as const)('of %s', (tier, cap) => {
    expect(tierCapAt(tier, at('2026-04-01'))).toEqual(cap)
    expect(tierCapAt(tier, TODAY)).toEqual(cap)
  })
})

describe('spend in any ten minutes', () => {
  test('the window is ten minutes', () => expect(SPEND_RATE_WINDOW_MS).toBe(600_000))

  test.each([
    ['2026-07-15', '200'],
    ['2026-08-17', '200'],
    ['2026-08-18', '50'],
  ])('for Tier 2 on %s is %s USD', (day, usd) => expect(spendRateAt('tier-2', at(day))).toBe(nanos(usd)))

  test('today: 10, 50 and 200 USD, and nothing for Free', () => {
    expect(TIERS.map((tier) => spendRateAt(tier, TODAY))).toEqual([undefined, nanos('10'), nanos('50'), nanos('200')])
  })
})

test('tiers are ordered from Free to Tier 3', () => {
  expect(['tier-2', 'free', 'tier-3', 'tier-1'].toSorted((a, b) => compareTiers(a as never, b as never))).toEqual([
    'free',
    'tier-1',
    'tier-2',
    'tier-3',
  ])
})
