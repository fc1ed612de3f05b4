/** Rules about credit: what a correction alone ended stays disarmed until the next grant. */

import { bill, pay } from '../../support/rule-acts.ts'
import type { RuleTable } from '../../support/rule-table.ts'

const thresholds = { percent: [50, 10], amount: [], runwayHours: [72, 24], expiryDays: [30, 7, 1] }

/** The lowest figure is what is left less a day's burn, which a bill tells over the time since 1 November 07:00 UTC. */
const creditLow: RuleTable = {
  rule: 'credit-low',
  account: { thresholds },
  rows: [
    { at: 0, act: pay('P1', '100.00'), expect: [] },
    { at: 48, act: bill(10), expect: [] },
    { at: 96, act: bill(40), shows: 'opens', expect: ['firing warning 50%'] },
    { at: 97, act: bill(40.2), shows: 'again', expect: [] },
    { at: 119.9, shows: 'too soon', expect: [] },
    { at: 120, shows: 'repeats', expect: ['repeat warning 50%'] },
    { at: 121, act: bill(25), shows: 'resolves', expect: ['resolved warning 50%'] },
    { at: 122, act: bill(45), shows: 'disarmed', expect: [] },
    { at: 123, act: pay('P2', '100.00'), shows: 're-armed', expect: [] },
    { at: 168, act: bill(130), shows: 'opens anew', expect: ['firing warning 50%'] },
    { at: 169, act: bill(170), expect: ['firing critical 10%'] },
    { at: 172.9, shows: 'too soon', expect: [] },
    { at: 173, shows: 'repeats', expect: ['repeat critical 10%'] },
    { at: 174, act: pay('P3', '100.00'), shows: 'resolves', expect: ['resolved critical 10%'] },
  ],
}

const creditRunway: RuleTable = {
  rule: 'credit-runway',
  account: { thresholds },
  rows: [
    { at: 0, act: pay('P1', '100.00'), expect: [] },
    { at: 24, act: bill(10), expect: [] },
    { at: 96, act: bill(50), shows: 'opens', expect: ['firing warning 72h'] },
    { at: 97, act: bill(50.4), shows: 'again', expect: [] },
    { at: 119.9, shows: 'too soon', expect: [] },
    { at: 120, shows: 'repeats', expect: ['repeat warning 72h'] },
    { at: 121, act: bill(15), shows: 'resolves', expect: ['resolved warning 72h'] },
    { at: 122, act: bill(60), shows: 'disarmed', expect: [] },
    { at: 123, act: pay('P2', '100.00'), shows: 're-armed', expect: [] },
    { at: 150, act: bill(100), shows: 'opens anew', expect: ['firing warning 72h'] },
    { at: 151, act: bill(150), expect: ['firing critical 24h'] },
    { at: 154.9, shows: 'too soon', expect: [] },
    { at: 155, shows: 'repeats', expect: ['repeat critical 24h'] },
    { at: 156, act: pay('P3', '500.00'), shows: 'resolves', expect: ['resolved critical 24h'] },
  ],
}

const creditExhausted: RuleTable = {
  rule: 'credit-exhausted',
  rows: [
    { at: 0, act: pay('P1', '10.00'), expect: [] },
    { at: 23, act: bill(9.99), expect: [] },
    { at: 24, act: bill(10), shows: 'opens', expect: ['firing critical'] },
    { at: 25, act: bill(10.5), shows: 'again', expect: [] },
    { at: 27.9, shows: 'too soon', expect: [] },
    { at: 28, shows: 'repeats', expect: ['repeat critical'] },
    { at: 29, act: bill(9), shows: 'resolves', expect: ['resolved critical'] },
    { at: 30, act: bill(10.4), shows: 'disarmed', expect: [] },
    { at: 31, act: pay('P2', '20.00'), shows: 're-armed', expect: [] },
    { at: 60, act: bill(30), shows: 'opens anew', expect: ['firing critical'] },
    { at: 61, act: pay('P3', '50.00'), shows: 'resolves', expect: ['resolved critical'] },
  ],
}

/** It ends on day 40. What the last week's burn uses up in time is not told. */
const creditExpiring: RuleTable = {
  rule: 'credit-expiring',
  account: { thresholds },
  uncorrected: 'a correction gives credit back, so that more of it expires',
  rows: [
    { at: 0, act: pay('P1', '100.00', { expiresAt: '2026-12-11T07:00:00Z' }), expect: [] },
    { at: 239.9, act: bill(1), expect: [] },
    { at: 240, shows: 'opens', expect: ['firing warning 30d'] },
    { at: 241, act: bill(1.2), shows: 'again', expect: [] },
    { at: 263.9, shows: 'too soon', expect: [] },
    { at: 264, shows: 'repeats', expect: ['repeat warning 30d'] },
    { at: 265, act: bill(60), shows: 'resolves', expect: ['resolved warning 30d'] },
    { at: 288, act: bill(61), expect: [] },
    { at: 456, act: bill(61.1), shows: 'opens anew', expect: ['firing warning 30d'] },
    { at: 792, expect: ['firing warning 7d'] },
    { at: 936, expect: ['firing warning 1d'] },
    { at: 960, shows: 'resolves', expect: ['resolved warning 1d'] },
  ],
}

/** A later purchase pays nothing back: what was charged before it is old news, also when the new credit is used up. */
const overageCharging: RuleTable = {
  rule: 'overage-charging',
  account: { plan: 'cloud-credit' },
  rows: [
    { at: 0, act: pay('P1', '50.00'), expect: [] },
    { at: 23, act: bill(50), expect: [] },
    { at: 24, act: bill(61.5), shows: 'opens', expect: ['firing critical'] },
    { at: 25, act: bill(62), shows: 'again', expect: [] },
    { at: 27.9, shows: 'too soon', expect: [] },
    { at: 28, shows: 'repeats', expect: ['repeat critical'] },
    { at: 29, act: bill(45), shows: 'resolves', expect: ['resolved critical'] },
    { at: 30, act: bill(55), shows: 'disarmed', expect: [] },
    { at: 31, act: pay('P2', '20.00'), shows: 're-armed', expect: [] },
    { at: 59, act: bill(75), expect: [] },
    { at: 60, act: bill(80), shows: 'opens anew', expect: ['firing critical'] },
    { at: 61, act: pay('P3', '50.00'), shows: 'resolves', expect: ['resolved critical'] },
  ],
}

/** Low, short of time, gone, about to expire, and charged to the card. */
export const creditTables: readonly RuleTable[] = [
  creditLow,
  creditRunway,
  creditExhausted,
  creditExpiring,
  overageCharging,
]
