/** Rules that weigh what calls and operators say against the ledger: where the money is, and whether it was paid. */

import { bill, depleted, each, pay, seeBalance, served, tell } from '../../support/rule-acts.ts'
import type { RuleTable } from '../../support/rule-table.ts'

const demand = tell('prepayment-required', { projectId: 'my-app', amount: '25.00', currencyCode: 'USD' })

const prepaymentRequired: RuleTable = {
  rule: 'prepayment-required',
  rows: [
    { at: 1, act: demand, shows: 'opens', expect: ['firing critical'] },
    { at: 2, act: demand, shows: 'again', expect: [] },
    { at: 3, act: depleted, shows: 'again', expect: [] },
    { at: 4.9, shows: 'too soon', expect: [] },
    { at: 5, shows: 'repeats', expect: ['repeat critical'] },
    { at: 6, act: served, shows: 'resolves', expect: ['resolved critical'] },
    { at: 7, act: demand, shows: 'opens anew', expect: ['firing critical'] },
    { at: 8, act: pay('P1', '25.00'), shows: 'resolves', expect: ['resolved critical'] },
  ],
}

/** A payment has half an hour to reach the keys. */
const wrongBucket: RuleTable = {
  rule: 'wrong-bucket',
  rows: [
    { at: 0, act: pay('P1', '100.00'), expect: [] },
    { at: 0.4, act: depleted, expect: [] },
    { at: 0.5, act: depleted, shows: 'opens', expect: ['firing critical'] },
    { at: 2, act: depleted, shows: 'again', expect: [] },
    { at: 4.4, shows: 'too soon', expect: [] },
    { at: 4.5, shows: 'repeats', expect: ['repeat critical'] },
    { at: 6, act: served, shows: 'resolves', expect: ['resolved critical'] },
    { at: 7, act: depleted, shows: 'opens anew', expect: ['firing critical'] },
  ],
}

/** No payment of the last seven days explains it. */
const falseDepletion: RuleTable = {
  rule: 'false-depletion',
  rows: [
    { at: 0, act: pay('P1', '100.00'), expect: [] },
    { at: 169, act: depleted, shows: 'opens', expect: ['firing critical'] },
    { at: 170, act: depleted, shows: 'again', expect: [] },
    { at: 172.9, shows: 'too soon', expect: [] },
    { at: 173, shows: 'repeats', expect: ['repeat critical'] },
    { at: 174, act: served, shows: 'resolves', expect: ['resolved critical'] },
    { at: 175, act: depleted, shows: 'opens anew', expect: ['firing critical'] },
  ],
}

const paymentUnrecorded: RuleTable = {
  rule: 'payment-unrecorded',
  rows: [
    { at: 0, act: pay('P1', '10.00'), expect: [] },
    { at: 1, act: bill(10.5), expect: [] },
    { at: 1.4, act: served, expect: [] },
    { at: 1.5, act: served, shows: 'opens', expect: ['firing warning'] },
    { at: 2, act: served, shows: 'again', expect: [] },
    { at: 25.4, shows: 'too soon', expect: [] },
    { at: 25.5, shows: 'repeats', expect: ['repeat warning'] },
    { at: 26, act: depleted, shows: 'resolves', expect: ['resolved warning'] },
    { at: 27, act: served, shows: 'opens anew', expect: ['firing warning'] },
    { at: 28, act: pay('P2', '40.00'), shows: 'resolves', expect: ['resolved warning'] },
  ],
}

const reload = tell('auto-reload', {
  enabled: true,
  triggerBalance: '5.00',
  reloadAmount: '20.00',
  currencyCode: 'USD',
})

/** A balance read half an hour after the reload was due shows that none came. */
const reloadMissing: RuleTable = {
  rule: 'reload-missing',
  rows: [
    { at: 0, act: each(pay('P1', '10.00'), reload), expect: [] },
    { at: 1, act: bill(6), expect: [] },
    { at: 1.5, act: seeBalance('3.90'), shows: 'opens', expect: ['firing warning'] },
    { at: 2, act: seeBalance('3.80'), shows: 'again', expect: [] },
    { at: 25.4, shows: 'too soon', expect: [] },
    { at: 25.5, shows: 'repeats', expect: ['repeat warning'] },
    { at: 26, act: pay('P2', '20.00'), shows: 'resolves', expect: ['resolved warning'] },
    { at: 80, act: bill(26), expect: [] },
    { at: 81, act: seeBalance('3.50'), shows: 'opens anew', expect: ['firing warning'] },
  ],
}

const planMismatch: RuleTable = {
  rule: 'plan-mismatch',
  account: { plan: 'postpay' },
  rows: [
    { at: 1, act: depleted, shows: 'opens', expect: ['firing warning'] },
    { at: 2, act: depleted, shows: 'again', expect: [] },
    { at: 24.9, shows: 'too soon', expect: [] },
    { at: 25, shows: 'repeats', expect: ['repeat warning'] },
    { at: 26, act: tell('plan', { plan: 'gemini-prepay' }), shows: 'resolves', expect: ['resolved warning'] },
    { at: 27, act: tell('plan', { plan: 'postpay' }), shows: 'opens anew', expect: ['firing warning'] },
  ],
}

/** Told once per grant, while it is news: for a week. */
const prepaymentReceived: RuleTable = {
  rule: 'prepayment-received',
  notice: 'a payment that has come does not go away',
  rows: [
    { at: 0, act: pay('P1', '50.00'), shows: 'opens', expect: ['firing info'] },
    { at: 1, act: pay('P1', '50.00', { effectiveAt: '2026-11-01T07:00:00Z' }), shows: 'again', expect: [] },
    { at: 24, shows: 'never again', expect: [] },
    { at: 25, act: pay('P2', '50.00'), shows: 'opens anew', expect: ['firing info'] },
    { at: 168, shows: 'never again', expect: [] },
    { at: 240, shows: 'never again', expect: [] },
  ],
}

/** Demanded, misplaced, doubted, unrecorded, missing, against the plan, and received. */
export const paymentTables: readonly RuleTable[] = [
  prepaymentRequired,
  wrongBucket,
  falseDepletion,
  paymentUnrecorded,
  reloadMissing,
  planMismatch,
  prepaymentReceived,
]
