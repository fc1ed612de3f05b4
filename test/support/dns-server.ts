/** A DNS server on loopback that knows what a test tells it: RFC 1035, text and mail records alone. */

import { createSocket } from 'node:dgram'

export type DnsPeer = {
  /** `127.0.0.1:PORT`, as a resolver wants it. */
  readonly host: string
  /** Questions in order of arrival, such as `TXT example.dev`. */
  readonly asked: () => readonly string[]
  readonly close: () => Promise<void>
}

type Zone = {
  readonly txt?: Readonly<Record<string, readonly (readonly string[])[]>>
  readonly mx?: Readonly<Record<string, readonly string[]>>
  /** Names that are answered with “server failure”. */
  readonly failing?: readonly string[]
  /** Names that are not answered at all. */
  readonly silent?: readonly string[]
}

const TYPES: Readonly<Record<number, 'TXT' | 'MX'>> = { 16: 'TXT', 15: 'MX' }
const [OK, SERVFAIL, NXDOMAIN] = [0, 2, 3]

export const startDns = async (zone: Zone): Promise<DnsPeer> => {
  const asked: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const { name, type, end } = questionOf(query)
    asked.push(`${TYPES[type] ?? type} ${name}`)
    if (zone.silent?.includes(name)) return
    const answers = type === 16 ? zone.txt?.[name]?.map(textData) : zone.mx?.[name]?.map(mailData)
    const isKnown = name in (zone.txt ?? {}) || name in (zone.mx ?? {})
    const code = zone.failing?.includes(name) ? SERVFAIL : isKnown ? OK : NXDOMAIN
    socket.send(replyTo(query.subarray(0, end), type, code ?? OK, answers ?? []), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${socket.address().port}`,
    asked: () => asked,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}

const HEADER_BYTES = 12

const questionOf = (query: Buffer) => {
  const labels: string[] = []
  let at = HEADER_BYTES
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

const replyTo = (question: Buffer, type: number, code: number, answers: readonly Buffer[]): Buffer => {
  const head = Buffer.from(question)
  head.writeUInt16BE(0x8180 | code, 2)
  head.writeUInt16BE(answers.length, 6)
  head.writeUInt16BE(0, 8)
  head.writeUInt16BE(0, 10)
  return Buffer.concat([head, ...answers.map((data) => recordOf(type, data))])
}

/** The name is the question's own, by a pointer; good for a minute. */
const recordOf = (type: number, data: Buffer): Buffer => {
  const head = Buffer.alloc(12)
  head.writeUInt16BE(0xc00c, 0)
  head.writeUInt16BE(type, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt32BE(60, 6)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}

const counted = (text: string): Buffer => Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')])

const textData = (parts: readonly string[]): Buffer => Buffer.concat(parts.map(counted))

/** Preference 10 and a host; an empty one is the root: no mail. */
const mailData = (host: string): Buffer =>
  Buffer.concat([Buffer.from([0, 10]), ...(host === '' ? [] : host.split('.').map(counted)), Buffer.from([0])])
