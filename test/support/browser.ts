/** A real headless Chromium for page tests, and what they measure in it: overflow, contrast, errors, requests. */

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { leaveOut } from './left-out.ts'

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts Chromium where one is installed; otherwise records what was left out, and gives `undefined`. */
export const openBrowser = async (what: string): Promise<Browser | undefined> => {
  const path = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
  if (!existsSync(path)) {
    leaveOut(`browser: ${what}`, 'no Chromium at /usr/bin/chromium or CHROMIUM_PATH')
    return undefined
  }
  return chromium.launch({ executablePath: path, args: ARGS })
}

export type Look = { readonly scheme: 'light' | 'dark'; readonly width: number }
export const LOOKS: readonly Look[] = [
  { scheme: 'light', width: 390 },
  { scheme: 'light', width: 1200 },
  { scheme: 'dark', width: 390 },
  { scheme: 'dark', width: 1200 },
]

export type Inspection = {
  /** Pixels by which the page is wider than the window. */
  readonly overflow: number
  /** Texts whose contrast is under 4.5 to 1, with the ratio. */
  readonly faint: readonly string[]
  /** Texts whose contrast was measured. */
  readonly measured: number
  readonly background: string
  /** Console errors, page errors and dialogs. */
  readonly complaints: readonly string[]
  /** Addresses asked for beside the page itself and `data:`. */
  readonly requests: readonly string[]
}

/** Loads the address, opens every `details`, and measures. */
export const inspect = async (browser: Browser, url: string, { scheme, width }: Look): Promise<Inspection> => {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme })
  const complaints: string[] = []
  const requests: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    dialog.dismiss().catch(() => undefined)
  })
  page.on('request', (request) => {
    if (request.url() !== url && !/^(?:data|about):/.test(request.url())) requests.push(request.url())
  })
  try {
    await page.goto(url)
    const measured = (await page.evaluate(MEASURE)) as Pick<
      Inspection,
      'overflow' | 'faint' | 'measured' | 'background'
    >
    return { ...measured, complaints, requests }
  } finally {
    await page.close()
  }
}

/** Runs in the page. WCAG 2.2 contrast, every translucent ground laid over the one behind it. */
const MEASURE = `(() => {
  for (const one of document.querySelectorAll('details')) one.open = true
  const rgba = (text) => (text.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number)
  const over = ([r, g, b, a = 1], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)]
  const ground = (element) => {
    const layers = []
    for (let at = element; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor))
    const canvas = matchMedia('(prefers-color-scheme: dark)').matches ? [0, 0, 0] : [255, 255, 255]
    return layers.reverse().reduce((under, layer) => over(layer, under), canvas)
  }
  const light = (colour) => {
    const [r, g, b] = colour.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05)
  const faint = []
  let measured = 0
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (!node.textContent.trim() || !element.checkVisibility() || element.closest('title')) continue
    const style = getComputedStyle(element)
    const below = ground(element)
    const ink = over(rgba(element instanceof SVGElement ? style.fill : style.color), below)
    measured += 1
    const found = ratio(ink, below)
    if (found < 4.5) faint.push(found.toFixed(2) + ' ' + node.textContent.trim().slice(0, 60))
  }
  const root = document.documentElement
  return { overflow: root.scrollWidth - root.clientWidth, faint, measured, background: getComputedStyle(document.body).backgroundColor }
})()`
