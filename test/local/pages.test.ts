/** The local pages over real HTTP: what they serve, refuse and leave alone. */

import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { instant } from '../../functions/domain/time.ts'
import { type ChatSink, openChatSink } from '../../functions/local/chat-sink.ts'
import { type Mailbox, openMailbox } from '../../functions/local/mailbox.ts'
import { localRoutes } from '../../functions/local/pages.ts'

const clock = () => instant('2026-11-23T10:00:00Z')
const HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)>"\'&'

let mailbox: Mailbox
let chat: ChatSink
let server: Server
let base: string

beforeAll(async () => {
  mailbox = await openMailbox({ path: ':memory:', clock })
  chat = openChatSink({ path: ':memory:', clock })
  const route = localRoutes({ mailbox, chat })
  server = createServer(async (request, response) => {
    if (!(await route(request, response))) response.writeHead(204, { 'x-left': 'alone' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const transport = createTransport(mailbox.url)
  const from = 'drawdown@example.com'
  const date = new Date('2026-11-20T08:30:00Z')
  await transport.sendMail({
    from,
    to: 'a@example.com',
    date,
    subject: `[critical] ${HOSTILE}`,
    text: HOSTILE,
    html: `<p>${HOSTILE}</p>`,
  })
  transport.close()
})
afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await mailbox.close()
  chat.close()
})

const post = (path: string, body: string, type = 'application/json'): Promise<Response> =>
  fetch(base + path, { method: 'POST', body, headers: { 'content-type': type } })

/** `fetch` would not let the Host header be chosen. */
const statusAs = (host: string, path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    httpRequest(base + path, { headers: { host } }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end()
  })

describe('mail', () => {
  it('is listed as JSON with four fields and nothing else', async () => {
    const response = await fetch(`${base}/mail.json`)
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(await response.json()).toEqual([
      { at: '2026-11-20T08:30:00Z', to: 'a@example.com', subject: `[critical] ${HOSTILE}`, text: `${HOSTILE}\n` },
    ])
  })

  it('is listed as a page with its severity in words', async () => {
    const text = await (await fetch(`${base}/mail`)).text()
    expect(text).toContain('<span class="chip critical">Critical</span>')
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text).not.toContain('<script')
    expect(text).not.toContain('<img')
  })

  it('opens with its HTML in a frame that may do nothing', async () => {
    const [mail] = mailbox.entries(1).mails
    const text = await (await fetch(`${base}/mail/${mail?.id}`)).text()
    expect(text).toContain('<iframe class="gap" sandbox="" referrerpolicy="no-referrer"')
    expect(text).toContain('srcdoc="&lt;p&gt;&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text).not.toContain('<script')
    expect(text).not.toContain('<img')
  })

  it.each(['/mail/0', '/mail/99', '/mail/-1', '/mail/1e3', '/mail/', '/mail/1/2', '/mail/%3Cscript%3E'])(
    '%s is a page that says nothing is there',
    async (path) => {
      const response = await fetch(base + path)
      expect(response.status).toBe(404)
      expect(await response.text()).toContain('Nothing is here')
    },
  )
})

describe('chat', () => {
  it('answers Slack’s way and Google Chat’s way, and keeps both', async () => {
    const slack = await post('/chat/ops-slack', JSON.stringify({ text: 'one', blocks: [] }))
    expect([slack.status, await slack.text()]).toEqual([200, 'ok'])
    const google = await post('/chat/ops-chat?key=K&token=T', JSON.stringify({ text: HOSTILE, cardsV2: [] }))
    expect(google.headers.get('content-type')).toBe('application/json')
    expect(await google.json()).toEqual({ text: HOSTILE, cardsV2: [], name: 'spaces/local/messages/2' })
    expect(await (await fetch(`${base}/chat.json`)).json()).toEqual([
      {
        at: '2026-11-23T10:00:00Z',
        channel: 'ops-chat',
        vendor: 'google-chat',
        text: expect.any(String),
        body: { text: HOSTILE, cardsV2: [] },
      },
      {
        at: '2026-11-23T10:00:00Z',
        channel: 'ops-slack',
        vendor: 'slack',
        text: 'one',
        body: { text: 'one', blocks: [] },
      },
    ])
    const page = await (await fetch(`${base}/chat`)).text()
    expect(page).toContain('Google Chat')
    expect(page).toContain('&lt;script&gt;')
    expect(page).not.toContain('<script')
    expect(page).not.toContain('<img')
  })

  it.each([
    [202, { type: 'message', attachments: [] }],
    [204, { content: 'x' }],
    [202, { event_action: 'trigger', dedup_key: 'k', payload: {} }],
    [200, { any: 'thing' }],
  ])('answers %i to %j', async (status, body) => {
    expect((await post('/chat/other', JSON.stringify(body))).status).toBe(status)
  })

  it.each([
    [400, '{"text":', 'application/json'],
    [400, '[1]', 'application/json'],
    [400, '{"text":"a","text":"b"}', 'application/json'],
    [400, `{"a":${'['.repeat(100)}${']'.repeat(100)}}`, 'application/json'],
    [415, '{"text":"x"}', 'text/plain'],
    [413, JSON.stringify({ text: 'x'.repeat(64 * 1024) }), 'application/json'],
  ])('answers %i to what is no such message, and keeps nothing of it', async (status, body, type) => {
    const before = chat.entries(1).total
    expect((await post('/chat/ops', body, type)).status).toBe(status)
    expect(chat.entries(1).total).toBe(before)
  })

  it.each(['/chat/a/b', '/chat/..%2F', '/chat/', `/chat/${'x'.repeat(65)}`])('takes nothing at %s', async (path) => {
    const before = chat.entries(1).total
    expect((await post(path, '{"text":"x"}')).status).toBe(405)
    expect(chat.entries(1).total).toBe(before)
  })
})

describe('every answer', () => {
  it.each(['/mail', '/mail/1', '/chat', '/mail/none'])(
    'of %s forbids scripts, framing and requests to others',
    async (path) => {
      const { headers } = await fetch(base + path)
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'unsafe-inline'; img-src data:;/,
      )
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    },
  )

  it('to HEAD is the same without a body', async () => {
    const response = await fetch(`${base}/mail`, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(500)
    expect(await response.text()).toBe('')
  })

  it.each([
    ['POST', '/mail', 'GET, HEAD'],
    ['DELETE', '/mail.json', 'GET, HEAD'],
    ['PUT', '/chat', 'GET, HEAD'],
    ['GET', '/chat/ops', 'POST'],
  ])('to %s %s is 405 and names what is allowed', async (method, path, allow) => {
    const response = await fetch(base + path, { method })
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow])
  })

  it.each(['/', '/status', '/mailbox', '/chats', '/billingNotification', '/mail.jsonx'])(
    'leaves %s to others',
    async (path) => {
      expect((await fetch(base + path)).headers.get('x-left')).toBe('alone')
    },
  )

  it('is refused to a foreign host name, as a rebound DNS name would send it', async () => {
    for (const path of ['/mail', '/mail.json', '/chat.json']) expect(await statusAs('evil.example:80', path)).toBe(421)
    for (const host of ['localhost:8080', '127.0.0.1', '[::1]:8080', 'LOCALHOST'])
      expect(await statusAs(host, '/mail')).toBe(200)
  })
})
