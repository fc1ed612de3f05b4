import { describe, expect, it } from 'vitest'
import { numeral } from '../../functions/domain/locale.ts'
import { GLYPH_HEIGHT, strokesOf } from '../../functions/report/glyphs.ts'

const points = (text: string) => strokesOf(text).strokes.flat()

describe('the characters of a chart', () => {
  it('look different from each other, and stay within their line', () => {
    const characters = [..."0123456789-.,:'"]
    expect(new Set(characters.map((char) => JSON.stringify(strokesOf(char).strokes))).size).toBe(characters.length)
    for (const [x, y] of points(characters.join(''))) {
      expect(x).toBeGreaterThanOrEqual(0)
      expect(x).toBeLessThanOrEqual(strokesOf(characters.join('')).width)
      expect(y).toBeGreaterThanOrEqual(0)
      expect(y).toBeLessThan(GLYPH_HEIGHT * 1.2)
    }
  })

  it.each(['en', 'de-DE', 'de-CH', 'fr-FR', 'sv-SE', 'hi-IN', 'ja-JP', 'ar-KW', 'pt-PT', 'fa-IR'])(
    'are all there for the numbers of %s',
    (locale) => {
      for (const char of numeral('-1234567890.5', locale).replace(/\s/gu, ''))
        expect(strokesOf(char).strokes.length, `no stroke for ${JSON.stringify(char)}`).toBeGreaterThan(0)
    },
  )

  it('follow each other from left to right', () => {
    const [one, two] = [strokesOf('4').width, strokesOf('44').width]
    expect(two).toBeGreaterThan(2 * one)
    expect(Math.max(...points('44').map(([x]) => x))).toBe(two)
  })

  it('leave a gap for one that is not drawn', () => {
    expect(points('語')).toEqual([])
    expect(strokesOf('1語1').width).toBeGreaterThan(strokesOf('11').width)
    expect(strokesOf('')).toEqual({ width: 0, strokes: [] })
  })
})
