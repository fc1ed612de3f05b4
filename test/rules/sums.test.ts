import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nanos } from '../../functions/domain/money.ts'
import { boundsSums, burnSums } from '../../functions/rules/sums.ts'
import { arbitraryEvaluation } from '../support/arbitrary-standing.ts'
import { standing } from '../support/standing.ts'

test('each bound is derived from the one above, with drift and factor', () => {
  const sums = boundsSums(
    standing({
      balance: {
        high: nanos('41.20'),
        value: nanos('40.10'),
        low: nanos('35.50'),
        unbilled: nanos('1.10'),
        drift: nanos('0.20'),
        factorMillionths: 1_257_000n,
      },
    }),
  )
  expect(sums.slice(0, 3)).toEqual([
    'high 41.20 = grants remaining after billed spend of 8.80',
    'value 40.10 = high − 1.10 estimated spend not billed yet (factor 1.25)',
    'low 35.50 = value − 4.40 (burn 4.40/day × 24 h feed lag) − drift 0.20',
  ])
})

test('drift, a measured feed and a gross budget are each explained', () => {
  const driftBy = {
    by: 'unbilled',
    most: nanos('9.50'),
    amount: nanos('9.50'),
    factorMillionths: 1_129_999n,
    spanMs: 30 * 3_600_000,
  } as const
  const sums = boundsSums(standing({ balance: { drift: nanos('4.40'), lagMs: 0, feedLagMs: 14 * 3_600_000, driftBy } }))
  expect(sums.slice(2, 6)).toEqual([
    'low 36.80 = value − 0.00 (no feed lag to cover) − drift 4.40',
    'drift: of the last 30 h up to 9.50 may not be billed yet (factor 1.12 at most)',
    'billed feed 14 h behind usage at the median, as measured',
    'billed spend is gross: where Cloud credits of Google’s own paid a part, more is left than high says',
  ])
  expect(boundsSums(standing({ plan: 'cloud-credit' })).join()).not.toContain('gross')
})

test('a fresh usage feed leaves no lag to cover', () => {
  const balance = { low: nanos('41.20'), lagMs: 0 }
  expect(boundsSums(standing({ balance }))[2]).toBe('low 41.20 = value − 0.00 (no feed lag to cover) − drift 0.00')
})

test('a bound that stopped at zero says so', () => {
  const balance = { value: nanos('1'), low: 0n, high: nanos('1') }
  expect(boundsSums(standing({ balance }))[2]).toBe(
    'low 0.00 = value − 1.00 (burn 4.40/day × 24 h feed lag) − drift 0.00, not below zero',
  )
})

test('corrections from balances an operator read are shown', () => {
  const spent = { billed: nanos('8.80'), corrected: nanos('1.25') }
  expect(boundsSums(standing({ spent }))).toContain('corrected 1.25: taken in from a balance an operator read')
})

test('printed sums add up as printed, whatever the amounts and the currency', () => {
  const numbers = (line: string | undefined) =>
    [...(line ?? '').replace(/\(.*?\)/g, '').matchAll(/-?\d[\d,]*(?:\.\d+)?/g)].map(([text]) =>
      nanos(text.replaceAll(',', '')),
    )
  fc.assert(
    fc.property(arbitraryEvaluation, ({ standing: judged }) => {
      const [, valueLine, lowLine] = boundsSums(judged)
      const [high] = numbers(boundsSums(judged)[0])
      const [value, unbilled] = numbers(valueLine)
      const [low, lagged, drift] = numbers(lowLine)
      expect(value).toBe((high ?? 0n) - (unbilled ?? 0n))
      expect(low).toBe((value ?? 0n) - (lagged ?? 0n) - (drift ?? 0n))
      expect((lagged ?? -1n) >= 0n && (drift ?? -1n) >= 0n).toBe(true)
    }),
  )
})

test('the burn names the window it was measured over, and the five largest projects', () => {
  const byProject = ['a', 'b', 'c', 'd', 'e', 'f'].map((projectId) => ({ projectId, perDay: nanos('1'), models: [] }))
  expect(burnSums(standing({ byProject }))).toEqual([
    'burn 4.40/day = 8.80 spent over 2 d',
    'by project, estimated: a 1.00/day, b 1.00/day, c 1.00/day, d 1.00/day, e 1.00/day',
  ])
})

test('the three models that burn most are named, with their project where there are several', () => {
  const byProject = [
    {
      projectId: 'a',
      perDay: nanos('3'),
      models: [
        { model: 'flash', perDay: nanos('2') },
        { model: '', perDay: nanos('1') },
      ],
    },
    {
      projectId: 'b',
      perDay: nanos('2.7'),
      models: [
        { model: 'pro', perDay: nanos('2.5') },
        { model: 'lite', perDay: nanos('0.15') },
        { model: 'live', perDay: nanos('0.05') },
      ],
    },
  ]
  expect(burnSums(standing({ byProject })).at(-1)).toBe(
    'by model, estimated: pro in b 2.50/day, flash in a 2.00/day, lite in b 0.15/day',
  )
  expect(burnSums(standing({ byProject: byProject.slice(0, 1) })).at(-1)).toBe('by model, estimated: flash 2.00/day')
})
