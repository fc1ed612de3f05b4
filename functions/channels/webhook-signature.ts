/** Signatures after Standard Webhooks 1.0: who sent these bytes, and when. */

import { createHmac } from 'node:crypto'
import { ConfigError } from '../domain/errors.ts'
import { contentHash } from '../domain/keys.ts'
import { type Instant, SECOND_MS } from '../domain/time.ts'
import type { ChannelIo } from './channel.ts'
import { isLocalSink } from './http.ts'

const KEY_MIN_BYTES = 24
const KEY_MAX_BYTES = 64

/** Signs for a local sink, which checks nothing; no secret, and never used for another address. */
const SINK_KEY = Buffer.alloc(KEY_MIN_BYTES, 'local-sink')

/**
 * The key a variable holds as `whsec_` and base64. Where the webhook itself goes to a local sink, so may this variable.
 * Throws `ConfigError` with the variable's name, never its value.
 */
export const signingKey = (io: ChannelIo, variable: string, isSink: boolean): Uint8Array => {
  const value = io.secret(variable)
  if (isSink && isLocalSink(io, value)) return SINK_KEY
  const text = value.startsWith('whsec_') ? value.slice('whsec_'.length) : ''
  const key = Buffer.from(text, 'base64')
  const isExact = key.toString('base64') === text
  if (isExact && key.length >= KEY_MIN_BYTES && key.length <= KEY_MAX_BYTES) return key
  throw new ConfigError(
    `${variable}: must be whsec_ followed by ${KEY_MIN_BYTES} to ${KEY_MAX_BYTES} random bytes in base64, such as from: echo "whsec_$(openssl rand -base64 32)"`,
  )
}

export type Signed = { readonly id: string; readonly at: Instant; readonly text: string }

/**
 * The three headers for one attempt. The id is constant over attempts, the time is the attempt's own in whole seconds; every
 * key signs, so that a receiver may know the old or the new one while they are changed.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export const signatureHeaders = (keys: readonly Uint8Array[], { id, at, text }: Signed) => {
  const seconds = Math.floor(at / SECOND_MS)
  const signed = `${messageId(id)}.${seconds}.${text}`
  const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
  return {
    'webhook-id': messageId(id),
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatures.join(' '),
  }
}

/** A full stop parts the signed fields, so none may stand in an id; delivery ids have none. */
const messageId = (id: string): string => (/^[\w-]{1,128}$/.test(id) ? id : contentHash(id))
