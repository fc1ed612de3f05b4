import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SendOptions, SendOutcome } from '../../functions/channels/channel.ts'
import { email, emailWith } from '../../functions/channels/email.ts'
import type { Message } from '../../functions/domain/alerts.ts'
import type { AlertKey } from '../../functions/domain/keys.ts'
import { HOSTILE, messageOf, sampleMessage } from '../support/message.ts'
import { readPng } from '../support/png.ts'
import { type SmtpBehaviour, type SmtpPeer, startSmtp } from '../support/smtp-server.ts'

const FROM = 'drawdown@example.com'
const TO = 'ops@example.com'

let peer: SmtpPeer
beforeAll(async () => {
  peer = await startSmtp()
})
beforeEach(() => peer.behave(undefined))
afterAll(() => peer.close())

const settings = { kind: 'email', to: [TO], from: FROM, smtp: 'SMTP_URL' }
const open = (url: string, changes: object = {}, allowLoopback = true) =>
  email.open({ ...settings, ...changes }, { secret: () => url, fetch, clock: () => 0, allowLoopback })

const options = (changes: Partial<SendOptions> = {}): SendOptions => ({
  idempotencyKey: 'a1b2c3d4e5f60718293a',
  recipient: TO,
  signal: new AbortController().signal,
  ...changes,
})

const send = (message: Message = sampleMessage(), changes: Partial<SendOptions> = {}): Promise<SendOutcome> =>
  open(peer.url).send(message, options(changes))

const arrived = async (message?: Message, options?: Partial<SendOptions>) => {
  expect(await send(message, options)).toMatchObject({ kind: 'sent' })
  return peer.mails().at(-1) ?? expect.fail('nothing arrived')
}

/** All that a mail of ours has, and what a server on the way adds. */
const OWN_HEADERS = [
  ...['From', 'To', 'Subject', 'Date', 'Message-ID', 'In-Reply-To', 'References', 'MIME-Version', 'Content-Type'],
  ...['Auto-Submitted', 'X-Auto-Response-Suppress', 'Received'],
]

const header = (raw: string, name: string): string =>
  new RegExp(`^${name}:((?:.|\\r\\n[ \\t])*)`, 'im')
    .exec(raw)?.[1]
    ?.replace(/\r\n[ \t]+/g, ' ')
    .trim() ?? ''

