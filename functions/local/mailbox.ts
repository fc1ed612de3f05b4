/** A mailbox for one machine: real SMTP on loopback in front of SQLite, so that mail can be seen without sending any. */

import { finished } from 'node:stream/promises'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { type Clock, formatInstant, type Instant } from '../domain/time.ts'
import { digestOf, openLocalDb } from './local-db.ts'
import { type OpenedMail, openMail, parseMail } from './mail-message.ts'

/** As `/mail.json` lists it; `at` is RFC 3339. */
export type ListedMail = { readonly at: string; readonly to: string; readonly subject: string; readonly text: string }
/** `copies`: how often the very same bytes arrived; a crash between the server's yes and the sender's record makes two. */
export type MailEntry = ListedMail & { readonly id: number; readonly copies: number }
export type StoredMail = MailEntry & OpenedMail

export type Mailbox = {
  /** `smtp://127.0.0.1:PORT` */
  readonly url: string
  /** Every accepted mail, newest first by its own date; at most 5,000. Copies equal to the byte are one. */
  readonly list: () => readonly ListedMail[]
  /** The same with ids, at most `limit`, and how many there are in all. */
  readonly entries: (limit: number) => { readonly mails: readonly MailEntry[]; readonly total: number }
  readonly message: (id: number) => Promise<StoredMail | undefined>
  /** The bytes as they came. */
  readonly raw: (id: number) => Uint8Array | undefined
  /** Ends within two seconds; safe to call once. */
  readonly close: () => Promise<void>
}

export type MailboxOptions = {
  /** SQLite file, or `:memory:`. */
  readonly path: string
  readonly clock: Clock
  /** 0 for any free port. */
  readonly port?: number
  /** A loopback address: the mailbox asks nobody who they are. */
  readonly host?: string
}

const LOOPBACK: readonly string[] = ['127.0.0.1', '::1', 'localhost']
const MAIL_BYTES_MAX = 2 * 1024 * 1024
const RECIPIENTS_MAX = 50
const CLIENTS_MAX = 50
const LIST_MAX = 5_000
const IDLE_MS = 30_000
const CLOSE_MS = 2_000
/** The last instant that RFC 3339 can write. */
const INSTANT_MAX = Date.UTC(9999, 11, 31)

/**
 * Listens and stores: a mail is on disk before SMTP says 250, one row for each recipient; a copy equal to the byte is counted on it.
 * `at` is the mail's own Date, else the time of receipt. Rejects when the port is taken; throws off loopback.
 */
export const openMailbox = async (options: MailboxOptions): Promise<Mailbox> => {
  const { path, clock, port = 0, host = '127.0.0.1' } = options
  if (!LOOPBACK.includes(host)) throw new Error(`the local mailbox listens on loopback only, not on ${host}`)
  const db = openLocalDb(path)
  const insert = db.prepare(
    `INSERT INTO mail (at, recipient, subject, text, raw, digest) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (recipient, digest) DO UPDATE SET copies = copies + 1`,
  )
  const newest = db.prepare(
    'SELECT id, at, recipient, subject, text, copies FROM mail ORDER BY at DESC, id DESC LIMIT ?',
  )
  const count = db.prepare('SELECT count(*) AS total FROM mail')
  const one = db.prepare('SELECT id, at, recipient, subject, text, copies, raw FROM mail WHERE id = ?')

  const store = async (raw: Buffer, recipients: readonly string[]): Promise<void> => {
    const mail = await parseMail(raw)
    const at = dateOf(mail?.date) ?? clock()
    const digest = digestOf(raw)
    db.exec('BEGIN IMMEDIATE')
    try {
      for (const to of recipients) insert.run(at, to, mail?.subject ?? '', mail?.text ?? '', raw, digest)
      db.exec('COMMIT')
    } catch (error) {
      db.exec('ROLLBACK')
      throw error
    }
  }
  const entries = (limit: number): { mails: readonly MailEntry[]; total: number } => ({
    mails: newest.all(limit).map(entryOf),
    total: Number(count.get()?.['total'] ?? 0),
  })
  const server = smtpServer(store)
  const address = await listen(server, port, host).catch((error: unknown) => {
    db.close()
    throw error
  })
  return {
    url: address,
    list: () => entries(LIST_MAX).mails.map(({ at, to, subject, text }) => ({ at, to, subject, text })),
    entries,
    message: async (id) => {
      const row = one.get(id)
      return row ? { ...entryOf(row), ...(await openMail(bytesOf(row))) } : undefined
    },
    raw: (id) => {
      const row = one.get(id)
      return row ? bytesOf(row) : undefined
    },
    close: async () => {
      await new Promise<void>((resolve) => server.close(() => resolve()))
      db.close()
    },
  }
}

type Row = Readonly<Record<string, unknown>>

const entryOf = (row: Row): MailEntry => ({
  id: Number(row['id']),
  at: formatInstant(Number(row['at'])),
  to: String(row['recipient']),
  subject: String(row['subject']),
  text: String(row['text']),
  copies: Number(row['copies']),
})

const bytesOf = (row: Row): Uint8Array => (row['raw'] instanceof Uint8Array ? row['raw'] : new Uint8Array())

/** Any client may write any date; only those that RFC 3339 can say are believed. */
const dateOf = (text: string | undefined): Instant | undefined => {
  const at = text === undefined ? Number.NaN : new Date(text).getTime()
  return at >= 0 && at < INSTANT_MAX ? at : undefined
}

const smtpServer = (store: (raw: Buffer, recipients: readonly string[]) => Promise<void>): SMTPServer =>
  new SMTPServer({
    name: 'localhost',
    banner: 'Drawdown local mailbox',
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    size: MAIL_BYTES_MAX,
    maxClients: CLIENTS_MAX,
    maxRecipients: RECIPIENTS_MAX,
    socketTimeout: IDLE_MS,
    closeTimeout: CLOSE_MS,
    onData: (stream, session, callback) => {
      receive(stream, session, store).then(
        () => callback(null, 'stored'),
        (error: unknown) => callback(error instanceof Error ? error : new Error('not stored')),
      )
    },
  })

const receive = async (
  stream: SMTPServerDataStream,
  { envelope }: SMTPServerSession,
  store: (raw: Buffer, recipients: readonly string[]) => Promise<void>,
): Promise<void> => {
  const chunks: Buffer[] = []
  let bytes = 0
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= MAIL_BYTES_MAX) chunks.push(chunk)
  })
  await finished(stream, { writable: false })
  if (bytes > MAIL_BYTES_MAX || stream.sizeExceeded) throw refusal(552, 'the mail is larger than 2 MiB')
  await store(
    Buffer.concat(chunks),
    envelope.rcptTo.map(({ address }) => address),
  )
}

const refusal = (responseCode: number, message: string): Error => Object.assign(new Error(message), { responseCode })

const listen = (server: SMTPServer, port: number, host: string): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    const net = server.listen(port, host, () => {
      server.off('error', reject)
      /** A client that vanishes in mid-sentence is its own affair. */
      server.on('error', () => undefined)
      const address = net.address()
      const bound = typeof address === 'object' && address ? address.port : port
      resolve(`smtp://${host === '::1' ? '[::1]' : host}:${bound}`)
    })
  })
