/** What every channel that posts to a webhook must do, proved over a real HTTP server. */

import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ChannelDef, ChannelIo, SendOptions, SendOutcome } from '../../functions/channels/channel.ts'
import type { Message } from '../../functions/domain/alerts.ts'
import { ConfigError } from '../../functions/domain/errors.ts'
import { type HttpPeer, type SeenRequest, startHttp } from '../support/http-server.ts'
import { HOSTILE, messageOf, sampleMessage } from '../support/message.ts'

export type WebhookContract = {
  readonly channel: ChannelDef
  /** A real-looking address in the cloud; its path and query are the secret. */
  readonly cloudUrl: string
  /** A success as the vendor documents it. */
  readonly success: { readonly status: number; readonly body: string }
  /** The vendor's limit on a body. */
  readonly bodyMaxBytes: number
  /** Strings that must not survive from hostile text into a body. */
  readonly forbidden: readonly string[]
}

const CANARY = 'canary-8d1f'
const SETTINGS_VARIABLE = 'OPS_CHAT_URL'

export const describeWebhookChannel = (contract: WebhookContract): void => {
  const { channel, success } = contract
  let peer: HttpPeer

  beforeAll(async () => {
    peer = await startHttp()
  })
  beforeEach(() => peer.answer((response) => reply(response, success.status, success.body)))
  afterAll(() => peer.close())

  const io = (value: string, allowLoopback: boolean): ChannelIo => ({ secret: () => value, fetch, allowLoopback })
  const open = (value: string, allowLoopback = false) =>
    channel.open({ kind: channel.kind, url: SETTINGS_VARIABLE }, io(value, allowLoopback))
  const send = (message: Message = sampleMessage(), options: Partial<SendOptions> = {}): Promise<SendOutcome> =>
    open(`${peer.url}/hook/${CANARY}?key=${CANARY}&token=${CANARY}`, true).send(message, {
      idempotencyKey: 'a1b2c3d4e5f60718293a',
      recipient: '',
      signal: new AbortController().signal,
      ...options,
    })
  const sendAndSee = async (message: Message): Promise<SeenRequest> => {
    await send(message)
    return peer.requests().at(-1) ?? expect.fail('nothing arrived')
  }

  describe(`${channel.kind} tells what an answer means`, () => {
    it('takes the documented success as sent', async () => {
      expect(await send()).toMatchObject({ kind: 'sent' })
    })

    it.each([201, 202, 204])('does not take an empty %i for the documented success', async (status) => {
      peer.answer((response) => reply(response, status, ''))
      expect(await send()).toMatchObject({ kind: 'rejected', reason: 'bad-reply' })
    })

    it('does not take a sign-in page for success', async () => {
      peer.answer((response) => reply(response, 200, '<!doctype html><title>Sign in</title>'))
      expect(await send()).toMatchObject({ kind: 'rejected', reason: 'bad-reply' })
    })

    it.each([301, 302, 303, 307, 308])('never follows a %i', async (status) => {
      const before = peer.requests().length
      peer.answer((response) => response.writeHead(status, { location: `${peer.url}/elsewhere` }).end())
      expect(await send()).toMatchObject({ kind: 'rejected', reason: 'redirect' })
      expect(peer.requests().length).toBe(before + 1)
    })

    it.each([
      [400, 'refused'],
      [401, 'refused'],
      [403, 'refused'],
      [404, 'refused'],
      [410, 'gone'],
      [413, 'too-large'],
      [422, 'refused'],
    ])('gives up on a %i (%s)', async (status, reason) => {
      peer.answer((response) => reply(response, status, CANARY))
      expect(await send()).toMatchObject({ kind: 'rejected', reason })
    })

    it.each([
      [408, 'temporary', false],
      [409, 'temporary', false],
      [425, 'temporary', false],
      [429, 'rate-limited', false],
      [500, 'server-error', false],
      [501, 'server-error', false],
      [502, 'server-error', true],
      [503, 'server-error', false],
      [504, 'server-error', true],
    ])('asks for another attempt after a %i (%s)', async (status, reason, ambiguous) => {
      peer.answer((response) => reply(response, status, CANARY))
      expect(await send()).toMatchObject({ kind: 'retry', reason, ambiguous })
    })

    it.each([
      ['seconds', { 'retry-after': '7' }, 7_000],
      ['a date', { 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT', date: 'Mon, 23 Nov 2026 10:00:00 GMT' }, 30_000],
      ['ten years', { 'retry-after': '315360000' }, 315_360_000_000],
    ])('passes on a Retry-After in %s', async (_, headers, afterMs) => {
      peer.answer((response) => response.writeHead(429, headers).end())
      expect(await send()).toMatchObject({ kind: 'retry', afterMs })
    })

    it.each(['-5', 'abc', '', '1e9', 'Mon, 99 Nov'])('ignores the Retry-After %j', async (value) => {
      peer.answer((response) => response.writeHead(429, { 'retry-after': value }).end())
      expect(await send()).not.toHaveProperty('afterMs')
    })
  })

  describe(`${channel.kind} survives a bad connection`, () => {
    it('reports an ambiguous timeout when the signal ends a silent attempt', async () => {
      const control = new AbortController()
      peer.answer(() => control.abort())
      const outcome = await send(sampleMessage(), { signal: control.signal })
      expect(outcome).toMatchObject({ kind: 'retry', reason: 'timeout', ambiguous: true })
    })

    it('reports an ambiguous timeout when the reply never ends', async () => {
      const control = new AbortController()
      peer.answer((response) => {
        response.writeHead(200, { 'content-length': '100000' }).write(success.body.slice(0, 1), () => control.abort())
      })
      const outcome = await send(sampleMessage(), { signal: control.signal })
      expect(outcome).toMatchObject({ kind: 'retry', reason: 'timeout', ambiguous: true })
    })

    it('sends nothing once the signal has ended', async () => {
      const before = peer.requests().length
      const outcome = await send(sampleMessage(), { signal: AbortSignal.abort() })
      expect(outcome).toMatchObject({ kind: 'retry', reason: 'timeout', ambiguous: false })
      expect(peer.requests().length).toBe(before)
    })

    it('calls a reset after the request ambiguous', async () => {
      peer.answer((_, __, request) => request.socket.resetAndDestroy())
      expect(await send()).toMatchObject({ kind: 'retry', reason: 'connection', ambiguous: true })
    })

    it('knows that a refused connection took nothing', async () => {
      const gone = await startHttp()
      await gone.close()
      const outcome = await open(`${gone.url}/hook`, true).send(sampleMessage(), {
        idempotencyKey: 'k',
        recipient: '',
        signal: new AbortController().signal,
      })
      expect(outcome).toMatchObject({ kind: 'retry', reason: 'connection', ambiguous: false })
    })

    it('stops reading a reply of 64 MiB', async () => {
      let written = 0
      peer.answer((response) => {
        response.writeHead(200)
        const more = (): void => {
          while (written < 67_108_864 && !response.destroyed) {
            written += 1_048_576
            if (!response.write(' '.repeat(1_048_576))) {
              response.once('drain', more)
              return
            }
          }
          response.end()
        }
        more()
      })
      expect(await send()).toMatchObject({ kind: 'rejected', reason: 'bad-reply' })
      expect(written).toBeLessThan(67_108_864)
    })
  })

  describe(`${channel.kind} keeps its secret`, () => {
    it('holds neither address nor reply in any note', async () => {
      const answers: ((response: ServerResponse) => void)[] = [
        (response) => reply(response, success.status, success.body),
        (response) => reply(response, 200, CANARY),
        (response) => reply(response, 400, CANARY),
        (response) => response.writeHead(503, CANARY).end(CANARY),
        (response) => response.writeHead(302, { location: `http://${CANARY}.test/` }).end(),
        (response) => response.socket?.destroy(),
      ]
      for (const answer of answers) {
        peer.answer(answer)
        const { note } = await send()
        expect(note).not.toContain(CANARY)
        expect(note).not.toContain('127.0.0.1')
        expect(note.length).toBeLessThan(120)
      }
    })

    it.each([
      'http://HOST/x',
      'https://user:pass@HOST/x',
      'https://HOST:22/x',
      'https://HOST.evil.test/x',
      'https://evil.test/HOST',
      'https://HOST./x',
      'https://127.0.0.1/x',
      'https://0x7f.1/x',
      'https://2130706433/x',
      'https://[::1]/x',
      'https://169.254.169.254/x',
      'https://metadata.google.internal/x',
      'https://localhost/x',
      'http://127.0.0.1:8080/x',
      'ftp://HOST/x',
      'no url',
      '',
      'https://HOST/x\n',
    ])('refuses the address %j by its name, never its value', (pattern) => {
      const value = pattern.replace('HOST', new URL(contract.cloudUrl).hostname)
      expect(() => open(value)).toThrow(ConfigError)
      expect(() => open(value)).toThrow(SETTINGS_VARIABLE)
      try {
        open(value)
      } catch (error) {
        if (value !== '') expect(String(error)).not.toContain(value)
      }
    })

    it('opens loopback only where that is allowed, and the vendor’s own host always', () => {
      expect(() => open('http://127.0.0.1:8080/x', true)).not.toThrow()
      expect(() => open(contract.cloudUrl)).not.toThrow()
      expect(() => open('http://192.168.0.1/x', true)).toThrow(ConfigError)
    })

    it('names the variable it needs and refuses settings it does not know', () => {
      expect(channel.secrets({ kind: channel.kind, url: SETTINGS_VARIABLE })).toEqual([SETTINGS_VARIABLE])
      const withValue = { kind: channel.kind, url: contract.cloudUrl }
      expect(() => channel.open(withValue, io(contract.cloudUrl, false))).toThrow(ConfigError)
      const withMore = { kind: channel.kind, url: SETTINGS_VARIABLE, user: 'x' }
      expect(() => channel.open(withMore, io(contract.cloudUrl, false))).toThrow(ConfigError)
    })
  })

  describe(`${channel.kind} writes the message`, () => {
    it('posts the same bytes to the same address at every attempt', async () => {
      const first = await sendAndSee(sampleMessage())
      const second = await sendAndSee(sampleMessage())
      expect(second.body).toBe(first.body)
      expect(second.path).toBe(first.path)
      expect(first.method).toBe('POST')
      expect(first.headers['content-type']).toBe('application/json; charset=utf-8')
    })

    it('says figure, reason, what stops, the sums and the next step', async () => {
      const { body } = await sendAndSee(sampleMessage())
      for (const said of ['12.40 USD', 'fell below 20%', 'every API key', '87.60 drawn', 'Buy credit in AI Studio']) {
        expect(body).toContain(said)
      }
      expect(body).toContain('https://aistudio.google.com/billing')
    })

    it('says that a resolution is one, and how long it lasted', async () => {
      const openedAt = sampleMessage().at - 10_800_000
      const { body } = await sendAndSee(sampleMessage({ step: 'resolved', openedAt }))
      expect(body).toContain('Resolved after 3 h')
      expect(body).not.toContain('alerts ack')
    })

    it('takes the meaning out of hostile text', async () => {
      const { body } = await sendAndSee(messageOf(HOSTILE))
      const strings = stringsOf(JSON.parse(body)).filter((text) => !text.startsWith('https://example.com/'))
      for (const text of strings) {
        for (const bad of [
          '<script',
          '<img',
          '<!',
          '<@',
          '<users',
          '\u202E',
          '\u200B',
          '\u0000',
          '\r',
          'https://evil',
        ]) {
          expect(text).not.toContain(bad)
        }
        for (const bad of contract.forbidden) expect(text).not.toContain(bad)
      }
    })

    it('never makes a link of another scheme', async () => {
      const message = sampleMessage()
      const next = [{ label: 'Run', who: 'you', url: 'javascript:alert(1)' }]
      const { body } = await sendAndSee({ ...message, words: { ...message.words, next } })
      expect(body).not.toContain('javascript:')
    })

    it('keeps a megabyte of text under the vendor’s limit', async () => {
      for (const text of [
        'x'.repeat(1_000_000),
        '<'.repeat(1_000_000),
        '&'.repeat(1_000_000),
        '"'.repeat(1_000_000),
        '語'.repeat(400_000),
      ]) {
        const { body } = await sendAndSee(messageOf(text))
        expect(Buffer.byteLength(body)).toBeLessThan(contract.bodyMaxBytes)
        expect(() => JSON.parse(body)).not.toThrow()
      }
    })
  })
}

const reply = (response: ServerResponse, status: number, body: string): void => {
  response.writeHead(status)
  response.end(body)
}

/** Every string anywhere in a JSON value. */
export const stringsOf = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : []
}
