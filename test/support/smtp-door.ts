/** A real SMTP server that is only signed in to: with TLS or without, with a certificate good or bad; no mail gets in. */

import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { Certificate } from './certificate.ts'

export type DoorOptions = {
  /** The only password that is let in; absent: no sign-in is offered. */
  readonly password?: string
  /** How a wrong password is answered. */
  readonly refusal?: number
  /** Absent: STARTTLS is refused. */
  readonly certificate?: Certificate
  /** TLS from the first byte. */
  readonly secure?: boolean
  /** Turned away at the door, with this code. */
  readonly turnedAway?: number
}

export type SmtpDoor = {
  readonly port: number
  /** Passwords in order of arrival. */
  readonly tried: () => readonly string[]
  /** Whether any mail was offered. */
  readonly wasOffered: () => boolean
  readonly close: () => Promise<void>
}

const refused = (responseCode: number): Error => Object.assign(new Error('told to refuse'), { responseCode })

/** Listens on a free port of 127.0.0.1. */
export const openDoor = async (options: DoorOptions = {}): Promise<SmtpDoor> => {
  const { password, refusal = 535, certificate, secure = false, turnedAway } = options
  const tried: string[] = []
  let offered = false
  const server = new SMTPServer({
    secure,
    disableReverseLookup: true,
    closeTimeout: 50,
    allowInsecureAuth: true,
    authOptional: password === undefined,
    disabledCommands: [...(password === undefined ? ['AUTH'] : []), ...(certificate ? [] : ['STARTTLS'])],
    ...(certificate ? { ...certificate } : { hideSTARTTLS: true }),
    onConnect: (_, done) => done(turnedAway === undefined ? null : refused(turnedAway)),
    onAuth: (auth, _, done) => {
      tried.push(auth.password ?? '')
      if (auth.password === password) done(null, { user: auth.username ?? '' })
      else done(refused(refusal))
    },
    onMailFrom: (_, __, done) => {
      offered = true
      done()
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    port: (server.server.address() as AddressInfo).port,
    tried: () => tried,
    wasOffered: () => offered,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
