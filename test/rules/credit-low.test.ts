import { describe, expect, test } from 'vitest'
import { nanos } from '../../functions/domain/money.ts'
import { creditLow } from '../../functions/rules/credit-low.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { context, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(creditLow)

const judge = (overrides: StandingOverrides) => creditLow.evaluate(standing(overrides), context())

const thresholds = (percent: readonly number[], amount: readonly string[] = []) => ({
  thresholds: { percent, amount: amount.map(nanos), runwayHours: [], expiryDays: [] },
})

const stateAt = (low: string, percent: readonly number[], amount: readonly string[] = [], base = '50') => {
  const [finding] = judge({
    account: thresholds(percent, amount),
    base: nanos(base),
    balance: { low: nanos(low), value: nanos('1000'), high: nanos('1000') },
  })
  return finding?.state
}

describe('a percent level is judged against the balance after the latest grant', () => {
  test.each([
    ['0', 'holds'],
    ['9.999999999', 'holds'],
    ['10.00', 'holds'],
    ['10.000000001', 'between'],
    ['14.999999999', 'between'],
    ['15.00', 'clear'],
    ['15.000000001', 'clear'],
    ['-3', 'holds'],
  ])('20 percent of 50: at %s it %s', (low, state) => {
    expect(stateAt(low, [20])).toBe(state)
  })

  test('it is compared exactly where a percent of the base is no whole nano', () => {
    expect(stateAt('0.000000001', [50], [], '0.000000003')).toBe('holds')
    expect(stateAt('0.000000002', [50], [], '0.000000003')).toBe('clear')
  })

  test('a percent may have decimals', () => {
    expect(stateAt('0.333300000', [33.33], [], '1')).toBe('holds')
    expect(stateAt('0.333300001', [33.33], [], '1')).toBe('between')
  })

  test.each([
    ['0', '0', 'holds'],
    ['0.000000001', '0', 'clear'],
    ['-1', '-1', 'holds'],
    ['0.01', '-5', 'clear'],
  ])('with low %s and a base of %s it %s', (low, base, state) => {
    expect(stateAt(low, [20], [], base)).toBe(state)
  })
})

describe('an amount level is judged in money', () => {
  test.each([
    ['20.00', 'holds'],
    ['20.000000001', 'between'],
    ['21.999999999', 'between'],
    ['22.00', 'clear'],
  ])('20.00: at %s it %s', (low, state) => {
    expect(stateAt(low, [], ['20'])).toBe(state)
  })

  test.each([
    ['USD', '20', '20.00'],
    ['USD', '0.000125', '0.000125'],
    ['JPY', '2000', '2000'],
    ['KWD', '20', '20.000'],
  ])('in %s the level %s is written %s', (currency, amount, level) => {
    const [finding] = judge({ account: { currency, ...thresholds([], [amount]) } })
    expect(finding?.level).toBe(level)
  })
})

test('levels keep the order of their worth, and only the lowest is critical', () => {
  const findings = judge({ account: thresholds([10, 50, 20], ['7.50']), base: nanos('50'), balance: { low: 0n } })
  expect(findings.map(({ level, severity, rank }) => [level, severity, rank])).toEqual([
    ['50%', 'warning', 0],
    ['20%', 'warning', 1],
    ['7.50', 'warning', 2],
    ['10%', 'critical', 3],
  ])
})

test('an amount below every percent level takes the critical place', () => {
  const findings = judge({ account: thresholds([10, 50], ['4.99', '60']), base: nanos('50') })
  expect(findings.map(({ level, severity }) => [level, severity])).toEqual([
    ['60.00', 'warning'],
    ['50%', 'warning'],
    ['10%', 'warning'],
    ['4.99', 'critical'],
  ])
})

test('a level configured twice is judged once', () => {
  expect(judge({ account: thresholds([20, 20], ['5', '5.00']) })).toHaveLength(2)
})

test('it is silent without funds and under postpay, and speaks under both prepaid plans', () => {
  expect(judge({ funded: false, balance: { low: 0n } })).toEqual([])
  expect(judge({ plan: 'postpay', balance: { low: 0n } })).toEqual([])
  expect(judge({ plan: 'cloud-credit', balance: { low: 0n } })).toHaveLength(3)
  expect(judge({ balance: { low: 0n } })).toHaveLength(3)
})

const alarm = (overrides: StandingOverrides) =>
  judge({
    balance: { low: nanos('4.90'), value: nanos('9.30'), high: nanos('10.40'), unbilled: nanos('1.10') },
    runway: { p10Hours: 40.9, p50Hours: 50.75, p90Hours: 60 },
    ...overrides,
  }).at(-1)?.words

test('the words carry the cautious balance, the level, the range, and the sums', () => {
  const words = alarm({})
  expect(words?.title).toBe(
    'Credit is low: 4.90 USD left on Production (at or under 10% of the balance after the last top-up)',
  )
  expect(words?.figure).toBe('4.90 USD')
  expect(words?.summary).toContain('between 4.90 and 10.40 USD, most likely at 9.30 USD')
  expect(words?.arithmetic).toEqual([
    'high 10.40 = grants remaining after billed spend of 8.80',
    'value 9.30 = high − 1.10 estimated spend not billed yet (factor 1.00)',
    'low 4.90 = value − 4.40 (burn 4.40/day × 24 h feed lag) − drift 0.00',
    'billed spend is gross: where Cloud credits of Google’s own paid a part, more is left than high says',
    'all amounts in USD, as of 2026-11-23 10:00 UTC',
    'low is 9.8% of 50.00 USD after the last top-up',
    'burn 4.40/day = 8.80 spent over 2 d',
    'to last 30 days, buy 128.00 (30 × 4.40 burn − low 4.90, rounded up)',
  ])
  expect(words?.summary).toContain('To last 30 days at this burn rate, buy 128.00 USD.')
})

test('under gemini-prepay it says that all keys stop together, when, and that credit is bought in AI Studio', () => {
  const words = alarm({ account: { timeZone: 'America/Los_Angeles' } })
  expect(words?.stops).toBe(
    'About 2026-11-25 04:45 PST (in about 50 h), perhaps as early as 2026-11-24 18:54 PST: every API key of every linked project stops at once (my-app, my-batch), until credit is bought.',
  )
  expect(words?.next[0]?.url).toBe('https://aistudio.google.com/billing')
  expect(words?.next[0]?.label).toContain('not in the Cloud console')
  expect(words?.next[1]?.label).toContain('npx drawdown grant add')
})

test('under cloud-credit it says that the payment method is charged, and links the payments page of this account', () => {
  const words = alarm({ plan: 'cloud-credit' })
  expect(words?.stops).toContain('the primary payment method is charged')
  expect(words?.next[0]?.url).toBe('https://console.cloud.google.com/billing/01D4EE-079462-DFD6EC/payment')
})

test('inside the hysteresis a repeated alert says what is still true', () => {
  const words = judge({ account: thresholds([20]), balance: { low: nanos('12') } })[0]?.words
  expect(words?.title).toBe(
    'Credit is low: 12.00 USD left on Production (only just above 20% of the balance after the last top-up)',
  )
})

test('yen have no decimals and dinars three', () => {
  expect(alarm({ account: { currency: 'JPY' } })?.figure).toBe('5 JPY')
  expect(alarm({ account: { currency: 'KWD' } })?.figure).toBe('4.900 KWD')
})
