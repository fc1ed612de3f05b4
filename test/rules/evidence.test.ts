import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DepletionEvidence } from '../../functions/domain/evidence.ts'
import type { Standing } from '../../functions/domain/standing.ts'
import { HOUR_MS } from '../../functions/domain/time.ts'
import { judgeEvidence } from '../../functions/rules/evidence.ts'
import { falseDepletion } from '../../functions/rules/false-depletion.ts'
import { prepaymentRequired } from '../../functions/rules/prepayment-required.ts'
import { wrongBucket } from '../../functions/rules/wrong-bucket.ts'
import { arbitraryEvaluation } from '../support/arbitrary-standing.ts'
import { AS_OF, context, type StandingOverrides, standing } from '../support/standing.ts'

const depletion = (more: Partial<DepletionEvidence> = {}): DepletionEvidence => ({
  at: AS_OF - HOUR_MS,
  code: 402,
  message: 'Your prepayment credits are depleted.',
  projectId: 'my-app',
  nearZero: false,
  ...more,
})

const demand = { kind: 'prepayment-required', at: AS_OF - HOUR_MS } as const
const paidAt = AS_OF - 3 * HOUR_MS
const stale = { budget: { lastAt: 0, stale: true } }

const speaking = (judged: Standing): readonly string[] =>
  [prepaymentRequired, wrongBucket, falseDepletion]
    .filter((rule) => rule.evaluate(judged, context()).some(({ state }) => state === 'holds'))
    .map(({ name }) => name)

describe('exactly one rule answers for a depletion', () => {
  const cases: readonly (readonly [string, StandingOverrides, readonly string[]])[] = [
    ['no evidence', {}, []],
    ['the ledger agrees', { evidence: { depletion: depletion({ nearZero: true }) } }, ['prepayment-required']],
    [
      'the ledger agrees, and a payment was made',
      { evidence: { depletion: depletion({ nearZero: true, paidAt }) } },
      ['prepayment-required'],
    ],
    ['the feed is silent', { evidence: { depletion: depletion() }, feeds: stale }, ['prepayment-required']],
    [
      'the feed is silent, and a payment was made',
      { evidence: { depletion: depletion({ paidAt }) }, feeds: stale },
      ['prepayment-required'],
    ],
    ['nothing is known of credit', { funded: false, evidence: { depletion: depletion() } }, ['prepayment-required']],
    ['a payment was recorded before', { evidence: { depletion: depletion({ paidAt }) } }, ['wrong-bucket']],
    ['the ledger holds credit', { evidence: { depletion: depletion() } }, ['false-depletion']],
    ['an operator said so', { evidence: { demand } }, ['prepayment-required']],
    [
      'an operator said so, and calls fail',
      { evidence: { demand, depletion: depletion({ paidAt }) } },
      ['prepayment-required'],
    ],
    [
      'an operator said so, unfunded, under postpay',
      { funded: false, plan: 'postpay', evidence: { demand } },
      ['prepayment-required'],
    ],
    [
      'only the usage feed is stale',
      { evidence: { depletion: depletion() }, feeds: { usage: { lastAt: 0, stale: true } } },
      ['false-depletion'],
    ],
  ]
  test.each(cases)('%s', (_, overrides, rules) => {
    expect(speaking(standing(overrides))).toEqual(rules)
  })

  test('over any standing at most one speaks, and one does whenever there is evidence', () => {
    fc.assert(
      fc.property(arbitraryEvaluation, ({ standing: judged }) => {
        const { demand: told, depletion: seen } = judged.evidence
        expect(speaking(judged)).toHaveLength(told || seen ? 1 : 0)
        expect(speaking(judged)[0]).toBe(judgeEvidence(judged))
      }),
    )
  })
})
