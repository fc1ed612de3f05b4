/** A chat for one machine: takes what channels post, answers as the vendor would, keeps it in SQLite. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { isObject, type JsonObject, parseJson } from '../domain/json.ts'
import { type Clock, formatInstant, type Instant } from '../domain/time.ts'
import { type ChatVendor, headlineOf, vendorOf } from './chat-shape.ts'
import { digestOf, openLocalDb } from './local-db.ts'

/** As `/chat.json` lists it; `body` is the posted JSON. */
export type ListedChat = {
  readonly at: string
  readonly channel: string
  readonly vendor: ChatVendor
  readonly text: string
  readonly body: unknown
}

/** The body as our own reader gives it, for a page. */
export type ChatEntry = Omit<ListedChat, 'body'> & { readonly id: number; readonly body: JsonObject }

export type ChatSink = {
  /** Takes `POST /chat/CHANNEL`; the channel's name must have been checked with `isChannelName`. */
  readonly receive: (channel: string, request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** Newest first, at most 2,000. */
  readonly list: () => readonly ListedChat[]
  /** The same read for a page, at most `limit`, and how many there are in all. */
  readonly entries: (limit: number) => { readonly chats: readonly ChatEntry[]; readonly total: number }
  readonly close: () => void
}

export type ChatSinkOptions = {
  /** SQLite file, or `:memory:`. */
  readonly path: string
  readonly clock: Clock
}

/** Google Chat refuses more than 32,000 bytes, the other vendors less. */
const BODY_MAX = 64 * 1024
const LIST_MAX = 2_000

/** Whether the text can be a channel's name in a path. */
export const isChannelName = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)

/** A message is on disk before its sender hears of success. Only JSON is taken, so that no web page can post here unasked. */
export const openChatSink = ({ path, clock }: ChatSinkOptions): ChatSink => {
  const db = openLocalDb(path)
  const insert = db.prepare(
    `INSERT INTO chat (at, channel, body, digest) VALUES (?, ?, ?, ?)
     ON CONFLICT (channel, digest) DO UPDATE SET copies = copies + 1 RETURNING id`,
  )
  const newest = db.prepare('SELECT id, at, channel, body FROM chat ORDER BY id DESC LIMIT ?')
  const count = db.prepare('SELECT count(*) AS total FROM chat')

  const store = (channel: string, text: string): number =>
    Number(insert.get(clock(), channel, text, digestOf(text))?.['id'])
  return {
    receive: async (channel, request, response) => {
      const { status, type, body } = await replyTo(request, (text) => store(channel, text))
      response.writeHead(status, {
        'content-type': type,
        'cache-control': 'no-store',
        ...(status === 413 ? { connection: 'close' } : {}),
      })
      response.end(body)
    },
    list: () => newest.all(LIST_MAX).map(listed),
    entries: (limit) => ({ chats: newest.all(limit).map(entryOf), total: Number(count.get()?.['total'] ?? 0) }),
    close: () => db.close(),
  }
}

type Row = Readonly<Record<string, unknown>>
type Posted = { readonly text: string; readonly waits: boolean }
type Reply = { readonly status: number; readonly type: string; readonly body: string }

const entryOf = (row: Row): ChatEntry => {
  const parsed = parseJson(String(row['body']))
  const body = parsed.ok && isObject(parsed.value) ? parsed.value : {}
  return {
    id: Number(row['id']),
    at: formatInstant(Number(row['at']) satisfies Instant),
    channel: String(row['channel']),
    vendor: vendorOf(body),
    text: headlineOf(body),
    body,
  }
}

const listed = (row: Row): ListedChat => {
  const { at, channel, vendor, text } = entryOf(row)
  return { at, channel, vendor, text, body: JSON.parse(String(row['body'])) }
}

const plainText = (status: number, body: string): Reply => ({ status, type: 'text/plain; charset=utf-8', body })
const json = (status: number, body: object): Reply => ({ status, type: 'application/json', body: JSON.stringify(body) })

const replyTo = async (request: IncomingMessage, store: (text: string) => number): Promise<Reply> => {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    return plainText(415, 'send application/json')
  const bytes = await readBody(request)
  if (!bytes) return plainText(413, `larger than ${BODY_MAX} bytes`)
  const text = bytes.toString('utf8')
  const parsed = parseJson(text)
  if (!parsed.ok || !isObject(parsed.value)) return plainText(400, 'invalid_payload')
  const waits = /[?&]wait=true\b/.test(request.url ?? '')
  return vendorReply(vendorOf(parsed.value), store(text), { text, waits })
}

/** Slack says `ok`, Google Chat returns the message, and so does Discord if it is to wait; Teams' workflows and PagerDuty say 202. */
const vendorReply = (vendor: ChatVendor, id: number, { text, waits }: Posted): Reply => {
  switch (vendor) {
    case 'slack':
      return plainText(200, 'ok')
    case 'google-chat':
      return json(200, { ...JSON.parse(text), name: `spaces/local/messages/${id}` })
    case 'teams':
      return plainText(202, '')
    case 'discord':
      return waits ? json(200, { id: String(id), ...JSON.parse(text) }) : plainText(204, '')
    case 'pagerduty':
      return json(202, { status: 'success', message: 'Event processed', dedup_key: JSON.parse(text).dedup_key })
    case 'webhook':
      return json(200, { id })
  }
}

/** `undefined` for a body over the limit; the rest of it is never read. */
const readBody = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > BODY_MAX) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
