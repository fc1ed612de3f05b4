/** Rules about the feeds themselves: silent, not priced, or not to be read. */

import { ACCOUNT, BUDGET } from '../../support/facts.ts'
import { type Act, bill, call, each, served, tell } from '../../support/rule-acts.ts'
import type { RuleTable } from '../../support/rule-table.ts'

/** Published at 1 h, and delivered only when the budget had been silent for long: it is still silent. */
const late = bill(1.1, {}, { publishTime: '2026-11-01T08:00:00Z' })

const feedStale: RuleTable = {
  rule: 'feed-stale',
  rows: [
    { at: 0, act: bill(1), expect: [] },
    { at: 35.9, expect: [] },
    { at: 36, shows: 'opens', expect: ['firing warning'] },
    { at: 37, act: late, shows: 'again', expect: [] },
    { at: 59.9, shows: 'too soon', expect: [] },
    { at: 60, shows: 'repeats', expect: ['repeat warning'] },
    { at: 61, act: bill(2), shows: 'resolves', expect: ['resolved warning'] },
    { at: 96.9, expect: [] },
    { at: 97, shows: 'opens anew', expect: ['firing warning'] },
  ],
}

/** No budget draws down and no call is told. A first call ends it for good. */
const feedMissing: RuleTable = {
  rule: 'feed-stale',
  about: 'no feed at all',
  account: { budgets: {} },
  once: 'it is how the account is set up; nothing has broken',
  rows: [
    { at: 0, expect: [] },
    { at: 36, shows: 'opens', expect: ['firing warning'] },
    { at: 37, act: bill(1), shows: 'again', expect: [] },
    { at: 60, shows: 'never again', expect: [] },
    { at: 240, shows: 'never again', expect: [] },
    { at: 241, act: served, shows: 'resolves', expect: ['resolved warning'] },
  ],
}

/** Ten days of calls and bills, a day apart; then calls that are billed and not reported any more. */
const usageSilent: RuleTable = {
  rule: 'usage-silent',
  rows: [
    ...Array.from({ length: 10 }, (_, day) => ({ at: 24 * day + 3, act: each(served, bill(day + 1)), expect: [] })),
    { at: 243, act: bill(11), expect: [] },
    { at: 267, act: bill(12), expect: [] },
    { at: 290.9, expect: [] },
    { at: 291, act: bill(13), shows: 'opens', expect: ['firing warning'] },
    { at: 313, act: bill(14), shows: 'again', expect: [] },
    { at: 314.9, shows: 'too soon', expect: [] },
    { at: 315, shows: 'repeats', expect: ['repeat warning'] },
    { at: 316, act: served, shows: 'resolves', expect: ['resolved warning'] },
    { at: 339, act: bill(15), expect: [] },
    { at: 363, act: bill(16), expect: [] },
    { at: 388, act: bill(17), shows: 'opens anew', expect: ['firing warning'] },
  ],
}

const usageMissing: RuleTable = {
  rule: 'usage-silent',
  about: 'where nothing else feeds the ledger',
  account: { budgets: {} },
  once: 'perhaps no calls are made any more, and nobody has to do anything',
  rows: [
    { at: 1, act: served, expect: [] },
    { at: 168.9, expect: [] },
    { at: 169, shows: 'opens', expect: ['firing warning'] },
    { at: 170, act: bill(1), shows: 'again', expect: [] },
    { at: 400, shows: 'never again', expect: [] },
    { at: 401, act: served, shows: 'resolves', expect: ['resolved warning'] },
    { at: 569, shows: 'opens anew', expect: ['firing warning'] },
  ],
}

const unknown = (model: string): Act => call({ model, usageMetadata: { promptTokenCount: 1_000 } })

