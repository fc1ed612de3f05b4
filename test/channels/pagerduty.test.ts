import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { PostInit } from '../../functions/channels/channel.ts'
import { pagerduty, pagerdutyEvent } from '../../functions/channels/pagerduty.ts'
import { ConfigError } from '../../functions/domain/errors.ts'
import { describeWebhookChannel } from '../contracts/channel.contract.ts'
import { messageOf, sampleMessage } from '../support/message.ts'

const KEY = 'R0CANARY8D1F0000000000000000000A'

describeWebhookChannel({
  channel: pagerduty,
  cloudUrl: 'https://events.pagerduty.com/v2/enqueue',
  success: { status: 202, body: '{"status":"success","message":"Event processed","dedup_key":"k"}' },
  bodyMaxBytes: 512_000,
  forbidden: ['*bold*', '_it_', '~no~', '`c`'],
  judgedBy: '202',
  settings: (routingKey) => ({ kind: 'pagerduty', routingKey }),
  cloudSecret: KEY,
})

/** As PagerDuty documents an event; no package of theirs has it. https://developer.pagerduty.com/api-reference/368ae3d938c9e-send-an-event-to-pager-duty */
const documented = z.strictObject({
  routing_key: z.string().length(32),
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  dedup_key: z.string().min(1).max(255),
  client: z.string().optional(),
  client_url: z.url().optional(),
  payload: z.strictObject({
    summary: z.string().min(1).max(1_024),
    source: z.string().min(1),
    severity: z.enum(['critical', 'error', 'warning', 'info']),
    timestamp: z.iso.datetime({ offset: true }).optional(),
    component: z.string().optional(),
    group: z.string().optional(),
    class: z.string().optional(),
    custom_details: z.record(z.string(), z.unknown()).optional(),
  }),
  links: z.array(z.strictObject({ href: z.url(), text: z.string().optional() })).optional(),
  images: z.array(z.strictObject({ src: z.url(), href: z.url().optional(), alt: z.string().optional() })).optional(),
})

const posts = async (settings: object, value: string) => {
  const seen: [URL, PostInit][] = []
  const io = {
    secret: () => value,
    fetch: async (url: URL, init: PostInit) => {
      seen.push([url, init])
      return new Response('', { status: 202 })
    },
    clock: () => 0,
    allowLoopback: true,
  }
  const { send } = pagerduty.open({ kind: 'pagerduty', routingKey: 'KEY', ...settings }, io)
  await send(sampleMessage(), { idempotencyKey: 'd-1', recipient: '', signal: new AbortController().signal })
  return seen.map(([url, { body }]) => ({ url: url.href, key: JSON.parse(body).routing_key }))
}

describe('a PagerDuty event', () => {
  it('goes to the region’s own address with the integration’s key', async () => {
    expect(await posts({}, KEY)).toEqual([{ url: 'https://events.pagerduty.com/v2/enqueue', key: KEY }])
    expect(await posts({ region: 'eu' }, KEY)).toEqual([
      { url: 'https://events.eu.pagerduty.com/v2/enqueue', key: KEY },
    ])
  })

  it('tells a local sink no key', async () => {
    const sink = 'http://127.0.0.1:8080/chat/ops'
    expect(await posts({}, sink)).toEqual([{ url: sink, key: 'local' }])
  })

  it.each([
    ['firing', 'trigger'],
    ['repeat', 'trigger'],
    ['resolved', 'resolve'],
  ] as const)('of an alert that is %s is a %s under the alert’s key', (step, action) => {
    expect(pagerdutyEvent(sampleMessage({ step }), KEY)).toMatchObject({
      event_action: action,
      dedup_key: '3f9a61c2d07be4581a6c',
    })
  })

  it.each(['critical', 'warning', 'info'] as const)('keeps the severity %s', (severity) => {
    expect(pagerdutyEvent(sampleMessage({ severity }), KEY).payload.severity).toBe(severity)
  })

  it('says all of it, with a link for each page', () => {
    expect(pagerdutyEvent(sampleMessage(), KEY)).toEqual({
      routing_key: KEY,
      event_action: 'trigger',
      dedup_key: '3f9a61c2d07be4581a6c',
      client: 'Drawdown',
      payload: {
        summary: '[critical] Credit is low: 12.40 USD left on Production',
        source: '01D4EE-079462-DFD6EC',
        severity: 'critical',
        timestamp: '2026-11-23T10:00:00Z',
        component: 'Gemini API credit',
        group: '01D4EE-079462-DFD6EC',
        class: 'credit-low',
        custom_details: {
          Figure: '12.40 USD',
          Why: expect.stringMatching(/^The balance fell below 20%/),
          'What stops, and when': [expect.stringContaining('every API key')],
          'The arithmetic': [expect.any(String), expect.stringContaining('87.60 drawn'), expect.any(String)],
          'Who shares this account': ['my-app, my-batch'],
          'Who does what': [
            '1. Buy credit in AI Studio (billing owner)',
            '2. See which project spends it (on call)',
            '3. Tell the team that runs my-batch (on call)',
          ],
          About: expect.stringContaining('npx drawdown alerts ack 3f9a61c2d07be4581a6c'),
        },
      },
      links: [
        { href: 'https://aistudio.google.com/billing?a=1&b=2', text: 'Buy credit in AI Studio' },
        { href: 'https://console.cloud.google.com/billing', text: 'See which project spends it' },
      ],
    })
  })

  it.each([sampleMessage(), sampleMessage({ step: 'resolved' }), messageOf('x'.repeat(100_000)), messageOf('語')])(
    'is one as PagerDuty documents it',
    (message) => {
      expect(documented.safeParse(pagerdutyEvent(message, KEY))).toMatchObject({ success: true })
    },
  )

  it('would not be one with another action, severity or field, or a summary too long', () => {
    const event = pagerdutyEvent(sampleMessage(), KEY)
    const wrong = [
      { ...event, event_action: 'fire' },
      { ...event, payload: { ...event.payload, severity: 'fatal' } },
      { ...event, payload: { ...event.payload, details: {} } },
      { ...event, payload: { ...event.payload, summary: 'x'.repeat(1_025) } },
      { ...event, links: [{ text: 'no address' }] },
    ]
    expect(wrong.filter((one) => documented.safeParse(one).success)).toEqual([])
  })
})

describe('a PagerDuty key', () => {
  const open = (value: string, changes: object = {}) =>
    pagerduty.open(
      { kind: 'pagerduty', routingKey: 'PAGER_KEY', ...changes },
      { secret: () => value, fetch, clock: () => 0, allowLoopback: false },
    )

  it.each(['', KEY.slice(1), `${KEY}A`, `${KEY}\n`, ` ${KEY}`, KEY.replace('C', '-'), 'https://events.pagerduty.com/'])(
    'cannot be %j; the error has the name of the variable, never the value',
    (value) => {
      expect(() => open(value)).toThrow(ConfigError)
      expect(() => open(value)).toThrow(/^PAGER_KEY: must be the integration key/)
      if (value !== '') expect(() => open(value)).not.toThrow(value.trim())
    },
  )

  it('cannot stand in the settings itself, even where it looks like a name', () => {
    for (const routingKey of [KEY, KEY.toLowerCase()]) {
      expect(() => open(KEY, { routingKey })).toThrow(/routingKey: must /)
      expect(() => open(KEY, { routingKey })).not.toThrow(routingKey)
    }
  })

  it('belongs to one of two regions', () => {
    expect(() => open(KEY, { region: 'eu' })).not.toThrow()
    expect(() => open(KEY, { region: 'asia' })).toThrow(/region/)
  })
})
