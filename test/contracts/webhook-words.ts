/** What every webhook channel keeps to itself, and what it says. */

import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../functions/domain/errors.ts'
import { HOSTILE, messageOf, sampleMessage } from '../support/message.ts'
import { type Bench, VARIABLE } from './webhook-bench.ts'

/** Spellings of an address that no vendor gives out; `HOST` is the vendor's own. */
const NEVER = [
  'http://HOST/x',
  'https://user:pass@HOST/x',
  'https://HOST:22/x',
  'https://HOST./x',
  'https://127.0.0.1/x',
  'https://0x7f.1/x',
  'https://2130706433/x',
  'https://[::1]/x',
  'https://[::ffff:127.0.0.1]/x',
  'https://169.254.169.254/x',
  'https://metadata.google.internal/x',
  'https://metadata.google.internal./x',
  'https://metadata/x',
  'https://localhost/x',
  'http://127.0.0.1:8080/x',
  'ftp://HOST/x',
  'no url',
  '',
  'https://HOST/x\n',
]
/** Other hosts, which only a channel for any host may take. */
const ELSEWHERE = [
  'https://HOST.evil.test/x',
  'https://evil.test/HOST',
  'https://evil.test#HOST',
  'https://hооks.slack.com/x',
]

/** The address is a secret, and may point at the vendor alone. */
export const describeSecret = (bench: Bench): void => {
  const { contract, channel, cloudSecret, settings, io, open } = bench
  describe(`${channel.kind} keeps its secret`, () => {
    it.each(contract.anyHost ? NEVER : [...NEVER, ...ELSEWHERE])(
      'refuses the address %j by its name, never its value',
      (pattern) => {
        const value = pattern.replace('HOST', new URL(contract.cloudUrl).hostname)
        expect(() => open(value)).toThrow(ConfigError)
        expect(() => open(value)).toThrow(VARIABLE)
        try {
          open(value)
        } catch (error) {
          if (value !== '') expect(String(error)).not.toContain(value)
        }
      },
    )

    it('opens loopback only where that is allowed, and the vendor’s own host always', () => {
      expect(() => open('http://127.0.0.1:8080/x', true)).not.toThrow()
      expect(() => open(cloudSecret)).not.toThrow()
      expect(() => open('http://192.168.0.1/x', true)).toThrow(ConfigError)
    })

    it('names the variables it needs and refuses settings it does not know', () => {
      expect(channel.secrets(settings(VARIABLE))).toEqual([VARIABLE, ...Object.keys(contract.variables ?? {})])
      expect(() => channel.open(settings(cloudSecret.toLowerCase()), io(cloudSecret, false))).toThrow(ConfigError)
      expect(() => channel.open({ ...settings(VARIABLE), user: 'x' }, io(cloudSecret, false))).toThrow(ConfigError)
    })
  })
}

/** Markdown, templates and mentions, for media that read them; `HOSTILE` has the rest. */
const HOSTILE_MARKDOWN =
  '# [click](evil.test) [a] (b) [r]: evil.test ![i](x.png) ||no|| $\u007Benv.SECRET} {{DATE(2026-01-01)}} <at>you</at> @everyone @here \\*b\\* [ref][x]'

const NEVER_SAID = [
  ...['<script', '<img', '<!', '<@', '<at>', '<users', 'https://evil'],
  ...['\u202E', '\u200B', '\u0000', '\r'],
]

/** One message, complete, the same at every attempt, harmless whatever is in it. */
export const describeWords = ({ contract, channel, sendAndSee }: Bench): void => {
  const forbidden = [...NEVER_SAID, ...contract.forbidden]

  describe(`${channel.kind} writes the message`, () => {
    it('posts the same bytes under the same name to the same address at every attempt', async () => {
      const first = await sendAndSee(sampleMessage())
      const second = await sendAndSee(sampleMessage())
      expect(second.body).toBe(first.body)
      expect(second.path).toBe(first.path)
      expect(second.headers).toEqual(first.headers)
      expect(first.method).toBe('POST')
      expect(first.headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(Buffer.byteLength(first.body)),
        'user-agent': expect.stringMatching(/^Drawdown\//),
      })
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

    it.each([HOSTILE, HOSTILE_MARKDOWN])('takes the meaning out of hostile text: %j', async (hostile) => {
      const { body } = await sendAndSee(messageOf(hostile))
      const strings = stringsOf(JSON.parse(body)).filter((text) => !text.startsWith('https://example.com/'))
      expect(strings.length).toBeGreaterThan(3)
      for (const text of strings) {
        const withoutOurLinks = text.replace(/https:\/\/example\.com\/[^\s|)>]*/g, '')
        for (const bad of forbidden) expect(withoutOurLinks).not.toContain(bad)
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
