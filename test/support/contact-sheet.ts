/** `npm run contact-sheet`: every rule's mail in real Chromium, light and dark, phone and desktop, for people to look at. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import type { Message } from '../../functions/domain/alerts.ts'
import { creditLow } from '../../functions/rules/credit-low.ts'
import { type Look, openBrowser } from './browser.ts'
import { HOSTILE, messageOf } from './message.ts'
import { ruleMessages, storyOf } from './rule-messages.ts'
import { shownMail } from './shown-mail.ts'

const FOLDER = join(import.meta.dirname, '../../.drawdown/contact-sheet')
/** Mails side by side; more would be too small to read. */
const COLUMNS = 4
const LOOKS: readonly Look[] = [
  { scheme: 'light', width: 390 },
  { scheme: 'dark', width: 390 },
  { scheme: 'light', width: 680 },
  { scheme: 'dark', width: 680 },
]

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')

const sheet = (messages: readonly Message[], width: number): string => `<!doctype html><meta charset="utf-8">
<style>body { margin: 0; display: flex; align-items: flex-start; gap: 8px; background: #888; font: 12px sans-serif }
iframe { border: 0; width: ${width}px; background: Canvas; color-scheme: light dark } figure { margin: 0 }</style>
${messages.map((message) => `<figure><figcaption>${message.rule} ${message.step}</figcaption><iframe srcdoc="${escaped(shownMail(message))}"></iframe></figure>`).join('')}`

/** Frames are as high as what is in them. */
const GROW = `for (const frame of document.querySelectorAll('iframe')) {
  frame.style.height = frame.contentDocument.documentElement.scrollHeight + 'px'
}`

const draw = async (page: Page, messages: readonly Message[], look: Look): Promise<Buffer> => {
  await page.setViewportSize({ width: (look.width + 8) * messages.length, height: 400 })
  await page.setContent(sheet(messages, look.width), { waitUntil: 'load' })
  await page.evaluate(GROW)
  return page.screenshot({ fullPage: true })
}

const inRows = (messages: readonly Message[]): readonly (readonly Message[])[] =>
  Array.from({ length: Math.ceil(messages.length / COLUMNS) }, (_, row) =>
    messages.slice(row * COLUMNS, (row + 1) * COLUMNS),
  )

const main = async (browser: Browser): Promise<void> => {
  mkdirSync(FOLDER, { recursive: true })
  const { repeated, resolved } = storyOf(creditLow) ?? {}
  const later = [repeated, resolved].filter((message) => message !== undefined)
  const all = [...ruleMessages(), ...later, messageOf(HOSTILE)]
  for (const look of LOOKS) {
    const page = await browser.newPage({ colorScheme: look.scheme })
    for (const [index, row] of inRows(all).entries()) {
      writeFileSync(join(FOLDER, `${look.scheme}-${look.width}-${index + 1}.png`), await draw(page, row, look))
    }
    await page.close()
  }
  process.stdout.write(`${all.length} mails in ${LOOKS.length} looks: ${FOLDER}\n`)
}

const browser = await openBrowser('the contact sheet')
if (browser) await main(browser).finally(() => browser.close())
else process.stderr.write('No Chromium: install it, or name it in CHROMIUM_PATH.\n')
