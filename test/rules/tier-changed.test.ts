import { describe, expect, test } from 'vitest'
import { DAY_MS, instant } from '../../functions/domain/time.ts'
import { tierChanged } from '../../functions/rules/tier-changed.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { prepayment, quotaError, story } from '../support/scenario.ts'
import { AS_OF, context, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(tierChanged)

type Tier = NonNullable<StandingOverrides['tier']>
const judge = (tier: Tier, over: StandingOverrides = {}) => tierChanged.evaluate(standing({ tier, ...over }), context())
const changed = (from: Tier['entitled'], to: Tier['entitled'], at = AS_OF): Tier => ({
  observed: to,
  entitled: 'tier-1',
  changed: { from, to, since: at, at },
})

describe('a rise', () => {
  test.each([
    ['free', 'tier-1', 'your largest possible monthly loss is now 250.00 USD'],
    ['tier-1', 'tier-2', 'your largest possible monthly loss is now 2,000.00 USD'],
    ['tier-2', 'tier-3', 'your largest possible monthly loss is now 20,000.00 USD or more'],
  ] as const)('from %s to %s is told as %s', (from, to, words) => {
    const [finding] = judge(changed(from, to))
    expect(finding).toMatchObject({ severity: 'info', notice: true, state: 'holds' })
    expect(finding?.words.title).toContain(words)
  })

  test('is news for seven days', () => {
    expect(judge(changed('tier-1', 'tier-2', AS_OF - 7 * DAY_MS))).toHaveLength(1)
    expect(judge(changed('tier-1', 'tier-2', AS_OF - 7 * DAY_MS - 1))).toEqual([])
  })

  test('by payments is told while nobody has seen a tier, and says so', () => {
    const paid: Tier = { entitled: 'tier-2', entitledBefore: 'tier-1', since: AS_OF }
    expect(judge(paid)[0]?.words.title).toBe(
      'Production qualifies for Tier 2: your largest possible monthly loss is now 2,000.00 USD',
    )
    expect(judge({ ...paid, observed: 'tier-1' })).toEqual([])
  })

  test('before caps were enforced there is no bound to tell', () => {
    const asOf = instant('2026-03-25T00:00:00Z')
    const [finding] = tierChanged.evaluate(
      standing({ asOf, tier: changed('tier-1', 'tier-2', asOf) }),
      context({ now: asOf }),
    )
    expect(finding?.words.title).toContain('your largest possible monthly loss is now without a limit')
  })
})

describe('a fall', () => {
  test('is critical, says what is lower, and where the appeal is', () => {
    const [finding] = judge(changed('tier-3', 'tier-1'))
    expect(finding).toMatchObject({ severity: 'critical', scope: 'tier-1', level: '' })
    expect(finding?.words.title).toBe('Production fell from Tier 3 to Tier 1: rate limits and caps are lower')
    expect(finding?.words.stops).toContain('At 250.00 USD in a calendar month all linked projects pause until the 1st')
    expect(finding?.words.arithmetic).toContain('Tier 1: 250.00 USD a calendar month, 10.00 USD in any ten minutes')
    expect(finding?.words.next[0]?.label).toContain('appeal link')
  })

  test('holds however long ago it was', () => {
    expect(judge(changed('tier-3', 'tier-1', AS_OF - 90 * DAY_MS))).toMatchObject([{ state: 'holds' }])
  })
})

describe('as operators see it', () => {
  test('a fall opens at the second look, repeats, ends with the rise, and opens anew', async () => {
    const { app, time, steps } = story('tier-changed')
    const seen = (hours: number, tier: string) => () => app.fact('tier', { tier, at: time(hours) })
    expect(await steps(0, seen(0, 'tier-3'))).toEqual([])
    expect(await steps(1, seen(1, 'tier-1'))).toEqual([])
    expect(await steps(2, seen(2, 'tier-1'))).toEqual(['firing critical'])
    expect(await steps(5)).toEqual([])
    expect(await steps(6)).toEqual(['repeat critical'])
    expect(await steps(7, seen(7, 'tier-3'))).toEqual([])
    expect(await steps(8, seen(8, 'tier-3'))).toEqual(['firing info'])
    expect(await steps(30)).toEqual([])
    expect(await steps(31, seen(31, 'tier-2'))).toEqual([])
    expect(await steps(32, seen(32, 'tier-2'))).toEqual(['firing critical'])
  })

  test('a rise is told once and never ends', async () => {
    const { app, time, steps } = story('tier-changed')
    const seen = (hours: number, tier: string) => () => app.fact('tier', { tier, at: time(hours) })
    await steps(0, seen(0, 'tier-1'))
    await steps(1, seen(1, 'tier-2'))
    expect(await steps(2, seen(2, 'tier-2'))).toEqual(['firing info'])
    for (const days of [1, 4, 6, 9, 20]) expect(await steps(days * 24)).toEqual([])
  })
})

test('errors tell a fall too, at the second minute they name the tier', async () => {
  const { app, time, steps } = story('tier-changed')
  const fails = (requestId: string, quotaId: string) => () => app.usage({ requestId, ...quotaError(quotaId) })
  await steps(0, () => app.fact('tier', { tier: 'tier-3', at: time(0) }))
  const lower = 'GenerateRequestsPerMinutePerProjectPerModel-PaidTier2'
  expect(await steps(1, fails('a', lower))).toEqual([])
  expect(await steps(1, fails('b', lower))).toEqual([])
  expect(await steps(2, fails('c', 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier'))).toEqual([])
  expect(await steps(3, fails('d', 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier'))).toEqual([])
  expect(await steps(4, fails('e', lower))).toEqual(['firing critical'])
})

test('a second purchase that lifts the account is told with the new bound', async () => {
  const { app, time, at } = story('tier-changed')
  expect(await at(0, () => app.fact('grant', prepayment('P1', '60.00', time(0))))).toEqual([])
  expect(await at(96, () => app.fact('grant', prepayment('P2', '40.00', time(96))))).toMatchObject([
    { step: 'firing', severity: 'info', words: { figure: '2,000.00 USD' } },
  ])
})
