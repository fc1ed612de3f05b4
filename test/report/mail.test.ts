import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instant } from '../../functions/domain/time.ts'
import { renderMail } from '../../functions/report/mail.ts'
import { HOSTILE, messageOf, sampleMessage } from '../support/message.ts'

const OPENED = { openedAt: instant('2026-11-23T07:00:00Z') }

/** What a reader of the HTML sees, in order. */
const seen = (html: string): string =>
  html
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/\s+/g, ' ')

const indexesOf = (text: string, parts: readonly string[]): readonly number[] => {
  let from = 0
  return parts.map((part) => {
    const at = text.indexOf(part, from)
    from = at + part.length
    return at
  })
}

describe('the subject', () => {
  it('says severity, what, how much and where', () => {
    expect(renderMail(sampleMessage()).subject).toBe('[critical] Credit is low: 12.40 USD left on Production')
  })

  it('says that a reminder is one, and for how long it has been open', () => {
    expect(renderMail(sampleMessage({ step: 'repeat', ...OPENED })).subject).toBe(
      '[critical] Reminder, open for 3 h: Credit is low: 12.40 USD left on Production',
    )
  })

  it('says that a resolution is good news and how long it lasted', () => {
    const message = sampleMessage({ step: 'resolved', ...OPENED })
    const words = { ...message.words, title: 'Credit is back: 62.40 USD on Production' }
    expect(renderMail({ ...message, words }).subject).toBe(
      'Resolved after 3 h: Credit is back: 62.40 USD on Production',
    )
  })
})

