/** What a link in a message leads to: looking changes nothing, a POST records once, and every wrong turn says so. */

import { describe, expect, test } from 'vitest'
import { answerOf, answerReply } from '../../functions/app/answer-reply.ts'
import { schedule } from '../../functions/app/schedule.ts'
import { statusReply } from '../../functions/app/status.ts'
import type { AnswerKind } from '../../functions/domain/alerts.ts'
import type { AlertKey } from '../../functions/domain/keys.ts'
import { DAY_MS, formatInstant, HOUR_MS } from '../../functions/domain/time.ts'
import { openAnswerLinks } from '../../functions/outbox/answer-link.ts'
import { allFacts } from '../support/all-facts.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { ACCOUNT, T0 } from '../support/facts.ts'

const links = openAnswerLinks('https://status.example.com', ['a-secret-of-thirty-two-characters-or-more'])
const FORM = 'application/x-www-form-urlencoded'

/** One credit-low alert is open since noon of 2 November; a minute has passed. */
const withAlert = async (): Promise<TestApp & { readonly key: AlertKey }> => {
  const thresholds = { percent: [50], amount: [], runwayHours: [], expiryDays: [] }
  const app = openTestApp({ thresholds }, undefined, { links })
  await app.fact('grant', {
    grantId: 'G1',
    kind: 'prepayment',
    amount: '50.00',
    currencyCode: 'USD',
    effectiveAt: formatInstant(T0),
  })
  app.clock.now = T0 + DAY_MS + 5 * HOUR_MS
  await app.budget(30)
  app.clock.now += 60_000
  const key = (await app.desk.view(ACCOUNT)).episodes.find(({ rule }) => rule === 'credit-low')?.key
  if (!key) throw new Error('no alert is open')
  return { ...app, key }
}

type Ask = {
  readonly method?: string
  readonly form?: Record<string, string>
  readonly headers?: Record<string, string>
  readonly contentType?: string
  readonly url?: string
}

const urlOf = ({ key, clock }: TestApp & { readonly key: AlertKey }, kind: AnswerKind): string => {
  const url = new URL(links.make({ account: ACCOUNT, alertKey: key }, clock.now)[kind])
  return url.pathname + url.search
}

const ask = async (app: TestApp & { readonly key: AlertKey }, kind: AnswerKind, over: Ask = {}) => {
  const {
    status,
    body,
    headers = {},
  } = await answerReply(app.deps, app.desk, kind, {
    method: over.method ?? (over.form ? 'POST' : 'GET'),
    url: over.url ?? urlOf(app, kind),
    headers: { host: 'status.example.com', ...over.headers },
    contentType: over.contentType ?? FORM,
    body: Buffer.from(new URLSearchParams(over.form).toString()),
  })
  return { status, body: String(body), headers }
}

const answers = async ({ deps }: TestApp) =>
  (await allFacts(deps.store, ACCOUNT)).flatMap(({ body }) =>
    body.kind === 'acknowledge' || body.kind === 'snooze' ? [body] : [],
  )

test('the addresses are the two answers, also behind the target’s own name', () => {
  expect(
    ['/acknowledge?t=1', '/status/snooze?t=1', '/snooze', '/acknowledge/', '/v1/accounts', '/%ZZ', '/'].map(answerOf),
  ).toEqual(['acknowledge', 'snooze', 'snooze', undefined, undefined, undefined, undefined])
})

describe('to look', () => {
  test('shows the alert, asks for a name, and may not be cached, framed, indexed or referred', async () => {
    const app = await withAlert()
    const { status, body, headers } = await ask(app, 'acknowledge')
    expect(status).toBe(200)
    for (const said of [
      'Acknowledge this alert?',
      'Credit is low',
      'Production',
      app.key,
      'open for 1 min',
      'name="by"',
    ])
      expect(body).toContain(said)
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
      'x-frame-options': 'DENY',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    })
    expect(body).not.toContain('<script')
  })

  test('a hundred times over, by GET and HEAD, changes nothing', async () => {
    const app = await withAlert()
    const before = (await app.deps.store.load(ACCOUNT, 0)).version
    for (let time = 0; time < 100; time += 1)
      for (const method of ['GET', 'HEAD'])
        for (const kind of ['acknowledge', 'snooze'] as const)
          expect((await ask(app, kind, { method })).status).toBe(200)
    expect((await app.deps.store.load(ACCOUNT, 0)).version).toBe(before)
    expect(await answers(app)).toEqual([])
  })

  test('a snooze offers an hour, four and a day, each by the time at which it ends', async () => {
    const app = await withAlert()
    const { body } = await ask(app, 'snooze')
    expect(
      [...body.matchAll(/name="until" value="([^"]+)">([^<]+)</g)].map(([, value, text]) => [value, text]),
    ).toEqual([
      ['2026-11-02T13:01:00Z', 'For 1 h, until 2026-11-02 13:01 UTC'],
      ['2026-11-02T16:01:00Z', 'For 4 h, until 2026-11-02 16:01 UTC'],
      ['2026-11-03T12:01:00Z', 'For 24 h, until 2026-11-03 12:01 UTC'],
    ])
  })
})