const unpricedModel: RuleTable = {
  rule: 'unpriced-model',
  notice: 'its calls stay without a price until the price table has one',
  rows: [
    { at: 1, act: unknown('gemini-99-flash'), shows: 'opens', expect: ['firing warning'] },
    { at: 2, act: unknown('gemini-99-flash'), shows: 'again', expect: [] },
    { at: 25, shows: 'never again', expect: [] },
    { at: 240, act: unknown('gemini-99-flash'), shows: 'again', expect: [] },
    { at: 264, shows: 'never again', expect: [] },
    { at: 265, act: unknown('gemini-99-pro'), shows: 'opens anew', expect: ['firing warning'] },
  ],
}

/** Without a cost it is no message of a budget. */
const unreadable =
  (budgetDisplayName: string): Act =>
  async ({ app }) => {
    const attributes = { billingAccountId: ACCOUNT, budgetId: BUDGET, schemaVersion: '1.0' }
    const { kind } = await app.post('billing-notifications', attributes, { budgetDisplayName })
    if (kind !== 'quarantined') throw new Error(`a budget without a cost: ${kind}`)
  }
const unknownGrant = tell('refund', { grantId: 'P9', amount: '1.00' })

/** The second UTC day begins at 17 h. */
const inputRejected: RuleTable = {
  rule: 'input-rejected',
  notice: 'told once per reason and day; what was set aside stays in quarantine',
  rows: [
    { at: 1, act: unreadable('A'), shows: 'opens', expect: ['firing warning'] },
    { at: 2, act: unreadable('A'), shows: 'again', expect: [] },
    { at: 3, act: unreadable('B'), shows: 'again', expect: [] },
    { at: 4, act: unknownGrant, shows: 'opens anew', expect: ['firing warning'] },
    { at: 28, shows: 'never again', expect: [] },
    { at: 29, act: unreadable('C'), shows: 'opens anew', expect: ['firing warning'] },
    { at: 240, shows: 'never again', expect: [] },
  ],
}

const refuse: Act = async ({ app }) => {
  app.down.set('ops', { kind: 'rejected', reason: 'refused', note: 'HTTP 404 Not Found' })
}
const accept: Act = async ({ app }) => {
  app.down.clear()
}
const redriveAll: Act = async ({ app }) => {
  for (const { id } of await app.deps.store.deliveries({ status: 'dead', limit: 10 }))
    await app.deps.store.redrive(id, app.clock.now)
}
const reached = (cost: number, share: number, costIntervalStart = '2026-11-01T07:00:00Z'): Act =>
  bill(cost, { costIntervalStart, alertThresholdExceeded: share })
const DECEMBER = '2026-12-01T08:00:00Z'

/** The alert of 50 % gets through, that of 90 % is refused for good: one mail, not the channel, so the same channel tells it. */
const deliveryFailed: RuleTable = {
  rule: 'delivery-failed',
  account: { budgets: { [BUDGET]: 'watch' } },
  rows: [
    { at: 0.5, act: reached(55, 0.5), expect: [] },
    { at: 1, act: each(refuse, reached(95, 0.9)), expect: [] },
    { at: 1.1, act: accept, shows: 'opens', expect: ['firing warning'] },
    { at: 2, act: reached(96, 0.9), shows: 'again', expect: [] },
    { at: 25, shows: 'too soon', expect: [] },
    { at: 25.1, shows: 'repeats', expect: ['repeat warning'] },
    { at: 26, act: redriveAll, shows: 'resolves', expect: ['resolved warning'] },
    { at: 721, act: reached(55, 0.5, DECEMBER), expect: [] },
    { at: 721.5, act: each(refuse, reached(95, 0.9, DECEMBER)), expect: [] },
    { at: 721.6, act: accept, shows: 'opens anew', expect: ['firing warning'] },
  ],
}

/** Silent, absent, unpriced and unreadable. */
export const feedTables: readonly RuleTable[] = [
  feedStale,
  feedMissing,
  usageSilent,
  usageMissing,
  unpricedModel,
  inputRejected,
  deliveryFailed,
]