describe('a mail', () => {
  it('goes to its one recipient, from the address configured', async () => {
    const mail = await arrived(sampleMessage(), { recipient: 'billing@example.com' })
    expect(mail).toMatchObject({ from: FROM, to: ['billing@example.com'] })
    expect(mail.parsed.to).toEqual([{ name: '', address: 'billing@example.com' }])
    expect(mail.parsed.from).toEqual({ name: 'Drawdown', address: FROM })
  })

  it('has one subject that says it all and two parts that say the same', async () => {
    const { parsed } = await arrived()
    expect(parsed.subject).toBe('[critical] Credit is low: 12.40 USD left on Production')
    for (const part of [parsed.text ?? '', parsed.html ?? '']) {
      for (const said of ['12.40 USD', 'fell below 20%', 'my-app and my-batch stops', '87.60 drawn', 'my-batch']) {
        expect(part).toContain(said)
      }
      expect(part).toContain('npx drawdown alerts ack 3f9a61c2d07be4581a6c')
    }
  })

  it('declares itself automatic, so that nobody’s holiday reply answers it', async () => {
    const { raw } = await arrived()
    expect(header(raw, 'Auto-Submitted')).toBe('auto-generated')
  })

  it('is the same, byte for byte, at every attempt', async () => {
    const first = await arrived()
    const second = await arrived()
    expect(second.raw.replace(/^Received:.*\r\n/gm, '')).toBe(first.raw.replace(/^Received:.*\r\n/gm, ''))
    expect(header(first.raw, 'Message-ID')).toMatch(/^<[0-9a-f]{32}\.drawdown@example\.com>$/)
    expect(header(first.raw, 'Date')).toBe('Mon, 23 Nov 2026 10:00:00 +0000')
  })

  it('has another Message-ID for another delivery, and the thread of its alert', async () => {
    const first = await arrived(sampleMessage(), { idempotencyKey: 'delivery-1' })
    const repeat = await arrived(sampleMessage({ step: 'repeat' }), { idempotencyKey: 'delivery-2' })
    const other = await arrived(sampleMessage({ alertKey: 'ffff' as AlertKey }), { idempotencyKey: 'delivery-3' })
    expect(header(repeat.raw, 'Message-ID')).not.toBe(header(first.raw, 'Message-ID'))
    expect(header(repeat.raw, 'References')).toBe(header(first.raw, 'References'))
    expect(header(repeat.raw, 'In-Reply-To')).toBe(header(first.raw, 'References'))
    expect(header(other.raw, 'References')).not.toBe(header(first.raw, 'References'))
  })

  it('takes the meaning out of hostile text', async () => {
    const { parsed, raw, to } = await arrived(messageOf(HOSTILE))
    expect(to).toEqual([TO])
    expect(parsed.headers.map(({ key }) => key)).not.toContain('bcc')
    expect(parsed.html).not.toMatch(/<script/i)
    expect([...(parsed.html ?? '').matchAll(/<img [^>]*src="([^"]*)"/g)].map(([, src]) => src?.slice(0, 4))).toEqual([
      'cid:',
    ])
    expect(parsed.html).toContain('&lt;script&gt;')
    for (const told of [parsed.subject ?? '', parsed.text ?? '', parsed.html ?? '']) {
      const part = told.replace(/https:\/\/example\.com\/[^\s"]*/g, 'our own link')
      for (const bad of ['\u202E', '\u200B', '\u0000', '\uD800', 'https://evil']) expect(part).not.toContain(bad)
    }
    const names = parsed.headers.map(({ originalKey }) => originalKey)
    expect(names.filter((name) => !OWN_HEADERS.includes(name))).toEqual([])
    expect(raw.slice(0, raw.indexOf('\r\n\r\n'))).not.toMatch(/\n(?![A-Z][A-Za-z-]*:[ \r]|[ \t])|\r(?!\n)/)
  })

  it('survives a megabyte of text with a short subject', async () => {
    const { parsed } = await arrived(messageOf('x'.repeat(1_000_000)))
    expect((parsed.subject ?? '').length).toBeLessThan(200)
    expect(Buffer.byteLength(parsed.html ?? '')).toBeLessThan(102_000)
  })
})

describe('the picture of a mail', () => {
  const sourceOf = (html = ''): string => /<img src="cid:([^"]+)"/.exec(html)?.[1] ?? 'none'
  const bytesOf = (content: unknown): Uint8Array => new Uint8Array(content instanceof ArrayBuffer ? content : [])

  it('is its chart, carried inside, and found by its Content-ID', async () => {
    const { parsed } = await arrived()
    const [picture, ...others] = parsed.attachments
    expect(others).toEqual([])
    expect(picture).toMatchObject({ mimeType: 'image/png', disposition: 'inline', related: true })
    expect(picture?.contentId).toBe(`<${sourceOf(parsed.html)}>`)
    expect(sourceOf(parsed.html)).toMatch(/^[0-9a-f]{32}\.chart\.drawdown@example\.com$/)
    expect(readPng(bytesOf(picture?.content))).toMatchObject({ width: 960, height: 400 })
  })

  it('is the same for every recipient and at every attempt, and so is its Content-ID', async () => {
    const mails = [await arrived(), await arrived(sampleMessage(), { recipient: 'b@example.com', idempotencyKey: 'b' })]
    const [one, two] = mails.map(({ parsed }) => [sourceOf(parsed.html), bytesOf(parsed.attachments[0]?.content)])
    expect(two).toEqual(one)
  })

  it('is not there where a chart says nothing', async () => {
    const { parsed } = await arrived(sampleMessage({ chart: sampleMessage().chart.slice(0, 1) }))
    expect(parsed.attachments).toEqual([])
    expect(parsed.html).not.toContain('<img')
  })

  it('that cannot be drawn keeps no alert back: the mail goes out with bars, and the delivery says so', async () => {
    const broken = emailWith(() => {
      throw new Error('canary-8d1f')
    }).open(settings, { secret: () => peer.url, fetch, clock: () => 0, allowLoopback: true })
    const outcome = await broken.send(sampleMessage(), options())
    expect(outcome).toEqual({ kind: 'sent', note: 'accepted by the mail server; its picture could not be drawn' })
    const { parsed } = peer.mails().at(-1) ?? expect.fail('nothing arrived')
    expect(parsed.attachments).toEqual([])
    expect(parsed.html).toContain('class="bar"')
  })
})

