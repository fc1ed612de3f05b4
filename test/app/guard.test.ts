/** The verdicts of the guard, one condition at a time. */

import { describe, expect, test } from 'vitest'
import { guardOf } from '../../functions/app/guard.ts'
import type { Episode } from '../../functions/domain/alerts.ts'
import type { AlertKey } from '../../functions/domain/keys.ts'
import { nanos } from '../../functions/domain/money.ts'
import { AS_OF, standing } from '../support/standing.ts'

const episode = (over: Partial<Episode>): Episode =>
  ({
    key: 'k' as AlertKey,
    rule: 'credit-low',
    scope: '',
    level: '50%',
    severity: 'warning',
    status: 'firing',
    title: 'Credit is low',
    openedAt: AS_OF,
    sentAt: AS_OF,
    repeats: 0,
    correctionsAtOpen: '0',
    ...over,
  }) as Episode

const demand = { kind: 'prepayment-required', at: AS_OF } as const

describe('fine', () => {
  test('with credit above every level', () => {
    expect(guardOf({ standing: standing(), episodes: [] })).toEqual({
      verdict: 'fine',
      why: 'Production has 41.20 USD, at least 36.80 USD.',
    })
  })

  test('on a plan without prepaid credit, whatever the ledger says', () => {
    const onPostpay = standing({
      account: { plan: 'postpay' },
      funded: false,
      balance: { value: 0n, low: 0n, high: 0n },
    })
    expect(guardOf({ standing: onPostpay, episodes: [] }).verdict).toBe('fine')
  })

  test('while other alerts are open, or when the low one has ended', () => {
    const episodes = [episode({ rule: 'feed-stale' }), episode({ status: 'resolved' })]
    expect(guardOf({ standing: standing(), episodes }).verdict).toBe('fine')
  })
})

describe('low', () => {
  test('at a percent level, and not a nano above it', () => {
    const at = (low: string): string =>
      guardOf({ standing: standing({ balance: { low: nanos(low) } }), episodes: [] }).verdict
    expect(at('25')).toBe('low')
    expect(at('25.000000001')).toBe('fine')
  })

  test('at an amount', () => {
    const thresholds = { percent: [], amount: [nanos('36.80')], runwayHours: [], expiryDays: [] }
    expect(guardOf({ standing: standing({ account: { thresholds } }), episodes: [] }).verdict).toBe('low')
  })

  test.each(['credit-low', 'credit-runway'])('while %s is open, though the balance has risen since', (rule) => {
    expect(guardOf({ standing: standing(), episodes: [episode({ rule, title: 'Still open' })] })).toEqual({
      verdict: 'low',
      why: 'Still open',
    })
  })
})

describe('out', () => {
  test.each(['0', '-0.000000001'])('with a value of %s', (value) => {
    const empty = standing({ balance: { value: nanos(value), low: nanos(value) } })
    expect(guardOf({ standing: empty, episodes: [] }).verdict).toBe('out')
  })

  test('when a prepayment is demanded, though there is credit, or none was ever entered', () => {
    for (const funded of [true, false]) {
      const demanded = standing({ funded, evidence: { demand } })
      expect(guardOf({ standing: demanded, episodes: [] })).toEqual({
        verdict: 'out',
        why: 'Google demands a prepayment on Production.',
      })
    }
  })
})

test('unknown without any credit on record', () => {
  const unfunded = standing({ funded: false, balance: { value: 0n, low: 0n, high: 0n } })
  expect(guardOf({ standing: unfunded, episodes: [] }).verdict).toBe('unknown')
})
