import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { webhook, webhookEvent } from '../../functions/channels/webhook.ts'
import { ConfigError } from '../../functions/domain/errors.ts'
import { instant } from '../../functions/domain/time.ts'
import { describeWebhookChannel } from '../contracts/channel.contract.ts'
import { startHttp } from '../support/http-server.ts'
import { messageOf, sampleMessage } from '../support/message.ts'

const NEW = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const OLD = `whsec_${Buffer.alloc(64, 7).toString('base64')}`

describeWebhookChannel({
  channel: webhook,
  cloudUrl: 'https://hooks.example.com/in/canary-8d1f',
  success: { status: 200, body: '' },
  bodyMaxBytes: 20_000,
  forbidden: ['*bold*', '_it_', '~no~', '`c`'],
  judgedBy: '2xx',
  settings: (url) => ({ kind: 'webhook', url, secrets: ['HOOK_SECRET'] }),
  variables: { HOOK_SECRET: NEW },
  anyHost: true,
})

type Changes = {
  readonly secrets?: Readonly<Record<string, string>>
  readonly now?: number
  readonly idempotencyKey?: string
}

const sent = async ({ secrets = { NEW }, now = Date.now(), idempotencyKey = 'a1b2c3d4e5f60718293a' }: Changes = {}) => {
  const peer = await startHttp()
  const values: Readonly<Record<string, string>> = { URL: `${peer.url}/in`, ...secrets }
  const io = { secret: (name: string) => values[name] ?? '', fetch, clock: () => now, allowLoopback: true }
  const { send } = webhook.open({ kind: 'webhook', url: 'URL', secrets: Object.keys(secrets) }, io)
  await send(sampleMessage(), { idempotencyKey, recipient: '', signal: new AbortController().signal })
  const [seen] = peer.requests()
  await peer.close()
  if (!seen) return expect.fail('nothing arrived')
  const header = (name: string): string => String(seen.headers[name])
  const headers = {
    'webhook-id': header('webhook-id'),
    'webhook-timestamp': header('webhook-timestamp'),
    'webhook-signature': header('webhook-signature'),
  }
  return { body: seen.body, headers }
}

describe('a signed webhook', () => {
  it('is verified by the reference library', async () => {
    const { body, headers } = await sent()
    expect(new Webhook(NEW).verify(body, headers)).toEqual(JSON.parse(body))
  })

  it('is not verified once a byte, the time or the id differs, or by another secret', async () => {
    const { body, headers } = await sent()
    const refuse = (text: string, changed: object, secret = NEW): void =>
      expect(() => new Webhook(secret).verify(text, { ...headers, ...changed })).toThrow('No matching signature')
    refuse(body.replace('12.40', '99.40'), {})
    refuse(body, { 'webhook-id': 'other' })
    refuse(body, { 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) })
    refuse(body, {}, OLD)
  })

  it('states the delivery’s id, constant over attempts, and the attempt’s own time in whole seconds', async () => {
    const first = await sent({ now: instant('2026-11-23T10:00:05.999Z') })
    const second = await sent({ now: instant('2026-11-23T10:05:05.001Z') })
    expect(first.headers).toMatchObject({ 'webhook-id': 'a1b2c3d4e5f60718293a', 'webhook-timestamp': '1795428005' })
    expect(second.headers).toMatchObject({ 'webhook-id': 'a1b2c3d4e5f60718293a', 'webhook-timestamp': '1795428305' })
    expect(second.body).toBe(first.body)
    expect(second.headers['webhook-signature']).not.toBe(first.headers['webhook-signature'])
  })

  it('is signed by every secret listed, so that a receiver may know the old or the new one', async () => {
    const { body, headers } = await sent({ secrets: { NEW, OLD } })
    expect(headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}= v1,[A-Za-z0-9+/]{43}=$/)
    for (const secret of [NEW, OLD]) expect(() => new Webhook(secret).verify(body, headers)).not.toThrow()
  })

  it('never has a full stop in its id, for that would part the signed fields', async () => {
    const { body, headers } = await sent({ idempotencyKey: 'test.1' })
    expect(headers['webhook-id']).toMatch(/^[0-9a-f]{64}$/)
    expect(() => new Webhook(NEW).verify(body, headers)).not.toThrow()
    expect((await sent({ idempotencyKey: 'test.1' })).headers['webhook-id']).toBe(headers['webhook-id'])
  })
})

