import { describe, expect, test } from 'vitest'
import type { RecentSpend } from '../../functions/domain/balance.ts'
import { nanos } from '../../functions/domain/money.ts'
import { burnSpike } from '../../functions/rules/burn-spike.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { context, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(burnSpike)

const recent = (over: Partial<RecentSpend> = {}): RecentSpend => ({
  spent: nanos('30'),
  confirmed: nanos('30'),
  yesterday: nanos('4'),
  usual: nanos('4'),
  peak: nanos('5'),
  days: 14,
  by: 'usage',
  ...over,
})

const judge = (over: Partial<RecentSpend>, overrides: StandingOverrides = {}) =>
  burnSpike.evaluate(standing({ recent: recent(over), ...overrides }), context())
const stateOf = (...all: Parameters<typeof judge>) => judge(...all)[0]?.state ?? 'silent'

describe('three usual days in one open it, under two end it', () => {
  test.each([
    ['12', 'holds'],
    ['11.999999999', 'between'],
    ['8', 'between'],
    ['7.999999999', 'silent'],
  ])('%s on a usual 4 a day: %s', (spent, state) => {
    expect(stateOf({ spent: nanos(spent), confirmed: nanos(spent) })).toBe(state)
  })
})

test('it opens only when an hour or a reading ago it showed already', () => {
  expect(stateOf({ confirmed: nanos('11.99') })).toBe('between')
  expect(stateOf({ confirmed: nanos('12') })).toBe('holds')
})

test('a habit is no spike: the second largest day of two weeks must be passed by half', () => {
  expect(stateOf({ peak: nanos('20') })).toBe('between')
  expect(stateOf({ peak: nanos('19.99') })).toBe('holds')
})

test('less than a fiftieth of the last balance, or than one unit of money, is not told', () => {
  const small = { usual: nanos('0.1'), peak: nanos('0.1') }
  expect(stateOf({ ...small, spent: nanos('1.99'), confirmed: nanos('1.99') }, { base: nanos('100') })).toBe('silent')
  expect(stateOf({ ...small, spent: nanos('2'), confirmed: nanos('2') }, { base: nanos('100') })).toBe('holds')
  expect(stateOf({ ...small, spent: nanos('0.99'), confirmed: nanos('0.99') }, { base: 0n })).toBe('silent')
})

test('by the bill, where days begin at midnight, yesterday keeps it open', () => {
  const morning = { spent: nanos('1'), confirmed: nanos('1'), yesterday: nanos('30') }
  expect(stateOf({ ...morning, by: 'bill' })).toBe('between')
  expect(stateOf({ ...morning, by: 'usage' })).toBe('silent')
})

test('without a week of history it is silent; without credit to judge it speaks', () => {
  expect(burnSpike.evaluate(standing(), context())).toEqual([])
  expect(stateOf({}, { funded: false, plan: 'postpay' })).toBe('holds')
})

test('the words give the day, the usual day, how many times it is, and who can look', () => {
  const [finding] = judge({})
  expect(finding?.severity).toBe('warning')
  expect(finding?.words.title).toBe(
    'Spending on Production is up: 30.00 USD in the last 24 hours, usually 4.00 USD a day',
  )
  expect(finding?.words.arithmetic[0]).toBe(
    '30.00 = 7.5 × the usual 4.00 (median of 14 days; the second largest of them cost 5.00)',
  )
  expect(finding?.words.next.map(({ who }) => who)).toEqual(['on-call engineer', 'on-call engineer'])
  expect(judge({ by: 'bill' })[0]?.words.title).toContain('30.00 USD today (UTC)')
  expect(judge({ usual: 0n })[0]?.words.arithmetic[0]).toContain('usually nothing')
})
