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

describe('numbers with spaces inside', () => {
  const words = { ...sampleMessage().words, title: 'Credit: 12\u202f345,60 EUR left', figure: '12\u202f345,60 EUR' }
  const { subject, html, text } = renderMail(sampleMessage({ locale: 'fr-FR', words }))

  it('keep them unbroken in the body, and plain in the subject', () => {
    expect(subject).toBe('[critical] Credit: 12 345,60 EUR left')
    expect(html).toContain('>12\u202f345,60 <span')
    expect(text).toContain('\n12\u202f345,60 EUR\n')
  })
})

describe('the body', () => {
  const ORDER = [
    'every API key of my-app and my-batch stops',
    'The balance fell below 20%',
    '12.40 USD',
    'Credit is low',
    'The balance fell below 20%',
    'Buy credit in AI Studio',
    'every API key of my-app and my-batch stops',
    '43.20 USD',
    '17.00 USD',
    'Buy credit in AI Studio',
    'billing owner',
    'See which project spends it',
    'on call',
    '100.00 bought',
    '87.60 drawn',
    'my-app: 2.78 USD a day',
    'my-batch',
    'npx drawdown alerts ack 3f9a61c2d07be4581a6c',
    '01D4EE-079462-DFD6EC',
    'Alert key',
    '3f9a61c2d07be4581a6c',
  ]
  const told = sampleMessage({ burnByProject: [{ projectId: 'my-app', perDay: '2.78' }] })

  it('tells preheader, figure, reason, button, stop, chart, steps, sums, projects, answer and key in that order', () => {
    expect(indexesOf(seen(renderMail(told).html), ORDER)).not.toContain(-1)
  })

  it('says the same in plain text, in the same order', () => {
    const { text } = renderMail(told)
    expect(indexesOf(text, ORDER.slice(2))).not.toContain(-1)
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
      for (const heading of ['what stops', 'arithmetic', 'who does what', 'balance:', 'shares this account']) {
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

  it('shows the picture it carries, with its numbers in words, in place of the bars', () => {
    const { html } = renderMail(sampleMessage(), { cid: 'c1@example.com' })
    const [image, ...others] = html.match(/<img [^>]*>/g) ?? []
    expect(others).toEqual([])
    expect(image).toContain('src="cid:c1@example.com"')
    expect(image).toContain('alt="Balance: 2026-11-16 43.20 USD; 2026-11-17 38.90 USD; ')
    expect(image).toContain('; 2026-11-23 12.40 USD."')
    expect(html).not.toContain('class="bar"')
  })

  it('of a month names the first day and the last, and some between', () => {
    const day = (index: number) => ({
      at: instant('2026-10-24T10:00:00Z') + index * 86_400_000,
      balance: `${60 - index}`,
    })
    const { html, text } = renderMail(sampleMessage({ chart: Array.from({ length: 31 }, (_, index) => day(index)) }))
    expect(seen(html)).toContain('Balance: 60.00 USD on 2026-10-24 , 30.00 USD on 2026-11-23')
    expect([...text.matchAll(/^ {2}\d{4}-\d\d-\d\d {2}/gm)]).toHaveLength(8)
    expect(text).toMatch(/2026-10-24 {2}60\.00 USD.*\n {2}2026-10-28 {2}56\.00 USD/)
  })

  it('writes numbers in the reader’s locale', () => {
    const german = sampleMessage({
      locale: 'de-DE',
      currencyCode: 'EUR',
      burnByProject: [{ projectId: 'my-app', perDay: '1234.5' }],
      chart: [
        { at: instant('2026-11-20T10:00:00Z'), balance: '4321.5' },
        { at: instant('2026-11-21T10:00:00Z'), balance: '-0.4' },
      ],
    })
    const { text, html } = renderMail(german, { cid: 'c1@example.com' })
    expect(text).toContain('2026-11-20  4.321,50 EUR  ################\n  2026-11-21     -0,40 EUR\n')
    expect(text).toContain('my-app: 1.234,50 EUR a day')
    expect(html).toContain('alt="Balance: 2026-11-20 4.321,50 EUR; 2026-11-21 -0,40 EUR."')
  })

  it('asks for an answer only where reminders will come', () => {
    expect(renderMail(sampleMessage({ severity: 'warning' })).text).toContain('alerts ack')
    expect(renderMail(sampleMessage({ severity: 'info' })).text).not.toContain('alerts ack')
  })

  it('names who burns most first, then those no usage tells of, and no one twice', () => {
    const burnByProject = [
      { projectId: 'unlisted', perDay: '5' },
      { projectId: 'my-batch', perDay: '1.19' },
    ]
    const { text } = renderMail(sampleMessage({ burnByProject }))
    expect(text).toContain(
      'WHO SHARES THIS ACCOUNT, AND BURNS HOW MUCH\n  unlisted: 5.00 USD a day\n  my-batch: 1.19 USD a day\n  my-app\n',
    )
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
        const isOwn = (tag: string): boolean => !/^<\/?(a|span)$/.test(tag)
        expect(tags(html).filter(isOwn)).toEqual(plain.filter(isOwn))
        expect(subject).not.toMatch(/\p{Cc}/u)
      }),
      { numRuns: 200 },
    )
  })
})