describe('the settings of a webhook', () => {
  const open = (changes: object, values: Readonly<Record<string, string>>, allowLoopback = false) => {
    const all: Readonly<Record<string, string>> = { URL: 'https://hooks.example.com/in', SECRET: NEW, ...values }
    const io = { secret: (name: string) => all[name] ?? '', fetch, clock: () => 0, allowLoopback }
    return webhook.open({ kind: 'webhook', url: 'URL', secrets: ['SECRET'], ...changes }, io)
  }

  it.each([
    '',
    'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'whsec_',
    'whsec_c2hvcnQ=',
    `whsec_${Buffer.alloc(23, 1).toString('base64')}`,
    `whsec_${Buffer.alloc(65, 1).toString('base64')}`,
    `${NEW} `,
    `${NEW}\n`,
    `${NEW}!`,
    `whsec_${Buffer.alloc(32, 255).toString('base64url')}`,
    'http://127.0.0.1:8080/chat/ops',
  ])('refuse the secret %j by the name of its variable, never its value', (value) => {
    expect(() => open({}, { SECRET: value })).toThrow(ConfigError)
    expect(() => open({}, { SECRET: value })).toThrow(/^SECRET: must be whsec_/)
    if (value.length > 6) expect(() => open({}, { SECRET: value })).not.toThrow(value)
  })

  it.each([24, 32, 64])('take a secret of %i bytes', (bytes) => {
    expect(() => open({}, { SECRET: `whsec_${Buffer.alloc(bytes, 1).toString('base64')}` })).not.toThrow()
  })

  it('want one to four secrets by name', () => {
    for (const secrets of [[], ['A', 'B', 'C', 'D', 'E'], [NEW], 'SECRET']) {
      expect(() => open({ secrets }, {})).toThrow(/secrets/)
    }
    expect(webhook.secrets({ kind: 'webhook', url: 'URL', secrets: ['A', 'B'] })).toEqual(['URL', 'A', 'B'])
  })

  it('want a secret for a real address even where the local sink needs none', () => {
    const sink = 'http://127.0.0.1:8080/chat/ops'
    expect(() => open({}, { URL: sink, SECRET: sink }, true)).not.toThrow()
    expect(() => open({}, { SECRET: sink }, true)).toThrow(/^SECRET: /)
  })

  it.each([
    'https://hooks/x',
    'https://printer.local/x',
    'https://db.internal/x',
    'https://a.home.arpa/x',
    'https://a.localhost/x',
    'https://ⓗooks.example.com/x',
    'https://hooks。example。com/x',
    'https://hooks%2eexample.com/x',
    'https://hооks.example.com/x',
    'https://8.8.8.8/x',
  ])('refuse the host of %s', (value) => {
    expect(() => open({}, { URL: value })).toThrow(ConfigError)
    expect(() => open({}, { URL: value })).toThrow(/^URL: must /)
  })

  it.each([
    'https://hooks.example.com',
    'https://HOOKS.example.com:443/x?y=1#z',
    'HTTPS://hooks.example.com/x',
    'https://xn--hks-8cdb.example.com/x',
  ])('take the host of %s', (value) => {
    expect(() => open({}, { URL: value })).not.toThrow()
  })
})

describe('the body of a webhook', () => {
  it('is the whole alert, its money in decimal strings', () => {
    expect(webhookEvent(sampleMessage())).toEqual({
      type: 'alert.firing',
      timestamp: '2026-11-23T10:00:00Z',
      data: {
        alertKey: '3f9a61c2d07be4581a6c',
        account: { id: '01D4EE-079462-DFD6EC', name: 'Production' },
        rule: 'credit-low',
        level: '20%',
        severity: 'critical',
        openedAt: '2026-11-23T10:00:00Z',
        currencyCode: 'USD',
        headline: '[critical] Credit is low: 12.40 USD left on Production',
        title: 'Credit is low: 12.40 USD left on Production',
        figure: '12.40 USD',
        summary:
          'The balance fell below 20% of the 100.00 USD that were there after the purchase of 1 November; it lasts about 2 d 19 h.',
        stops: 'Around 2026-11-26 05:00 UTC every API key of my-app and my-batch stops at once.',
        arithmetic: [
          '100.00 bought on 2026-11-01',
          '− 87.60 drawn, as billed until 2026-11-23 08:12 UTC',
          '= 12.40 USD balance; 4.40 USD a day over the last 7 days',
        ],
        next: [
          {
            label: 'Buy credit in AI Studio',
            who: 'billing owner',
            url: 'https://aistudio.google.com/billing?a=1&b=2',
          },
          { label: 'See which project spends it', who: 'on call', url: 'https://console.cloud.google.com/billing' },
          { label: 'Tell the team that runs my-batch', who: 'on call' },
        ],
        acknowledge: 'npx drawdown alerts ack 3f9a61c2d07be4581a6c',
        projects: ['my-app', 'my-batch'],
        moreProjects: 0,
        balances: [
          { at: '2026-11-16T10:00:00Z', balance: '43.20' },
          { at: '2026-11-17T10:00:00Z', balance: '38.90' },
          { at: '2026-11-18T10:00:00Z', balance: '34.10' },
          { at: '2026-11-19T10:00:00Z', balance: '30.00' },
          { at: '2026-11-20T10:00:00Z', balance: '26.05' },
          { at: '2026-11-21T10:00:00Z', balance: '21.70' },
          { at: '2026-11-22T10:00:00Z', balance: '17.00' },
          { at: '2026-11-23T10:00:00Z', balance: '12.40' },
        ],
      },
    })
  })

  it('says which step of the episode it is', () => {
    expect(webhookEvent(sampleMessage({ step: 'repeat' })).type).toBe('alert.repeat')
    const resolved = webhookEvent(sampleMessage({ step: 'resolved', at: instant('2026-11-23T13:00:00Z') }))
    expect(resolved.type).toBe('alert.resolved')
    expect(resolved.data).toMatchObject({
      openedAt: '2026-11-23T10:00:00Z',
      headline: 'Resolved after 3 h: Credit is low: 12.40 USD left on Production',
    })
    expect(resolved.data).not.toHaveProperty('acknowledge')
  })

  it('says when it was shortened, and keeps what matters', () => {
    const { data } = webhookEvent(messageOf('語'.repeat(10_000)))
    expect(data).toMatchObject({ shortened: true, balances: [], rule: 'credit-low' })
    expect(data.next).toHaveLength(6)
    expect(webhookEvent(messageOf('ordinary')).data).not.toHaveProperty('shortened')
  })
})
