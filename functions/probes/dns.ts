/** DNS by the machine's own resolvers, in bounded time. */

import { Resolver } from 'node:dns/promises'
import type { DnsIo, Records } from '../doctor/ports.ts'
import { SECOND_MS } from '../domain/time.ts'
import { once } from './once.ts'

/** Two tries of this length fit well into a check. */
const TRY_MS = 1.5 * SECOND_MS
const TRIES = 2

/** DNS is sure that there is no such name, or no such record of it. */
const NONE = new Set(['ENOTFOUND', 'ENODATA', 'NXDOMAIN'])

type Lookup = Pick<Resolver, 'resolveTxt' | 'resolveMx'>

/** Asked twice, a name is answered from the first time. */
export const dnsIo = (resolver: Lookup = new Resolver({ timeout: TRY_MS, tries: TRIES })): DnsIo => ({
  txt: once((name) => recordsOf(async () => (await resolver.resolveTxt(name)).map((parts) => parts.join('')))),
  mx: once((name) =>
    // A lone dot says that the domain takes no mail: RFC 7505.
    recordsOf(async () =>
      (await resolver.resolveMx(name)).map(({ exchange }) => exchange).filter((host) => host !== ''),
    ),
  ),
})

const recordsOf = async (ask: () => Promise<readonly string[]>): Promise<Records> => {
  try {
    const records = await ask()
    return records.length > 0 ? { kind: 'records', records } : { kind: 'none' }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    return NONE.has(code) ? { kind: 'none' } : { kind: 'failed', note: code }
  }
}
