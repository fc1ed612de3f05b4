/** What every webhook channel keeps to itself, and what it says. */

import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../functions/domain/errors.ts'
import { HOSTILE, messageOf, sampleMessage } from '../support/message.ts'
import { type Bench, CANARY, reply, VARIABLE } from './webhook-bench.ts'

/** The address is a secret, and may point at the vendor alone. */
export const describeSecret = ({ contract, channel, answer, io, open, send }: Bench): void => {
  describe(`${channel.kind} keeps its secret`, () => {
    it('holds neither address nor reply in any note', async () => {
      const answers: ((response: ServerResponse) => void)[] = [
        (response) => reply(response, contract.success.status, contract.success.body),
        (response) => reply(response, 200, CANARY),
        (response) => reply(response, 400, CANARY),
        (response) => response.writeHead(503, CANARY).end(CANARY),
        (response) => response.writeHead(302, { location: `http://${CANARY}.test/` }).end(),
        (response) => response.socket?.destroy(),
      ]
      for (const one of answers) {
        answer(one)
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
      expect(() => open(value)).toThrow(VARIABLE)
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
      expect(channel.secrets({ kind: channel.kind, url: VARIABLE })).toEqual([VARIABLE])
      const withValue = { kind: channel.kind, url: contract.cloudUrl }
      expect(() => channel.open(withValue, io(contract.cloudUrl, false))).toThrow(ConfigError)
      const withMore = { kind: channel.kind, url: VARIABLE, user: 'x' }
      expect(() => channel.open(withMore, io(contract.cloudUrl, false))).toThrow(ConfigError)
    })
  })
}

/** One message, complete, the same at every attempt, harmless whatever is in it. */
export const describeWords = ({ contract, channel, sendAndSee }: Bench): void => {
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

/** Every string anywhere in a JSON value. */
export const stringsOf = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : []
}
