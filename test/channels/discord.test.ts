import type { RESTPostAPIWebhookWithTokenJSONBody } from 'discord-api-types/v10'
import { describe, expect, it } from 'vitest'
import { discord, discordMessage } from '../../functions/channels/discord.ts'
import { describeWebhookChannel } from '../contracts/channel.contract.ts'
import type { Fits } from '../support/fits.ts'
import { startHttp } from '../support/http-server.ts'
import { messageOf, sampleMessage } from '../support/message.ts'

describeWebhookChannel({
  channel: discord,
  cloudUrl: 'https://discord.com/api/webhooks/1234567890/canary-8d1f',
  success: { status: 200, body: '{"id":"1315","content":"x"}' },
  bodyMaxBytes: 40_000,
  forbidden: ['*bold*', '_it_', '~no~', '`c`', '||', '] (', ']:', '][', '${', '{{', '\\', '@everyone', '@here'],
  judgedBy: 'reply or 204',
})

type Posted = RESTPostAPIWebhookWithTokenJSONBody
const FITS: Fits<ReturnType<typeof discordMessage>, Posted> = true
/** The checks bite: a colour in words, an unknown part of an embed, mentions of another kind. */
const MISFITS: [
  Fits<{ embeds: { color: string }[] }, Posted>,
  Fits<{ embeds: { title: string; subtitle: string }[] }, Posted>,
  Fits<{ allowed_mentions: { parse: 'everybody'[] } }, Posted>,
] = [false, false, false]

const sent = async (answer: {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body: string
}) => {
  const peer = await startHttp((response) => response.writeHead(answer.status, answer.headers).end(answer.body))
  const url = `${peer.url}/api/webhooks/1/x?thread_id=7`
  const io = { secret: () => url, fetch, clock: () => 0, allowLoopback: true }
  const { send } = discord.open({ kind: 'discord', url: 'X' }, io)
  const options = { idempotencyKey: 'd-1', recipient: '', signal: new AbortController().signal }
  const outcome = await send(sampleMessage(), options)
  const [seen] = peer.requests()
  await peer.close()
  return { outcome, path: seen?.path }
}

describe('a Discord webhook', () => {
  it('waits for the message, and keeps the address’s own query', async () => {
    expect(await sent({ status: 200, body: '{"id":"1"}' })).toEqual({
      outcome: { kind: 'sent', note: 'HTTP 200 OK' },
      path: '/api/webhooks/1/x?thread_id=7&wait=true',
    })
  })

  it.each([
    ['{"message":"You are being rate limited.","retry_after":0.6531,"global":false}', 654],
    ['{"message":"You are being rate limited.","retry_after":64,"global":true}', 64_000],
    ['{"retry_after":-3}', 2_000],
    ['{"retry_after":"7"}', 2_000],
    ['{"retry_after":1e99}', 2_000],
    ['<html>Cloudflare</html>', 2_000],
    ['', 2_000],
  ])('takes the wait of a 429 from the reply %j before the header', async (body, afterMs) => {
    const { outcome } = await sent({ status: 429, headers: { 'retry-after': '2' }, body })
    expect(outcome).toMatchObject({ kind: 'retry', reason: 'rate-limited', ambiguous: false, afterMs })
  })

  it.each(['https://discordapp.com/api/webhooks/1/x', 'https://ptb.discord.com/api/webhooks/1/x'])(
    'may stand under %s',
    (value) => {
      const io = { secret: () => value, fetch, clock: () => 0, allowLoopback: false }
      expect(() => discord.open({ kind: 'discord', url: 'X' }, io)).not.toThrow()
    },
  )
})

describe('a Discord message', () => {
  it('has the shape of Discord’s own types', () => {
    expect([FITS, MISFITS.includes(true as never)]).toEqual([true, false])
  })

  it('is a line, an embed in the severity’s colour, and mentions nobody', () => {
    expect(discordMessage(sampleMessage())).toEqual({
      content: '[critical] Credit is low: 12.40 USD left on Production',
      allowed_mentions: { parse: [] },
      embeds: [
        {
          title: '12.40 USD',
          description: expect.stringMatching(/^\*\*Credit is low: 12\.40 USD left on Production\*\*\nThe balance fell/),
          color: 0xd93025,
          timestamp: '2026-11-23T10:00:00Z',
          fields: [
            { name: 'What stops, and when', value: expect.stringContaining('every API key') },
            {
              name: 'The arithmetic',
              value: [
                '100.00 bought on 2026-11-01',
                '− 87.60 drawn, as billed until 2026-11-23 08:12 UTC',
                '= 12.40 USD balance; 4.40 USD a day over the last 7 days',
              ].join('\n'),
            },
            { name: 'Who shares this account', value: 'my-app, my-batch' },
            {
              name: 'Who does what',
              value: [
                '1. [Buy credit in AI Studio](https://aistudio.google.com/billing?a=1&b=2) (billing owner)',
                '2. [See which project spends it](https://console.cloud.google.com/billing) (on call)',
                '3. Tell the team that runs my-batch (on call)',
              ].join('\n'),
            },
          ],
          footer: { text: expect.stringContaining('npx drawdown alerts ack 3f9a61c2d07be4581a6c') },
        },
      ],
    })
  })

  it('cannot be made to end a link early', () => {
    const message = sampleMessage()
    const next = [{ label: 'Go [here](evil.test)', who: 'you', url: 'https://example.com/a)b[c]|d`e' }]
    const [embed] = discordMessage({ ...message, words: { ...message.words, next } }).embeds
    expect(embed?.fields.at(-1)?.value).toBe(
      '1. [Go [here］(evil.test)](https://example.com/a%29b%5Bc%5D%7Cd%60e) (you)',
    )
  })

  it.each(['x', '語', '"', '\\', '&'])('of a megabyte of %j keeps every limit of an embed', (text) => {
    const { content, embeds } = discordMessage(messageOf(text.repeat(1_000_000)))
    const [embed] = embeds
    if (!embed) return expect.fail('no embed')
    const { title, description, fields, footer } = embed
    const total = [title, description, footer.text, ...fields.flatMap(({ name, value }) => [name, value])]
    expect(content.length).toBeLessThanOrEqual(2_000)
    expect(title.length).toBeLessThanOrEqual(256)
    expect(description.length).toBeLessThanOrEqual(4_096)
    expect(footer.text.length).toBeLessThanOrEqual(2_048)
    expect(fields.length).toBeLessThanOrEqual(25)
    for (const { name, value } of fields) {
      expect(name.length).toBeGreaterThan(0)
      expect(name.length).toBeLessThanOrEqual(256)
      expect(value.length).toBeGreaterThan(0)
      expect(value.length).toBeLessThanOrEqual(1_024)
    }
    expect(total.join('').length).toBeLessThanOrEqual(6_000)
  })
})
