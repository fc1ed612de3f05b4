/** One POST of JSON for every webhook channel: guarded address, bounded time and reply, outcome by status. */

import { STATUS_CODES } from 'node:http'
import { ConfigError } from '../domain/errors.ts'
import type { ChannelIo, RetryReason, SendOptions, SendOutcome } from './channel.ts'

/** Beside the caller's own signal: no webhook needs longer, and a function has other deliveries waiting. */
const TOTAL_TIMEOUT_MS = 10_000
/** The longest reply a channel documents is a few kB; the rest is never read. */
const REPLY_MAX_BYTES = 65_536

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** An address that passed `webhookUrl`; never shown or logged, for the token is in it. */
export type WebhookUrl = URL & { readonly __brand: 'WebhookUrl' }

export type Post = {
  readonly url: WebhookUrl
  readonly body: unknown
  /** Judges the reply of a 2xx where the vendor documents one; without it the status alone says sent. */
  readonly okBody?: (reply: string) => boolean
}

/**
 * Reads and checks the address a variable holds: HTTPS on port 443 at exactly one of `hosts`, no credentials.
 * The parsed host is judged, never the text, so odd spellings of an address cannot pass.
 * Loopback HTTP passes only where `io.allowLoopback`. Throws `ConfigError` with the variable's name, never its value.
 */
export const webhookUrl = (io: ChannelIo, variable: string, hosts: readonly string[]): WebhookUrl => {
  const value = io.secret(variable)
  const fail = (why: string): never => {
    throw new ConfigError(`${variable}: ${why}`)
  }
  if (value === '' || value !== value.trim()) return fail('is empty or has a blank or line break around its value')
  if (!URL.canParse(value)) return fail('is no URL')
  const url = new URL(value)
  if (url.username || url.password) return fail('must hold no user name or password')
  if (isLoopback(url, io)) return url as WebhookUrl
  if (url.protocol !== 'https:') return fail('must be an https:// URL')
  if (url.port !== '') return fail('must use port 443')
  if (!hosts.includes(url.hostname)) return fail(`must point at ${hosts.join(' or ')}`)
  return url as WebhookUrl
}

const isLoopback = (url: URL, io: ChannelIo): boolean =>
  io.allowLoopback && url.protocol === 'http:' && LOOPBACK.has(url.hostname)

/**
 * Posts once and says what came of it; never throws, never waits to try again, never follows a redirect.
 * `io.fetch` is where addresses are resolved: a guard against hosts that resolve inward belongs into that function.
 */
export const postJson = async (io: ChannelIo, post: Post, options: SendOptions): Promise<SendOutcome> => {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(TOTAL_TIMEOUT_MS)])
  try {
    if (signal.aborted) return retry('timeout', 'no time was left to send', false)
    const response = await io.fetch(post.url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(post.body),
      signal,
    })
    const reply = await readReply(response, post)
    return outcomeOf(response, reply, post)
  } catch (error) {
    return signal.aborted ? retry('timeout', 'no reply in time', true) : lost(error)
  }
}

/** A reply nobody judges is not waited for: the status has said it all. */
const readReply = async (response: Response, post: Post): Promise<string> => {
  if (response.ok && post.okBody) return readLimited(response)
  await response.body?.cancel()
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

const outcomeOf = (response: Response, reply: string, post: Post): SendOutcome => {
  const { status } = response
  const note = `HTTP ${status} ${STATUS_CODES[status] ?? ''}`.trim()
  if (response.ok) return judged(note, post.okBody?.(reply) ?? true)
  if (status >= 300 && status < 400) return { kind: 'rejected', reason: 'redirect', note }
  if (status === 410) return { kind: 'rejected', reason: 'gone', note }
  if (status === 413) return { kind: 'rejected', reason: 'too-large', note }
  const reason = retryReason(status)
  if (!reason) return { kind: 'rejected', reason: 'refused', note }
  // A gateway that gave up on its backend cannot know whether the backend took the message.
  const outcome = retry(reason, note, status === 502 || status === 504)
  const afterMs = retryAfterMs(response.headers)
  return afterMs === undefined ? outcome : { ...outcome, afterMs }
}

const judged = (note: string, ok: boolean): SendOutcome =>
  ok ? { kind: 'sent', note } : { kind: 'rejected', reason: 'bad-reply', note: `${note}, but not the reply documented` }

const retryReason = (status: number): RetryReason | undefined => {
  if (status === 429) return 'rate-limited'
  if (status === 408 || status === 409 || status === 425) return 'temporary'
  return status >= 500 ? 'server-error' : undefined
}

/** Seconds or an HTTP date (RFC 9110 §10.2.3); a date counts from the reply's own `Date`, so no clock is needed. */
const retryAfterMs = (headers: Headers): number | undefined => {
  const value = headers.get('retry-after')?.trim() ?? ''
  if (/^\d{1,10}$/.test(value)) return Number(value) * 1_000
  if (!/^[A-Z][a-z]{2}, /.test(value)) return undefined
  const ms = Date.parse(value) - Date.parse(headers.get('date') ?? '')
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined
}

/** Failures before a byte of the request left: nobody can have taken the message. */
const BEFORE_SENDING =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$|CERT|^ERR_TLS/

const lost = (error: unknown): SendOutcome => {
  const code = errorCode(error)
  return retry('connection', `connection failed${code && ` (${code})`}`, !BEFORE_SENDING.test(code))
}

/** `fetch` hides the system's code in the cause; only well-formed codes are let into notes. */
const errorCode = (error: unknown): string => {
  const cause = error instanceof Error ? error.cause : undefined
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : ''
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code) ? code : ''
}

type Retry = Extract<SendOutcome, { kind: 'retry' }>

const retry = (reason: RetryReason, note: string, ambiguous: boolean): Retry => ({
  kind: 'retry',
  reason,
  note,
  ambiguous,
})
