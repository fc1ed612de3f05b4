/** The local mailbox through real SMTP, and across a restart. */

import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTransport, type SendMailOptions } from 'nodemailer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { instant } from '../../functions/domain/time.ts'
import { type Mailbox, openMailbox } from '../../functions/local/mailbox.ts'

const NOW = instant('2026-11-23T10:00:00Z')
const clock = () => NOW
let folder: string
let path: string
let mailbox: Mailbox

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drawdown-mailbox-'))
  path = join(folder, 'local.db')
  mailbox = await openMailbox({ path, clock })
})
afterEach(async () => {
  await mailbox.close()
  await rm(folder, { recursive: true, force: true })
})

const send = async (mail: SendMailOptions): Promise<string> => {
  const transport = createTransport(mailbox.url)
  try {
    const sent = await transport.sendMail({
      from: 'drawdown@example.com',
      to: 'ops@example.com',
      date: new Date('2026-11-20T08:30:00Z'),
      ...mail,
    })
    return sent.response
  } finally {
    transport.close()
  }
}

/** Speaks SMTP by hand; resolves with everything the server said once it closed the line. */
const speak = (lines: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const { port, hostname } = new URL(mailbox.url)
    const socket = connect(Number(port), hostname)
    const waiting = [...lines]
    let said = ''
    socket.on('data', (chunk) => {
      said += chunk.toString()
      const isWhole = /^\d{3} .*\r\n$/m.test(said.split('\r\n').slice(-2).join('\r\n'))
      const next = isWhole ? waiting.shift() : undefined
      if (next !== undefined) socket.write(`${next}\r\n`)
    })
    socket.on('close', () => resolve(said))
    socket.on('error', reject)
  })

