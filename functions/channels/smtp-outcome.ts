/** What an SMTP attempt came to, from nodemailer's result or error; the server's own words stay out of notes. */

import type { SMTPSentMessageInfo } from 'nodemailer/lib/smtp-transport'
import type { SendOutcome } from './channel.ts'

/** The parts of nodemailer's errors that are facts; its message quotes the server and is never used. */
type SmtpError = {
  readonly code?: unknown
  readonly originalCode?: unknown
  readonly responseCode?: unknown
  readonly command?: unknown
  readonly syscall?: unknown
  readonly timeoutType?: unknown
}

/** One recipient per envelope, so a recipient on the rejected list is the whole answer. */
export const smtpReply = (info: Pick<SMTPSentMessageInfo, 'rejected' | 'rejectedErrors'>): SendOutcome => {
  if (info.rejected.length === 0) return { kind: 'sent', note: 'accepted by the mail server' }
  const [why] = info.rejectedErrors ?? []
  return why ? smtpFailure(why, false) : { kind: 'rejected', reason: 'address', note: 'recipient refused' }
}

/**
 * Reads a failure by the server's reply code where there is one: 4xx is temporary, 5xx final (RFC 5321 §4.2.1).
 * A connection that ended without a reply is ambiguous, unless it was never made.
 */
export const smtpFailure = (error: unknown, aborted: boolean): SendOutcome => {
  if (typeof error !== 'object' || error === null) return lost('connection', 'sending failed', true)
  const facts = error as SmtpError
  const reply = typeof facts.responseCode === 'number' ? facts.responseCode : 0
  if (reply >= 500 && reply < 600) {
    return { kind: 'rejected', reason: facts.command === 'RCPT TO' ? 'address' : 'refused', note: `SMTP ${reply}` }
  }
  if (reply >= 400 && reply < 500) return lost('temporary', `SMTP ${reply}`, false)
  if (aborted) return lost('timeout', 'no reply in time', true)
  const code = typeof facts.code === 'string' && /^E[A-Z0-9]{2,20}$/.test(facts.code) ? facts.code : 'unknown'
  const reason = code === 'ETIMEDOUT' ? 'timeout' : 'connection'
  return lost(reason, `mail connection failed (${code})`, !neverStarted(facts))
}

/** Failures of the name, the connection or TLS: no mail was offered yet. */
const BEFORE_MAIL = new Set(['EDNS', 'ETLS', 'EAUTH', 'ENOAUTH'])
const NEVER_CONNECTED = /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$|CERT|^ERR_(TLS|SSL)/
const EARLY_TIMEOUTS = new Set(['CONNECT_TIMEOUT', 'GREETING_TIMEOUT', 'UPGRADE_TIMEOUT'])

const neverStarted = ({ code, originalCode, syscall, timeoutType }: SmtpError): boolean =>
  BEFORE_MAIL.has(String(code)) ||
  NEVER_CONNECTED.test(String(originalCode)) ||
  syscall === 'connect' ||
  EARLY_TIMEOUTS.has(String(timeoutType))

const lost = (reason: 'timeout' | 'connection' | 'temporary', note: string, ambiguous: boolean): SendOutcome => ({
  kind: 'retry',
  reason,
  note,
  ambiguous,
})
