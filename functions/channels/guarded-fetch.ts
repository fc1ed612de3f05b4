/** The only way out for webhooks: HTTPS to a checked address of a checked name, one request, nothing followed. */

import { type RequestOptions as HttpOptions, type IncomingMessage, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { isIPv6, type LookupFunction } from 'node:net'
import type { Fetch } from './channel.ts'
import { BlockedAddressError, blockedPlace, isAddressLiteral, isLoopbackHttp } from './network-address.ts'

export type GuardParts = {
  /** Whether plain HTTP to this machine is let pass, for local sinks. */
  readonly allowLoopback: boolean
  /** Every address of a name, IPv4 or IPv6; rejects with the system's error where there is none. */
  readonly resolve: (hostname: string) => Promise<readonly string[]>
  /** The machine's own addresses, which may be public ones. */
  readonly own: () => readonly string[]
  /** Authorities to trust instead of the built-in ones (PEM). */
  readonly ca?: string
  /** Where a checked address is really reached: itself, port 443. A test has its servers on loopback. */
  readonly reach?: { readonly address: string; readonly port: number }
}

/** A name with more addresses than this is tried at the first ones only. */
const CONNECTS_MAX = 8
/** Time for one address before the next is tried as well. */
const CONNECT_NEXT_MS = 1_000

/**
 * A `fetch` that can reach the open internet alone. The name is resolved once, as the connection is made; if one of its
 * addresses is blocked, none is tried, so neither a mixed answer nor a second answer (DNS rebinding) gets through.
 * Certificates are verified for the real host, redirects are returned as they are, proxies of the environment and kept
 * connections are not used. Rejects with `BlockedAddressError` or the system's error; the signal ends everything.
 */
export const guardedFetch = (parts: GuardParts): Fetch => {
  const lookup = checkedLookup(parts)
  return (url, init) => {
    const { signal, method, body } = init
    const size = Buffer.byteLength(body)
    const headers = { ...init.headers, host: url.host, 'content-length': size, connection: 'close' }
    const plain: HttpOptions = { method, headers, signal, agent: false }
    if (parts.allowLoopback && isLoopbackHttp(url)) return exchange(overHttp(url, plain), body)
    if (url.protocol !== 'https:') return Promise.reject(new BlockedAddressError('not https'))
    // A literal is never looked up, so the check would not see it.
    if (isAddressLiteral(url.hostname)) return Promise.reject(new BlockedAddressError('written as a number'))
    return exchange(overHttps(url, { ...plain, ...TLS, ...where(parts), lookup }), body)
  }
}

/** `rejectUnauthorized` is said aloud, for a variable of the environment can turn the default off. */
const TLS = {
  minVersion: 'TLSv1.2',
  rejectUnauthorized: true,
  autoSelectFamily: true,
  autoSelectFamilyAttemptTimeout: CONNECT_NEXT_MS,
} as const

const where = ({ ca, reach }: GuardParts): { readonly ca?: string; readonly port?: number } => ({
  ...(ca === undefined ? {} : { ca }),
  ...(reach === undefined ? {} : { port: reach.port }),
})

const checkedLookup =
  (parts: GuardParts): LookupFunction =>
  (hostname, _, done) => {
    checkedAddresses(parts, hostname).then(
      (addresses) => done(null, addresses.map(withFamily)),
      (error: NodeJS.ErrnoException) => done(error, []),
    )
  }

const withFamily = (address: string): { readonly address: string; readonly family: 4 | 6 } => ({
  address,
  family: isIPv6(address) ? 6 : 4,
})

const checkedAddresses = async ({ resolve, own, reach }: GuardParts, hostname: string): Promise<readonly string[]> => {
  const addresses = await resolve(hostname)
  const ours = own()
  for (const address of addresses) {
    const place = ours.includes(address) ? 'of this machine' : blockedPlace(address)
    if (place !== undefined) throw new BlockedAddressError(place)
  }
  return addresses.slice(0, CONNECTS_MAX).map((address) => reach?.address ?? address)
}

const exchange = (outgoing: ReturnType<typeof overHttp>, body: string): Promise<Response> =>
  new Promise((resolve, reject) => {
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      try {
        resolve(responseOf(incoming))
      } catch (error) {
        incoming.destroy()
        reject(error)
      }
    })
    outgoing.end(body)
  })

/** Statuses that `Response` allows no body for. */
const BODILESS = new Set([204, 205, 304])

/** Throws for a status below 200 or above 599. */
const responseOf = (incoming: IncomingMessage): Response => {
  const { statusCode: status = 0 } = incoming
  const headers = new Headers()
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value)
  }
  if (!BODILESS.has(status)) return new Response(bodyOf(incoming), { status, headers })
  incoming.destroy()
  return new Response(null, { status, headers })
}

/** Reads no faster than it is read; whoever has had enough cancels, and the connection ends. */
const bodyOf = (incoming: IncomingMessage): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start: (stream) => {
      incoming.on('data', (chunk: Uint8Array) => {
        stream.enqueue(chunk)
        if ((stream.desiredSize ?? 0) <= 0) incoming.pause()
      })
      incoming.on('end', () => stream.close())
      incoming.on('error', (error) => stream.error(error))
    },
    pull: () => void incoming.resume(),
    cancel: () => void incoming.destroy(),
  })