describe('to acknowledge', () => {
  test('records who, stops the reminders, and shows on the dashboard', async () => {
    const app = await withAlert()
    const { status, body } = await ask(app, 'acknowledge', { form: { by: ' Ana\r\n ' } })
    expect([status, body.includes('Acknowledged by Ana.')]).toEqual([200, true])
    expect(await answers(app)).toEqual([{ kind: 'acknowledge', alertKey: app.key, by: 'Ana' }])
    const told = app.told.length
    app.clock.now += 25 * HOUR_MS
    await schedule(app.deps, app.desk)
    expect(
      app.told.slice(told).filter(({ message }) => message.alertKey === app.key && message.step === 'repeat'),
    ).toEqual([])
    const page = String((await statusReply(app.deps, app.desk, 'GET', '/')).body)
    expect(page).toContain('acknowledged by Ana, 2026-11-02 12:01 UTC')
  })

  test('twice is one fact, and says so: by the same click, by a later one, by somebody else', async () => {
    const app = await withAlert()
    const form = { by: 'Ana' }
    const both = await Promise.all([ask(app, 'acknowledge', { form }), ask(app, 'acknowledge', { form })])
    expect(both.map(({ body }) => body.includes('nothing was added')).sort()).toEqual([false, true])
    app.clock.now += HOUR_MS
    for (const by of ['Ana', 'Ben']) {
      const { status, body } = await ask(app, 'acknowledge', { form: { by } })
      expect([status, body.includes('Already acknowledged')]).toEqual([200, true])
      expect(body).toContain('acknowledged by Ana, 2026-11-02 12:01 UTC')
    }
    expect(await answers(app)).toHaveLength(1)
    expect((await ask(app, 'snooze')).body).toContain('Already acknowledged')
  })

  test('needs a name, which is kept short and harmless', async () => {
    const app = await withAlert()
    for (const by of ['', '   ', '\u200b'])
      expect(await ask(app, 'acknowledge', { form: { by } })).toMatchObject({
        status: 422,
        body: expect.stringContaining('Give your name'),
      })
    expect(await answers(app)).toEqual([])
    const { body } = await ask(app, 'acknowledge', { form: { by: `<b>${'x'.repeat(500)}` } })
    expect(body).toContain('&lt;b&gt;')
    expect((await answers(app))[0]?.by).toHaveLength(80)
  })

  test('behind IAP the signed-in person answers, whatever the form says', async () => {
    const app = await withAlert()
    const headers = { 'x-goog-authenticated-user-email': 'accounts.google.com:ana@example.com' }
    const shown = await ask(app, 'acknowledge', { headers })
    expect(shown.body).toContain('<b>ana@example.com</b>, as Identity-Aware Proxy says')
    expect(shown.body).not.toContain('name="by"')
    await ask(app, 'acknowledge', { headers, form: { by: 'Somebody else' } })
    expect((await answers(app)).map(({ by }) => by)).toEqual(['ana@example.com'])
  })
})

describe('to snooze', () => {
  test('keeps the reminders back until the time of the button, once however often it is pressed', async () => {
    const app = await withAlert()
    const form = { by: 'Ana', until: '2026-11-02T16:01:00Z' }
    expect((await ask(app, 'snooze', { form })).body).toContain('Snoozed until 2026-11-02 16:01 UTC by Ana.')
    app.clock.now += HOUR_MS
    const again = await ask(app, 'snooze', { form })
    expect([again.status, again.body.includes('Already recorded')]).toEqual([200, true])
    expect(await answers(app)).toHaveLength(1)
    expect((await ask(app, 'acknowledge')).body).toContain('snoozed until 2026-11-02 16:01 UTC')
  })

  test.each([
    ['no time', undefined],
    ['no instant', 'tomorrow'],
    ['a time that has passed', '2026-11-02T12:01:00Z'],
    ['more than a day', '2026-11-03T12:02:00.001Z'],
  ])('with %s asks again and records nothing', async (_, until) => {
    const app = await withAlert()
    const reply = await ask(app, 'snooze', { form: { by: 'Ana', ...(until && { until }) } })
    expect([reply.status, reply.body.includes('choose again')]).toEqual([422, true])
    expect(await answers(app)).toEqual([])
  })
})

