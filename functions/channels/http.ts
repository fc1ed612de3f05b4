/** One POST of JSON for every webhook channel: guarded address, bounded time and reply. */

import { ConfigError } from '../domain/errors.ts'
import type { ChannelIo, SendOptions, SendOutcome } from './channel.ts'
import { lostOutcome, replyOutcome, unanswered } from './http-outcome.ts'
import { isLoopbackHttp } from './network-address.ts'

/** Beside the caller's own signal: no webhook needs longer, and a function has other deliveries waiting. */
const TOTAL_TIMEOUT_MS = 10_000
/** The longest reply a channel documents is a few kB; the rest is never read. */
const REPLY_MAX_BYTES = 65_536

/** An address that passed `webhookUrl`; never shown or logged, for the token is in it. */
export type WebhookUrl = URL & { readonly __brand: 'WebhookUrl' }

export type Post = {
  readonly url: WebhookUrl
  readonly body: unknown
  /** More headers, made from the very text that is sent. */
  readonly headers?: (text: string) => Readonly<Record<string, string>>
  /** The statuses that mean success where the vendor documents fewer than all of 2xx. */
  readonly okStatus?: readonly number[]
  /** Judges the reply of a 2xx where the vendor documents one; without it the status alone says sent. */
  readonly okBody?: (reply: string, status: number) => boolean
  /** The wait a 429's reply states, in milliseconds, where the vendor states one there; it outranks the header. */
  readonly waitMs?: (reply: string) => number | undefined
}

/** The complaint about a host, or `undefined`; `value` is the address as it was written. */
export type HostCheck = (url: URL, value: string) => string | undefined

/**
 * Reads and checks the address a variable holds: HTTPS on port 443, no credentials, at exactly one of `hosts` (one with a
 * leading dot stands for every name under it) or at a host the check lets pass.
 * The parsed host is judged, never the text, so odd spellings of an address cannot pass.
 * Loopback HTTP passes only where `io.allowLoopback`. Throws `ConfigError` with the variable's name, never its value.
 */
export const webhookUrl = (io: ChannelIo, variable: string, hosts: readonly string[] | HostCheck): WebhookUrl => {
  const value = io.secret(variable)
  const fail = (why: string): never => {
    throw new ConfigError(`${variable}: ${why}`)
  }
  if (value === '' || value !== value.trim()) return fail('is empty or has a blank or line break around its value')
  if (!URL.canParse(value)) return fail('is no URL')
  const url = new URL(value)
  if (url.username || url.password) return fail('must hold no user name or password')
  if (isLocalSink(io, value)) return url as WebhookUrl
  if (url.protocol !== 'https:') return fail('must be an https:// URL')
  if (url.port !== '') return fail('must use port 443')
  const complaint = typeof hosts === 'function' ? hosts(url, value) : unlisted(url, hosts)
  return complaint === undefined ? (url as WebhookUrl) : fail(complaint)
}

/** Whether a variable leads to a local sink, as it does on one machine where nobody has set it. */
export const isLocalSink = (io: ChannelIo, value: string): boolean =>
  io.allowLoopback && URL.canParse(value) && isLoopbackHttp(new URL(value))

const unlisted = ({ hostname }: URL, hosts: readonly string[]): string | undefined => {
  const isUnder = (host: string): boolean => hostname.endsWith(host) && hostname !== host
  if (hosts.some((host) => (host.startsWith('.') ? isUnder(host) : hostname === host))) return undefined
  return `must point at ${hosts.map((host) => (host.startsWith('.') ? `*${host}` : host)).join(' or ')}`
}

/** Vendors ask for a name; some refuse a request without one. */
const USER_AGENT = 'Drawdown/0.1'

/**
 * Posts once and says what came of it; never throws, never waits to try again, never follows a redirect.
 * `io.fetch` is where addresses are resolved and guarded.
 */
export const postJson = async (io: ChannelIo, post: Post, options: SendOptions): Promise<SendOutcome> => {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(TOTAL_TIMEOUT_MS)])
  if (signal.aborted) return unanswered('no time was left to send', false)
  try {
    const body = JSON.stringify(post.body)
    const response = await io.fetch(post.url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': USER_AGENT,
        ...post.headers?.(body),
      },
      body,
      signal,
    })
    return replyOutcome(response, await readReply(response, post), post)
  } catch (error) {
    return signal.aborted ? unanswered('no reply in time', true) : lostOutcome(error)
  }
}

/** A reply nobody judges is not waited for: the status has said it all. */
const readReply = async (response: Response, post: Post): Promise<string> => {
  if (response.ok && post.okBody) return readLimited(response)
  if (response.status === 429 && post.waitMs) return readLimited(response).catch(() => '')
  await response.body?.cancel().catch(() => undefined)
  return ''
}

const readLimited = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    bytes += chunk.byteLength
    if (bytes >= REPLY_MAX_BYTES) break
  }
  return Buffer.concat(chunks).subarray(0, REPLY_MAX_BYTES).toString('utf8')
}
