import { describe, expect, it } from 'vitest'
import { instant } from '../../functions/domain/time.ts'
import type { Chart } from '../../functions/report/chart-frame.ts'
import { burnDownPng } from '../../functions/report/chart-png.ts'
import { mailChart } from '../../functions/report/mail-chart.ts'
import { openBrowser } from '../support/browser.ts'
import { sampleMessage } from '../support/message.ts'
import { type Picture, readPng } from '../support/png.ts'

const DAY = 86_400_000
const START = instant('2026-11-01T00:00:00Z')

const drawn = (balances: readonly string[], changes: Partial<Chart> = {}): Picture => {
  const points = balances.map((balance, index) => ({ at: START + index * DAY, balance }))
  return readPng(burnDownPng({ points, currencyCode: 'USD', timeZone: 'UTC', ...changes }) ?? expect.fail('no picture'))
}

const [WHITE, AREA, GRID, ZERO, LINE] = ['#ffffff', '#e2e9f6', '#cdd3dc', '#b3261e', '#1f57b8']

/** How many pixels of a region are not white. */
const ink = (picture: Picture, [left, top, right, bottom]: readonly [number, number, number, number]): number => {
  let count = 0
  for (let y = top; y < bottom; y += 1) for (let x = left; x < right; x += 1) if (picture.at(x, y) !== WHITE) count += 1
  return count
}

describe('the burn-down chart as a picture', () => {
  /** The same chart as the SVG's test: 140 px a day from x = 64; 100 at y = 14, 50 at 113, 0 at 212. */
  const picture = drawn(['100', '50', '0', '100', '25'])

  it('has twice the pixels of the chart', () => {
    expect([picture.width, picture.height]).toEqual([1280, 480])
    expect(drawn(['2', '1'], { width: 480, height: 200 })).toMatchObject({ width: 960, height: 400 })
  })

  it.each([
    ['the first balance holds until the next', 150, 14, LINE],
    ['then it falls', 204, 60, LINE],
    ['the second holds', 300, 113, LINE],
    ['a top-up rises', 484, 100, LINE],
    ['the last balance is a dot', 624, 160, LINE],
    ['under the line it is filled', 150, 100, AREA],
    ['above the line it is white', 300, 80, WHITE],
    ['and where nothing is left, too', 420, 150, WHITE],
    ['a tick has its line', 420, 113, GRID],
    ['zero has one of its own', 150, 212, ZERO],
  ])('%s', (_, x, y, colour) => {
    expect(picture.at(Math.round(x * 2), Math.round(y * 2))).toBe(colour)
  })

  it('fills below zero up to the line of zero', () => {
    // 0 at y = 80, -50 at 146.
    const below = drawn(['-50', '-100'])
    expect([100, 220, 300].map((y) => below.at(600, y))).toEqual([WHITE, AREA, WHITE])
  })

  it('labels both axes', () => {
    expect(ink(picture, [0, 0, 112, 480])).toBeGreaterThan(500)
    expect(ink(picture, [128, 430, 1280, 480])).toBeGreaterThan(500)
  })

  it('gives a long number its room: nothing touches the edge, and the locale decides', () => {
    for (const locale of ['en', 'fr-FR', 'de-CH', 'hi-IN']) {
      const long = drawn(['2000000000', '1'], { locale })
      expect(ink(long, [0, 0, 2, 480])).toBe(0)
      expect(ink(long, [4, 0, 200, 60])).toBeGreaterThan(500)
    }
  })

  it('is the same, byte for byte, each time', () => {
    expect(mailChart(sampleMessage())).toEqual(mailChart(sampleMessage()))
  })

  it('is of a size that no mail is ashamed of, however much it shows', () => {
    const points = Array.from({ length: 60 }, (_, index) => ({
      at: START + index * DAY,
      balance: String((index * 37) % 61),
    }))
    expect(mailChart(sampleMessage({ chart: points }))?.length).toBeLessThan(12_000)
    const many = Array.from({ length: 5_000 }, (_, index) => ({
      at: START + index,
      balance: String((index * 37) % 61),
    }))
    expect(mailChart(sampleMessage({ chart: many }))?.length).toBeLessThan(20_000)
  })

  it.each([[[]], [['5']], [['x', 'NaN']]])('is none for %j', (balances) => {
    const points = balances.map((balance, index) => ({ at: START + index * DAY, balance }))
    expect(burnDownPng({ points, currencyCode: 'USD', timeZone: 'UTC' })).toBeUndefined()
  })

  it.each([[['0', '0']], [['0.000000001', '0']], [['9000000000', '1']], [['-1', '-2']]])(
    'can be drawn for %j',
    (balances) => {
      expect(drawn(balances).width).toBe(1280)
    },
  )
})

const browser = await openBrowser('the picture of a mail')
if (browser) {
  it('is a picture to Chromium too, with the colours it was given', async () => {
    const page = await browser.newPage()
    const base64 = Buffer.from(mailChart(sampleMessage()) ?? []).toString('base64')
    const seen = await page.evaluate(`(async () => {
      const image = new Image()
      image.src = 'data:image/png;base64,${base64}'
      await image.decode()
      const canvas = document.createElement('canvas')
      const context = Object.assign(canvas, { width: image.width, height: image.height }).getContext('2d')
      context.drawImage(image, 0, 0)
      return [image.width, image.height, ...context.getImageData(500, 344, 1, 1).data]
    })()`)
    await browser.close()
    expect(seen).toEqual([960, 400, 0xb3, 0x26, 0x1e, 255])
  })
}
