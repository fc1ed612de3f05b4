/** An SMTP server that speaks by the book (RFC 5321, 3207, 4954) up to one stage, and there does what it is told. */

import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

/** In the order of a conversation. `greeting` is the first reply; `taken` comes after the whole mail, before its reply. */
export const STAGES = [
  'connect',
  'greeting',
  'ehlo',
  'starttls',
  'auth',
  'mail',
  'rcpt',
  'data',
  'taken',
  'quit',
] as const
export type Stage = (typeof STAGES)[number]

/** Ends the connection (`drop`, or `reset` without a farewell), falls silent, or answers with a code. */
export type Act = 'drop' | 'reset' | 'hang' | number

export type ScriptedSmtp = {
  /** `127.0.0.1:PORT` */
  readonly host: string
  /** Mails it has taken, whatever it said of them. */
  readonly taken: () => number
  readonly connections: () => number
  /** From the next connection on; `undefined` goes by the book to the end. */
  readonly fail: (stage: Stage | undefined, act: Act) => void
  readonly close: () => Promise<void>
}

/** What each command is at, and the reply by the book. */
const BOOK: readonly (readonly [RegExp, Stage, string])[] = [
  [/^(EHLO|HELO) /i, 'ehlo', '250-script\r\n250-STARTTLS\r\n250 AUTH PLAIN'],
  [/^STARTTLS$/i, 'starttls', '220 go ahead'],
  [/^AUTH /i, 'auth', '235 welcome'],
  [/^MAIL FROM:/i, 'mail', '250 ok'],
  [/^RCPT TO:/i, 'rcpt', '250 ok'],
  [/^DATA$/i, 'data', '354 go on'],
  [/^QUIT$/i, 'quit', '221 bye'],
]

/** Listens on a free port of 127.0.0.1. After STARTTLS it cuts the handshake: nobody trusts a certificate of its own. */
export const startScriptedSmtp = async (): Promise<ScriptedSmtp> => {
  const sockets = new Set<Socket>()
  let [stage, act]: [Stage | undefined, Act] = [undefined, 'drop']
  let [taken, connections] = [0, 0]

  const at = (here: Stage, socket: Socket, byTheBook: string): void => {
    if (here !== stage) socket.write(`${byTheBook}\r\n`)
    else if (act === 'drop') socket.destroy()
    else if (act === 'reset') socket.resetAndDestroy()
    else if (typeof act === 'number') socket.write(`${act} told to say so\r\n`)
  }

  const server = createServer((socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    if (stage === 'connect') return act === 'hang' ? undefined : void socket.resetAndDestroy()
    let [rest, isBody] = ['', false]
    socket.on('data', (bytes) => {
      const lines = (rest + bytes.toString('latin1')).split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (isBody && line !== '.') continue
        if (isBody) {
          isBody = false
          if (stage !== 'taken' || typeof act !== 'number' || act < 400) taken += 1
          at('taken', socket, '250 taken')
          continue
        }
        const known = BOOK.find(([command]) => command.test(line))
        if (!known) socket.write('502 not known\r\n')
        else at(known[1], socket, known[2])
        if (known?.[1] === 'data' && stage !== 'data') isBody = true
        if (known?.[1] === 'starttls' && stage !== 'starttls') socket.destroy()
      }
    })
    at('greeting', socket, '220 script')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken: () => taken,
    connections: () => connections,
    fail: (nextStage, nextAct) => {
      stage = nextStage
      act = nextAct
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
