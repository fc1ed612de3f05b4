import { Resolver } from 'node:dns/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DnsIo } from '../../functions/doctor/ports.ts'
import { dnsIo } from '../../functions/probes/dns.ts'
import { type DnsPeer, startDns } from '../support/dns-server.ts'

let server: DnsPeer
let dns: DnsIo

beforeAll(async () => {
  server = await startDns({
    txt: { 'acme.dev': [['v=spf1 ', 'ip4:192.0.2.1 -all'], ['other']], 'mail.dev': [] },
    mx: { 'mail.dev': ['mx.mail.dev'], 'no-mail.dev': [''] },
    failing: ['broken.dev'],
    silent: ['mute.dev'],
  })
  const resolver = new Resolver({ timeout: 200, tries: 1 })
  resolver.setServers([server.host])
  dns = dnsIo(resolver)
})
afterAll(() => server.close())

test('the strings of one record are joined, and records are kept apart', async () => {
  expect(await dns.txt('acme.dev')).toEqual({ kind: 'records', records: ['v=spf1 ip4:192.0.2.1 -all', 'other'] })
})

test.each(['nowhere.dev', 'mail.dev'])('%s has no text, and DNS is sure of it', async (name) => {
  expect(await dns.txt(name)).toEqual({ kind: 'none' })
})

test('mail hosts are read, and a lone dot is none', async () => {
  expect(await dns.mx('mail.dev')).toEqual({ kind: 'records', records: ['mx.mail.dev'] })
  expect(await dns.mx('no-mail.dev')).toEqual({ kind: 'none' })
})

test.each([
  ['broken.dev', 'ESERVFAIL'],
  ['mute.dev', 'ETIMEOUT'],
])('%s is not known to have none', async (name, note) => {
  expect(await dns.txt(name)).toEqual({ kind: 'failed', note })
})

test('a name is asked about once', async () => {
  await Promise.all([dns.txt('once.dev'), dns.txt('once.dev')])
  await dns.txt('once.dev')
  expect(server.asked().filter((question) => question === 'TXT once.dev')).toHaveLength(1)
})
