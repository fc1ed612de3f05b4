import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type GuardParts, guardedFetch } from '../../functions/channels/guarded-fetch.ts'
import { BlockedAddressError } from '../../functions/channels/network-address.ts'
import { makeAuthority, selfSigned, validNow } from '../support/certificate.ts'
import { startHttp } from '../support/http-server.ts'
import { startTls, type TlsPeer } from '../support/tls-server.ts'

const HOST = 'hooks.example.com'
const PUBLIC = '93.184.215.14'
const authority = makeAuthority('Test root')
const good = authority.issue(validNow([HOST]))

let peer: TlsPeer
beforeAll(async () => {
  peer = await startTls(good)
})
beforeEach(() => {
  peer.present(good)
  peer.answer((_, response) => response.end('ok'))
})
afterAll(() => peer.close())

type Changes = Partial<GuardParts> & { readonly url?: string; readonly signal?: AbortSignal }

const ADDRESS = `https://${HOST}/x?y=1`

/** Through the guard to the server on loopback, which stands behind every address that passed. */
const post = (changes: Changes = {}): Promise<Response> => {
  const { url = ADDRESS, signal = new AbortController().signal, ...parts } = changes
  const reach = { address: '127.0.0.1', port: peer.port }
  const guard = { allowLoopback: false, resolve: async () => [PUBLIC], own: () => [], ca: authority.ca, reach }
  const headers = { 'content-type': 'application/json' }
  const init = { method: 'POST', redirect: 'manual', headers, body: '{"é":1}', signal } as const
  return guardedFetch({ ...guard, ...parts })(new URL(url), init)
}

const refusal = async (changes: Changes): Promise<string> => {
  const before = peer.connections()
  const error = await post(changes).then(
    () => expect.fail('it went out'),
    (thrown: unknown) => thrown,
  )
  expect(peer.connections()).toBe(before)
  return error instanceof BlockedAddressError ? error.place : expect.fail(String(error))
}

const codeOf = (changes: Changes): Promise<string> =>
  post(changes).then(
    () => 'sent',
    (error: NodeJS.ErrnoException) => String(error.code),
  )

describe('a post to a public host', () => {
  it('arrives whole, by the host’s own name in TLS and in HTTP', async () => {
    const seen: unknown[] = []
    peer.answer((request, response) => {
      seen.push(request.method, request.url, request.headers)
      response.writeHead(202, { 'retry-after': '7' }).end('taken')
    })
    const response = await post()
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([202, '7', 'taken'])
    expect(peer.asked().at(-1)).toBe(HOST)
    expect(seen).toEqual([
      'POST',
      '/x?y=1',
      { host: HOST, 'content-type': 'application/json', 'content-length': '8', connection: 'close' },
    ])
  })

  it('is one request: a redirect is returned, never followed', async () => {
    peer.answer((_, response) => response.writeHead(307, { location: 'https://127.0.0.1/' }).end())
    const before = peer.connections()
    expect((await post()).status).toBe(307)
    expect(peer.connections()).toBe(before + 1)
  })

  it('returns an answer without a body as one', async () => {
    peer.answer((_, response) => response.writeHead(204).end())
    const response = await post()
    expect([response.status, await response.text()]).toEqual([204, ''])
  })

  it('ends the connection when the reader has had enough of an endless answer', async () => {
    const ended = Promise.withResolvers<void>()
    peer.answer((_, response) => {
      response.on('close', ended.resolve).writeHead(200)
      const more = (): unknown => response.destroyed || response.write('x'.repeat(65_536), more)
      more()
    })
    const { body } = await post()
    for await (const chunk of body ?? []) {
      expect(chunk.length).toBeGreaterThan(0)
      break
    }
    await ended.promise
  })

  it('fails where the answer breaks off', async () => {
    peer.answer((_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy())
    })
    await expect(post().then((response) => response.text())).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  it.each(['resolver', 'server'])('ends with the signal where the %s is silent', async (silent) => {
    const control = new AbortController()
    peer.answer(() => control.abort())
    const resolve = (): Promise<readonly string[]> => {
      setImmediate(() => control.abort())
      return new Promise(() => undefined)
    }
    const sent = post({ signal: control.signal, ...(silent === 'resolver' ? { resolve } : {}) })
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('passes on that a name does not exist', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }))
    expect(await codeOf({ resolve })).toBe('ENOTFOUND')
  })
})

