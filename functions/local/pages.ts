/** The local mailbox and chat over HTTP: pages for people, JSON for programs, posts from channels. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import { PAGE_HEADERS } from '../report/page.ts'
import { chatPage } from './chat-page.ts'
import { type ChatSink, isChannelName } from './chat-sink.ts'
import { mailListPage, mailPage } from './mail-page.ts'
import type { Mailbox } from './mailbox.ts'
import { notFoundPage } from './not-found-page.ts'

export type LocalPages = {
  readonly mailbox: Mailbox
  readonly chat: ChatSink
  /** Host names beside `localhost` and plain addresses under which this machine is known to itself. */
  readonly hosts?: readonly string[]
}

type Reply = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }

/** What one page shows; the JSON lists hold more. */
const PAGE_ITEMS = 200
const ID = /^[1-9]\d{0,14}$/

const page = (body: string, status = 200): Reply => ({ status, headers: PAGE_HEADERS, body })
const json = (value: unknown): Reply => ({
  status: 200,
  headers: {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  },
  body: `${JSON.stringify(value)}\n`,
})
const words = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...headers },
  body: `${text}\n`,
})

/**
 * Answers `/mail`, `/mail/ID`, `/mail.json`, `/chat`, `/chat.json` and `POST /chat/CHANNEL`; resolves to false for
 * every other path and leaves it untouched. Rejects only for failures of the database.
 */
export const localRoutes =
  (pages: LocalPages) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    if (!/^\/(?:mail|chat)(?:\.json|\/.*)?$/.test(path)) return false
    if (!isOwnHost(request.headers.host, pages.hosts ?? [])) {
      send(request, response, words(421, 'This server answers to localhost only.'))
      return true
    }
    const channel = /^\/chat\/([^/]+)$/.exec(path)?.[1]
    if (channel !== undefined && isChannelName(channel)) await takeChat(pages.chat, channel, request, response)
    else send(request, response, await replyFor(pages, path, request.method ?? 'GET'))
    return true
  }

/** A web page elsewhere can point its own name at this machine (DNS rebinding); a plain address or `localhost` it cannot fake. */
const isOwnHost = (header: string | undefined, hosts: readonly string[]): boolean => {
  const name = (header ?? '').replace(/:\d+$/, '').toLowerCase()
  return name === 'localhost' || isIP(name.replace(/^\[|\]$/g, '')) !== 0 || hosts.includes(name)
}

const takeChat = async (
  chat: ChatSink,
  channel: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  if (request.method === 'POST') await chat.receive(channel, request, response)
  else send(request, response, words(405, 'Only POST is served here; read the messages at /chat.', { allow: 'POST' }))
}

const replyFor = async ({ mailbox, chat }: LocalPages, path: string, method: string): Promise<Reply> => {
  if (method !== 'GET' && method !== 'HEAD') return words(405, 'Only GET is served here.', { allow: 'GET, HEAD' })
  if (path === '/mail.json') return json(mailbox.list())
  if (path === '/chat.json') return json(chat.list())
  if (path === '/mail') return page(mailListPage(mailbox.entries(PAGE_ITEMS)))
  if (path === '/chat') return page(chatPage(chat.entries(PAGE_ITEMS)))
  const id = path.replace(/^\/mail\//, '')
  const mail = ID.test(id) ? await mailbox.message(Number(id)) : undefined
  return mail ? page(mailPage(mail)) : page(notFoundPage(path), 404)
}

const send = (request: IncomingMessage, response: ServerResponse, { status, headers, body }: Reply): void => {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(request.method === 'HEAD' ? undefined : body)
}
