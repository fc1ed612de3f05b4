import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withoutMarkdown } from '../../functions/report/markdown.ts'

describe('text without Markdown', () => {
  it.each([
    ['[click](https://evil.test)', '[click］(https://evil.test)'],
    ['[a] (b)', '[a］ (b)'],
    ['[a][b]', '[a］[b]'],
    ['[r]: evil.test', '[r］: evil.test'],
    ['![i](x.png)', '![i］(x.png)'],
    ['**bold** _it_ ~~no~~ `c` ||s||', '∗∗bold∗∗ ˍitˍ ∼∼no∼∼ ˋcˋ ∣∣s∣∣'],
    ['# head', '＃ head'],
    ['- item', '‑ item'],
    ['+ item', '＋ item'],
    ['\\*x', '＼∗x'],
    ['$\u007Bx} {{DATE(1)}}', '$｛x｝ ｛｛DATE(1)｝｝'],
    ['@everyone and @HERE', '＠everyone and ＠HERE'],
    ['<@U1> <at>x</at>', '‹@U1› ‹at›x‹/at›'],
  ])('%j is shown as %j', (text, shown) => {
    expect(withoutMarkdown(text)).toBe(shown)
  })

  it.each(['[critical] Credit is low', 'my_app-1', 'a@example.com', '− 87.60 (a # b)', '1 + 1 - 2'])(
    '%j means nothing, and stays',
    (text) => expect(withoutMarkdown(text)).toBe(text),
  )

  it('never holds what would begin a link, emphasis, code, a template or a mention', () => {
    const text = fc.string({ unit: fc.constantFrom(...'[]()*_~`<>|{}$\\@#+-: ab\n'.split(''), '@everyone', '@here') })
    fc.assert(
      fc.property(text, (hostile) => {
        const shown = withoutMarkdown(hostile)
        expect(shown).not.toMatch(/[*~`<>|{}\\]|\]\s*[([:]|@(everyone|here)|^[#+-]/i)
        expect(shown).toHaveLength(hostile.length)
      }),
      { numRuns: 10_000 },
    )
  })
})
