/** Which hosts a webhook of one's own choice may name; where the name leads is `guardedFetch`'s affair. */

import type { HostCheck } from './http.ts'
import { isAddressLiteral } from './network-address.ts'

/** Names that never lead out: RFC 6761, RFC 6762, RFC 8375, and what ICANN set aside for private use. */
const INNER_NAMES = ['localhost', 'local', 'internal', 'arpa']

/** A dotted public name, written in the form in which it is looked up: what is read is where it goes. */
export const publicHost: HostCheck = ({ hostname }, value) => {
  if (isAddressLiteral(hostname)) return 'must name its host, not give an address in numbers'
  if (hostname.endsWith('.')) return 'must not end its host with a dot'
  if (!hostname.includes('.') || INNER_NAMES.includes(hostname.slice(hostname.lastIndexOf('.') + 1))) {
    return 'must point at a host on the internet'
  }
  const written = /^https:\/\/([^/?#]*)/i.exec(value)?.[1]?.toLowerCase().replace(/:443$/, '')
  return written === hostname ? undefined : 'must write its host in plain letters (a name in other scripts as xn--…)'
}
