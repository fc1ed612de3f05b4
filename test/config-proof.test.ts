/** Links, canary and heartbeat in the configuration: what they come to, what is refused, and that no secret is repeated. */

import { describe, expect, test } from 'vitest'
import { answerLinksFrom, answerLinksIfSet } from '../functions/answer-links.ts'
import { type Config, parseConfig } from '../functions/config.ts'
import { ConfigError } from '../functions/domain/errors.ts'

const ACCOUNTS =
  'accounts: [{ id: 01D4EE-079462-DFD6EC, timeZone: Europe/Berlin }]\nchannels: { ops: { kind: slack, url: OPS } }\n'

const parsed = (text: string): Config => parseConfig(ACCOUNTS + text, 'c.yaml')
const complaints = (text: string): readonly string[] => {
  try {
    parsed(text)
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).message.split('\n')
  }
}

test('a file without any of them has none', () => {
  const config = parsed('')
  for (const field of ['links', 'canary', 'heartbeat']) expect(config).not.toHaveProperty(field)
})

describe('links', () => {
  test.each([
    ['links: { url: "https://status.example.com", secret: ACK_SECRET }', 'https://status.example.com', ['ACK_SECRET']],
    [
      'links: { url: "https://status.example.com/a/b//", secret: [NEW, OLD] }',
      'https://status.example.com/a/b',
      ['NEW', 'OLD'],
    ],
    ['links: { url: "http://localhost:8080/", secret: [A, A, B] }', 'http://localhost:8080', ['A', 'B']],
  ])('%s', (text, url, secrets) => {
    expect(parsed(text).links).toEqual({ url, secrets })
  })

  test.each([
    ['links: { secret: A }', 'c.yaml:3: links.url: is missing. Write e.g. https://status.example.com.'],
    [
      'links: { url: "https://s.example.com" }',
      'c.yaml:3: links.secret: must be the name of an environment variable, or a list of 1 to 5. Write e.g. ACK_SECRET.',
    ],
    [
      'links: { url: status.example.com, secret: A }',
      'c.yaml:3: links.url: must be an https:// address without password, query or fragment, got "status.example.com". Write e.g. https://status.example.com.',
    ],
    [
      'links: { url: "https://s.example.com", secret: [] }',
      'c.yaml:3: links.secret: must be the name of an environment variable, or a list of 1 to 5. Write e.g. ACK_SECRET.',
    ],
    [
      'links: { url: "https://s.example.com", secret: [A, B, C, D, E, F] }',
      'c.yaml:3: links.secret: must be the name of an environment variable, or a list of 1 to 5. Write e.g. ACK_SECRET.',
    ],
    [
      'links: { url: "https://s.example.com", secret: A, sercet: B }',
      'c.yaml:3: links.sercet: is not a setting here; did you mean "secret"?',
    ],
  ])('%s', (text, line) => {
    expect(complaints(text)).toEqual([line])
  })

  test.each([
    'http://status.example.com',
    'https://a:b@s.example.com',
    'https://s.example.com/?a=1',
    'https://s.example.com/#a',
    'ftp://s.example.com',
    'https://',
  ])('the address %s is refused', (url) => {
    expect(complaints(`links: { url: "${url}", secret: A }`)[0]).toContain('links.url: must be an https:// address')
  })

  test('the secrets themselves come from the environment, long enough, and are named only', () => {
    const config = parsed('links: { url: "https://s.example.com", secret: [NEW, OLD] }')
    const long = 'x'.repeat(32)
    const about = { account: config.accounts[0]?.id as never, alertKey: '3f9a61c2d07be4581a6c' as never }
    const url = answerLinksFrom(config, () => long)?.make(about, 0).acknowledge
    expect(url).toMatch(/^https:\/\/s\.example\.com\/acknowledge\?t=1\./)
    expect(() => answerLinksFrom(config, (name) => (name === 'OLD' ? 'hunter2-hunter2' : long))).toThrow(
      'OLD: must have at least 32 characters. Make one with: openssl rand -base64 32',
    )
    expect(answerLinksFrom(parsed(''), () => long)).toBeUndefined()
  })

  test('a command signs where all its secrets are set, and hides them; else messages name the command', () => {
    const config = parsed('links: { url: "https://s.example.com", secret: [NEW, OLD] }')
    const hidden: string[] = []
    const [NEW, OLD] = ['n'.repeat(32), 'o'.repeat(32)]
    expect(answerLinksIfSet(config, { NEW, OLD }, (value) => hidden.push(value))).toBeDefined()
    expect(hidden).toEqual([NEW, OLD])
    expect(answerLinksIfSet(config, { NEW }, () => undefined)).toBeUndefined()
    expect(answerLinksIfSet(parsed(''), { NEW, OLD }, () => undefined)).toBeUndefined()
  })
})

describe('canary', () => {
  test.each([
    ['canary: {}', { every: 'daily', atMinute: 540, timeZone: 'Europe/Berlin' }],
    [
      'canary: { every: weekly, at: 07:05, timeZone: UTC, to: [ops, ops] }',
      { every: 'weekly', atMinute: 425, timeZone: 'UTC', to: ['ops'] },
    ],
    ['canary: { at: "00:00" }', { every: 'daily', atMinute: 0, timeZone: 'Europe/Berlin' }],
    ['canary: { at: "23:59" }', { every: 'daily', atMinute: 1439, timeZone: 'Europe/Berlin' }],
  ])('%s', (text, canary) => {
    expect(parsed(text).canary).toEqual(canary)
  })

  test.each([
    ['canary: { every: hourly }', 'c.yaml:3: canary.every: must be daily or weekly, got "hourly". Write e.g. daily.'],
    ['canary: { at: "24:00" }', 'c.yaml:3: canary.at: must be a time of day as HH:MM. Write e.g. 09:00.'],
    ['canary: { at: "9:00" }', 'c.yaml:3: canary.at: must be a time of day as HH:MM. Write e.g. 09:00.'],
    [
      'canary: { timeZone: Mars/Base }',
      'c.yaml:3: canary.timeZone: must be an IANA time zone, got "Mars/Base". Write e.g. Europe/Berlin.',
    ],
    ['canary: { to: [opps] }', 'c.yaml:3: canary.to.0: opps is no channel of this file; did you mean "ops"?'],
    ['canary: { to: [] }', 'c.yaml:3: canary.to: must name at least one channel. Write e.g. ["ops-mail"].'],
  ])('%s', (text, line) => {
    expect(complaints(text)).toEqual([line])
  })
})

describe('heartbeat', () => {
  test('is the name of a variable', () => {
    expect(parsed('heartbeat: HEARTBEAT_URL').heartbeat).toBe('HEARTBEAT_URL')
    expect(complaints('heartbeat: https://hc-ping.com/5f1d')).toEqual([
      'c.yaml:3: heartbeat: must be the name of an environment variable, never the secret itself. Write e.g. HEARTBEAT_URL.',
    ])
  })
})

test.each([
  ['heartbeat: SECRET'],
  ['heartbeat: [SECRET]'],
  ['links: { url: "https://s.example.com", secret: SECRET }'],
  ['links: { url: "https://s.example.com", secret: [A, SECRET] }'],
  ['links: { url: "https://s.example.com", secret: { a: SECRET } }'],
])('a secret written in place of its name is never repeated, however short or plain: %s', (text) => {
  for (const secret of ['hunter2', '1234567', 'https://hc-ping.com/5f1d-hunter2', 'aB3+/=aB3'])
    expect(complaints(text.replace('SECRET', secret)).join('\n').replace('c.yaml', '')).not.toContain(secret)
})
