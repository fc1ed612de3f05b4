/** Chat messages of each vendor, read into plain parts. */

import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, parseJson } from '../../functions/domain/json.ts'
import { headlineOf, partsOf, vendorOf } from '../../functions/local/chat-shape.ts'

const body = (value: unknown): JsonObject => {
  const parsed = parseJson(JSON.stringify(value))
  return parsed.ok && isObject(parsed.value) ? parsed.value : expect.fail('not an object')
}

const SLACK = {
  text: 'Credit is low &amp; falling',
  blocks: [
    { type: 'header', text: { type: 'plain_text', text: '12.40 USD' } },
    { type: 'section', text: { type: 'mrkdwn', text: '*Credit is low*\nIt &lt;b&gt; fell' } },
    { type: 'divider' },
    {
      type: 'section',
      text: { type: 'mrkdwn', text: '1. <https://aistudio.google.com/billing|Buy credit> (billing)' },
    },
    { type: 'context', elements: [{ type: 'mrkdwn', text: 'Production · credit-low' }] },
    {
      type: 'actions',
      elements: [{ type: 'button', text: { type: 'plain_text', text: 'Open' }, url: 'https://example.com/' }],
    },
  ],
}

const GOOGLE = {
  text: 'Credit is low',
  cardsV2: [
    {
      cardId: 'alert',
      card: {
        header: { title: '12.40 USD', subtitle: 'Credit is low' },
        sections: [
          {
            header: 'What stops',
            widgets: [{ textParagraph: { text: '<font color="#d93025"><b>a &lt;b&gt;</b></font><br>b' } }],
          },
          {
            widgets: [
              { buttonList: { buttons: [{ text: 'Buy', onClick: { openLink: { url: 'https://example.com/pay' } } }] } },
            ],
          },
        ],
      },
    },
  ],
}

describe('the vendor is told by the shape', () => {
  it.each([
    ['slack', { text: 'x', blocks: [] }],
    ['slack', { text: 'x' }],
    ['google-chat', { text: 'x', cardsV2: [] }],
    ['teams', { type: 'message', attachments: [] }],
    ['discord', { content: 'x' }],
    ['discord', { embeds: [] }],
    ['pagerduty', { event_action: 'trigger', payload: { summary: 'x' } }],
    ['webhook', { type: 'alert.firing', data: { headline: 'x' } }],
    ['webhook', { alert: 1 }],
  ] as const)('%s: %j', (vendor, value) => {
    expect(vendorOf(body(value))).toBe(vendor)
  })
})

it('Slack blocks become words in order, with markup and entities taken off', () => {
  expect(headlineOf(body(SLACK))).toBe('Credit is low & falling')
  expect(partsOf(body(SLACK))).toEqual([
    { kind: 'strong', text: '12.40 USD' },
    { kind: 'strong', text: 'Credit is low' },
    { kind: 'text', text: 'It <b> fell' },
    { kind: 'rule' },
    { kind: 'text', text: '1. Buy credit (https://aistudio.google.com/billing) (billing)' },
    { kind: 'text', text: 'Production · credit-low' },
    { kind: 'link', text: 'Open', href: 'https://example.com/' },
  ])
})

it('Google Chat cards become words in order; entities are read after tags, so escaped markup stays words', () => {
  expect(partsOf(body(GOOGLE))).toEqual([
    { kind: 'strong', text: '12.40 USD' },
    { kind: 'quiet', text: 'Credit is low' },
    { kind: 'strong', text: 'What stops' },
    { kind: 'text', text: 'a <b>\nb' },
    { kind: 'link', text: 'Buy', href: 'https://example.com/pay' },
  ])
})

it('Adaptive Cards and Discord embeds are read too', () => {
  const card = {
    fallbackText: '[critical] Low',
    body: [
      { type: 'TextBlock', text: 'Low', weight: 'Bolder' },
      { type: 'TextBlock', text: 'since noon', isSubtle: true },
    ],
    actions: [{ type: 'Action.OpenUrl', title: 'Pay', url: 'https://example.com/' }],
  }
  expect(partsOf(body({ type: 'message', attachments: [{ content: card }] }))).toEqual([
    { kind: 'strong', text: 'Low' },
    { kind: 'quiet', text: 'since noon' },
    { kind: 'link', text: 'Pay', href: 'https://example.com/' },
  ])
  const embed = {
    title: 'Low',
    description: 'soon gone',
    url: 'https://example.com/',
    footer: { text: 'Production' },
    fields: [{ name: 'Left', value: '**3**\n[Pay](https://example.com/pay) now' }],
  }
  expect(partsOf(body({ embeds: [embed] }))).toEqual([
    { kind: 'strong', text: 'Low' },
    { kind: 'text', text: 'soon gone' },
    { kind: 'strong', text: 'Left' },
    { kind: 'strong', text: '3' },
    { kind: 'text', text: 'Pay (https://example.com/pay) now' },
    { kind: 'quiet', text: 'Production' },
  ])
})

it('a link is one only with a plain https address', () => {
  for (const url of ['javascript:alert(1)', 'http://example.com/', 'data:text/html,x', 'https://a:b@example.com/']) {
    const button = { type: 'button', text: { type: 'plain_text', text: 'Go' }, url }
    expect(partsOf(body({ blocks: [{ type: 'actions', elements: [button] }] }))).toEqual([{ kind: 'text', text: 'Go' }])
  }
})

it('a message without cards shows its text, and one of another make shows nothing', () => {
  expect(partsOf(body({ text: 'hello' }))).toEqual([{ kind: 'text', text: 'hello' }])
  expect(partsOf(body({ alert: 'x' }))).toEqual([])
})

it('depth, number and length are bounded', () => {
  const deep = Array.from({ length: 13 }).reduce<unknown>((inner) => ({ elements: [inner] }), { text: 'bottom' })
  expect(partsOf(body({ blocks: [deep] }))).toEqual([])
  const many = Array.from({ length: 500 }, () => ({ type: 'divider' }))
  expect(partsOf(body({ blocks: many }))).toHaveLength(200)
  const [long] = partsOf(body({ text: 'x'.repeat(50_000) }))
  expect(long).toEqual({ kind: 'text', text: 'x'.repeat(4_000) })
})