describe('a mail', () => {
  it('is listed with its own date, its recipient, its subject and its text', async () => {
    expect(await send({ subject: '[warning] Größe: 5 €', text: 'Zeile 1\nZeile 2' })).toMatch(/^250 /)
    expect(mailbox.list()).toEqual([
      {
        at: '2026-11-20T08:30:00Z',
        to: 'ops@example.com',
        subject: '[warning] Größe: 5 €',
        text: 'Zeile 1\nZeile 2\n',
      },
    ])
  })

  it('is there after a restart: it was durable before SMTP said 250', async () => {
    await send({ subject: 'kept', text: 'x' })
    const reader = await openMailbox({ path, clock })
    expect(reader.list().map(({ subject }) => subject)).toEqual(['kept'])
    await reader.close()
    await mailbox.close()
    mailbox = await openMailbox({ path, clock })
    expect(mailbox.list().map(({ subject }) => subject)).toEqual(['kept'])
  })

  it('that arrives again byte for byte is one mail that arrived twice', async () => {
    const twin = { subject: 'twin', text: 'x', messageId: '<same@example.com>', date: new Date('2026-11-23T10:00:00Z') }
    await send(twin)
    await send(twin)
    expect(mailbox.entries(10).mails.map(({ copies }) => copies)).toEqual([2])
  })

  it('that differs in one byte is another mail, even under one Message-ID', async () => {
    const mail = { subject: 'twin', text: 'x', messageId: '<same@example.com>', date: new Date('2026-11-23T10:00:00Z') }
    await send(mail)
    await send({ ...mail, text: 'y' })
    expect(mailbox.list()).toHaveLength(2)
  })

  it('to two recipients is one copy for each', async () => {
    await send({ subject: 'both', text: 'x', to: ['a@example.com', 'b@example.com'] })
    expect(
      mailbox
        .list()
        .map(({ to }) => to)
        .sort(),
    ).toEqual(['a@example.com', 'b@example.com'])
  })

  it('is listed newest first by its own date, whatever the order of arrival', async () => {
    for (const day of ['21', '23', '22']) {
      await send({ subject: day, text: 'x', date: new Date(`2026-11-${day}T00:00:00Z`) })
    }
    expect(mailbox.list().map(({ subject }) => subject)).toEqual(['23', '22', '21'])
  })

  it('of the same moment as another is listed after the one that came later', async () => {
    for (const subject of ['first', 'second']) await send({ subject, text: 'x' })
    expect(mailbox.list().map(({ subject }) => subject)).toEqual(['second', 'first'])
  })

  it.each(['Date: yesterday, I think', 'Date: Mon, 01 Jan 250000 00:00:00 +0000', 'X-None: 1'])(
    'with “%s” is dated by its receipt',
    async (line) => {
      const raw = `${line}\r\nSubject: odd\r\n\r\nx`
      await send({ raw, envelope: { from: 'a@example.com', to: ['b@example.com'] } })
      expect(mailbox.list()[0]?.at).toBe('2026-11-23T10:00:00Z')
    },
  )

  it('is opened with headers and with its own picture inline, and its bytes are kept as they came', async () => {
    const png = Buffer.from('iVBORw0KGgo=', 'base64')
    await send({
      subject: 'chart',
      text: 'x',
      html: '<img src="cid:chart">',
      attachments: [{ filename: 'c.png', content: png, cid: 'chart', contentType: 'image/png' }],
    })
    const { mails, total } = mailbox.entries(10)
    const id = mails[0]?.id ?? 0
    expect(total).toBe(1)
    const opened = await mailbox.message(id)
    expect(opened).toMatchObject({
      from: 'drawdown@example.com',
      html: '<img src="data:image/png;base64,iVBORw0KGgo=">\n',
    })
    expect(opened?.headers).toContainEqual({ name: 'To', value: 'ops@example.com' })
    expect(Buffer.from(mailbox.raw(id) ?? []).toString()).toMatch(/^Subject: chart\r\n/m)
    expect(await mailbox.message(id + 1)).toBeUndefined()
    expect(mailbox.raw(id + 1)).toBeUndefined()
  })

  it('that no reader can parse is kept all the same', async () => {
    const nested = Array.from(
      { length: 300 },
      (_, at) => `Content-Type: multipart/mixed; boundary="b${at}"\r\n\r\n--b${at}\r\n`,
    ).join('')
    await send({ raw: nested, envelope: { from: 'a@example.com', to: ['b@example.com'] } })
    expect(mailbox.list()).toEqual([{ at: '2026-11-23T10:00:00Z', to: 'b@example.com', subject: '', text: '' }])
    expect(await mailbox.message(mailbox.entries(1).mails[0]?.id ?? 0)).toMatchObject({ from: '', headers: [] })
  })

  it('above 2 MiB is refused with 552 and leaves no trace; just below it is taken', async () => {
    const refused = send({ subject: 'huge', text: 'x'.repeat(2 * 1024 * 1024) })
    await expect(refused).rejects.toMatchObject({ responseCode: 552 })
    expect(mailbox.list()).toEqual([])
    await send({ subject: 'large', text: 'x'.repeat(1_900_000) })
    expect(mailbox.list()).toHaveLength(1)
  })
})

describe('the server', () => {
  it('refuses a mail above its limit even from a client that announced nothing', async () => {
    const line = 'x'.repeat(900)
    const said = await speak([
      'EHLO a',
      'MAIL FROM:<a@example.com>',
      'RCPT TO:<b@example.com>',
      'DATA',
      `${Array.from({ length: 2_400 }, () => line).join('\r\n')}\r\n.`,
      'QUIT',
    ])
    expect(said).toMatch(/^552 /m)
    expect(mailbox.list()).toEqual([])
  })

  it('offers neither sign-in nor STARTTLS, and tells its limit', async () => {
    const said = await speak(['EHLO a', 'QUIT'])
    expect(said).toContain('SIZE 2097152')
    expect(said).not.toMatch(/AUTH|STARTTLS/)
  })

  it('listens on loopback and nowhere else', async () => {
    expect(mailbox.url).toMatch(/^smtp:\/\/127\.0\.0\.1:\d+$/)
    await expect(openMailbox({ path: ':memory:', clock, host: '0.0.0.0' })).rejects.toThrow('loopback only')
  })

  it('says so when its port is taken, and keeps no file open', async () => {
    const port = Number(new URL(mailbox.url).port)
    await expect(openMailbox({ path: ':memory:', clock, port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})
