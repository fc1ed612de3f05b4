/** The rules that speak when the ledger runs dry: exactly one tells the story at a time. */

import { describe, expect, test } from 'vitest'
import type { DepletionEvidence, ReachedStanding } from '../../functions/domain/evidence.ts'
import type { AutoReload } from '../../functions/domain/facts.ts'
import { nanos } from '../../functions/domain/money.ts'
import { instant, MINUTE_MS } from '../../functions/domain/time.ts'
import { creditExhausted } from '../../functions/rules/credit-exhausted.ts'
import { paymentUnrecorded } from '../../functions/rules/payment-unrecorded.ts'
import { reloadMissing } from '../../functions/rules/reload-missing.ts'
import { ruleContract } from '../contracts/rule.contract.ts'
import { AS_OF, context, grant, type StandingOverrides, standing } from '../support/standing.ts'

ruleContract(paymentUnrecorded)
ruleContract(reloadMissing)

const ago = (minutes: number): number => AS_OF - minutes * MINUTE_MS
const autoReload = (more: Partial<AutoReload> = {}): AutoReload => ({
  kind: 'auto-reload',
  enabled: true,
  triggerBalance: nanos('5'),
  reloadAmount: nanos('20'),
  currencyCode: 'USD',
  at: 0,
  ...more,
})
const depletion: DepletionEvidence = { at: ago(1), code: 402, message: 'no', projectId: 'my-app', nearZero: true }
/** Within the present month, Pacific time. */
const bought = grant({ effectiveAt: instant('2026-11-02T00:00:00Z') })
const EMPTY = { value: nanos('-0.40'), low: nanos('-0.80'), high: nanos('0') }
const LOW = { value: nanos('4'), low: nanos('3'), high: nanos('4') }

type Case = readonly [
  name: string,
  balance: 'empty' | 'low',
  reached: ReachedStanding,
  rest: StandingOverrides,
  says: readonly string[],
]

const cases: readonly Case[] = [
  ['nothing but zero', 'empty', { zeroAt: ago(90) }, {}, ['credit-exhausted']],
  [
    'a paid call 29 minutes after zero',
    'empty',
    { zeroAt: ago(90) },
    { evidence: { paidCallAt: ago(61) } },
    ['credit-exhausted'],
  ],
  [
    'a paid call 30 minutes after zero',
    'empty',
    { zeroAt: ago(90) },
    { evidence: { paidCallAt: ago(60) } },
    ['payment-unrecorded'],
  ],
  [
    'a paid call, and a depletion error after it',
    'empty',
    { zeroAt: ago(90) },
    { evidence: { paidCallAt: ago(60), depletion } },
    ['credit-exhausted'],
  ],
  [
    'a paid call, but an operator says Google demands a prepayment',
    'empty',
    { zeroAt: ago(90) },
    { evidence: { paidCallAt: ago(60), demand: { kind: 'prepayment-required', at: ago(10) } } },
    ['credit-exhausted'],
  ],
  [
    'a paid call, and a balance at zero read just before it',
    'empty',
    { zeroAt: ago(90), readAt: ago(61) },
    { evidence: { paidCallAt: ago(60) } },
    ['credit-exhausted'],
  ],
  [
    'a reload due while there is credit left, for 29 minutes',
    'low',
    { reloadDueAt: ago(29) },
    { autoReload: autoReload() },
    [],
  ],
  [
    'a reload due while there is credit left, for 30 minutes',
    'low',
    { reloadDueAt: ago(30) },
    { autoReload: autoReload() },
    ['payment-unrecorded'],
  ],
  [
    'a reload due, and the credit is gone at once',
    'empty',
    { zeroAt: AS_OF, reloadDueAt: AS_OF },
    { autoReload: autoReload() },
    ['payment-unrecorded'],
  ],
  [
    'a reload due, and a depletion error',
    'empty',
    { zeroAt: ago(20), reloadDueAt: ago(60) },
    { autoReload: autoReload(), evidence: { depletion } },
    ['credit-exhausted', 'reload-missing'],
  ],
  [
    'a reload due, and a balance below the trigger read half an hour later',
    'low',
    { reloadDueAt: ago(90), readAt: ago(60) },
    { autoReload: autoReload() },
    ['reload-missing'],
  ],
  [
    'a reload due, and a balance read a little too early to prove anything',
    'low',
    { reloadDueAt: ago(90), readAt: ago(61) },
    { autoReload: autoReload() },
    ['payment-unrecorded'],
  ],
  [
    'a balance read shows that no reload came, yet calls go on long after',
    'empty',
    { zeroAt: ago(200), reloadDueAt: ago(300), readAt: ago(200) },
    { autoReload: autoReload(), evidence: { paidCallAt: ago(10) } },
    ['payment-unrecorded'],
  ],
  [
    'a reload the monthly limit leaves no room for',
    'low',
    { reloadDueAt: ago(30) },
    { autoReload: autoReload({ monthlyLimit: nanos('69.99') }), grants: [bought] },
    ['reload-missing'],
  ],
  [
    'the same, a minute earlier',
    'low',
    { reloadDueAt: ago(29) },
    { autoReload: autoReload({ monthlyLimit: nanos('69.99') }), grants: [bought] },
    [],
  ],
  [
    'a reload the monthly limit just leaves room for',
    'low',
    { reloadDueAt: ago(30) },
    { autoReload: autoReload({ monthlyLimit: nanos('70') }), grants: [bought] },
    ['payment-unrecorded'],
  ],
  [
    'a limit that was used up last month',
    'low',
    { reloadDueAt: ago(30) },
    {
      autoReload: autoReload({ monthlyLimit: nanos('20') }),
      grants: [grant({ effectiveAt: instant('2026-11-01T06:59:59Z') })],
    },
    ['payment-unrecorded'],
  ],
  ['nothing is known of credit', 'empty', { zeroAt: ago(90) }, { funded: false, evidence: { paidCallAt: ago(9) } }, []],
]

