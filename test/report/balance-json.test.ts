/** The balance JSON against design §5.3, letter by letter. */

import { expect, test } from 'vitest'
import type { AlertKey } from '../../functions/domain/keys.ts'
import { nanos } from '../../functions/domain/money.ts'
import { instant } from '../../functions/domain/time.ts'
import { balanceJson } from '../../functions/report/balance-json.ts'
import { episode } from '../support/episode.ts'
import { grant, standing } from '../support/standing.ts'

const text = (...args: Parameters<typeof balanceJson>): string => JSON.stringify(balanceJson(...args))

const asInTheDesign = standing({
  balance: { value: nanos('41.20'), low: nanos('39.95'), high: nanos('41.20') },
  spent: { billed: nanos('8.80'), estimated: nanos('8.80') },
  runway: { p10Hours: 190.1, p50Hours: 224.7, p90Hours: 260 },
  tier: {
    observed: 'tier-1',
    entitled: 'tier-1',
    since: instant('2026-11-01T00:00:00Z'),
    next: { tier: 'tier-2', paidStillNeeded: nanos('50'), earliestAt: instant('2026-11-04T00:00:00Z') },
  },
  feeds: {
    budget: { lastAt: instant('2026-11-23T08:00:00Z'), stale: false },
    usage: { lastAt: instant('2026-11-23T09:59:00.25Z'), stale: false },
  },
})

test('the design’s example comes out field for field and in its order, with `standing` added', () => {
  expect(text(asInTheDesign, [episode()])).toBe(
    [
      '{"account":"01D4EE-079462-DFD6EC","plan":"gemini-prepay","currencyCode":"USD","asOf":"2026-11-23T10:00:00Z","standing":"funded",',
      '"balance":{"value":"41.20","low":"39.95","high":"41.20"},"overage":"0.00","spent":{"billed":"8.80","estimated":"8.80"},',
      '"burnRate":{"perDay":"4.40"},"runway":{"p10Hours":190.1,"p50Hours":224.7,"p90Hours":260},',
      '"grants":[{"id":"P1","kind":"prepayment","amount":"50.00","remaining":"41.20","drawn":"8.80","expired":"0.00","refunded":"0.00","voided":"0.00","state":"active","expiresAt":"2027-11-01T00:00:00Z"}],',
      '"tier":{"observed":"tier-1","entitled":"tier-1","since":"2026-11-01T00:00:00Z","next":{"tier":"tier-2","paidStillNeeded":"50.00","earliestAt":"2026-11-04T00:00:00Z"}},',
      '"prepaymentRequired":false,',
      '"alerts":[{"key":"k1","rule":"credit-low","level":"50%","severity":"warning","openedAt":"2026-11-23T09:00:00Z"}],',
      '"sources":{"budget":{"lastAt":"2026-11-23T08:00:00Z","stale":false},"usage":{"lastAt":"2026-11-23T09:59:00.25Z","stale":false}}}',
    ].join(''),
  )
})

test('what does not apply is absent, and only runway says null', () => {
  const bare = standing({
    funded: false,
    balance: { value: 0n, low: 0n, high: 0n },
    burn: { perDay: 0n },
    runway: null,
    spent: { billed: 0n },
    grants: [],
    feeds: {},
    tier: { entitled: 'free' },
  })
  expect(text(bare, [])).toBe(
    '{"account":"01D4EE-079462-DFD6EC","plan":"gemini-prepay","currencyCode":"USD","asOf":"2026-11-23T10:00:00Z","standing":"unfunded",' +
      '"balance":{"value":"0.00","low":"0.00","high":"0.00"},"overage":"0.00","spent":{"billed":"0.00"},"burnRate":{"perDay":"0.00"},' +
      '"runway":null,"grants":[],"tier":{"entitled":"free"},"prepaymentRequired":false,"alerts":[],"sources":{}}',
  )
})

test('runway is null while nothing burns, even if hours are known, and rounded to a tenth otherwise', () => {
  expect(balanceJson(standing({ burn: { perDay: 0n } }), [])).toMatchObject({ runway: null })
  const runway = { p10Hours: 1.04, p50Hours: 2.06, p90Hours: 30.96 }
  expect(balanceJson(standing({ runway }), [])).toMatchObject({
    runway: { p10Hours: 1, p50Hours: 2.1, p90Hours: 31 },
  })
})

test('money keeps every digit it has and the currency’s own at least; corrections keep their sign', () => {
  const exact = standing({
    overage: nanos('0.000125'),
    spent: { billed: nanos('12.5'), corrected: nanos('-0.123456789') },
  })
  expect(balanceJson(exact, [])).toMatchObject({
    overage: '0.000125',
    spent: { billed: '12.50', corrected: '-0.123456789' },
  })
  const yen = standing({ account: { currency: 'JPY' }, overage: nanos('3'), balance: { low: nanos('-5.5') } })
  expect(balanceJson(yen, [])).toMatchObject({ overage: '3', balance: { low: '-5.5' } })
})

test('grants keep the order they were given in', () => {
  const grants = [grant({ id: 'Z' }), grant({ id: 'A' }), grant({ id: 'M' })]
  const { grants: printed } = balanceJson(standing({ grants }), []) as { grants: { id: string }[] }
  expect(printed.map(({ id }) => id)).toEqual(['Z', 'A', 'M'])
})

test('only firing episodes are alerts; a rule with one level has an empty one', () => {
  const episodes = [
    episode({ status: 'resolved' }),
    episode({ status: 'told' }),
    episode({ key: 'k2' as AlertKey, rule: 'feed-stale', level: '' }),
  ]
  expect(balanceJson(standing(), episodes)).toMatchObject({
    alerts: [{ key: 'k2', rule: 'feed-stale', level: '', severity: 'warning', openedAt: '2026-11-23T09:00:00Z' }],
  })
})

const depletion = { at: 0, code: 402, message: 'depleted', projectId: 'my-app', nearZero: false }
const silent = { budget: { lastAt: 0, stale: true } }
test.each([
  ['an operator’s demand', { evidence: { demand: { kind: 'prepayment-required', at: 0 } } }, true],
  ['a 402 with the ledger near zero', { evidence: { depletion: { ...depletion, nearZero: true } } }, true],
  ['a 402 with the budget feed silent', { evidence: { depletion }, feeds: silent }, true],
  ['a 402 before any credit is known', { evidence: { depletion }, funded: false }, true],
  ['a 402 against a healthy, fresh ledger', { evidence: { depletion } }, false],
  ['no evidence', {}, false],
] as const)('%s: prepaymentRequired as design §4.4 says', (_, overrides, expected) => {
  expect(balanceJson(standing(overrides), [])).toMatchObject({ prepaymentRequired: expected })
})

test('spend by project is added only where usage tells it', () => {
  expect(balanceJson(standing(), [])).not.toHaveProperty('projects')
  const byProject = [
    { projectId: 'my-app', perDay: nanos('3.1'), models: [{ model: 'gemini-3.5-flash', perDay: nanos('3.1') }] },
  ]
  expect(balanceJson(standing({ byProject }), [])).toMatchObject({
    projects: [{ projectId: 'my-app', perDay: '3.10' }],
  })
})
