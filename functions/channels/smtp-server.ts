/** The mail server a variable names, as nodemailer wants it; nothing in the URL can weaken TLS. */

import { ConfigError } from '../domain/errors.ts'
import type { ChannelIo } from './channel.ts'

export type SmtpServer = {
  readonly host: string
  readonly port: number
  /** TLS from the first byte; else STARTTLS. */
  readonly secure: boolean
  readonly requireTLS: boolean
  readonly ignoreTLS: boolean
  readonly tls: { readonly minVersion: 'TLSv1.2'; readonly rejectUnauthorized: true }
  readonly auth?: { readonly user: string; readonly pass: string }
}

const PORTS: Readonly<Record<string, number>> = { 'smtp:': 587, 'smtps:': 465 }
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * Reads `smtp://user:password@host:port` (STARTTLS required) or `smtps://…` (TLS at once) from a variable.
 * Without TLS only on loopback where `io.allowLoopback`. Throws `ConfigError` with the variable's name, never its value.
 */
export const smtpServer = (io: ChannelIo, variable: string): SmtpServer => {
  const url = parsed(io.secret(variable), variable)
  const secure = url.protocol === 'smtps:'
  const local = io.allowLoopback && LOOPBACK.has(url.hostname)
  const auth = credentials(url, variable)
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (PORTS[url.protocol] ?? 587) : Number(url.port),
    secure,
    requireTLS: !secure && !local,
    ignoreTLS: !secure && local,
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true },
    ...(auth ? { auth } : {}),
  }
}

const parsed = (value: string, variable: string): URL => {
  const fail = (why: string): never => {
    throw new ConfigError(`${variable}: ${why}`)
  }
  if (value === '' || value !== value.trim()) return fail('is empty or has a blank or line break around its value')
  if (!URL.canParse(value)) return fail('is no URL')
  const url = new URL(value)
  if (!(url.protocol in PORTS)) return fail('must be an smtp:// or smtps:// URL')
  if (!/^(\[[0-9a-f:.]+\]|[A-Za-z0-9.-]+)$/i.test(url.hostname)) return fail('names no host')
  // nodemailer would take a query for options, `tls.rejectUnauthorized` among them.
  if (url.search || url.hash || (url.pathname !== '' && url.pathname !== '/')) return fail('must end after the port')
  return url
}

const credentials = (url: URL, variable: string): SmtpServer['auth'] => {
  if (url.username === '') return undefined
  try {
    return { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
  } catch {
    throw new ConfigError(`${variable}: user name or password is not percent-encoded`)
  }
}
