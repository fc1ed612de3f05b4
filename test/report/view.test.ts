/** What the dashboard says of an account, before any markup. */

import { describe, expect, it } from 'vitest'
import type { StoredDelivery } from '../../functions/domain/alerts.ts'
import { type AccountId, type AlertKey, type DeliveryId, UNASSIGNED } from '../../functions/domain/keys.ts'
import { nanos } from '../../functions/domain/money.ts'
import { HOUR_MS } from '../../functions/domain/time.ts'
import { type DashboardInput, dashboardView } from '../../functions/report/view.ts'
import type { AccountView } from '../../functions/report/view-account.ts'
import { episode } from '../support/episode.ts'
import { sampleMessage } from '../support/message.ts'
import { AS_OF, type StandingOverrides, standing } from '../support/standing.ts'

const input = (overrides: Partial<DashboardInput> = {}): DashboardInput => ({
  accounts: [],
  deliveries: [],
  quarantine: [],
  now: AS_OF,
  ...overrides,
})

const view = (overrides: StandingOverrides = {}, episodes = [] as ReturnType<typeof episode>[]): AccountView => {
  const [account] = dashboardView(input({ accounts: [{ standing: standing(overrides), episodes }] })).accounts
  return account ?? expect.fail('no account')
}

const UNFUNDED: StandingOverrides = {
  funded: false,
  grants: [],
  runway: null,
  balance: { value: 0n, low: 0n, high: 0n },
  burn: { perDay: 0n, spent: 0n, coveredMs: 0 },
}

describe('the balance', () => {
  it('is told with its bounds and the sums behind them', () => {
    const { balance } = view()
    expect(balance?.value).toBe('41.20 USD')
    expect(balance?.range).toBe('Between 36.80 and 41.20 USD')
    expect(balance?.sums).toContain('low 36.80 = value − 4.40 (burn 4.40/day × 24 h feed lag) − drift 0.00')
  })

  it('is not told before anything is known of it, nor under postpay', () => {
    expect(view(UNFUNDED).balance).toBeUndefined()
    expect(view({ plan: 'postpay' }).balance).toBeUndefined()
    expect(view(UNFUNDED).chart.points).toEqual([])
  })

  it('has its history and its warning levels as exact text for the chart', () => {
    const history = [{ at: AS_OF, balance: nanos('41.2000001') }]
    const { chart } = view({
      history,
      account: { thresholds: { percent: [20], amount: [nanos('5')], runwayHours: [], expiryDays: [] } },
    })
    expect(chart.points).toEqual([{ at: AS_OF, balance: '41.2000001' }])
    expect(chart.levels).toEqual([
      { balance: '10.00', label: '20%' },
      { balance: '5.00', label: '5.00 USD' },
    ])
  })
})

it('an account is told in the numbers of its locale, tables and chart too', () => {
  const runway = { p10Hours: 7.5, p50Hours: 9.25, p90Hours: 12 }
  const told = view({ account: { locale: 'de-DE' }, runway })
  expect(told.balance?.value).toBe('41,20 USD')
  expect(told.stats[0]).toEqual({ label: 'Runway', value: '9,2 h', note: 'from 7,5 h to 12 h' })
  expect(told.budgets.rows[0]).toContain('100,00 USD (8,8%)')
  expect(told.chart.locale).toBe('de-DE')
})

describe('the runway', () => {
  const runway = (overrides: StandingOverrides): unknown =>
    view(overrides).stats.find(({ label }) => label === 'Runway')

  it('is told in hours with its likely range', () => {
    expect(runway({})).toEqual({ label: 'Runway', value: '224 h', note: 'from 190 h to 260 h' })
  })

  it('is open-ended while nothing is spent, and unknown before a day of spend', () => {
    expect(runway({ burn: { perDay: 0n }, runway: null })).toMatchObject({ value: 'Open-ended' })
    expect(runway({ runway: null })).toMatchObject({ value: 'Not known yet' })
  })

  it('is not told where no credit is judged', () => {
    expect(runway(UNFUNDED)).toBeUndefined()
  })
})