describe('a name that leads inward', () => {
  it.each([
    ['of this network', '0.0.0.0'],
    ['of this machine', '127.0.0.1'],
    ['of this machine', '::1'],
    ['link-local', '169.254.169.254'],
    ['link-local', 'fe80::1'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '192.168.0.1'],
    ['private', 'fd00::1'],
    ['behind a shared carrier address', '100.64.0.1'],
    ['multicast', '224.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['an IPv4 address in disguise', '::ffff:169.254.169.254'],
    ['translated (NAT64)', '64:ff9b::a9fe:a9fe'],
    ['translated (NAT64)', '64:ff9b:1::a9fe:a9fe'],
    ['tunnelled (6to4)', '2002:7f00:1::1'],
    ['tunnelled (Teredo)', '2001:0:7f00:1::1'],
    ['for documentation', '203.0.113.7'],
    ['no plain address', 'not-an-address'],
  ])('is refused before a connection: %s, %s', async (place, address) => {
    expect(await refusal({ resolve: async () => [address] })).toBe(place)
  })

  it('is refused for one bad address among good ones, wherever it stands', async () => {
    for (const all of [
      [PUBLIC, '10.0.0.1'],
      ['10.0.0.1', PUBLIC],
      [...Array.from({ length: 50 }, () => PUBLIC), '10.0.0.1'],
    ]) {
      expect(await refusal({ resolve: async () => all })).toBe('private')
    }
  })

  it('is refused where it is the machine’s own public address', async () => {
    expect(await refusal({ own: () => ['127.0.0.1', PUBLIC] })).toBe('of this machine')
  })

  it('gains nothing by another answer later: each post resolves once, and goes where that answer leads', async () => {
    const answers = [[PUBLIC], ['169.254.169.254'], [PUBLIC]]
    let asked = 0
    const resolve = async (): Promise<readonly string[]> => answers[asked++] ?? expect.fail('resolved again')
    expect((await post({ resolve })).status).toBe(200)
    expect(asked).toBe(1)
    expect(await refusal({ resolve })).toBe('link-local')
    expect((await post({ resolve })).status).toBe(200)
    expect(asked).toBe(3)
  })

  it.each(['https://169.254.169.254/', 'https://[::1]/', 'https://2130706433/', 'https://8.8.8.8/'])(
    'cannot be spelt as a number: %s',
    async (url) => {
      const resolve = () => expect.fail('a number was looked up')
      expect(await refusal({ url, resolve })).toBe('written as a number')
    },
  )

  it('cannot be reached without TLS', async () => {
    expect(await refusal({ url: `http://${HOST}/` })).toBe('not https')
    expect(await refusal({ url: `http://${HOST}/`, allowLoopback: true })).toBe('not https')
  })
})

describe('a local sink', () => {
  it('is reached on loopback where that is allowed, and nowhere else', async () => {
    const sink = await startHttp()
    expect((await post({ url: `${sink.url}/chat/ops`, allowLoopback: true })).status).toBe(200)
    expect(await refusal({ url: `${sink.url}/chat/ops` })).toBe('not https')
    expect(sink.requests()).toHaveLength(1)
    await sink.close()
  })
})

describe('a certificate', () => {
  const day = (offset: number): Date => new Date(Date.now() + offset * 86_400_000)

  it.each([
    ['expired', authority.issue({ names: [HOST], from: day(-3), until: day(-1) }), 'CERT_HAS_EXPIRED'],
    ['not valid yet', authority.issue({ names: [HOST], from: day(1), until: day(3) }), 'CERT_NOT_YET_VALID'],
    ['for another host', authority.issue(validNow(['evil.example.com'])), 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['for the address alone', authority.issue(validNow(['127.0.0.1', PUBLIC])), 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['self-signed', selfSigned(validNow([HOST])), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['of an unknown authority', makeAuthority('Other root').issue(validNow([HOST])), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ])('that is %s is never accepted, and no request follows', async (_, certificate, code) => {
    peer.present(certificate)
    const before = peer.asked().length
    expect(await codeOf({})).toBe(code)
    expect(peer.asked().length).toBe(before)
  })
})
