import { describe, expect, test } from 'vitest'
import { nanos } from '../../functions/domain/money.ts'
import { DAY_MS } from '../../functions/domain/time.ts'
import { creditExpiring } from '../../functions/rules/credit-expiring.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { AS_OF, context, grant, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(creditExpiring)

const judge = (overrides: StandingOverrides) => creditExpiring.evaluate(standing(overrides), context())

const endingIn = (ms: number, remaining = '50') => [grant({ remaining: nanos(remaining), expiresAt: AS_OF + ms })]
const levelsAt = (ms: number) =>
  judge({ burn: { perDay: 0n }, grants: endingIn(ms) }).map(({ level, state }) => `${level} ${state}`)

describe('a level holds from that many days before the expiry', () => {
  test.each([
    ['a millisecond before 30 days are left', 30 * DAY_MS + 1, []],
    ['30 days', 30 * DAY_MS, ['30d holds']],
    ['7 days and a millisecond', 7 * DAY_MS + 1, ['30d holds']],
    ['7 days', 7 * DAY_MS, ['30d holds', '7d holds']],
    ['1 day', DAY_MS, ['30d holds', '7d holds', '1d holds']],
    ['a millisecond', 1, ['30d holds', '7d holds', '1d holds']],
    ['nothing', 0, []],
  ])('%s', (_, ms, levels) => {
    expect(levelsAt(ms)).toEqual(levels)
  })
})

test('fewer days are worse, the grant is the scope, and it is a warning', () => {
  const findings = judge({ burn: { perDay: 0n }, grants: endingIn(DAY_MS) })
  expect([...findings].sort((a, b) => b.rank - a.rank)[0]).toMatchObject({
    level: '1d',
    scope: 'P1',
    severity: 'warning',
  })
})

test('it stays silent where the burn rate uses the grant up in time, to the nano', () => {
  const at = (perDay: string) => judge({ burn: { perDay: nanos(perDay) }, grants: endingIn(5 * DAY_MS) }).length
  expect(at('10')).toBe(0)
  expect(at('9.999999999')).toBe(2)
})

test('only active grants with an expiry and something left are judged, and none without funds', () => {
  const soon = AS_OF + DAY_MS
  const { expiresAt: _, ...endless } = grant()
  expect(judge({ grants: [endless] })).toEqual([])
  expect(judge({ grants: [grant({ state: 'exhausted', remaining: 0n, expiresAt: soon })] })).toEqual([])
  expect(judge({ grants: [grant({ state: 'scheduled', effectiveAt: soon - 1, expiresAt: soon })] })).toEqual([])
  expect(judge({ grants: [grant({ state: 'voided', remaining: 0n, expiresAt: soon })] })).toEqual([])
  expect(judge({ funded: false, grants: [grant({ expiresAt: soon })] })).toEqual([])
})

test('the words say how much will be lost, of what, and when', () => {
  const words = judge({ grants: [grant({ expiresAt: AS_OF + 6 * DAY_MS })] })[1]?.words
  expect(words?.title).toBe('14.80 USD of grant P1 on Production will expire unused in 6 d')
  expect(words?.figure).toBe('14.80 USD')
  expect(words?.summary).toBe(
    'Grant P1 (prepayment, 50.00 USD) ends at 2026-11-29 10:00 UTC. At 4.40 USD a day, 14.80 USD of the 41.20 USD that remains will be lost.',
  )
  expect(words?.arithmetic[0]).toBe('lost 14.80 = remaining 41.20 − 26.40 burnt from it by then, in burn order')
})

test('a refund is offered only for a prepayment of the plan that pays back', () => {
  const steps = (overrides: StandingOverrides) =>
    judge({ burn: { perDay: 0n }, grants: endingIn(DAY_MS), ...overrides })[0]
      ?.words.next.map(({ label }) => label)
      .join()
  expect(steps({ plan: 'cloud-credit' })).toContain('ask for a refund')
  expect(steps({ plan: 'gemini-prepay' })).not.toContain('ask for a refund')
})
