/** What mail clients make of a mail: held against caniemail.com's data for Gmail, Outlook and Apple Mail, and against Gmail's limits. */

import { caniemail } from 'caniemail'
import { describe, expect, it } from 'vitest'
import type { Message } from '../../functions/domain/alerts.ts'
import { renderMail } from '../../functions/report/mail.ts'
import { HOSTILE, messageOf, sampleMessage } from '../support/message.ts'
import { ruleMessages } from '../support/rule-messages.ts'

/** Beyond this Gmail hides the rest of a mail behind a link. */
const GMAIL_CLIPS_AT = 102_000
/** Gmail drops a style sheet that is longer. */
const GMAIL_SHEET_MAX = 8_192

const SHEET = 'dark colours alone come from the sheet; without it the light ones stand inline'
const SHAPE = 'shape only: corners, gaps or weight differ, every word stays'
const PREHEADER = 'hides the preheader by three ways at once; where none works it is a first line that is true'
const LINES = 'how lines break; where it is not known they break elsewhere'
const SIZE = 'the clients named know it on tables, cells and images, which is where it stands'

/** Features that some client does not know, or knows in part, and why the mail is whole without each. */
const DECORATION: Readonly<Record<string, string>> = {
  '@media': SHEET,
  '!important keyword': SHEET,
  'Attribute selector': SHEET,
  'Class selector': SHEET,
  'Descendant combinator': SHEET,
  '<style> element': SHEET,
  'color-scheme meta tag': SHEET,
  '<body> element': 'its ground is that of the table inside, too',
  background: 'a plain colour, which all of them know; what some do not know are pictures',
  'border-radius': SHAPE,
  border: SHAPE,
  margin: SHAPE,
  padding: 'kept on cells; the one link that has it is a button, whose cell has Outlook’s own',
  display: SHAPE,
  'display:none': PREHEADER,
  'max-height property': PREHEADER,
  overflow: PREHEADER,
  'white-space': LINES,
  'word-break': LINES,
  'line-height': SHAPE,
  'letter-spacing': SHAPE,
  'font-size': SHAPE,
  'font-weight': SHAPE,
  'text-decoration': 'underlines links; without it they are still coloured',
  'system-ui, ui-serif, ui-sans-serif, ui-rounded, ui-monospace': 'first of a list that ends with fonts everybody has',
  'role attribute': 'tells readers aloud that a table only lays out; the text is in order without it',
  'width attribute': SIZE,
  'width property': SIZE,
  'height attribute': SIZE,
  'height property': SIZE,
  'max-width': 'Outlook for Windows gets a table of that width around it',
  'align attribute': 'centres the card; else it stands at the left',
}

const CLIENTS = ['gmail.*', 'outlook.*', 'apple-mail.*'] as const

const flagged = (html: string): readonly string[] => {
  const { errors, warnings } = caniemail({ clients: [...CLIENTS], html }).issues
  return [...new Set([...errors.values(), ...warnings.values()].flat().map(({ title }) => title))]
}

const mailOf = (message: Message) =>
  renderMail(message, message.chart.length > 1 ? { cid: 'c1@example.com' } : undefined)

const samples = [sampleMessage(), sampleMessage({ step: 'resolved' }), sampleMessage({ chart: [] })]

describe('what the clients know', () => {
  it('is all that a mail needs: nothing but decoration is flagged, and the list of it holds nothing else', () => {
    const found = new Set(
      [...samples, ...ruleMessages().slice(0, 3)].flatMap((message) => flagged(mailOf(message).html)),
    )
    expect([...found].filter((title) => !(title in DECORATION))).toEqual([])
    expect(Object.keys(DECORATION).filter((title) => !found.has(title))).toEqual([])
  })

  it('is really asked: a flex box, a position and a form are found', () => {
    const found = flagged('<form><div style="display:flex;position:fixed">x</div></form>')
    expect(found.filter((title) => !(title in DECORATION)).sort()).toEqual([
      '<form> element',
      'display:flex',
      'position',
    ])
  })
})

describe.each([...ruleMessages(), messageOf(HOSTILE)].map((message) => [message.rule, message] as const))(
  'the mail of %s',
  (_, message) => {
    const { subject, html, text } = mailOf(message)

    it('carries everything: the one source is its picture, and nothing is asked for elsewhere', () => {
      const sources = [...html.matchAll(/\s(?:src|background|srcset|poster|data)\s*=\s*"([^"]*)"/gi)].map(
        ([, to]) => to,
      )
      expect(sources).toEqual(message.chart.length > 1 ? ['cid:c1@example.com'] : [])
      expect(html).not.toMatch(/url\(|@import|<(link|script|iframe|object|embed|svg|form|video|audio|base|meta http)/i)
    })

    it('is within what Gmail shows, in both parts', () => {
      expect(Buffer.byteLength(html)).toBeLessThan(GMAIL_CLIPS_AT)
      for (const [, sheet = ''] of html.matchAll(/<style>([\s\S]*?)<\/style>/g)) {
        expect(Buffer.byteLength(sheet)).toBeLessThan(GMAIL_SHEET_MAX)
      }
      expect(text.trim()).not.toBe('')
    })

    it('has a subject of one plain line', () => {
      expect(subject).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0\u202f]/u)
      expect(subject.length).toBeLessThan(200)
    })

    it('has one heading, one button at most, and no empty section', () => {
      expect(html.match(/<h1 /g)).toHaveLength(1)
      expect(html.match(/mso-padding-alt/g) ?? []).toHaveLength(message.words.next.some(({ url }) => url) ? 1 : 0)
      expect(html).not.toMatch(/<(p|h1|h2|td|div)[^>]*>\s*<\/\1>|undefined|NaN|\[object/)
    })
  },
)
