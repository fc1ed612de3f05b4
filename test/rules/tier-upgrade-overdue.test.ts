import { expect, test } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../functions/domain/time.ts'
import { tierUpgradeOverdue } from '../../functions/rules/tier-upgrade-overdue.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { prepayment, story } from '../support/scenario.ts'
import { AS_OF, context, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(tierUpgradeOverdue)

type Tier = NonNullable<StandingOverrides['tier']>
const due: Tier = {
  observed: 'tier-1',
  entitled: 'tier-2',
  entitledSince: AS_OF - 2 * DAY_MS,
  latest: { tier: 'tier-1', at: AS_OF - HOUR_MS, by: 'operator' },
}
const judge = (over: Partial<Tier> = {}) =>
  tierUpgradeOverdue.evaluate(standing({ tier: { ...due, ...over } }), context())

test('the lower tier seen a day after the higher one was due is told, with how late it is', () => {
  const [finding] = judge()
  expect(finding).toMatchObject({ severity: 'warning', level: '', state: 'holds' })
  expect(finding?.words.title).toBe('Production should be on Tier 2, but is still seen on Tier 1')
  expect(finding?.words.figure).toBe('2 d')
})

test('a look from before the grace of a day was over says nothing', () => {
  const seenAt = (at: number) => judge({ latest: { tier: 'tier-1', at, by: 'operator' } })
  expect(seenAt(AS_OF - DAY_MS)).toHaveLength(1)
  expect(seenAt(AS_OF - DAY_MS - 1)).toEqual([])
})

test('it is silent once the tier is seen, believed or not, and where it has fallen', () => {
  expect(judge({ observed: 'tier-2' })).toEqual([])
  expect(judge({ latest: { tier: 'tier-2', at: AS_OF, by: 'errors' } })).toEqual([])
  expect(judge({ changed: { from: 'tier-2', to: 'tier-1', since: AS_OF, at: AS_OF } })).toEqual([])
})

test('opens with a late look, repeats daily, ends with the upgrade, and opens anew for the next tier', async () => {
  const { app, time, steps } = story('tier-upgrade-overdue')
  const seen = (hours: number, tier: string) => () => app.fact('tier', { tier, at: time(hours) })
  const pays = (hours: number, id: string, amount: string) => () =>
    app.fact('grant', prepayment(id, amount, time(hours)))
  await steps(0, pays(0, 'P1', '100.00'))
  expect(await steps(1, seen(1, 'tier-1'))).toEqual([])
  expect(await steps(95)).toEqual([])
  expect(await steps(96, seen(96, 'tier-1'))).toEqual(['firing warning'])
  expect(await steps(119)).toEqual([])
  expect(await steps(120)).toEqual(['repeat warning'])
  expect(await steps(121, seen(121, 'tier-2'))).toEqual(['resolved warning'])
  expect(await steps(122, seen(122, 'tier-2'))).toEqual([])
  expect(await steps(123, pays(123, 'P2', '900.00'))).toEqual([])
  expect(await steps(31 * 24 - 1, seen(31 * 24 - 1, 'tier-2'))).toEqual([])
  expect(await steps(31 * 24, seen(31 * 24, 'tier-2'))).toEqual(['firing warning'])
})
