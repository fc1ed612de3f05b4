/** From the mail to the ledger: an alert answered by its own link, over real SMTP and the real framework. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DAY_MS } from '../../functions/domain/time.ts'
import { openAnswerLinks } from '../../functions/outbox/answer-link.ts'
import { openSqliteStore } from '../../functions/store/sqlite.ts'
import { allFacts } from '../support/all-facts.ts'
import { ACCOUNT, BUDGET } from '../support/facts.ts'
import { type Started, startFramework } from '../support/framework.ts'
import { type SmtpPeer, startSmtp } from '../support/smtp-server.ts'

const BASE = 'https://status.example.com'
const SECRET = 'the-secret-of-this-test-has-over-32-chars'
const NEW_SECRET = 'another-secret-that-came-with-a-rotation'

const configOf = (secrets: string): string => `
accounts:
  - id: ${ACCOUNT}
    name: Production
    plan: cloud-credit
    projects: [my-app]
    budgets: { ${BUDGET}: drawdown }
    thresholds: { percent: [50, 20], amount: [], runwayHours: [], expiryDays: [] }
channels:
  ops-mail: { kind: email, to: [ops@example.com], from: drawdown@example.com, smtp: SMTP_URL }
links: { url: "${BASE}/", secret: ${secrets} }
`

const folder = mkdtempSync(join(tmpdir(), 'drawdown-answers-'))
const path = join(folder, 'ledger.db')
const running: Started[] = []
let smtp: SmtpPeer

const start = async (target: string, secrets = 'ACK_SECRET'): Promise<Started> => {
  const file = join(folder, `${running.length}.yaml`)
  writeFileSync(file, configOf(secrets))
  const one = await startFramework(target, {
    STORE: `sqlite:${path}`,
    DRAWDOWN_CONFIG: file,
    SMTP_URL: smtp.url,
    ACK_SECRET: SECRET,
    NEW_ACK_SECRET: NEW_SECRET,
  })
  running.push(one)
  return one
}

const post = (url: string, attributes: Record<string, string>, body: object) => {
  const data = Buffer.from(JSON.stringify(body)).toString('base64')
  const message = { data, attributes, publishTime: new Date().toISOString() }
  return fetch(url, { method: 'POST', body: JSON.stringify({ message, subscription: 's' }) })
}

/** The links of the latest mail, as they stand in its text. */
const linksInMail = (): { readonly acknowledge: string; readonly snooze: string } => {
  const text = smtp.mails().at(-1)?.parsed.text ?? ''
  const of = (label: string): string => new RegExp(`^ *${label}: (\\S+)$`, 'm').exec(text)?.[1] ?? ''
  return { acknowledge: of('Acknowledge'), snooze: of('Snooze') }
}

const answers = async () => {
  const store = openSqliteStore(path)
  const facts = await allFacts(store, ACCOUNT)
  await store.close()
  return facts.flatMap(({ body }) => (body.kind === 'acknowledge' || body.kind === 'snooze' ? [body] : []))
}

let status: Started
let mailed: { readonly acknowledge: string; readonly snooze: string }