describe('what stops', () => {
  it.each([
    ['gemini-prepay', 'every API key of every linked project stops at once (my-app, my-batch)'],
    ['cloud-credit', 'the primary payment method is charged'],
    ['postpay', 'There is no credit to run out of'],
  ] as const)('under %s: %s', (plan, said) => {
    expect(view({ plan }).stops?.text).toContain(said)
  })

  it('is critical at zero, and never said to be now while nothing is known', () => {
    expect(view({ balance: { value: 0n, low: 0n } }).stops).toMatchObject({
      tone: 'critical',
      text: expect.stringMatching(/^Now: /),
    })
    expect(view(UNFUNDED).stops).toMatchObject({
      tone: 'none',
      text: expect.stringMatching(/^When credit reaches zero/),
    })
  })
})

describe('an account nothing is known of', () => {
  it('says what to do next, with the exact commands', () => {
    expect(view(UNFUNDED).mood).toEqual({ tone: 'none', label: 'Credit not entered yet' })
    expect(view(UNFUNDED).firstSteps.map(({ command }) => command)).toEqual([
      'npx drawdown grant add 01D4EE-079462-DFD6EC receipt-1 50.00 --effective 2026-11-23T00:00:00Z',
      'npx drawdown reading 01D4EE-079462-DFD6EC 41.20',
    ])
  })

  it('asks for no grant once funded, under postpay, or where messages of no account are kept', () => {
    expect(view().firstSteps).toEqual([])
    expect(view({ ...UNFUNDED, plan: 'postpay' }).firstSteps).toEqual([])
    expect(view({ ...UNFUNDED, account: { id: UNASSIGNED } }).firstSteps).toEqual([])
  })

  it('has empty tables that say where the messages come from', () => {
    const { grants, budgets, projects, feeds } = view({ ...UNFUNDED, budgets: [], feeds: {} })
    expect(grants.empty).toBe('No grant has been entered.')
    expect(budgets.empty).toContain('billing-notifications')
    expect(projects.empty).toContain('gemini-usage')
    expect(feeds.rows).toEqual([
      ['Budget messages', 'none yet', '–', 'not connected'],
      ['Usage', 'none yet', '–', 'not connected'],
    ])
  })
})

describe('alerts', () => {
  const critical = episode({
    key: 'k2' as AlertKey,
    severity: 'critical',
    title: 'Gone',
    openedAt: AS_OF - 30 * HOUR_MS,
  })
  const info = episode({ key: 'k3' as AlertKey, severity: 'info', title: 'Paid', ackedBy: 'kim' })
  const resolved = episode({ status: 'resolved', title: 'Over', resolvedAt: AS_OF - HOUR_MS / 2 })

  it('come worst first, then newest, with since when and who took them', () => {
    const { alerts } = view({}, [info, episode(), critical, resolved])
    expect(alerts).toEqual([
      { severity: 'critical', title: 'Gone', key: 'k2', since: 'since 2026-11-22 04:00 UTC, open for 30 h' },
      { severity: 'warning', title: 'Credit is low', key: 'k1', since: 'since 2026-11-23 09:00 UTC, open for 1 h' },
      {
        severity: 'info',
        title: 'Paid',
        key: 'k3',
        since: 'since 2026-11-23 09:00 UTC, open for 1 h',
        handled: 'acknowledged by kim',
      },
    ])
  })

  it('that ended are told apart, with how long they lasted', () => {
    const { alerts, resolved: ended } = view({}, [resolved])
    expect(alerts).toEqual([])
    expect(ended).toMatchObject([{ title: 'Over', since: 'since 2026-11-23 09:00 UTC, lasted 30 min' }])
  })

  it('give the account its state in words', () => {
    expect(view({}, [critical, info]).mood).toEqual({ tone: 'critical', label: '2 alerts open, worst: critical' })
    expect(view({}, [episode()]).mood).toEqual({ tone: 'warning', label: 'Warning alert open' })
    expect(view({}, [resolved]).mood).toEqual({ tone: 'good', label: 'No open alerts' })
  })

  it('are snoozed only until the snooze ends', () => {
    const until = (at: number): unknown => view({}, [episode({ snoozedUntil: at })]).alerts[0]?.handled
    expect(until(AS_OF + HOUR_MS)).toBe('snoozed until 2026-11-23 11:00 UTC')
    expect(until(AS_OF)).toBeUndefined()
  })

  it('says that nobody answered where an alert was escalated, until somebody does', () => {
    const handled = (over: Parameters<typeof episode>[0]): unknown =>
      view({}, [episode({ escalatedTo: ['boss-mail', 'pager'], ...over })]).alerts[0]?.handled
    expect(handled({})).toBe('not acknowledged, escalated to boss-mail, pager')
    expect(handled({ ackedBy: 'ana' })).toBe('acknowledged by ana')
  })
})