describe('what is told when the ledger runs dry', () => {
  test.each(cases)('%s', (_, balance, reached, rest, says) => {
    const judged = standing({ balance: balance === 'empty' ? EMPTY : LOW, reached, ...rest })
    const speaking = [creditExhausted, paymentUnrecorded, reloadMissing]
      .filter((rule) => rule.evaluate(judged, context()).some(({ state }) => state === 'holds'))
      .map(({ name }) => name)
    expect(speaking).toEqual(says)
  })
})

describe('the words', () => {
  test('calls that go on: since when the credit was gone, how much later a call was served, and what to enter', () => {
    const judged = standing({ balance: EMPTY, reached: { zeroAt: ago(90) }, evidence: { paidCallAt: ago(60) } })
    const [finding] = paymentUnrecorded.evaluate(judged, context())
    expect(finding?.severity).toBe('warning')
    expect(finding?.words.summary).toBe(
      'By the ledger the credit was used up at 2026-11-23 08:30 UTC, yet paid calls were still served 30 min later. Most likely credit was bought and nobody entered it. Enter the purchase, or the balance you see.',
    )
    expect(finding?.words.next.map(({ label }) => label).join()).toMatch(/npx drawdown grant add.*npx drawdown reading/)
  })

  test('a reload that was due: its amounts and since when', () => {
    const judged = standing({ balance: LOW, reached: { reloadDueAt: ago(60) }, autoReload: autoReload() })
    expect(paymentUnrecorded.evaluate(judged, context())[0]?.words.summary).toContain(
      'The auto-reload of 20.00 USD below 5.00 USD was due at 2026-11-23 09:00 UTC.',
    )
  })

  test('a reload that did not come: the proof, the sums and where to look', () => {
    const reached = { reloadDueAt: ago(90), readAt: ago(60) }
    const reload = autoReload({ monthlyLimit: nanos('100') })
    const [finding] = reloadMissing.evaluate(
      standing({ balance: LOW, reached, autoReload: reload, grants: [bought] }),
      context(),
    )
    expect(finding?.severity).toBe('warning')
    expect(finding?.words.summary).toBe(
      'The balance has been below 5.00 USD since 2026-11-23 08:30 UTC, so 20.00 USD should have been bought. The balance read at 2026-11-23 09:00 UTC shows that it was not.',
    )
    expect(finding?.words.arithmetic.slice(0, 2)).toEqual([
      'auto-reload: 20.00 when the balance is below 5.00 USD, at most 100.00 a month',
      'prepayments recorded this month: 50.00 USD',
    ])
    expect(finding?.words.next[0]?.url).toBe('https://aistudio.google.com/billing')
  })
})
