import { describe, expect, it } from 'vitest'
import { smtpFailure, smtpReply } from '../../functions/channels/smtp-outcome.ts'

/** An error as nodemailer makes them: a message that quotes the server, and facts beside it. */
const failed = (facts: object): Error => Object.assign(new Error('canary-8d1f said no'), facts)

describe('a mail of which some recipients were refused', () => {
  it.each([
    [450, { kind: 'retry', reason: 'temporary', ambiguous: false, note: 'SMTP 450' }],
    [550, { kind: 'rejected', reason: 'address', note: 'SMTP 550' }],
  ])('with %i counts as refused: its envelope names one alone', (responseCode, outcome) => {
    const why = failed({ code: 'EENVELOPE', command: 'RCPT TO', responseCode })
    expect(smtpReply({ rejected: ['a@x.test'], rejectedErrors: [why] } as Parameters<typeof smtpReply>[0])).toEqual(
      outcome,
    )
  })

  it('without a reason is given up as a bad address, and with nobody refused it is sent', () => {
    expect(smtpReply({ rejected: ['a@x.test'] })).toMatchObject({ kind: 'rejected', reason: 'address' })
    expect(smtpReply({ rejected: [] })).toMatchObject({ kind: 'sent' })
  })
})

describe('a failure without a reply', () => {
  it.each([
    [{ code: 'ETIMEDOUT', timeoutType: 'CONNECT_TIMEOUT' }, 'timeout', false],
    [{ code: 'ETIMEDOUT', timeoutType: 'GREETING_TIMEOUT' }, 'timeout', false],
    [{ code: 'ETIMEDOUT', timeoutType: 'SOCKET_TIMEOUT' }, 'timeout', true],
    [{ code: 'EDNS' }, 'connection', false],
    [{ code: 'ESOCKET', originalCode: 'ECONNREFUSED' }, 'connection', false],
    [{ code: 'ESOCKET', originalCode: 'ECONNRESET' }, 'connection', true],
    [{ code: 'something else entirely' }, 'connection', true],
  ])('%j is a %s that may have taken the mail: %s', (facts, reason, ambiguous) => {
    const outcome = smtpFailure(failed(facts), false)
    expect(outcome).toMatchObject({ kind: 'retry', reason, ambiguous })
    expect(outcome.note).not.toContain('canary')
  })

  it('that is no error at all may have taken it', () => {
    expect(smtpFailure('canary-8d1f', false)).toMatchObject({ kind: 'retry', ambiguous: true })
  })
})
