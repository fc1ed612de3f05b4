import { describe, expect, it } from 'vitest'
import { instant } from '../../functions/domain/time.ts'
import { burnDownSvg } from '../../functions/report/chart.ts'
import type { Chart } from '../../functions/report/chart-frame.ts'

const DAY = 86_400_000
const START = instant('2026-11-01T00:00:00Z')

const chart = (balances: readonly string[], changes: Partial<Chart> = {}): Chart => ({
  points: balances.map((balance, index) => ({ at: START + index * DAY, balance })),
  currencyCode: 'USD',
  timeZone: 'UTC',
  ...changes,
})

/** The line's own path: the one without filling. */
const linePath = (svg: string): string => /<path d="([^"]+)" fill="none"/.exec(svg)?.[1] ?? ''

describe('the burn-down chart', () => {
  it('steps down from left to right edge, and rises at a top-up', () => {
    // 560 px across 4 days from x = 64; 198 px for 0 to 100 up from y = 212.
    expect(linePath(burnDownSvg(chart(['100', '50', '0', '100', '25'])))).toBe(
      'M64 14H204V113H344V212H484V14H624V162.5',
    )
  })

  it('shows zero even when the balance stays far above or falls below it', () => {
    expect(burnDownSvg(chart(['100', '90']))).toContain('>0</text>')
    const below = burnDownSvg(chart(['10', '-10']))
    expect(below).toContain('>0</text>')
    expect(below).toContain('>-10</text>')
  })

  it('says its numbers to who cannot see it', () => {
    const words =
      'Balance from 50.00 USD at 2026-11-01 00:00 UTC to 40.00 USD at 2026-11-04 00:00 UTC; ' +
      'lowest 5.00 USD at 2026-11-02 00:00 UTC; 1 rise.'
    const svg = burnDownSvg(chart(['50', '5', '45', '40']))
    expect(svg).toContain(`<title>${words}</title>`)
    expect(svg).toContain(`role="img" aria-label="${words}"`)
  })

  it('labels a few days, or times of day where all lies within two', () => {
    const days = burnDownSvg(chart(['5', '4', '3', '2', '1'])).match(/>(\d\d-\d\d)</g)
    expect(days).toEqual(['>11-01<', '>11-02<', '>11-03<', '>11-04<', '>11-05<'])
    const hours = burnDownSvg(chart(['5', '4'])).match(/>(\d\d:\d\d)</g)
    expect(hours).toEqual(['>00:00<', '>06:00<', '>12:00<', '>18:00<', '>00:00<'])
    expect(burnDownSvg(chart(['5', '4'], { width: 320 })).match(/>(\d\d:\d\d)</g)).toHaveLength(3)
  })

  it('draws a level where it lies, and none above the frame', () => {
    const levels = [
      { balance: '20', label: '<20%>' },
      { balance: '5000', label: 'far' },
    ]
    const svg = burnDownSvg(chart(['100', '0'], { levels }))
    expect(svg).toContain('&lt;20%&gt;</text>')
    expect(svg).toContain('y1="172.4" y2="172.4" stroke="#b06000"')
    expect(svg).not.toContain('far')
  })

  it('writes its numbers as the locale does', () => {
    const svg = burnDownSvg(chart(['1234.5', '0'], { locale: 'de-DE' }))
    expect(svg).toContain('>1.500</text>')
    expect(svg).toContain('Balance from 1.234,50 USD at ')
  })

  it('takes its colours from the page, with colours of its own to fall back on', () => {
    const svg = burnDownSvg(chart(['100', '0']))
    for (const name of ['line', 'fill', 'grid', 'text', 'zero']) expect(svg).toContain(`var(--chart-${name},#`)
  })

  it.each([
    ['nothing', []],
    ['one point', ['5']],
    ['no amounts', ['x', 'NaN']],
  ])('is empty for %s', (_, balances) => {
    expect(burnDownSvg(chart(balances))).toBe('')
  })

  it.each([
    ['all zero', ['0', '0', '0']],
    ['tiny', ['0.000000001', '0']],
    ['huge', ['9000000000', '1']],
    ['negative only', ['-1', '-2']],
  ])('has only finite numbers for %s', (_, balances) => {
    const svg = burnDownSvg(chart(balances))
    expect(svg).toContain('<path')
    expect(svg).not.toMatch(/NaN|Infinity|undefined/)
  })

  it('stays small, however many points there are', () => {
    const many = Array.from({ length: 50_000 }, (_, index) => String(50_000 - index))
    expect(burnDownSvg(chart(many)).length).toBeLessThan(60_000)
  })
})
