/** Rules about calls that Google refuses for reasons other than credit. */

import { bill, each, pay, refused, seeTier, served } from '../../support/rule-acts.ts'
import type { Row, RuleTable } from '../../support/rule-table.ts'

const capped = refused(429, 'RESOURCE_EXHAUSTED', 'Your project has exceeded its monthly spending cap.')

const projectCap: RuleTable = {
  rule: 'project-cap',
  rows: [
    { at: 1, act: capped, shows: 'opens', expect: ['firing critical'] },
    { at: 2, act: capped, shows: 'again', expect: [] },
    { at: 4.9, shows: 'too soon', expect: [] },
    { at: 5, shows: 'repeats', expect: ['repeat critical'] },
    { at: 6, act: served, shows: 'resolves', expect: ['resolved critical'] },
    { at: 7, act: capped, shows: 'opens anew', expect: ['firing critical'] },
  ],
}

const unbilled = refused(403, 'PERMISSION_DENIED', 'Lightning dunning decision is deny for project: projects/1')

const billingRefused: RuleTable = {
  rule: 'billing-refused',
  rows: [
    { at: 1, act: unbilled, shows: 'opens', expect: ['firing critical'] },
    { at: 2, act: unbilled, shows: 'again', expect: [] },
    { at: 4.9, shows: 'too soon', expect: [] },
    { at: 5, shows: 'repeats', expect: ['repeat critical'] },
    { at: 6, act: served, shows: 'resolves', expect: ['resolved critical'] },
    { at: 7, act: unbilled, shows: 'opens anew', expect: ['firing critical'] },
  ],
}

const wrongKey = (requests: number) =>
  refused(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', requests)

/** Silence of six hours alone ends it, so it is refused again every six hours. */
const keyRefused: RuleTable = {
  rule: 'key-refused',
  rows: [
    { at: 0.5, act: wrongKey(4), expect: [] },
    { at: 1, act: wrongKey(1), shows: 'opens', expect: ['firing warning'] },
    { at: 2, act: wrongKey(1), shows: 'again', expect: [] },
    { at: 7.9, act: wrongKey(1), shows: 'again', expect: [] },
    { at: 13.8, act: wrongKey(1), shows: 'again', expect: [] },
    { at: 19.7, act: wrongKey(1), shows: 'again', expect: [] },
    { at: 24.9, shows: 'too soon', expect: [] },
    { at: 25, shows: 'repeats', expect: ['repeat warning'] },
    { at: 25.6, expect: [] },
    { at: 25.7, shows: 'resolves', expect: ['resolved warning'] },
    { at: 26, act: wrongKey(5), shows: 'opens anew', expect: ['firing warning'] },
  ],
}

const slowed = refused(
  429,
  'RESOURCE_EXHAUSTED',
  'You exceeded your spend-based rate limit. Your spending rate has exceeded the allowed limit for your account’s billing history and tier.',
)

/** A refusal counts for an hour. */
const hourly = Array.from({ length: 23 }, (_, hour): Row => ({ at: 2 + hour, act: slowed, shows: 'again', expect: [] }))

const spendRate: RuleTable = {
  rule: 'spend-rate',
  rows: [
    { at: 1, act: slowed, shows: 'opens', expect: ['firing warning'] },
    ...hourly,
    { at: 24.5, act: slowed, shows: 'again', expect: [] },
    { at: 24.9, shows: 'too soon', expect: [] },
    { at: 25, shows: 'repeats', expect: ['repeat warning'] },
    { at: 25.5, shows: 'resolves', expect: ['resolved warning'] },
    { at: 26, act: slowed, shows: 'opens anew', expect: ['firing warning'] },
  ],
}

const december = { costIntervalStart: '2026-12-01T08:00:00Z' }

/** Tier 1 may spend 250 USD a month: more than 8.33 a day are too much. */
const tierCap: RuleTable = {
  rule: 'tier-cap',
  rows: [
    { at: 0, act: each(seeTier('tier-1'), pay('P1', '1000.00')), expect: [] },
    { at: 24, act: bill(15), shows: 'opens', expect: ['firing warning'] },
    { at: 25, act: bill(15.6), shows: 'again', expect: [] },
    { at: 47.9, shows: 'too soon', expect: [] },
    { at: 48, shows: 'repeats', expect: ['repeat warning'] },
    { at: 49, act: bill(10), shows: 'resolves', expect: ['resolved warning'] },
    { at: 72, act: bill(30), shows: 'opens anew', expect: ['firing warning'] },
    { at: 80, act: bill(250), expect: ['firing critical 100%'] },
    { at: 83.9, shows: 'too soon', expect: [] },
    { at: 84, shows: 'repeats', expect: ['repeat critical 100%'] },
    { at: 721, act: bill(0, december), shows: 'resolves', expect: ['resolved critical 100%'] },
    { at: 769, act: bill(60, december), shows: 'opens anew', expect: ['firing warning'] },
  ],
}

/** By project cap, unpaid bill, key, spend rate and tier cap. */
export const refusalTables: readonly RuleTable[] = [projectCap, billingRefused, keyRefused, spendRate, tierCap]
