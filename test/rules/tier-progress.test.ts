import { expect, test } from 'vitest'
import { nanos } from '../../functions/domain/money.ts'
import { DAY_MS } from '../../functions/domain/time.ts'
import { tierProgress } from '../../functions/rules/tier-progress.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { prepayment, story } from '../support/scenario.ts'
import { AS_OF, context, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(tierProgress)

type Tier = NonNullable<StandingOverrides['tier']>
const judge = (needed: string, over: Partial<Tier> = {}, rest: StandingOverrides = {}) =>
  tierProgress.evaluate(
    standing({
      tier: {
        entitled: 'tier-1',
        next: { tier: 'tier-2', paidStillNeeded: nanos(needed), earliestAt: AS_OF + DAY_MS },
        ...over,
      },
      ...rest,
    }),
    context(),
  )

test.each([
  ['100', 0],
  ['20.000000001', 0],
  ['20', 1],
  ['0.01', 1],
])('with %s of 100 USD still to pay there are %s findings', (needed, count) =>
  expect(judge(needed)).toHaveLength(count),
)

test('near enough: how much, from when, and what it brings', () => {
  const [finding] = judge('12.50')
  expect(finding).toMatchObject({ severity: 'info', level: '80%', scope: 'tier-2', notice: true })
  expect(finding?.words.title).toBe('12.50 USD more paid brings Production to Tier 2')
  expect(finding?.words.summary).toContain('at the earliest on 2026-11-24 10:00 UTC')
  expect(finding?.words.summary).toContain('largest possible monthly loss to 2,000.00 USD')
  expect(finding?.words.arithmetic).toContain('paid so far 87.50 USD of 100.00 USD, by prepayments in the ledger')
})

test('less than can be bought: the smallest purchase is named', () => {
  expect(judge('2')[0]?.words.arithmetic).toContain('the smallest purchase is 5.00 USD')
  expect(JSON.stringify(judge('5')[0]?.words)).not.toContain('smallest purchase')
})

test('paid in full: only the days are missing', () => {
  const [finding] = judge('0')
  expect(finding).toMatchObject({ severity: 'info', level: '1d', scope: 'tier-2', notice: true })
  expect(finding?.words.title).toBe('Production has paid enough for Tier 2: it can come on 2026-11-24 10:00 UTC')
  expect(finding?.words.figure).toBe('24 h')
})

test('it is silent where another tier was seen, and without a rate to the account’s currency', () => {
  expect(judge('12.50', { observed: 'tier-2' })).toEqual([])
  expect(judge('12.50', {}, { account: { currency: 'JPY' } })).toEqual([])
})

test('the date is told a day ahead, not sooner', () => {
  const at = (earliestAt: number) => judge('0', { next: { tier: 'tier-2', paidStillNeeded: 0n, earliestAt } })
  expect(at(AS_OF + DAY_MS)).toHaveLength(1)
  expect(at(AS_OF + DAY_MS + 1)).toEqual([])
  expect(at(AS_OF)).toEqual([])
})

test('a payment of less than a day ago was told with its date', () => {
  const at = (latestGrantAt: number) => judge('0', {}, { latestGrantAt })
  expect(at(AS_OF - DAY_MS)).toHaveLength(1)
  expect(at(AS_OF - DAY_MS + 1)).toEqual([])
})

test('from the first payments to the tier: nearly there, due tomorrow, each once, and again for the next tier', async () => {
  const { app, time, at, steps } = story('tier-progress')
  const pays = (hours: number, id: string, amount: string) => () =>
    app.fact('grant', prepayment(id, amount, time(hours)))
  expect(await steps(0, pays(0, 'P1', '50.00'))).toEqual([])
  expect(await steps(1, pays(1, 'P2', '30.00'))).toEqual(['firing info 80%'])
  expect(await steps(30)).toEqual([])
  expect(await steps(40, pays(40, 'P3', '20.00'))).toEqual([])
  expect(await steps(63)).toEqual([])
  expect(await steps(64)).toEqual(['firing info 1d'])
  expect(await steps(71)).toEqual([])
  expect(await steps(72)).toEqual([])
  expect(await steps(80, pays(80, 'P4', '900.00'))).toEqual([])
  const [told] = await at(29 * 24)
  expect(told).toMatchObject({ step: 'firing', level: '1d', words: { figure: '24 h' } })
  expect(told?.words.title).toContain('has paid enough for Tier 3')
  expect(await steps(30 * 24)).toEqual([])
})
