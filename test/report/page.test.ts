/** The dashboard as HTML: escaped, complete, and measured in a real browser where one is installed. */

import type { Browser } from 'playwright-core'
import { afterAll, describe, expect, it } from 'vitest'
import type { StoredDelivery } from '../../functions/domain/alerts.ts'
import type { AccountId, AlertKey, DeliveryId } from '../../functions/domain/keys.ts'
import { nanos } from '../../functions/domain/money.ts'
import { HOUR_MS } from '../../functions/domain/time.ts'
import { dashboardPage, PAGE_CSP, PAGE_HEADERS } from '../../functions/report/page.ts'
import type { DashboardInput } from '../../functions/report/view.ts'
import { inspect, LOOKS, openBrowser } from '../support/browser.ts'
import { episode } from '../support/episode.ts'
import { startHttp } from '../support/http-server.ts'
import { HOSTILE, messageOf, sampleMessage } from '../support/message.ts'
import { AS_OF, budget, grant, standing } from '../support/standing.ts'

const delivery = (message = sampleMessage()): StoredDelivery => ({
  id: 'd1' as DeliveryId,
  account: '01D4EE-079462-DFD6EC' as AccountId,
  channel: 'ops-mail',
  recipient: 'ops@example.com',
  message,
  createdAt: AS_OF,
  state: { status: 'dead', attempts: 3, dueAt: AS_OF, ambiguous: 0, note: '550 no such user' },
})

const history = Array.from({ length: 60 }, (_, at) => ({
  at: AS_OF - (60 - at) * 6 * HOUR_MS,
  balance: nanos('50') - BigInt(at) * nanos('0.7'),
}))

const unfunded = standing({
  account: { id: 'ABCDEF-012345-6789AB' as AccountId, name: 'Sandbox' },
  funded: false,
  grants: [],
  budgets: [],
  feeds: {},
  runway: null,
  balance: { value: 0n, low: 0n, high: 0n },
})

/** Every part of the page with something in it, alerts of every severity, and an account nothing is known of. */
const FULL: DashboardInput = {
  accounts: [
    {
      standing: standing({ history, byProject: [{ projectId: 'my-app', perDay: nanos('3.1'), models: [] }] }),
      episodes: [
        episode(),
        episode({ severity: 'critical', key: 'k2' as AlertKey, title: 'Gone', ackedBy: 'kim' }),
        episode({ severity: 'info' }),
        episode({ status: 'resolved' }),
      ],
    },
    { standing: unfunded, episodes: [] },
  ],
  deliveries: [delivery(), { ...delivery(), state: { ...delivery().state, status: 'pending' } }],
  quarantine: [{ at: AS_OF, account: 'unassigned', reason: 'UNKNOWN_ACCOUNT', detail: '0A0A0A-0B0B0B-0C0C0C' }],
  now: AS_OF,
  mailUrl: '/mail',
  chatUrl: '/chat',
}
const EMPTY: DashboardInput = { accounts: [], deliveries: [], quarantine: [], now: AS_OF }

/** One word wider than any phone. */
const LONG = 'W'.repeat(300)

/** Every outside text replaced by everything an attacker would try. */
const ATTACKED: DashboardInput = {
  ...FULL,
  accounts: [
    {
      standing: standing({
        history,
        account: { name: HOSTILE, projects: [HOSTILE] },
        grants: [grant({ id: HOSTILE })],
        budgets: [budget({ name: HOSTILE })],
        byProject: [{ projectId: HOSTILE, perDay: 1n, models: [{ model: HOSTILE, perDay: 1n }] }],
        unpricedModels: [HOSTILE],
      }),
      episodes: [episode({ title: HOSTILE, key: HOSTILE as AlertKey, ackedBy: HOSTILE })],
    },
    {
      standing: standing({
        account: { id: 'ABCDEF-012345-6789AB' as AccountId, name: LONG, projects: [LONG] },
        grants: [grant({ id: LONG })],
        budgets: [budget({ name: LONG })],
        byProject: [{ projectId: LONG, perDay: 1n, models: [{ model: LONG, perDay: 1n }] }],
      }),
      episodes: [episode({ title: LONG, key: LONG as AlertKey })],
    },
  ],
  deliveries: [{ ...delivery(messageOf(HOSTILE)), recipient: HOSTILE, channel: HOSTILE }],
  quarantine: [{ at: AS_OF, account: HOSTILE, reason: 'JSON', detail: HOSTILE }],
}

