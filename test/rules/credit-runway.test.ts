import { describe, expect, test } from 'vitest'
import { nanos } from '../../functions/domain/money.ts'
import { DAY_MS } from '../../functions/domain/time.ts'
import { creditRunway } from '../../functions/rules/credit-runway.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { AS_OF, context, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(creditRunway)

const judge = (p10Hours: number | null, overrides: StandingOverrides = {}) => {
  const runway = p10Hours === null ? null : { p10Hours, p50Hours: p10Hours * 2, p90Hours: p10Hours * 3 }
  return creditRunway.evaluate(standing({ runway, ...overrides }), context())
}

const states = (...all: Parameters<typeof judge>) => judge(...all).map(({ level, state }) => [level, state])

describe('p10 against each level, resolved a quarter above it', () => {
  test.each([
    [72, 'holds'],
    [72.01, 'between'],
    [89.99, 'between'],
    [90, 'clear'],
    [0, 'holds'],
  ])('72h: with %s hours it %s', (hours, state) => {
    expect(Object.fromEntries(states(hours))['72h']).toBe(state)
  })

  test('every level is judged on its own', () => {
    expect(states(80)).toEqual([
      ['168h', 'holds'],
      ['72h', 'between'],
      ['24h', 'clear'],
    ])
  })
})

test('a null runway is clear at every level', () => {
  expect(states(null)).toEqual([
    ['168h', 'clear'],
    ['72h', 'clear'],
    ['24h', 'clear'],
  ])
})

test('it never opens on less than 24 hours of history, and changes nothing that is open', () => {
  expect(states(10, { burn: { coveredMs: DAY_MS - 1 } }).map(([, state]) => state)).toEqual([
    'between',
    'between',
    'between',
  ])
  expect(states(10, { burn: { coveredMs: DAY_MS } }).map(([, state]) => state)).toEqual(['holds', 'holds', 'holds'])
})

test('24 hours and less are critical, and fewer hours are worse', () => {
  const thresholds = { percent: [], amount: [], runwayHours: [6, 24, 25], expiryDays: [] }
  const findings = judge(1, { account: { thresholds } })
  expect(findings.map(({ level, severity }) => [level, severity])).toEqual([
    ['6h', 'critical'],
    ['24h', 'critical'],
    ['25h', 'warning'],
  ])
  expect([...findings].sort((a, b) => b.rank - a.rank).map(({ level }) => level)).toEqual(['6h', '24h', '25h'])
})

test('it is silent without funds and under postpay', () => {
  expect(judge(1, { funded: false })).toEqual([])
  expect(judge(1, { plan: 'postpay' })).toEqual([])
})

test('the words carry the pessimistic hours, the likely ones, and what is spent a day', () => {
  const words = judge(20.5)[0]?.words
  expect(words?.title).toBe('Credit may last only 20 h more on Production: 36.80 USD left, 4.40 USD spent per day')
  expect(words?.figure).toBe('20 h')
  expect(words?.summary).toContain('most likely lasts 41 h, in one case of ten less than 20 h')
  expect(words?.stops).toContain('About 2026-11-25 03:00 UTC (in about 41 h), perhaps as early as 2026-11-24 06:30 UTC')
  expect(words?.arithmetic[0]).toBe('runway 20 h (p10), 41 h (p50), 61 h (p90)')
})

test('it says what to buy for thirty days, in whole units, and nothing where credit lasts that long', () => {
  const short = judge(20)[0]?.words
  expect(short?.summary).toMatch(/ To last 30 days at this burn rate, buy 96\.00 USD\.$/)
  expect(short?.arithmetic).toContain('to last 30 days, buy 96.00 (30 × 4.40 burn − low 36.80, rounded up)')
  const rich = judge(20, { balance: { low: nanos('132'), value: nanos('140'), high: nanos('140') } })[0]?.words
  expect(JSON.stringify(rich)).not.toContain('To last 30 days')
})

test('a feed that fell silent is no all-clear', () => {
  const silent = standing({ runway: null, feeds: { budget: { lastAt: AS_OF - 40 * 3_600_000, stale: true } } })
  expect(new Set(creditRunway.evaluate(silent, context()).map(({ state }) => state))).toEqual(new Set(['between']))
  const heard = standing({ runway: null, feeds: { budget: { lastAt: AS_OF, stale: false } } })
  expect(new Set(creditRunway.evaluate(heard, context()).map(({ state }) => state))).toEqual(new Set(['clear']))
})
