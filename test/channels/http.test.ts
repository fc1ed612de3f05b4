import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { postJson, webhookUrl } from '../../functions/channels/http.ts'
import { channels, findChannel } from '../../functions/channels/index.ts'
import { publicHost } from '../../functions/channels/public-host.ts'
import { webhookEvent } from '../../functions/channels/webhook.ts'
import { ConfigError } from '../../functions/domain/errors.ts'
import { ANSWERS, CERTIFICATES, RESOLUTIONS } from '../contracts/webhook-behaviours.ts'
import { OUTCOMES, outcomesAsMarkdown } from '../contracts/webhook-outcomes.ts'
import { startHttp } from '../support/http-server.ts'
import { sampleMessage } from '../support/message.ts'

const options = { idempotencyKey: 'k', recipient: '', signal: new AbortController().signal }

const posting = async (status: number) => {
  const peer = await startHttp((response) => response.writeHead(status).end())
  const io = { secret: () => `${peer.url}/x`, fetch, clock: () => 0, allowLoopback: true }
  const outcome = await postJson(io, { url: webhookUrl(io, 'X', []), body: {} }, options)
  await peer.close()
  return outcome
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a post', () => {
  it.each([200, 202, 204])('is sent by a %i alone where the vendor documents no reply', async (status) => {
    expect(await posting(status)).toMatchObject({ kind: 'sent' })
  })

  it('is sent once the status says so, whatever becomes of the rest of the answer', async () => {
    const broken = new ReadableStream({ cancel: () => Promise.reject(new Error('gone')) })
    const io = { secret: () => 'http://127.0.0.1/x', fetch: async () => new Response(broken), clock: () => 0 }
    const loopback = { ...io, allowLoopback: true }
    const outcome = await postJson(loopback, { url: webhookUrl(loopback, 'X', []), body: {} }, options)
    expect(outcome).toEqual({ kind: 'sent', note: 'HTTP 200 OK' })
  })

  it('gives a silent peer ten seconds in all, whatever the caller allows', async () => {
    const total = new AbortController()
    const asked = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(total.signal)
    const peer = await startHttp(() => total.abort())
    const io = { secret: () => `${peer.url}/x`, fetch, clock: () => 0, allowLoopback: true }
    const outcome = await postJson(io, { url: webhookUrl(io, 'X', []), body: {} }, options)
    await peer.close()
    expect(asked).toHaveBeenCalledExactlyOnceWith(10_000)
    expect(outcome).toMatchObject({ kind: 'retry', reason: 'timeout', ambiguous: true })
  })

  it.each([
    ['ENOTFOUND', false],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', false],
    ['CERT_HAS_EXPIRED', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', false],
    ['UND_ERR_SOCKET', true],
    ['ECONNRESET', true],
  ])('that fails with %s is retried, ambiguous: %s', async (code, ambiguous) => {
    const failing = () => Promise.reject(new TypeError('fetch failed', { cause: { code } }))
    const io = { secret: () => 'http://127.0.0.1/x', fetch: failing, clock: () => 0, allowLoopback: true }
    const outcome = await postJson(io, { url: webhookUrl(io, 'X', []), body: {} }, options)
    expect(outcome).toMatchObject({ kind: 'retry', reason: 'connection', ambiguous })
  })
})

describe('the address a variable holds', () => {
  const read = (value: string, hosts: Parameters<typeof webhookUrl>[2]) => {
    try {
      return webhookUrl({ secret: () => value, fetch, clock: () => 0, allowLoopback: false }, 'OPS_URL', hosts)
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError)
      expect(String(error)).toMatch(/^ConfigError: OPS_URL: /)
      return undefined
    }
  }
  const pieces = ['https://', 'HTTPS:', '\\\\', '@', ':443', ':22', '.', '。', '%2e', '/', '#', '?', '\t', '[', ']']
  const names = ['hooks.slack.com', 'hооks.slack.com', 'evil.test', '127.0.0.1', '0x7f.1', '2130706433', 'localhost']
  const text = fc
    .array(fc.oneof(fc.constantFrom(...pieces, ...names), fc.string({ maxLength: 3 })), { maxLength: 8 })
    .map((all) => `https://${all.join('')}`)

  it('is refused by name, or is one of the vendor’s own over HTTPS, however it is spelt', () => {
    let passed = 0
    fc.assert(
      fc.property(text, (value) => {
        const url = read(value, ['hooks.slack.com', '.logic.azure.com'])
        if (!url) return
        passed += 1
        expect([url.protocol, url.hostname, url.port, url.username]).toEqual(['https:', 'hooks.slack.com', '', ''])
      }),
      { numRuns: 10_000 },
    )
    expect(passed).toBeGreaterThan(10)
  })

  it('where any public host will do, goes where it is read to go', () => {
    let passed = 0
    fc.assert(
      fc.property(text, (value) => {
        const url = read(value, publicHost)
        if (!url) return
        passed += 1
        expect(value.toLowerCase().startsWith(`https://${url.hostname}`)).toBe(true)
        expect([isIP(url.hostname), url.hostname.includes('.'), url.hostname.endsWith('.')]).toEqual([0, true, false])
        expect(['localhost', 'local', 'internal']).not.toContain(url.hostname.split('.').at(-1))
      }),
      { numRuns: 10_000 },
    )
    expect(passed).toBeGreaterThan(10)
  })
})

describe('the registry', () => {
  it('knows each kind once', () => {
    const kinds = channels.map(({ kind }) => kind)
    expect(new Set(kinds).size).toBe(kinds.length)
    expect(kinds).toEqual(
      expect.arrayContaining(['email', 'google-chat', 'slack', 'teams', 'discord', 'webhook', 'pagerduty']),
    )
    for (const channel of channels) expect(findChannel(channel.kind)).toBe(channel)
    expect(findChannel('pager')).toBeUndefined()
  })
})

describe('the channels’ own README', () => {
  it('shows the table that every channel is run against, the whole of it', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../functions/channels/README.md'), 'utf8')
    expect(readme).toContain(`\n${outcomesAsMarkdown()}\n`)
    const named = OUTCOMES.flatMap(({ when }) => when)
    expect(new Set(named).size).toBe(named.length)
    const behaviours = [ANSWERS, CERTIFICATES, RESOLUTIONS].flatMap((all) => Object.keys(all))
    expect([...named].sort()).toEqual([...behaviours, 'a port where nobody listens'].sort())
  })

  it('shows the body of a webhook as it is', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../functions/channels/README.md'), 'utf8')
    const [, shown = ''] = /```json\n([\s\S]*?)\n```/.exec(readme) ?? []
    const message = sampleMessage()
    expect(JSON.parse(shown)).toEqual(webhookEvent({ ...message, chart: message.chart.slice(-1) }))
  })
})
