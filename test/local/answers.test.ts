/** `npm start` without any set-up: from the mail that was caught to the acknowledgement, in a real browser. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inspect, LOOKS, openBrowser } from '../support/browser.ts'
import { type Started, startLocal } from '../support/framework.ts'

const ACCOUNT = '01D4EE-079462-DFD6EC'
const browser = await openBrowser('alerts answered from the local mailbox')
const folder = mkdtempSync(join(tmpdir(), 'drawdown-answers-'))
let local: Started

const start = (): Promise<Started> =>
  startLocal(folder, {
    STORE: `sqlite:${join(folder, 'ledger.db')}`,
    DRAWDOWN_CONFIG: '',
    SMTP_URL: '',
    OPS_CHAT_URL: '',
  })

const tell = (kind: string, body: object): Promise<Response> => {
  const data = Buffer.from(JSON.stringify({ billingAccountId: ACCOUNT, ...body })).toString('base64')
  const message = { data, attributes: { drawdown: kind }, publishTime: new Date().toISOString() }
  return fetch(`${local.url}/billingNotification`, {
    method: 'POST',
    body: JSON.stringify({ message, subscription: 's' }),
  })
}

type Mail = { readonly subject: string; readonly text: string }
const mails = async (count: number): Promise<readonly Mail[]> => {
  for (;;) {
    const list = (await (await fetch(`${local.url}/mail.json`)).json()) as readonly Mail[]
    if (list.length >= count) return list
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

beforeAll(async () => {
  local = await start()
  await tell('prepayment-required', { projectId: 'my-app', at: new Date().toISOString() })
  await mails(1)
})
afterAll(async () => {
  await browser?.close()
  local.child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const linkIn = ({ text }: Mail, label: string): string => new RegExp(`^ *${label}: (\\S+)$`, 'm').exec(text)?.[1] ?? ''

test('links lead to this machine, and hold over a restart on another port', async () => {
  const [mail] = await mails(1)
  const link = linkIn(mail ?? { subject: '', text: '' }, 'Acknowledge')
  expect(link).toMatch(new RegExp(`^http://localhost:${new URL(local.url).port}/acknowledge\\?t=1\\.${ACCOUNT}\\.`))
  expect((await fetch(link.replace('localhost', '127.0.0.1'))).status).toBe(200)
  local.child.kill('SIGTERM')
  expect(await local.ended).toBe(0)
  local = await start()
  const { pathname, search } = new URL(link)
  expect((await fetch(local.url + pathname + search)).status).toBe(200)
  expect((await fetch(`${local.url}/status${pathname}${search}`)).status).toBe(200)
  expect((await fetch(local.url + pathname + search.slice(0, -2))).status).toBe(403)
})

if (browser) {
  describe.each(LOOKS)('in Chromium, $scheme at $width px', (look) => {
    test.each(['Acknowledge', 'Snooze', 'expired'])(
      'the page of %s is legible, fits and asks nobody',
      async (label) => {
        const [mail] = await mails(1)
        const { pathname, search } = new URL(
          linkIn(mail ?? { subject: '', text: '' }, label === 'Snooze' ? label : 'Acknowledge'),
        )
        const address = local.url + pathname + (label === 'expired' ? '' : search)
        const { overflow, faint, measured, complaints, requests } = await inspect(browser, address, look)
        const errors = complaints.filter((text) => !text.includes('status of 403'))
        expect({ overflow, faint, errors, requests }).toEqual({ overflow: 0, faint: [], errors: [], requests: [] })
        expect(measured).toBeGreaterThan(3)
      },
    )
  })

  test('a person clicks from the mail to the acknowledgement, and sees it on the dashboard', async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 800 } })
    const complaints: string[] = []
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    await page.goto(`${local.url}/mail`)
    await page.getByRole('link', { name: /Prepayment required/ }).click()
    await page.getByRole('link', { name: 'Acknowledge', exact: true }).click()
    expect(await page.locator('h1').textContent()).toBe('Acknowledge this alert?')
    const later = await browser.newPage()
    await later.goto(page.url())
    await page.getByRole('button', { name: 'Acknowledge' }).click()
    expect(await page.locator('h1').textContent()).toBe('Acknowledge this alert?')
    await page.getByLabel('Your name').fill('Kim')
    await page.getByRole('button', { name: 'Acknowledge' }).click()
    expect(await page.locator('h1').textContent()).toBe('Acknowledged')
    expect(await page.locator('main').textContent()).toContain('Acknowledged by Kim.')
    await page.getByRole('link', { name: 'The dashboard' }).click()
    expect(new URL(page.url()).pathname).toBe('/')
    const open = page.locator('li', { hasText: 'Prepayment required' }).first()
    expect(await open.textContent()).toContain('acknowledged by Kim')
    expect(await open.getByRole('link').count()).toBe(0)
    await later.getByLabel('Your name').fill('Somebody else')
    await later.getByRole('button', { name: 'Acknowledge' }).click()
    expect(await later.locator('h1').textContent()).toBe('Already acknowledged')
    expect(complaints).toEqual([])
    await later.close()
    await page.close()
  })

  test('a person snoozes from the dashboard', async () => {
    const at = new Date(Date.now() - 3_600_000).toISOString()
    await tell('grant', { grantId: 'P1', kind: 'prepayment', amount: '50.00', currencyCode: 'USD', effectiveAt: at })
    await tell('balance-reading', { balance: '20.00', currencyCode: 'USD', at: new Date().toISOString() })
    const page = await browser.newPage()
    await page.goto(local.url)
    await page.getByRole('link', { name: /^Snooze: Credit is low.*under 50%/ }).click()
    await page.getByLabel('Your name').fill('Kim')
    const button = page.getByRole('button', { name: /^For 4 h, until / })
    const until = (await button.textContent())?.replace('For 4 h, until ', '')
    await button.click()
    expect(await page.locator('h1').textContent()).toBe(`Snoozed until ${until}`)
    await page.getByRole('link', { name: 'The dashboard' }).click()
    expect(await page.locator('li', { hasText: 'under 50%' }).first().textContent()).toContain(`snoozed until ${until}`)
    await page.close()
  })
}
