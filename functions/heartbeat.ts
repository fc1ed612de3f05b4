/** Calls the watchdog outside: one POST without content, a few seconds at most, nothing of the answer read. */

import type { Heartbeat } from './app/heartbeat.ts'
import type { ChannelIo } from './channels/channel.ts'
import { webhookUrl } from './channels/http.ts'
import { publicHost } from './channels/public-host.ts'
import type { Config } from './config.ts'
import { SECOND_MS } from './domain/time.ts'

/** A run has other things to do than to wait for a watchdog. */
const BEAT_MS = 5 * SECOND_MS
/**
 * The heartbeat of this configuration, if it has one. Throws `ConfigError` with the variable's name, never its value: the
 * address is a secret, for whoever knows it can keep the watchdog quiet.
 */
export const heartbeatFrom = ({ heartbeat }: Config, io: ChannelIo): Heartbeat | undefined => {
  if (heartbeat === undefined) return undefined
  const url = webhookUrl(io, heartbeat, publicHost)
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
