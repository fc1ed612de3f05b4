/** Addresses that no webhook may lead to, and how they are told: by number, never by name. */

import { BlockList, isIP, isIPv4 } from 'node:net'

/**
 * A name led to an address that is not the open internet's; thrown before a byte is sent. `place` is one of our own
 * words, so it may stand in a note where the address may not.
 */
export class BlockedAddressError extends Error {
  override readonly name = 'BlockedAddressError'
  readonly place: string

  constructor(place: string) {
    super(`the address is ${place}`)
    this.place = place
  }
}

/**
 * The special-purpose registries of IANA, and the ranges that carry an IPv4 address inside an IPv6 one.
 * https://www.iana.org/assignments/iana-ipv4-special-registry https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const PLACES: readonly { readonly place: string; readonly ranges: readonly string[] }[] = [
  { place: 'of this network', ranges: ['0.0.0.0/8', '::/128'] },
  { place: 'of this machine', ranges: ['127.0.0.0/8', '::1/128'] },
  { place: 'link-local', ranges: ['169.254.0.0/16', 'fe80::/10'] },
  { place: 'private', ranges: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fec0::/10'] },
  { place: 'behind a shared carrier address', ranges: ['100.64.0.0/10'] },
  { place: 'multicast', ranges: ['224.0.0.0/4', 'ff00::/8'] },
  { place: 'broadcast', ranges: ['255.255.255.255/32'] },
  { place: 'an IPv4 address in disguise', ranges: ['::ffff:0:0/96', '::/96', '::ffff:0:0:0/96'] },
  { place: 'translated (NAT64)', ranges: ['64:ff9b::/96', '64:ff9b:1::/48'] },
  { place: 'tunnelled (6to4)', ranges: ['192.88.99.0/24', '2002::/16'] },
  { place: 'tunnelled (Teredo)', ranges: ['2001::/32'] },
  {
    place: 'for documentation',
    ranges: ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20'],
  },
  {
    place: 'reserved',
    ranges: ['192.0.0.0/24', '198.18.0.0/15', '240.0.0.0/4', '100::/64', '100:0:0:1::/64', '2001::/23', '5f00::/16'],
  },
]

/** One list would compare the families with each other: `::ffff:0:0/96` then holds all of IPv4. */
const listOf = (ranges: readonly string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList()
  for (const range of ranges) {
    const [network = '', bits = ''] = range.split('/')
    if (isIPv4(network) === (family === 'ipv4')) list.addSubnet(network, Number(bits), family)
  }
  return list
}

const LISTS = PLACES.map(({ place, ranges }) => ({
  place,
  ipv4: listOf(ranges, 'ipv4'),
  ipv6: listOf(ranges, 'ipv6'),
}))

/** Where an address lies if a webhook may not go there, else `undefined`; what is no plain address may not either. */
export const blockedPlace = (address: string): string | undefined => {
  const version = isIP(address)
  if (version === 0 || address.includes('%')) return 'no plain address'
  const family = version === 4 ? 'ipv4' : 'ipv6'
  return LISTS.find((lists) => lists[family].check(address, family))?.place
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** Plain HTTP to this machine: a local sink's address, and no other. The host is as `URL` parsed it. */
export const isLoopbackHttp = ({ protocol, hostname }: URL): boolean => protocol === 'http:' && LOOPBACK.has(hostname)

/** Whether a host stands as a number; `URL` has made every spelling of one into the plain form. */
export const isAddressLiteral = (hostname: string): boolean => hostname.startsWith('[') || isIP(hostname) !== 0