describe('a mail that fails', () => {
  const failure = (at: SmtpBehaviour['at'], act: SmtpBehaviour['act']): Promise<SendOutcome> => {
    peer.behave({ at, act })
    return send()
  }

  it.each([
    ['connect', 421],
    ['mail', 451],
    ['rcpt', 450],
    ['rcpt', 451],
    ['rcpt', 452],
    ['after-data', 421],
    ['after-data', 451],
    ['after-data', 452],
  ] as const)('at %s with %i is tried again', async (at, code) => {
    const note = `SMTP ${code}`
    expect(await failure(at, code)).toEqual({ kind: 'retry', reason: 'temporary', ambiguous: false, note })
  })

  it.each([
    ['connect', 554, 'refused'],
    ['mail', 550, 'refused'],
    ['rcpt', 550, 'address'],
    ['rcpt', 554, 'address'],
    ['after-data', 550, 'refused'],
    ['after-data', 554, 'refused'],
  ] as const)('at %s with %i is given up: %s', async (at, code, reason) => {
    expect(await failure(at, code)).toEqual({ kind: 'rejected', reason, note: `SMTP ${code}` })
  })

  it.each(
    (['connect', 'ehlo', 'mail', 'rcpt', 'data', 'after-data'] as const).flatMap((at) => [
      [at, 'drop'] as const,
      [at, 'reset'] as const,
    ]),
  )('at %s by a %s is tried again as ambiguous, for the error does not tell where', async (at, act) => {
    expect(await failure(at, act)).toMatchObject({ kind: 'retry', reason: 'connection', ambiguous: true })
  })

  it('after the server took it arrives again with the same Message-ID', async () => {
    const before = peer.mails().length
    await failure('after-data', 'drop')
    peer.behave(undefined)
    await send()
    const [lost, again] = peer.mails().slice(before)
    expect(header(again?.raw ?? '', 'Message-ID')).toBe(header(lost?.raw ?? '?', 'Message-ID'))
  })

  it.each(['connect', 'ehlo', 'mail', 'rcpt', 'data', 'after-data'] as const)(
    'at %s by silence ends with the signal, as an ambiguous timeout',
    async (at) => {
      peer.behave({ at, act: 'hang' })
      const outcome = await send(sampleMessage(), { signal: AbortSignal.timeout(150) })
      expect(outcome).toMatchObject({ kind: 'retry', reason: 'timeout', ambiguous: true })
    },
  )

  it('because nobody listens took nothing', async () => {
    const gone = await startSmtp()
    await gone.close()
    const options = { idempotencyKey: 'k', recipient: TO, signal: new AbortController().signal }
    const outcome = await open(gone.url).send(sampleMessage(), options)
    expect(outcome).toMatchObject({ kind: 'retry', reason: 'connection', ambiguous: false })
  })

  it('because the signal had ended was never offered', async () => {
    const before = peer.mails().length
    const outcome = await send(sampleMessage(), { signal: AbortSignal.abort() })
    expect(outcome).toMatchObject({ kind: 'retry', reason: 'timeout', ambiguous: false })
    expect(peer.mails().length).toBe(before)
  })

  it('because the server offers no TLS outside of loopback is never sent in the clear', async () => {
    const before = peer.mails().length
    const options = { idempotencyKey: 'k', recipient: TO, signal: new AbortController().signal }
    const outcome = await open(peer.url, {}, false).send(sampleMessage(), options)
    expect(outcome.kind).not.toBe('sent')
    expect(peer.mails().length).toBe(before)
  })

  it('holds no secret in its note', async () => {
    const secret = open(peer.url.replace('smtp://', 'smtp://user:canary-8d1f@'))
    for (const act of [451, 550, 'drop'] as const) {
      peer.behave({ at: 'rcpt', act })
      const options = { idempotencyKey: 'k', recipient: TO, signal: new AbortController().signal }
      const { note } = await secret.send(sampleMessage(), options)
      expect(note).not.toMatch(/canary|127\.0\.0\.1|told to refuse|@/)
    }
  })
})
