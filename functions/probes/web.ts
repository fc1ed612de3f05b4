/** Asks a host for its front page without a body: enough to see DNS, the way there and the certificate, too little to post anything. */

import type { LookedUp } from '../app/look-up.ts'
import type { Skew, WebFault, WebProbe } from '../doctor/ports.ts'
import { type Clock, SECOND_MS } from '../domain/time.ts'

const PROBE_MS = 5 * SECOND_MS

type Knocked = { readonly status: number; readonly date: string | null } | { readonly code: string }

/** Nothing of an address but its host is sent: no path, no query, and so no token. */
const knock = async (address: string): Promise<Knocked> => {
  try {
    const response = await fetch(`${new URL(address).origin}/`, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(PROBE_MS),
    })
    return { status: response.status, date: response.headers.get('date') }
  } catch (error) {
    return { code: codeOf(error) }
  }
}

/** `fetch` hides the system's code in the cause; only well-formed codes are handed on. */
const codeOf = (error: unknown): string => {
  if (error instanceof Error && error.name === 'TimeoutError') return 'ETIMEDOUT'
  const cause = error instanceof Error ? error.cause : undefined
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : ''
  return /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? code : 'EUNKNOWN'
}

/** Any answer will do, an error page too. Never throws. */
export const probeWeb = async (address: string): Promise<WebProbe> => {
  const knocked = await knock(address)
  return 'status' in knocked
    ? { kind: 'answered', status: knocked.status }
    : { kind: 'failed', fault: faultOf(knocked.code), note: knocked.code }
}

const faultOf = (code: string): WebFault => {
  if (/^(ENOTFOUND|EAI_AGAIN|EAI_NODATA)$/.test(code)) return 'name'
  if (code === 'ECONNREFUSED') return 'refused'
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return 'silent'
  return /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)/.test(code) ? 'certificate' : 'other'
}

/** Compares this machine's clock with the `Date` of an answer (RFC 9110 §6.6.1), halfway between asking and hearing. */
export const probeSkew = async (address: string, clock: Clock): Promise<LookedUp<Skew>> => {
  const asked = clock()
  const knocked = await knock(address)
  const heard = clock()
  if (!('status' in knocked)) return { kind: 'failed', note: knocked.code }
  const theirs = Date.parse(knocked.date ?? '')
  if (Number.isNaN(theirs)) return { kind: 'failed', note: 'the answer has no date' }
  return { kind: 'answer', answer: { aheadMs: (asked + heard) / 2 - theirs, roundTripMs: heard - asked } }
}
