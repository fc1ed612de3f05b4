import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLog, type LogLevel } from '../functions/log.ts'

const recorder = (level?: LogLevel) => {
  const lines: string[] = []
  const log = createLog((line) => void lines.push(line), level ? { level } : {})
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') as Record<string, unknown> }
}

describe('a line', () => {
  test('is one JSON object with severity, message and fields as Cloud Logging reads them', () => {
    const { log, last } = recorder()
    log.warning('delivery dead', { channel: 'ops', attempts: 3n, trace: 'projects/p/traces/abc' })
    expect(last()).toEqual({
      severity: 'WARNING',
      message: 'delivery dead',
      channel: 'ops',
      attempts: '3',
      'logging.googleapis.com/trace': 'projects/p/traces/abc',
    })
  })

  test('carries the stack of an error and of its causes', () => {
    const { log, last } = recorder()
    log.error('not acknowledged', new Error('outer', { cause: new TypeError('inner') }), { target: 'schedule' })
    expect(last()).toMatchObject({ severity: 'ERROR', message: 'not acknowledged', target: 'schedule' })
    expect(last()['stack_trace']).toMatch(/^Error: outer\n {4}at [\s\S]*\ncaused by: TypeError: inner\n/)
  })

  test('a field cannot pass for the severity or the message', () => {
    const { log, last } = recorder()
    log.info('true', { severity: 'EMERGENCY', message: 'false' })
    expect(last()).toEqual({ severity: 'INFO', message: 'true' })
  })

  test('below the level nothing is written', () => {
    const { log, lines } = recorder('warning')
    log.debug('a')
    log.info('b')
    log.warning('c')
    log.error('d', undefined)
    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(['c', 'd'])
  })

  test('line breaks, escapes and direction marks cannot break out of it', () => {
    const { log, lines, last } = recorder()
    const nasty = 'a\r\nb\u001b[31m\u009b2J\u2028\u202e\u007f'
    log.info(nasty, { [nasty]: nasty })
    expect(lines[0]).toMatch(/^[\x20-\x7e]+$/)
    expect(last()['message']).toBe(nasty)
  })
})

describe('what never reaches a line', () => {
  const URL_SECRET = 'https://hooks.example.com/services/T0/B0/hunter2?key=k1'

  test('a registered secret, wherever it turns up', () => {
    const { log, lines } = recorder()
    log.secret('s3cr3t value')
    log.secret(URL_SECRET)
    log.secret('smtps://user:p%40ssw0rd@mail.example.com:465')
    const error = new Error(`cannot reach ${URL_SECRET}`, { cause: new Error('535 p@ssw0rd refused') })
    log.error('s3cr3t value', error, {
      deep: [{ 's3cr3t value': 's3cr3t%20value' }],
      path: '/services/T0/B0/hunter2?key=k1',
    })
    expect(lines.join()).not.toMatch(/s3cr3t|hunter2|ssw0rd|k1/)
    expect(lines.join()).toContain('[secret]')
  })

  test.each([
    [
      'see https://user:pass@example.com/a?b=c&d=e for more',
      'see https://[redacted]@example.com/a?[redacted] for more',
    ],
    ['smtp://u:p@h:25', 'smtp://[redacted]@h:25'],
    ['https://example.com/?token=x, https://example.com/ok', 'https://example.com/?[redacted] https://example.com/ok'],
    ['RCPT <jane.doe+x@mail.example.co.uk> refused', 'RCPT <[mail]> refused'],
    ['at 10:00, 50% of 20.00 @ home', 'at 10:00, 50% of 20.00 @ home'],
  ])('%s', (text, expected) => {
    const { log, last } = recorder()
    log.info(text, { text })
    expect(last()).toEqual({ severity: 'INFO', message: expected, text: expected })
  })

  test('a secret too short to tell from a word is not blotted out, and never spoils the rest', () => {
    const { log, last } = recorder()
    log.secret('')
    log.secret('a')
    log.secret('%')
    log.info('all fine')
    expect(last()['message']).toBe('all fine')
  })

  test('a secret that begins with another leaves no tail', () => {
    const { log, last } = recorder()
    log.secret('abcd')
    log.secret('abcdefgh')
    log.info('x abcdefgh y')
    expect(last()['message']).toBe('x [secret] y')
  })

  test('a long text is cut, after its secrets are hidden', () => {
    const { log, lines, last } = recorder()
    log.secret('0123456789')
    log.info(`${'x'.repeat(8_185)}0123456789`)
    expect(lines[0]).not.toContain('0123')
    expect(String(last()['message'])).toHaveLength(8_193)
  })
})

describe('logging never throws', () => {
  test('not for a cycle, a getter that throws, a broken sink', () => {
    const { log, last } = recorder()
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    log.info('cycle', cycle)
    expect(last()['message']).toBe('cycle')
    log.info('getter', {
      get bad() {
        throw new Error('no')
      },
    })
    expect(last()).toEqual({ severity: 'INFO', message: 'getter' })
    expect(() =>
      createLog(() => {
        throw new Error('disk full')
      }).info('x'),
    ).not.toThrow()
  })

  test('not for anything at all, and the line is always one line of JSON', () => {
    const { log, lines } = recorder()
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.anything(), fc.string(), (message, field, secret) => {
        log.secret(secret)
        log.error(message, field, { field })
        expect(lines.at(-1)).not.toMatch(/[\n\r]/)
        expect(() => JSON.parse(lines.at(-1) ?? '') as unknown).not.toThrow()
      }),
      { numRuns: 300 },
    )
  })
})