describe('a wrong turn says so, and records nothing', () => {
  test.each<
    [string, number, string, (app: TestApp & { readonly key: AlertKey }) => Ask & { readonly kind?: AnswerKind }]
  >([
    [
      'an expired link',
      410,
      'This link has expired',
      (app) => ({ url: urlOf({ ...app, clock: { now: app.clock.now - 8 * DAY_MS } }, 'acknowledge') }),
    ],
    ['a link cut short', 403, 'This link is not valid', (app) => ({ url: urlOf(app, 'acknowledge').slice(0, -1) })],
    ['no token', 403, 'This link is not valid', () => ({ url: '/acknowledge' })],
    ['the token of the other answer', 403, 'This link is not valid', (app) => ({ url: urlOf(app, 'snooze') })],
    [
      'an alert nobody knows',
      404,
      'This alert is not known here',
      (app) => ({ url: urlOf({ ...app, key: '0123456789abcdef0123' as AlertKey }, 'acknowledge') }),
    ],
    ['another method', 405, 'This page cannot do that', () => ({ method: 'DELETE' })],
    ['a form of another site', 403, 'sent by another site', () => ({ headers: { 'sec-fetch-site': 'cross-site' } })],
    ['a form of a sister site', 403, 'sent by another site', () => ({ headers: { 'sec-fetch-site': 'same-site' } })],
    ['a form of another origin', 403, 'sent by another site', () => ({ headers: { origin: 'https://evil.test' } })],
    ['a form of another kind', 400, 'could not be read', () => ({ contentType: 'text/plain' })],
    ['no kind of form', 400, 'could not be read', () => ({ contentType: '' })],
    ['a form too large', 400, 'could not be read', () => ({ form: { by: 'x'.repeat(5_000) } })],
  ])('%s: %i', async (_, status, said, over) => {
    const app = await withAlert()
    const reply = await ask(app, 'acknowledge', { form: { by: 'Ana' }, ...over(app) })
    expect([reply.status, reply.body.includes(said)]).toEqual([status, true])
    expect(reply.headers['cache-control']).toBe('no-store')
    expect(await answers(app)).toEqual([])
  })

  test('other methods are named to whoever asks with a wrong one', async () => {
    expect((await ask(await withAlert(), 'acknowledge', { method: 'PUT' })).headers['allow']).toBe('GET, HEAD, POST')
  })

  test('what the page’s own form sends is let through: same origin, or an origin withheld', async () => {
    for (const headers of [
      { 'sec-fetch-site': 'same-origin', origin: 'null' },
      { origin: 'null' },
      { origin: 'https://status.example.com' },
      {},
    ]) {
      const app = await withAlert()
      expect((await ask(app, 'acknowledge', { form: { by: 'Ana' }, headers })).status).toBe(200)
    }
  })

  test('an alert that is over, and one that was only told', async () => {
    const app = await withAlert()
    await app.fact('grant', {
      grantId: 'G2',
      kind: 'prepayment',
      amount: '500.00',
      currencyCode: 'USD',
      effectiveAt: formatInstant(app.clock.now),
    })
    const over = await ask(app, 'acknowledge', { form: { by: 'Ana' } })
    expect([over.status, over.body.includes('This alert is over')]).toEqual([200, true])
    const told = (await app.desk.view(ACCOUNT)).episodes.find(({ status }) => status === 'told')
    const notice = await ask({ ...app, key: told?.key ?? app.key }, 'acknowledge', { form: { by: 'Ana' } })
    expect(notice.body).toContain('Nothing to answer')
    expect(await answers(app)).toEqual([])
  })

  test('where no links are configured, the command is named', async () => {
    const app = await withAlert()
    const { links: _, ...deps } = app.deps
    const reply = await ask({ ...app, deps }, 'acknowledge')
    expect([reply.status, reply.body.includes('npx drawdown alerts list')]).toEqual([404, true])
  })
})

test('the dashboard offers both answers for an open alert, none once it is acknowledged, and the JSON does not change', async () => {
  const app = await withAlert()
  const page = async () => String((await statusReply(app.deps, app.desk, 'GET', '/')).body)
  const json = async () =>
    JSON.stringify((await statusReply(app.deps, app.desk, 'GET', `/v1/accounts/${ACCOUNT}`)).body)
  const before = JSON.parse(await json()).alerts
  const url = /href="https:\/\/status\.example\.com(\/acknowledge\?t=[^"]+)"/.exec(await page())?.[1]
  expect(await page()).toContain('https://status.example.com/snooze?t=')
  expect(await page()).not.toContain('alerts ack KEY')
  await ask(app, 'acknowledge', { url: url ?? '', form: { by: 'Ana' } })
  expect(await page()).not.toContain('https://status.example.com/')
  expect(JSON.parse(await json()).alerts).toEqual(before)
  expect(Object.keys(before[0]).sort()).toEqual(['key', 'level', 'openedAt', 'rule', 'severity'])
})
