/** The local mailbox and chat in a real browser: legible everywhere, and hostile mail behind glass. */

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { instant } from '../../functions/domain/time.ts'
import { type ChatSink, openChatSink } from '../../functions/local/chat-sink.ts'
import { type Mailbox, openMailbox } from '../../functions/local/mailbox.ts'
import { localRoutes } from '../../functions/local/pages.ts'
import { renderMail } from '../../functions/report/mail.ts'
import { inspect, LOOKS, openBrowser } from '../support/browser.ts'
import { type HttpPeer, startHttp } from '../support/http-server.ts'
import { HOSTILE, messageOf, sampleMessage } from '../support/message.ts'

const clock = () => instant('2026-11-23T10:00:00Z')
const browser = await openBrowser('the local mailbox and chat')

let mailbox: Mailbox
let chat: ChatSink
let server: Server
/** Whoever a hostile mail would call home to; it must never hear a word. */
let evil: HttpPeer
let base: string

const hostileHtml = (home: string): string => `<!doctype html><html><head>
<meta http-equiv="refresh" content="0;url=${home}/refresh"><link rel="stylesheet" href="${home}/style.css"><base href="${home}/">
</head><body onload="alert('load')"><script>alert('script');top.document.title='owned';fetch('${home}/fetch')</script>
<img src="${home}/pixel.png" onerror="alert('image')"><iframe src="${home}/frame"></iframe>
<form action="${home}/form"><button id="go">Win</button></form><a id="out" href="${home}/link" target="_top">click</a>
<style>@import url('${home}/import.css'); body { background: url('${home}/bg.png') }</style>"</iframe><script>alert('broken out')</script></body></html>`

beforeAll(async () => {
  evil = await startHttp()
  mailbox = await openMailbox({ path: ':memory:', clock })
  chat = openChatSink({ path: ':memory:', clock })
  const route = localRoutes({ mailbox, chat })
  server = createServer(async (request, response) => {
    if (!(await route(request, response))) response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const transport = createTransport(mailbox.url)
  const mail = { from: 'drawdown@example.com', to: 'ops@example.com' }
  await transport.sendMail({ ...mail, ...renderMail(sampleMessage()) })
  await transport.sendMail({ ...mail, ...renderMail(sampleMessage({ step: 'resolved' })) })
  await transport.sendMail({ ...mail, subject: HOSTILE, text: HOSTILE, html: hostileHtml(evil.url) })
  transport.close()
  const { words } = messageOf(HOSTILE)
  const post = (channel: string, body: object): Promise<Response> =>
    fetch(`${base}/chat/${channel}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const section = { type: 'section', text: { type: 'mrkdwn', text: `${words.title}\n${'unbroken'.repeat(60)}` } }
  await post('slack', { text: HOSTILE, blocks: [{ type: 'divider' }, section] })
  const button = {
    text: 'Buy credit in AI Studio',
    onClick: { openLink: { url: 'https://aistudio.google.com/billing' } },
  }
  const widgets = [{ textParagraph: { text: HOSTILE } }, { buttonList: { buttons: [button] } }]
  await post('space', {
    cardsV2: [{ card: { header: { title: '12.40 USD' }, sections: [{ header: 'Next', widgets }] } }],
  })
})
afterAll(async () => {
  await browser?.close()
  server.close()
  server.closeAllConnections()
  await evil.close()
  await mailbox.close()
  chat.close()
})

it('the hostile mail and the chat posts were taken, so that the tests below look at something', () => {
  expect([mailbox.list().length, chat.list().length]).toEqual([3, 2])
})

if (browser) {
  describe.each(LOOKS)('in Chromium, $scheme at $width px', (look) => {
    it.each(['/mail', '/mail/1', '/chat', '/mail/none'])(
      '%s is legible, fits, complains of nothing and asks nobody',
      async (path) => {
        const { overflow, faint, measured, complaints, requests } = await inspect(browser, base + path, look)
        const errors = complaints.filter((text) => !text.includes('status of 404'))
        expect({ overflow, faint, errors, requests }).toEqual({ overflow: 0, faint: [], errors: [], requests: [] })
        expect(measured).toBeGreaterThan(5)
      },
    )
  })

  it('shows a mail’s own HTML inside the frame', async () => {
    const page = await browser.newPage()
    await page.goto(`${base}/mail/1`)
    const inside = page.frameLocator('iframe')
    expect(await inside.locator('h1').textContent()).toBe('Credit is low: 12.40 USD left on Production')
    expect(await inside.locator('h1').isVisible()).toBe(true)
    await page.close()
  })

  it('a hostile mail runs nothing, loads nothing, goes nowhere, even when it is clicked', async () => {
    const page = await browser.newPage()
    const dialogs: string[] = []
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      dialog.dismiss().catch(() => undefined)
    })
    await page.goto(`${base}/mail/3`, { waitUntil: 'load' })
    const inside = page.frameLocator('iframe')
    expect(await inside.locator('#go').textContent()).toBe('Win')
    await inside.locator('#go').click()
    await inside.locator('#out').click()
    /** A round trip to the page, so that whatever the clicks began has begun. */
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
    expect(await page.title()).toContain('Mail · Drawdown')
    expect(page.url()).toBe(`${base}/mail/3`)
    expect(dialogs).toEqual([])
    expect(evil.requests()).toEqual([])
    await page.close()
  })

  it('the same mail outside the frame would have called home, so the peer above does listen', async () => {
    const page = await browser.newPage()
    page.on('dialog', (dialog) => {
      dialog.dismiss().catch(() => undefined)
    })
    const heard = page.waitForRequest((request) => request.url().startsWith(evil.url))
    await page.setContent(hostileHtml(evil.url), { waitUntil: 'commit' })
    expect((await heard).url()).toContain(evil.url)
    await page.close()
  })
}
