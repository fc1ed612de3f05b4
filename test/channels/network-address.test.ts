import { describe, expect, it } from 'vitest'
import { blockedPlace, isAddressLiteral } from '../../functions/channels/network-address.ts'

/** First, last and something between of each range, and the nearest addresses on either side that are not in it. */
const RANGES: readonly (readonly [place: string, inside: readonly string[], outside: readonly string[]])[] = [
  ['of this network', ['0.0.0.0', '0.255.255.255', '::'], ['1.0.0.0']],
  ['of this machine', ['127.0.0.1', '127.0.0.0', '127.255.255.255', '::1'], ['126.255.255.255', '128.0.0.0']],
  ['link-local', ['169.254.0.0', '169.254.169.254', '169.254.255.255'], ['169.253.255.255', '169.255.0.0']],
  ['link-local', ['fe80::', 'fe80::1', 'febf:ffff::'], ['fe7f::1']],
  ['private', ['10.0.0.0', '10.1.2.3', '10.255.255.255'], ['9.255.255.255', '11.0.0.0']],
  ['private', ['172.16.0.0', '172.31.255.255'], ['172.15.255.255', '172.32.0.0']],
  ['private', ['192.168.0.0', '192.168.255.255'], ['192.167.255.255', '192.169.0.0']],
  ['private', ['fc00::', 'fd00::1', 'fdff:ffff::', 'fec0::1', 'feff::1'], ['fbff:ffff::1']],
  [
    'behind a shared carrier address',
    ['100.64.0.0', '100.100.100.200', '100.127.255.255'],
    ['100.63.255.254', '100.63.255.255', '100.128.0.0', '100.128.0.1'],
  ],
  ['multicast', ['224.0.0.0', '239.255.255.255', 'ff00::', 'ff02::1'], ['223.255.255.255']],
  ['broadcast', ['255.255.255.255'], []],
  ['an IPv4 address in disguise', ['::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:a9fe:a9fe', '::7f00:1'], []],
  ['translated (NAT64)', ['64:ff9b::', '64:ff9b::a9fe:a9fe', '64:ff9b::ffff:ffff'], ['64:ff9a::1', '64:ff9c::1']],
  ['translated (NAT64)', ['64:ff9b:1::', '64:ff9b:1::7f00:1', '64:ff9b:1:ffff::'], ['64:ff9b:2::1', '64:ff9b::1:0:1']],
  ['tunnelled (6to4)', ['2002::', '2002:7f00:1::', '2002:ffff::1', '192.88.99.1'], ['2003::1', '192.88.98.1']],
  ['tunnelled (Teredo)', ['2001::', '2001:0:7f00:1::', '2001:0:ffff::1'], []],
  [
    'for documentation',
    ['192.0.2.1', '198.51.100.1', '203.0.113.255', '2001:db8::1', '3fff::1', '3fff:fff::1'],
    ['192.0.1.255', '192.0.3.0', '198.51.99.255', '203.0.114.0', '2001:db7::1', '2001:db9::1', '3ffe::1'],
  ],
  [
    'reserved',
    ['192.0.0.1', '198.18.0.1', '198.19.255.255', '240.0.0.1'],
    ['192.0.1.0', '198.17.255.255', '198.20.0.0'],
  ],
  [
    'reserved',
    ['100::1', '100:0:0:1::1', '2001:1::1', '2001:1ff::1', '5f00::1'],
    ['2001:200::1', '5eff::1', '5f01::1'],
  ],
]

describe.each(RANGES)('an address %s', (place, inside, outside) => {
  it.each(inside)('%s is blocked', (address) => {
    expect(blockedPlace(address)).toBe(place)
  })

  it.each(outside.length > 0 ? outside : ['8.8.8.8'])('%s, just outside, is not', (address) => {
    expect(blockedPlace(address)).toBeUndefined()
  })
})

describe('any other address', () => {
  it.each([
    '8.8.8.8',
    '142.250.74.106',
    '54.230.1.2',
    '2607:f8b0:4005:80a::200a',
    '2a00:1450::1',
    '2606:4700::6810:84e5',
  ])('%s is let pass', (address) => expect(blockedPlace(address)).toBeUndefined())

  it.each([
    'fe80::1%eth0',
    '8.8.8.8%1',
    'hooks.slack.com',
    '',
    '8.8.8',
    '0x7f.1',
    '2130706433',
    '8.8.8.8:443',
    ' 8.8.8.8',
  ])('%j is no plain address, and blocked', (address) => expect(blockedPlace(address)).toBe('no plain address'))
})

describe('a host in numbers', () => {
  it.each([
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0x7f000001/',
    'https://0177.0.0.1/',
    'https://0/',
    'https://%31%32%37.0.0.1/',
    'https://１２７.０.０.１/',
    'https://127。0。0。1/',
    'https://127.0.0.1./',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://8.8.8.8/',
  ])('%s is told from a name', (address) => {
    expect(isAddressLiteral(new URL(address).hostname)).toBe(true)
  })

  it.each(['https://hooks.slack.com/', 'https://1.example.com/', 'https://127.0.0.1.nip.io/'])(
    '%s is a name',
    (address) => {
      expect(isAddressLiteral(new URL(address).hostname)).toBe(false)
    },
  )
})
