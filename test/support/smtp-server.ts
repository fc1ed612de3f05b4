/** A real SMTP server on loopback that keeps what it accepts and fails where it is told to. */

import type { AddressInfo, Socket } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

export type SmtpStage = 'connect' | 'ehlo' | 'mail' | 'rcpt' | 'data' | 'after-data'

/** What to do at a stage: cut the line, fall silent, or answer with a code. `after-data` has taken the mail already. */
export type SmtpBehaviour = { readonly at: SmtpStage; readonly act: 'drop' | 'reset' | 'hang' | number }

export type ReceivedMail = {
  readonly from: string
  readonly to: readonly string[]
  /** As it came over the wire. */
  readonly raw: string
  readonly parsed: Email
}

export type SmtpPeer = {
  /** `smtp://127.0.0.1:PORT` */
  readonly url: string
  /** In order of arrival. */
  readonly mails: () => readonly ReceivedMail[]
  /** From the next connection on. */
  readonly behave: (next: SmtpBehaviour | undefined) => void
  readonly close: () => Promise<void>
}

type Done = (error?: Error | null) => void

/** Listens on a free port of 127.0.0.1 without TLS or sign-in; accepts everything unless told. */
export const startSmtp = async (first?: SmtpBehaviour): Promise<SmtpPeer> => {
  const mails: ReceivedMail[] = []
  const sockets = new Map<number, Socket>()
  let behaviour = first

  const at = (stage: SmtpStage, port: number, done: Done): void => {
    const act = behaviour?.at === stage ? behaviour.act : undefined
    const socket = sockets.get(port)
    if (act === undefined) done()
    else if (typeof act === 'number') done(Object.assign(new Error('told to refuse'), { responseCode: act }))
    else if (act === 'drop') socket?.destroy()
    else if (act === 'reset') socket?.resetAndDestroy()
  }

  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    disableReverseLookup: true,
    closeTimeout: 50,
    onConnect: (session, done) => at('connect', session.remotePort, done),
    onMailFrom: (_, session, done) => at('mail', session.remotePort, done),
    onRcptTo: (_, session, done) => at('rcpt', session.remotePort, done),
    onData: async (stream, session, done) => {
      const { mailFrom, rcptTo } = session.envelope
      const raw = await wholeOf(stream)
      if (!raw) return
      if (typeof behaviour?.act !== 'number' || behaviour.at !== 'after-data') {
        const to = rcptTo.map(({ address }) => address)
        const from = mailFrom ? mailFrom.address : ''
        mails.push({ from, to, raw: raw.toString('utf8'), parsed: await PostalMime.parse(raw) })
      }
      at('after-data', session.remotePort, done)
    },
  })
  server.on('error', () => {})
  server.server.on('connection', (socket: Socket) => {
    sockets.set(socket.remotePort ?? 0, socket)
    socket.prependListener('data', (bytes) => cutCommand(bytes.toString('latin1'), behaviour, socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails: () => mails,
    behave: (next) => {
      behaviour = next
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.values()) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

/** `undefined` where the line was cut first. */
const wholeOf = async (stream: AsyncIterable<Buffer>): Promise<Buffer | undefined> => {
  try {
    return Buffer.concat(await Array.fromAsync(stream))
  } catch {
    return undefined
  }
}

/** EHLO and DATA have no hook in smtp-server, so the line itself is watched and cut before the answer. */
const cutCommand = (line: string, behaviour: SmtpBehaviour | undefined, socket: Socket): void => {
  const watched = behaviour?.at === 'ehlo' ? /^EHLO/m : behaviour?.at === 'data' ? /^DATA\r/m : undefined
  if (!watched?.test(line)) return
  if (behaviour?.act === 'drop') socket.destroy()
  else if (behaviour?.act === 'reset') socket.resetAndDestroy()
  else if (behaviour?.act === 'hang') socket.cork()
}
