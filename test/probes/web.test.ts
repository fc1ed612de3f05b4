import { setDefaultCACertificates } from 'node:tls'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { probeSkew, probeWeb } from '../../functions/probes/web.ts'
import { makeAuthority, selfSigned, validNow } from '../support/certificate.ts'
import { type HttpPeer, startHttp } from '../support/http-server.ts'
import { startTls, type TlsPeer } from '../support/tls-server.ts'

const ours = makeAuthority('our own')
const servers: (HttpPeer | TlsPeer)[] = []

beforeAll(() => setDefaultCACertificates([ours.ca]))
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())))

const http = async (answer?: Parameters<typeof startHttp>[0]): Promise<HttpPeer> => {
  const server = await startHttp(answer)
  servers.push(server)
  return server
}

describe('a host is asked for its front page', () => {
  test('and nothing of the address but the host is sent', async () => {
    const chat = await http((response) => response.writeHead(404).end())
    const address = `${chat.url.replace('//', '//user:s3cr3t@')}/v1/spaces/AAAA/messages?key=k&token=s3cr3t-t0ken#s3cr3t`
    expect(await probeWeb(address)).toEqual({ kind: 'answered', status: 404 })
    expect(chat.requests().map(({ method, path, body }) => [method, path, body])).toEqual([['HEAD', '/', '']])
    expect(JSON.stringify(chat.requests())).not.toContain('s3cr3t')
  })

  test('and a redirect is an answer', async () => {
    const chat = await http((response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end())
    expect(await probeWeb(chat.url)).toEqual({ kind: 'answered', status: 302 })
  })

  test.each([
    ['that we trust', ours.issue(validNow(['localhost'])), { kind: 'answered', status: 200 }],
    [
      'that nobody vouches for',
      selfSigned(validNow(['localhost'])),
      { kind: 'failed', fault: 'certificate', note: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    ],
    [
      'for another name',
      ours.issue(validNow(['chat.acme.dev'])),
      { kind: 'failed', fault: 'certificate', note: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    ],
  ])('with a certificate %s', async (_, certificate, probe) => {
    const server = await startTls(certificate)
    servers.push(server)
    expect(await probeWeb(`https://localhost:${server.port}/secret`)).toEqual(probe)
  })

  test('that is gone', async () => {
    const gone = await startHttp()
    await gone.close()
    expect(await probeWeb(gone.url)).toEqual({ kind: 'failed', fault: 'refused', note: 'ECONNREFUSED' })
  })
})

describe('the clock is compared', () => {
  const NOW = Date.UTC(2026, 10, 23, 10)

  test('halfway between asking and hearing', async () => {
    const server = await http((response) => response.writeHead(200, { date: 'Mon, 23 Nov 2026 10:00:00 GMT' }).end())
    const readings = [NOW + 4_000, NOW + 6_000]
    expect(await probeSkew(server.url, () => readings.shift() ?? 0)).toEqual({
      kind: 'answer',
      answer: { aheadMs: 5_000, roundTripMs: 2_000 },
    })
  })

  test('with nobody who does not tell it', async () => {
    const server = await http((response) => {
      response.sendDate = false
      response.end()
    })
    expect(await probeSkew(server.url, () => NOW)).toEqual({ kind: 'failed', note: 'the answer has no date' })
  })
})
