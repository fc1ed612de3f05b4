/** Calls the watchdog outside: one POST without content, a few seconds at most, nothing of the answer read. */

import { isIP } from 'node:net'
import type { Heartbeat } from './app/heartbeat.ts'
import type { ChannelIo } from './channels/channel.ts'
import type { Config } from './config.ts'
import { ConfigError } from './domain/errors.ts'
import { SECOND_MS } from './domain/time.ts'

/** A run has other things to do than to wait for a watchdog. */
const BEAT_MS = 5 * SECOND_MS
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])
/** Names that mean a machine of ours and nobody outside, the metadata server among them. */
const INSIDE = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa)\.?$|^[^.]+\.?$/

type WatchdogIo = Pick<ChannelIo, 'secret' | 'fetch' | 'allowLoopback'>

/**
 * The heartbeat of this configuration, if it has one. Throws `ConfigError` with the variable's name, never its value: the
 * address is a secret, for whoever knows it can keep the watchdog quiet.
 */
export const heartbeatFrom = ({ heartbeat }: Config, io: WatchdogIo): Heartbeat | undefined => {
  if (heartbeat === undefined) return undefined
  const url = watchdogUrl(io, heartbeat)
  return async () => {
    try {
      const signal = AbortSignal.timeout(BEAT_MS)
      const response = await io.fetch(url, { method: 'POST', redirect: 'manual', headers: {}, body: '', signal })
      await response.body?.cancel()
      return response.ok ? { kind: 'heard' } : { kind: 'lost', note: `HTTP ${response.status}` }
    } catch (error) {
      const isLate = error instanceof Error && error.name === 'TimeoutError'
      return { kind: 'lost', note: isLate ? `no answer within ${BEAT_MS / SECOND_MS} s` : 'the connection failed' }
    }
  }
}

/** HTTPS to a public name on port 443, judged as parsed; plain HTTP to this machine only where `io.allowLoopback`. */
const watchdogUrl = (io: WatchdogIo, variable: string): URL => {
  const url = URL.parse(io.secret(variable))
  const fail = (why: string): never => {
    throw new ConfigError(`${variable}: ${why}`)
  }
  if (!url) return fail('is no URL. Give the https:// address that the watchdog gave you.')
  if (url.username || url.password) return fail('must hold no user name or password.')
  if (io.allowLoopback && url.protocol === 'http:' && LOOPBACK.has(url.hostname)) return url
  if (url.protocol !== 'https:') return fail('must be an https:// URL.')
  if (url.port !== '') return fail('must use port 443.')
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0 || INSIDE.test(url.hostname))
    return fail('must name a public host: a watchdog in the same place stops with what it watches.')
  return url
}
