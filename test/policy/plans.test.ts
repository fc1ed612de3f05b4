import { describe, expect, test } from 'vitest'
import { nanos } from '../../functions/domain/money.ts'
import { instant } from '../../functions/domain/time.ts'
import { rowAt } from '../../functions/policy/dated.ts'
import { PLAN_TERMS, prepaymentTerms } from '../../functions/policy/plans.ts'

const at = (day: string): number => instant(`${day}T00:00:00Z`)
const row = (day: string) => ({ effectiveFrom: at(day), source: 'a page', read: '2026-11-23', name: day })

describe('a dated row', () => {
  const rows = [row('2026-01-01'), row('2026-03-01')] as const

  test.each([
    ['2020-01-01', '2026-01-01'],
    ['2026-01-01', '2026-01-01'],
    ['2026-02-28', '2026-01-01'],
    ['2026-03-01', '2026-03-01'],
    ['2030-01-01', '2026-03-01'],
  ])('at %s the row of %s holds', (day, name) => {
    expect(rowAt(rows, at(day)).name).toBe(name)
  })

  test('holds from its first millisecond and not one earlier', () => {
    expect(rowAt(rows, at('2026-03-01') - 1).name).toBe('2026-01-01')
  })
})

describe('the one-time prepayment of 2025', () => {
  const terms = prepaymentTerms('cloud-credit', at('2025-09-01'))

  test('pays for any service', () => expect(terms?.paysFor).toBe('any-service'))
  test('can be refunded', () => expect(terms?.refundable).toBe(true))
  test('never expires', () => expect(terms?.expiresAfterMonths).toBeUndefined())
  test('states no smallest or largest amount', () =>
    expect([terms?.minimumUsd, terms?.maximumUsd]).toEqual([undefined, undefined]))
  test('once used up, the excess is charged', () => expect(PLAN_TERMS['cloud-credit'].belowZero).toBe('overage'))
  test('unpaid, the account stays on the free tier', () => expect(PLAN_TERMS['cloud-credit'].unpaidTier).toBe('free'))
  test('holds at any date under its plan, before its first row and today', () => {
    expect(prepaymentTerms('cloud-credit', 0)).toEqual(terms)
    expect(prepaymentTerms('cloud-credit', at('2026-11-23'))).toEqual(terms)
  })
})

describe('Prepay since 2026-03-23', () => {
  const terms = prepaymentTerms('gemini-prepay', at('2026-11-23'))

  test('pays for the Gemini API alone', () => expect(terms?.paysFor).toBe('gemini-api'))
  test('is not refundable', () => expect(terms?.refundable).toBe(false))
  test('expires after 12 months', () => expect(terms?.expiresAfterMonths).toBe(12))
  test('has a largest purchase of 5,000 USD', () => expect(terms?.maximumUsd).toBe(nanos('5000')))
  test.each([
    ['2025-06-01', '10'],
    ['2026-03-23', '10'],
    ['2026-08-31', '10'],
    ['2026-09-01', '5'],
    ['2026-11-23', '5'],
  ])('its smallest purchase on %s is %s USD', (day, usd) =>
    expect(prepaymentTerms('gemini-prepay', at(day))?.minimumUsd).toBe(nanos(usd)),
  )
  test('below zero the next purchase pays', () => expect(PLAN_TERMS['gemini-prepay'].belowZero).toBe('deficit'))
  test('Google’s own credit is kept apart', () => expect(PLAN_TERMS['gemini-prepay'].promotionalApart).toBe(true))
  test('an unpaid demand moves no tier', () => expect(PLAN_TERMS['gemini-prepay'].unpaidTier).toBeUndefined())
})

test('Postpay knows no prepayment, and zero is no news', () => {
  expect(prepaymentTerms('postpay', at('2026-11-23'))).toBeUndefined()
  expect(PLAN_TERMS.postpay.creditMatters).toBe(false)
})

test('every row says where it was read, and when', () => {
  for (const day of ['2025-06-01', '2026-08-31', '2026-11-23'])
    for (const plan of ['cloud-credit', 'gemini-prepay'] as const) {
      expect(prepaymentTerms(plan, at(day))?.source).toMatch(/billing/)
      expect(prepaymentTerms(plan, at(day))?.read).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    }
})
