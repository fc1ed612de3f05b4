import { describe, expect, it } from 'vitest'
import { email } from '../../functions/channels/email.ts'
import { ConfigError } from '../../functions/domain/errors.ts'

const TO = 'ops@example.com'
const SERVER = 'smtp://127.0.0.1:2525'
const settings = { kind: 'email', to: [TO], from: 'drawdown@example.com', smtp: 'SMTP_URL' }
const open = (url: string, changes: object = {}) =>
  email.open({ ...settings, ...changes }, { secret: () => url, fetch, clock: () => 0, allowLoopback: true })

describe('the settings of a mail channel', () => {
  const long = `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(20)}`

  it.each([
    'b@y.test\r\nRCPT TO:<evil@e.test>',
    'a@x.test,b@x.test',
    'group: a@x.test, b@x.test;',
    '"a@evil.test"@x.test',
    'Ops <ops@x.test>',
    'ops@x.test>',
    'ops',
    '@x.test',
    'ops@',
    'ops@-x.test',
    'ops@x..test',
    'ö@x.test',
    ' ops@x.test',
    '',
    long,
  ])('refuse the recipient %j and name the field', (to) => {
    expect(() => open(SERVER, { to: [TO, to] })).toThrow(ConfigError)
    expect(() => open(SERVER, { to: [TO, to] })).toThrow('to.1')
  })

  it('refuse no recipients, too many, one named twice, a bad sender and unknown fields', () => {
    const many = Array.from({ length: 51 }, (_, index) => `a${index}@x.test`)
    for (const to of [[], many, [TO, 'OPS@example.com']]) {
      expect(() => open(SERVER, { to })).toThrow(/to: /)
    }
    expect(() => open(SERVER, { from: 'a@x.test\nBcc: b@x.test' })).toThrow(/from: /)
    expect(() => open(SERVER, { smtp: 'smtp://user:pass@host' })).toThrow(/smtp: /)
    expect(() => open(SERVER, { cc: [TO] })).toThrow(ConfigError)
  })

  it('plan one delivery for each recipient', () => {
    expect(open(SERVER, { to: [TO, 'billing@example.com'] }).recipients).toEqual([TO, 'billing@example.com'])
    expect(email.secrets(settings)).toEqual(['SMTP_URL'])
  })

  it.each([
    '',
    'smtp://mail.example.com\n',
    'mail.example.com:587',
    'https://mail.example.com',
    'smtp://',
    'smtp://mail.example.com/?tls.rejectUnauthorized=false',
    'smtps://canary:canary@mail.example.com?ignoreTLS=true',
    'smtp://us%er:canary@mail.example.com',
  ])('refuse the server %j by the name of its variable, never its value', (value) => {
    expect(() => open(value)).toThrow(ConfigError)
    expect(() => open(value)).toThrow(/^SMTP_URL: /)
    expect(() => open(value)).not.toThrow(/canary|example/)
  })
})
