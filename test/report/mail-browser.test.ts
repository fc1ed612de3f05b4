/** A mail in a real browser, as a reader's phone and desktop show it, light and dark. */

import { afterAll, describe, expect, it } from 'vitest'
import type { Message } from '../../functions/domain/alerts.ts'
import { creditLow } from '../../functions/rules/credit-low.ts'
import { inspect, LOOKS, openBrowser } from '../support/browser.ts'
import { HOSTILE, messageOf } from '../support/message.ts'
import { ruleMessages, storyOf } from '../support/rule-messages.ts'
import { shownMail } from '../support/shown-mail.ts'

const browser = await openBrowser('mails, light and dark')
afterAll(() => browser?.close())

/** One of each tone, and the worst that can stand in one. */
const told: readonly Message[] = [
  ...ruleMessages().filter(({ rule }) => ['credit-runway', 'billing-unseen', 'tier-progress'].includes(rule)),
  storyOf(creditLow)?.resolved,
  messageOf(HOSTILE),
].filter((message) => message !== undefined)

const addressOf = (message: Message): string =>
  `data:text/html;base64,${Buffer.from(shownMail(message)).toString('base64')}`

if (browser) {
  describe.each(LOOKS)('in Chromium, $scheme at $width px', (look) => {
    it.each(told.map((message) => [message.rule, message.step, message] as const))(
      'the mail of %s, %s, is legible, fits, complains of nothing and asks nobody',
      async (_, __, message) => {
        const { overflow, faint, measured, complaints, requests } = await inspect(browser, addressOf(message), look)
        expect({ overflow, faint, complaints, requests }).toEqual({
          overflow: 0,
          faint: [],
          complaints: [],
          requests: [],
        })
        expect(measured).toBeGreaterThan(15)
      },
    )
  })

  it('shows number, reason, button and what stops on a phone before anybody has scrolled', async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 664 } })
    const [message] = ruleMessages().filter(({ rule }) => rule === 'credit-low')
    await page.goto(addressOf(message ?? expect.fail('credit-low has no message')))
    for (const text of ['5.83', 'The ledger puts the balance', 'Buy credit in AI Studio', 'What stops, and when']) {
      const box = await page.getByText(text).filter({ visible: true }).first().boundingBox()
      expect((box?.y ?? 9_999) + (box?.height ?? 0), text).toBeLessThan(664)
    }
    expect(await page.locator('body > div').first().isVisible(), 'the preheader is not seen').toBe(false)
    await page.close()
  })
}