describe('the body', () => {
  const ORDER = [
    'The balance fell below 20%',
    '12.40 USD',
    'The balance fell below 20%',
    'Buy credit in AI Studio',
    'every API key of my-app and my-batch stops',
    '100.00 bought',
    '87.60 drawn',
    'Buy credit in AI Studio',
    'billing owner',
    'See which project spends it',
    'on call',
    '43.20 USD',
    '17.00 USD',
    'my-app, my-batch',
    '01D4EE-079462-DFD6EC',
    'Alert key',
    '3f9a61c2d07be4581a6c',
    'npx drawdown alerts ack 3f9a61c2d07be4581a6c',
  ]

  it('tells preheader, figure, reason, button, stop, sums, steps, chart, projects and key in that order', () => {
    expect(indexesOf(seen(renderMail(sampleMessage()).html), ORDER)).not.toContain(-1)
  })

  it('says the same in plain text, in the same order', () => {
    const { text } = renderMail(sampleMessage())
    expect(indexesOf(text, ORDER.slice(1))).not.toContain(-1)
    expect(text).toContain('https://aistudio.google.com/billing?a=1&b=2\n')
    expect(text).not.toMatch(/&amp;|<[a-z]/)
  })

  it('draws the balance to scale, newest last', () => {
    const { text, html } = renderMail(
      sampleMessage({
        chart: [
          { at: instant('2026-11-20T10:00:00Z'), balance: '40.00' },
          { at: instant('2026-11-21T09:00:00Z'), balance: '30.00' },
          { at: instant('2026-11-21T10:00:00Z'), balance: '20.00' },
          { at: instant('2026-11-22T10:00:00Z'), balance: '-3.00' },
        ],
      }),
    )
    expect(text).toContain(
      [
        'BALANCE',
        '  2026-11-20  40.00 USD  ################',
        '  2026-11-21  20.00 USD  ########',
        '  2026-11-22  -3.00 USD\n',
      ].join('\n'),
    )
    expect(html.match(/class="bar" width="(\d+%)"/g)).toEqual(['class="bar" width="100%"', 'class="bar" width="50%"'])
  })

  it('tells days apart in the account’s own zone', () => {
    const chart = [
      { at: instant('2026-11-20T23:30:00Z'), balance: '40.00' },
      { at: instant('2026-11-22T00:30:00Z'), balance: '30.00' },
    ]
    const { text } = renderMail(sampleMessage({ chart, timeZone: 'America/Los_Angeles' }))
    expect(text).toMatch(/2026-11-20 {2}40\.00 USD.*\n {2}2026-11-21 {2}30\.00 USD/)
  })

  it('leaves out what has nothing to say', () => {
    const message = sampleMessage({ chart: [], projects: [] })
    const { stops: _, ...words } = { ...message.words, arithmetic: [], next: [] }
    const { text, html } = renderMail({ ...message, words })
    for (const part of [text.toLowerCase(), seen(html).toLowerCase()]) {
      for (const heading of ['what stops', 'arithmetic', 'who does what', 'balance:', 'projects']) {
        expect(part).not.toContain(heading)
      }
    }
    expect(html).not.toContain('<a ')
  })

  it('of a resolution wears no alarm and asks for no acknowledgement', () => {
    const { html, text } = renderMail(sampleMessage({ step: 'resolved', ...OPENED }))
    expect(html).toContain('class="good')
    expect(html.replace(/<style>[\s\S]*?<\/style>/, '')).not.toMatch(/#b3261e|class="critical/)
    expect(text).toMatch(/^RESOLVED AFTER 3 H\n/)
    expect(text + html).not.toContain('alerts ack')
  })

  it('loads nothing from anywhere and runs nothing', () => {
    const { html } = renderMail(sampleMessage())
    expect(html).not.toMatch(/<(img|script|link|iframe|svg|form)|url\(|@import|\bsrc=|\bon[a-z]+=/i)
  })

  it('links only to https', () => {
    const message = sampleMessage()
    const urls = ['javascript:alert(1)', 'http://x.test/', 'data:text/html,x', 'https://u:p@x.test/', 'not a url']
    const next = urls.map((url) => ({ label: 'Go', who: 'you', url }))
    const { html, text } = renderMail({ ...message, words: { ...message.words, next } })
    expect(html).not.toContain('href')
    for (const url of urls) expect(text).not.toContain(url)
  })
})

describe('hostile text', () => {
  it('stays text', () => {
    const { subject, text, html } = renderMail(messageOf(HOSTILE))
    expect(html).not.toMatch(/<(script|img)/i)
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;&lt;img')
    expect(subject).not.toMatch(/[\r\n]/)
    expect(subject + text + html).not.toMatch(/[\u202E\u200B\u0000]/)
    expect(seen(html)).not.toContain('https://evil')
  })

  it('cannot stack a thousand accents on a letter', () => {
    const { subject } = renderMail(messageOf(`Z${'\u0301'.repeat(1_000)}algo`))
    expect(subject).toBe(`[critical] Z${'\u0301'.repeat(4)}algo`)
  })

  it.each(['x', '<', '&', '"', '語', '😀', '\u0301', '\n', '\u202E'])('of a megabyte of %j fits a mail', (char) => {
    const { subject, html, text } = renderMail(messageOf(char.repeat(1_000_000)))
    expect(subject.length).toBeLessThanOrEqual(200)
    expect(Buffer.byteLength(html)).toBeLessThan(102_000)
    expect(Buffer.byteLength(text)).toBeLessThan(50_000)
    expect((subject + html + text).isWellFormed()).toBe(true)
  })

  it('of any kind leaves the page’s own tags alone', () => {
    const tags = (html: string): readonly string[] => html.match(/<\/?[a-z][a-z0-9]*/g) ?? []
    const plain = tags(renderMail(messageOf('x')).html)
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), (text) => {
        const { subject, html } = renderMail(messageOf(`x${text}x`))
        const own = html.replace(/<a [^>]*>|<\/a>/g, '')
        expect(tags(own)).toEqual(plain.filter((tag) => tag !== '<a' && tag !== '</a'))
        expect(subject).not.toMatch(/\p{Cc}/u)
      }),
      { numRuns: 200 },
    )
  })
})