describe('the page', () => {
  it('tells balance, bounds, runway, what stops, alerts, grants, budgets, feeds, tier, projects, deliveries, quarantine', () => {
    const page = dashboardPage(FULL)
    for (const said of [
      '41.20 USD',
      'Between 36.80 and 41.20 USD',
      '224 h',
      'every API key of every linked project stops at once',
      'Gone',
      'acknowledged by kim',
      'P1',
      'Gemini month',
      'Budget messages',
      'By payments: Tier 1',
      'my-app',
      '550 no such user',
      'The billing account is not listed in the configuration.',
      'npx drawdown grant add ABCDEF-012345-6789AB receipt-1 50.00 --effective 2026-11-23T00:00:00Z',
      '<svg ',
    ]) {
      expect(page).toContain(said)
    }
  })

  it('without accounts says what to do next', () => {
    expect(dashboardPage(EMPTY)).toContain('npx drawdown config check')
  })

  it('links to mail and chat only where they are', () => {
    expect(dashboardPage(FULL)).toContain('<a href="/mail">Mail</a>')
    expect(dashboardPage(EMPTY)).not.toContain('/mail')
  })

  it('reloads itself only while a sample is playing', () => {
    expect(dashboardPage(FULL)).not.toContain('http-equiv="refresh"')
    const playing = dashboardPage({ ...FULL, progress: { done: 3, total: 12 } })
    expect(playing).toContain('<meta http-equiv="refresh" content="3">')
    expect(playing).toContain('<progress aria-labelledby="playing" value="3" max="12">')
  })

  it('makes no markup of outside text', () => {
    const page = dashboardPage(ATTACKED)
    expect(page).toContain('&lt;script&gt;')
    expect(page).not.toMatch(/<script|<img|javascript:|\u202E|\u200B/)
    expect(page).not.toMatch(/href="(?!\/|#|data:,")/)
  })

  it('has a heading for every part and a header for every column', () => {
    const page = dashboardPage(FULL)
    expect(page.match(/<h1/g)).toHaveLength(1)
    expect(page.match(/<table>/g)?.length).toBe(page.match(/<thead><tr><th scope="col"/g)?.length)
  })
})

it('the headers forbid everything but the page’s own styles and inline pictures', () => {
  expect(PAGE_CSP).toMatch(/^default-src 'none'; style-src 'unsafe-inline'; img-src data:;/)
  expect(PAGE_HEADERS['content-security-policy']).toBe(PAGE_CSP)
})

const browser = await openBrowser('the dashboard in light and dark, on phone and desk')
afterAll(() => browser?.close())

const measured = async (open: Browser, input: DashboardInput, look: (typeof LOOKS)[number]) => {
  const peer = await startHttp((response) => response.writeHead(200, { ...PAGE_HEADERS }).end(dashboardPage(input)))
  try {
    return await inspect(open, `${peer.url}/`, look)
  } finally {
    await peer.close()
  }
}

if (browser) {
  describe.each(LOOKS)('in Chromium, $scheme at $width px', (look) => {
    it.each([
      ['a full page', FULL, 100],
      ['an empty page', EMPTY, 8],
      ['a page under attack', ATTACKED, 60],
    ])('%s scrolls in one direction, is legible, complains of nothing and asks nobody', async (_, input, texts) => {
      const {
        overflow,
        faint,
        measured: count,
        background,
        complaints,
        requests,
      } = await measured(browser, input, look)
      expect({ overflow, faint, complaints, requests }).toEqual({
        overflow: 0,
        faint: [],
        complaints: [],
        requests: [],
      })
      expect(count).toBeGreaterThanOrEqual(texts)
      expect(background).toBe(look.scheme === 'dark' ? 'rgb(17, 18, 20)' : 'rgb(243, 244, 246)')
    })
  })

  it('the measuring finds what is faint, too wide, wrong or loaded from elsewhere', async () => {
    const bad =
      '<!doctype html><p style="color:#999;width:3000px">faint</p><img src="/x.png"><script>throw new Error("oops")</script>'
    const peer = await startHttp((response) => response.writeHead(200, { 'content-type': 'text/html' }).end(bad))
    try {
      const found = await inspect(browser, `${peer.url}/`, { scheme: 'light', width: 390 })
      expect(found.overflow).toBeGreaterThan(2_000)
      expect(found.faint).toEqual(['2.85 faint'])
      expect(found.complaints).toContain('oops')
      expect(found.requests).toContain(`${peer.url}/x.png`)
    } finally {
      await peer.close()
    }
  })
}