/** As a browser behind the proxy would ask: another host in front, the same path and query. */
const at = (link: string, server = status): string => link.replace(BASE, server.url)
const submit = (link: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(link, { method: 'POST', body: new URLSearchParams(form), headers })

beforeAll(async () => {
  smtp = await startSmtp()
  const billing = await start('billingNotification')
  const alerts = await start('alertDelivery')
  status = await start('status')
  await post(
    billing.url,
    { drawdown: 'grant' },
    {
      billingAccountId: ACCOUNT,
      grantId: 'P1',
      kind: 'prepayment',
      amount: '50.00',
      currencyCode: 'USD',
      effectiveAt: '2026-01-06T08:00:00Z',
    },
  )
  await post(
    billing.url,
    { drawdown: 'balance-reading' },
    {
      billingAccountId: ACCOUNT,
      balance: '20.00',
      currencyCode: 'USD',
      at: '2026-01-20T08:00:00Z',
    },
  )
  await fetch(alerts.url, { method: 'POST', body: '{}' })
  mailed = linksInMail()
}, 60_000)

afterAll(async () => {
  for (const { child } of running) child.kill('SIGKILL')
  await smtp.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('an alert answered by its link', () => {
  test('the mail holds both links, without secret, name or address in them', () => {
    expect(smtp.mails().map(({ parsed }) => parsed.subject)).toEqual([expect.stringContaining('Credit is low')])
    expect(mailed.acknowledge).toMatch(
      new RegExp(`^${BASE}/acknowledge\\?t=1\\.${ACCOUNT}\\.[0-9a-f]{20}\\.\\d{10}\\.[\\w-]{43}$`),
    )
    expect(mailed.snooze).toMatch(new RegExp(`^${BASE}/snooze\\?t=1\\.`))
    expect(smtp.mails()[0]?.raw).not.toContain(SECRET)
  })

  test('a scanner that fetches each link a hundred times, by GET and by HEAD, answers nothing', async () => {
    const urls = [mailed.acknowledge, mailed.snooze].map((link) => at(link))
    const replies = await Promise.all(
      Array.from({ length: 100 }, async (_, time) =>
        fetch(urls[time % 2] ?? '', { method: time % 4 < 2 ? 'GET' : 'HEAD' }).then(async (reply) => {
          const text = await reply.text()
          return [reply.status, reply.headers.get('cache-control'), text === '' ? 'HEAD' : 'GET']
        }),
      ),
    )
    expect(new Set(replies.map(String))).toEqual(new Set(['200,no-store,GET', '200,no-store,HEAD']))
    expect(await answers()).toEqual([])
  })

  test('expired, forged in each field, and of another answer: told apart, and nothing recorded', async () => {
    const [, account, key, expiry, signature] = (mailed.acknowledge.split('?t=')[1] ?? '').split('.')
    const old = openAnswerLinks(status.url, [SECRET]).make(
      { account: account as never, alertKey: key as never },
      Date.now() - 8 * DAY_MS,
    )
    const expired = await submit(old.acknowledge, { by: 'Ana' })
    expect([expired.status, await expired.text()]).toEqual([410, expect.stringContaining('This link has expired')])
    const forged = [
      ['2', account, key, expiry, signature],
      ['1', '02A1B2-C3D4E5-F60718', key, expiry, signature],
      ['1', account, '0123456789abcdef0123', expiry, signature],
      ['1', account, key, String(Number(expiry) + 1), signature],
      ['1', account, key, expiry, `${signature?.slice(0, -1)}_`],
    ].map((parts) => `${status.url}/acknowledge?t=${parts.join('.')}`)
    for (const link of [...forged, at(mailed.snooze).replace('/snooze', '/acknowledge'), `${status.url}/acknowledge`]) {
      const reply = await submit(link, { by: 'Ana' })
      expect([reply.status, await reply.text()]).toEqual([403, expect.stringContaining('This link is not valid')])
    }
    expect(await answers()).toEqual([])
  })

  test('a form that is none, too large, or of another site is refused through the framework too', async () => {
    const link = at(mailed.acknowledge)
    const json = await fetch(link, {
      method: 'POST',
      body: '{"by":"Ana"}',
      headers: { 'content-type': 'application/json' },
    })
    const large = await submit(link, { by: 'x'.repeat(100_000) })
    const foreign = await submit(link, { by: 'Ana' }, { origin: 'https://evil.test' })
    expect([json.status, large.status, foreign.status]).toEqual([400, 400, 403])
    expect((await fetch(link, { method: 'DELETE' })).status).toBe(405)
    expect(await answers()).toEqual([])
  })

  test('a snooze is recorded with its end, once for two clicks at the same time', async () => {
    const page = await (await fetch(at(mailed.snooze))).text()
    const until = /name="until" value="([^"]+)">For 4 h/.exec(page)?.[1] ?? ''
    const both = await Promise.all([1, 2].map(() => submit(at(mailed.snooze), { by: 'Ana', until })))
    expect(both.map((reply) => reply.status)).toEqual([200, 200])
    expect(await answers()).toEqual([
      { kind: 'snooze', alertKey: expect.any(String), by: 'Ana', until: new Date(until).getTime() },
    ])
  })

  test('after a rotation links of both secrets hold, until the old one is taken away', async () => {
    const rotated = await start('status', '[NEW_ACK_SECRET, ACK_SECRET]')
    const renewed = await start('status', 'NEW_ACK_SECRET')
    expect((await fetch(at(mailed.acknowledge, rotated))).status).toBe(200)
    expect((await fetch(at(mailed.acknowledge, renewed))).status).toBe(403)
    const fresh = /href="https:\/\/status\.example\.com(\/acknowledge[^"]+)"/.exec(
      await (await fetch(rotated.url)).text(),
    )
    expect((await fetch(`${renewed.url}${fresh?.[1]}`)).status).toBe(200)
    expect((await fetch(`${status.url}${fresh?.[1]}`)).status).toBe(403)
  })

  test('an acknowledgement is on record, a second click adds nothing, and the API shows the same alert as before', async () => {
    const before = await (await fetch(`${status.url}/v1/accounts/${ACCOUNT}`)).json()
    const first = await submit(
      at(mailed.acknowledge),
      { by: 'Ana' },
      { 'sec-fetch-site': 'same-origin', origin: 'null' },
    )
    expect([first.status, await first.text()]).toEqual([200, expect.stringContaining('Acknowledged by Ana.')])
    const second = await submit(at(mailed.acknowledge), { by: 'Ben' })
    expect([second.status, await second.text()]).toEqual([200, expect.stringContaining('acknowledged by Ana')])
    expect((await answers()).filter(({ kind }) => kind === 'acknowledge')).toHaveLength(1)
    const after = await (await fetch(`${status.url}/v1/accounts/${ACCOUNT}`)).json()
    expect((after as { alerts: unknown }).alerts).toEqual((before as { alerts: unknown }).alerts)
    expect(await (await fetch(status.url)).text()).toContain('acknowledged by Ana')
  })

  test('no secret and no name is in any log', () => {
    const said = running.map(({ output }) => output()).join('')
    for (const hidden of [SECRET, NEW_SECRET, 'Ana']) expect(said).not.toContain(hidden)
  })
})

test('without its secret, or with one that can be guessed, nothing starts', async () => {
  const file = join(folder, 'short.yaml')
  writeFileSync(file, configOf('ACK_SECRET'))
  for (const [secret, said] of [
    ['', 'ACK_SECRET: the environment variable is not set.'],
    ['short', 'ACK_SECRET: must have at least 32 characters.'],
  ] as const) {
    const one = await startFramework('status', {
      STORE: `sqlite:${path}`,
      DRAWDOWN_CONFIG: file,
      SMTP_URL: smtp.url,
      ACK_SECRET: secret,
    })
    running.push(one)
    expect((await fetch(one.url)).status).toBe(500)
    expect(one.output()).toContain(said)
  }
})
