/** Goes to a mail server as a channel would, up to the sign-in, and hangs up: no mail is offered. */

import { createTransport } from 'nodemailer'
import type { ChannelIo } from '../channels/channel.ts'
import { smtpServer } from '../channels/smtp-server.ts'
import type { MailFault, MailProbe } from '../doctor/ports.ts'
import { SECOND_MS } from '../domain/time.ts'
import { within } from '../within.ts'

/** A server that takes longer will also fail a function now and then. */
const PATIENCE_MS = 4 * SECOND_MS

/** For name, connection and greeting each, a little more for the rest, and twice of it in all. */
const timeouts = (patienceMs: number) => ({
  connectionTimeout: patienceMs,
  greetingTimeout: patienceMs,
  dnsTimeout: patienceMs,
  socketTimeout: patienceMs * 1.5,
})

/** Never throws; what the server said stays inside, its code comes out. */
export const probeMail = async (
  io: ChannelIo,
  variable: string,
  patienceMs: number = PATIENCE_MS,
): Promise<MailProbe> => {
  try {
    const server = smtpServer(io, variable)
    // Without it a server that offers no sign-in, or wants one that we lack, would pass.
    const how = { ...timeouts(patienceMs), forceAuth: true, logger: false, debug: false }
    const transport = createTransport({ ...server, ...how })
    const ready = { kind: 'ready', encrypted: !server.ignoreTLS, signedIn: server.auth !== undefined } as const
    const wantsSignIn = await within(patienceMs * 2, transport.verify()).then(
      () => false,
      (error: unknown) => {
        if (codeOf(error) === 'ENOAUTH') return true
        throw error
      },
    )
    return { ...ready, wantsSignIn }
  } catch (error) {
    return failureOf(error)
  }
}

/** Parts of nodemailer's errors that are facts; its message quotes the server and is never used. */
type SmtpError = { readonly code?: unknown; readonly originalCode?: unknown; readonly responseCode?: unknown }

const codeOf = (error: unknown): string => String((error as SmtpError | null)?.code ?? '')

const failureOf = (error: unknown): MailProbe => {
  const { originalCode, responseCode } = (error ?? {}) as SmtpError
  const inner = typeof originalCode === 'string' ? originalCode : ''
  const reply = typeof responseCode === 'number' ? responseCode : 0
  const known = [inner, codeOf(error)].find((one) => /^[A-Z][A-Z0-9_]{2,60}$/.test(one))
  const note = reply > 0 ? `SMTP ${reply}` : (known ?? 'no answer in time')
  return { kind: 'failed', fault: faultOf(codeOf(error), inner, reply), note }
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)/

const faultOf = (code: string, inner: string, reply: number): MailFault => {
  if (reply >= 400 && reply < 500) return 'busy'
  // RFC 5321 §4.2.1: 500 to 504 are about the command, not about who sent it.
  if (code === 'EAUTH') return reply >= 500 && reply <= 504 ? 'no-sign-in' : 'sign-in'
  if (code === 'EDNS') return 'name'
  if (CERTIFICATE.test(inner)) return 'certificate'
  if (code === 'ETLS') return 'no-tls'
  if (/^ERR_SSL_(WRONG_VERSION|PACKET_LENGTH|UNSUPPORTED_PROTOCOL|HTTP)/.test(inner)) return 'wrong-tls'
  if (inner === 'ECONNREFUSED') return 'refused'
  return code === 'ETIMEDOUT' || inner === 'ETIMEDOUT' || code === '' ? 'silent' : 'other'
}
