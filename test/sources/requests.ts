/** Requests as the platform makes them, for tests of the envelope. */

import { type Decoded, type DecodeOptions, decodeEnvelope } from '../../functions/sources/envelope.ts'

/** 2026-11-23T10:00:05Z. */
export const RECEIVED = 1_795_428_005_000
export const PUBLISH_TIME = '2026-11-23T10:00:00.123456789Z'
export const SOURCE = { ms: 1_795_428_000_123, subNanos: 456_789 }
export const BODY = '{"costAmount":140.321,"name":"é"}'
export const DATA = Buffer.from(BODY).toString('base64')
export const SUBSCRIPTION = 'projects/p/subscriptions/s'

export const take = (
  body: string | Uint8Array,
  headers: Record<string, string> = {},
  options?: DecodeOptions,
): Decoded =>
  decodeEnvelope(
    { headers, body: typeof body === 'string' ? Buffer.from(body) : body },
    'billing-notifications',
    RECEIVED,
    options,
  )

export const push = (message: unknown, options?: DecodeOptions): Decoded =>
  take(JSON.stringify({ message, subscription: SUBSCRIPTION }), {}, options)

export const withData = (data: unknown): Decoded => push({ data, publishTime: PUBLISH_TIME })
export const withBytes = (bytes: Uint8Array): Decoded => withData(Buffer.from(bytes).toString('base64'))
export const reasonOf = (result: Decoded): string => (result.kind === 'rejected' ? result.reason : result.kind)
