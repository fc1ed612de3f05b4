/** Rules about the tier: what operators see of it, and what payments bring. */

import { each, pay, seeTier } from '../../support/rule-acts.ts'
import type { RuleTable } from '../../support/rule-table.ts'

/** Two looks that agree are believed. A rise speaks for the end of the fall before it, but is told once a day. */
const tierChanged: RuleTable = {
  rule: 'tier-changed',
  rows: [
    { at: 0, act: seeTier('tier-3'), expect: [] },
    { at: 1, act: seeTier('tier-1'), expect: [] },
    { at: 2, act: seeTier('tier-1'), shows: 'opens', expect: ['firing critical'] },
    { at: 3, act: seeTier('tier-1'), shows: 'again', expect: [] },
    { at: 5.9, shows: 'too soon', expect: [] },
    { at: 6, shows: 'repeats', expect: ['repeat critical'] },
    { at: 7, act: seeTier('tier-3'), expect: [] },
    { at: 8, act: seeTier('tier-3'), expect: ['firing info'] },
    { at: 9, act: seeTier('tier-1'), expect: [] },
    { at: 10, act: seeTier('tier-1'), expect: ['firing critical'] },
    { at: 11, act: seeTier('tier-3'), expect: [] },
    { at: 12, act: seeTier('tier-3'), shows: 'resolves', expect: ['resolved critical'] },
    { at: 13, act: seeTier('tier-2'), expect: [] },
    { at: 14, act: seeTier('tier-2'), shows: 'opens anew', expect: ['firing critical'] },
  ],
}

const tierRisen: RuleTable = {
  rule: 'tier-changed',
  about: 'a rise',
  notice: 'a rise is good news, and another tier another subject',
  rows: [
    { at: 0, act: seeTier('tier-1'), expect: [] },
    { at: 1, act: seeTier('tier-2'), expect: [] },
    { at: 2, act: seeTier('tier-2'), shows: 'opens', expect: ['firing info'] },
    { at: 3, act: seeTier('tier-2'), shows: 'again', expect: [] },
    { at: 26, shows: 'never again', expect: [] },
    { at: 240, shows: 'never again', expect: [] },
    { at: 241, act: seeTier('tier-3'), expect: [] },
    { at: 242, act: seeTier('tier-3'), shows: 'opens anew', expect: ['firing info'] },
  ],
}

/** Tier 2 needs 100 USD and three days, and a day more before it is late; Tier 3 needs 1,000 USD and thirty days. */
const tierUpgradeOverdue: RuleTable = {
  rule: 'tier-upgrade-overdue',
  rows: [
    { at: 0, act: each(pay('P1', '100.00'), seeTier('tier-1')), expect: [] },
    { at: 95, act: seeTier('tier-1'), expect: [] },
    { at: 96, act: seeTier('tier-1'), shows: 'opens', expect: ['firing warning'] },
    { at: 97, act: seeTier('tier-1'), shows: 'again', expect: [] },
    { at: 119.9, shows: 'too soon', expect: [] },
    { at: 120, shows: 'repeats', expect: ['repeat warning'] },
    { at: 121, act: seeTier('tier-2'), shows: 'resolves', expect: ['resolved warning'] },
    { at: 122, act: each(seeTier('tier-2'), pay('P2', '900.00')), expect: [] },
    { at: 743, act: seeTier('tier-2'), expect: [] },
    { at: 744, act: seeTier('tier-2'), shows: 'opens anew', expect: ['firing warning'] },
  ],
}

/** Four fifths of what the next tier needs, then the day before its days are over. */
const tierProgress: RuleTable = {
  rule: 'tier-progress',
  notice: 'the tier itself is the end of it, and tier-changed tells that',
  rows: [
    { at: 0, act: pay('P1', '50.00'), expect: [] },
    { at: 1, act: pay('P2', '30.00'), shows: 'opens', expect: ['firing info 80%'] },
    { at: 2, act: pay('P3', '10.00'), shows: 'again', expect: [] },
    { at: 26, shows: 'never again', expect: [] },
    { at: 40, act: pay('P4', '10.00'), expect: [] },
    { at: 64, shows: 'opens anew', expect: ['firing info 1d'] },
    { at: 65, act: pay('P5', '10.00'), shows: 'again', expect: [] },
    { at: 80, act: pay('P6', '690.00'), shows: 'opens anew', expect: ['firing info 80%'] },
    { at: 104, shows: 'never again', expect: [] },
    { at: 105, act: pay('P7', '200.00'), expect: [] },
    { at: 696, shows: 'opens anew', expect: ['firing info 1d'] },
  ],
}

/** Changed, overdue and near. */
export const tierTables: readonly RuleTable[] = [tierChanged, tierRisen, tierUpgradeOverdue, tierProgress]
