import { describe, expect, it } from 'vitest'
import { markupText } from '../../functions/report/html.ts'
import { figureParts, firstSentence, preheader, primaryStep, unbroken } from '../../functions/report/mail-words.ts'
import { viewOf } from '../../functions/report/message-view.ts'
import { sampleMessage } from '../support/message.ts'

const view = viewOf(sampleMessage())

describe('the preheader', () => {
  it('says what stops and when, which the subject does not', () => {
    expect(preheader(view)).toMatch(/^Around 2026-11-26 05:00 UTC every API key .* The balance fell below 20%/)
  })

  it('is why, where nothing stops, and never longer than a list can show', () => {
    const { stops: _, ...calm } = view
    expect(preheader(calm)).toBe(view.why)
    expect(preheader({ ...view, why: 'x'.repeat(500) }).length).toBe(200)
  })
})

describe('the first sentence', () => {
  it.each([
    ['One. Two. Three.', 'One.', 'Two. Three.'],
    ['It holds 41.20 USD. To last 30 days, buy 115.00 USD.', 'It holds 41.20 USD.', 'To last 30 days, buy 115.00 USD.'],
    ['Mend config.yaml first. “Then” go on.', 'Mend config.yaml first.', '“Then” go on.'],
    ['Only one', 'Only one', ''],
    ['', '', ''],
  ])('of %j', (text, first, rest) => {
    expect(firstSentence(text)).toEqual([first, rest])
  })
})

describe('the one button', () => {
  const labelOf = (label: string): string | undefined =>
    primaryStep({
      ...view,
      steps: [
        { label: 'No link', who: 'you' },
        { label, who: 'you', url: 'https://x.test/' },
      ],
    })?.label

  it.each([
    ['Buy credit in AI Studio, not in the Cloud console', 'Buy credit in AI Studio'],
    ['Open the budget: which services and projects cost it', 'Open the budget'],
    ['Look up the balance and the latest purchase in AI Studio', 'Look up the balance'],
    ['Check in AI Studio that auto-reload is still on', 'Check in AI Studio'],
    ['See under Anomalies which service, region and SKU it is', 'See under Anomalies'],
    ['Short, and sweet', 'Short, and sweet'],
    ['Check that everything is as it should be everywhere', 'Check that everything is as it should be everywhere'],
  ])('says of %j only %j', (label, said) => {
    expect(labelOf(label)).toBe(said)
  })

  it('is none without a link', () => {
    expect(primaryStep({ ...view, steps: [{ label: 'No link', who: 'you' }] })).toBeUndefined()
  })
})

describe('the figure', () => {
  it.each([
    ['12.40 USD', '12.40', 'USD'],
    ['-1.234,50 EUR by the ledger', '-1.234,50', 'EUR by the ledger'],
    ['12\u202f345,60 EUR', '12\u202f345,60', 'EUR'],
    ['7.5 h', '7.5', 'h'],
    ['No billing account', '', 'No billing account'],
    ['01D4EE-079462-DFD6EC', '', '01D4EE-079462-DFD6EC'],
    ['2 d', '2', 'd'],
  ])('%j is %j and %j', (figure, amount, words) => {
    expect(figureParts(figure)).toEqual({ amount, words })
  })
})

describe('dates and amounts', () => {
  const shown = (text: string): string => unbroken(text).map(markupText).join('')
  const kept = (text: string): readonly string[] =>
    [...shown(text).matchAll(/nowrap">([^<]+)<\/span>/g)].map(([, one = '']) => one)

  it.each([
    ['About 2026-11-25 19:12 UTC (in about 57 h)', ['2026-11-25', '19:12 UTC', '57 h']],
    ['1.234,50 EUR and 12,40 USD', ['1.234,50 EUR', '12,40 USD']],
    ['at 06:12 GMT+1, 3 min', ['06:12 GMT+1', '3 min']],
    ['nothing of the kind', []],
  ])('in %j stay on one line each', (text, pieces) => {
    expect(kept(text)).toEqual(pieces)
    expect(shown(text).replace(/<[^>]+>/g, '')).toBe(text)
  })

  it('are still escaped', () => {
    expect(shown('<b>12.40 USD</b>')).toBe('&lt;b&gt;<span style="white-space:nowrap">12.40 USD</span>&lt;/b&gt;')
  })
})