describe('deliveries and quarantine', () => {
  const delivery = (status: 'sent' | 'pending' | 'dead', note: string): StoredDelivery => ({
    id: status as DeliveryId,
    account: '01D4EE-079462-DFD6EC' as AccountId,
    channel: 'ops-mail',
    recipient: 'ops@example.com',
    message: sampleMessage(),
    createdAt: AS_OF,
    state: { status, attempts: 3, dueAt: AS_OF, ambiguous: 0, note },
  })

  it('are counted, and told with the reason where one failed', () => {
    const told = dashboardView(
      input({ deliveries: [delivery('dead', '550 no such user'), delivery('sent', '250 OK')] }),
    )
    expect(told.deliveryCounts.map(({ label, value }) => [label, value])).toEqual([
      ['Sent', '1'],
      ['Waiting', '0'],
      ['Given up', '1'],
    ])
    expect(told.deliveries.map(({ label, note }) => [label, note])).toEqual([
      ['Given up', 'ops-mail: ops@example.com, 3 attempts, 550 no such user'],
      ['Sent', 'ops-mail: ops@example.com, 3 attempts'],
    ])
  })

  it('say until when quiet hours hold one, and what one is beside its alert', () => {
    const fresh = { status: 'pending', attempts: 0, dueAt: AS_OF + HOUR_MS, ambiguous: 0 } as const
    const held: StoredDelivery = { ...delivery('pending', ''), notBefore: AS_OF + HOUR_MS, state: fresh }
    const once = { ...delivery('sent', 'ok'), state: { ...fresh, status: 'sent', attempts: 1 } } as const
    const told = dashboardView(
      input({
        deliveries: [
          held,
          { ...held, notBefore: AS_OF },
          { ...held, state: { ...fresh, attempts: 1 } },
          { ...once, message: sampleMessage({ step: 'escalation' }) },
          { ...once, message: sampleMessage({ step: 'digest' }) },
        ],
      }),
    )
    const to = 'ops-mail: ops@example.com'
    expect(told.deliveries.map(({ label, note }) => [label, note])).toEqual([
      ['Held', `${to}, 0 attempts, held by quiet hours until 2026-11-23 11:00 UTC`],
      ['Waiting', `${to}, 0 attempts`],
      ['Waiting', `${to}, 1 attempt`],
      ['Sent', `${to}, 1 attempt, escalated, nobody had acknowledged it`],
      ['Sent', `${to}, 1 attempt, several alerts as one`],
    ])
  })

  it('use the counts of the whole store where they are given', () => {
    const told = dashboardView(input({ deliveryCounts: { sent: 900, pending: 2, dead: 1 } }))
    expect(told.deliveryCounts).toContainEqual({ label: 'Sent', value: '900' })
  })

  it('say in a sentence why an input was set aside', () => {
    const entry = { at: AS_OF, account: 'unassigned', reason: 'BASE64', detail: '' } as const
    expect(dashboardView(input({ quarantine: [entry] })).quarantine).toEqual([
      { at: '2026-11-23 10:00 UTC', label: 'BASE64', text: 'The data is not valid base64.', note: 'unassigned' },
    ])
  })
})

it('a page of very many accounts shows the first and counts the rest', () => {
  const accounts = Array.from({ length: 45 }, () => ({ standing: standing(), episodes: [] }))
  const { accounts: shown, moreAccounts } = dashboardView(input({ accounts }))
  expect([shown.length, moreAccounts]).toEqual([40, 5])
})
