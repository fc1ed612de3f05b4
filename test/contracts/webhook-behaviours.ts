/** Everything the other end of a webhook may do, each by name: over HTTP, over TLS, in the DNS. */

import type { ServerResponse } from 'node:http'
import type { GuardParts } from '../../functions/channels/guarded-fetch.ts'
import { type Certificate, makeAuthority, selfSigned, validNow } from '../support/certificate.ts'
import type { Answer } from '../support/http-server.ts'
import { CANARY, reply, type WebhookContract } from './webhook-bench.ts'

/** What an answer may need: `giveUp` ends the attempt as time running out does, `giveUpOnBody` once the status was read. */
type Scene = {
  readonly success: WebhookContract['success']
  readonly giveUp: () => void
  readonly giveUpOnBody: () => void
}
type Behave = (scene: Scene) => Answer

const says =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Behave =>
  () =>
  (response) =>
    response.writeHead(status, headers).end(body)

const moved =
  (status: number): Behave =>
  () =>
  (response, { headers }) =>
    response.writeHead(status, { location: `http://${headers['host']}/elsewhere` }).end()

const limited = (headers: Readonly<Record<string, string>>): Behave => says(429, CANARY, headers)

/** Stops when the reader does, and only then. */
const endless = (response: ServerResponse): void => {
  const more = (): unknown => response.destroyed || response.write('x'.repeat(65_536), more)
  more()
}

const plainStatus = (status: number): Behave => says(status, CANARY)

/** Over a connection that works. */
export const ANSWERS = {
  'the documented success':
    ({ success }) =>
    (response) =>
      reply(response, success.status, success.body),
  '200 empty': says(200, ''),
  '200 with a sign-in page': says(200, '<!doctype html><title>Sign in</title>'),
  '200 with garbage': says(200, `\u0000\u0001${CANARY}`),
  '200 with an error in it': says(200, `returned HTTP error 429 ${CANARY}`),
  '201 empty': says(201, ''),
  '202 empty': says(202, ''),
  '204': says(204, ''),
  'success that breaks off':
    ({ success }) =>
    (response) =>
      response
        .writeHead(success.status, { 'content-length': '9999' })
        .write(success.body.slice(0, 1) || 'x', () => response.destroy()),
  'success that falls silent': ({ success, giveUpOnBody }) => {
    giveUpOnBody()
    return (response) => response.writeHead(success.status, { 'content-length': '9999' }).write('x')
  },
  'success without end':
    ({ success }) =>
    (response) =>
      endless(response.writeHead(success.status)),
  '301': moved(301),
  '302': moved(302),
  '303': moved(303),
  '307': moved(307),
  '308': moved(308),
  '400': plainStatus(400),
  '401': plainStatus(401),
  '403': plainStatus(403),
  '404': plainStatus(404),
  '405': plainStatus(405),
  '408': plainStatus(408),
  '409': plainStatus(409),
  '410': plainStatus(410),
  '413': plainStatus(413),
  '422': plainStatus(422),
  '425': plainStatus(425),
  '429': plainStatus(429),
  '429, Retry-After: 7': limited({ 'retry-after': '7' }),
  '429, Retry-After: a date 30 s later': limited({
    'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT',
    date: 'Mon, 23 Nov 2026 10:00:00 GMT',
  }),
  '429, Retry-After: a date gone by': limited({
    'retry-after': 'Mon, 23 Nov 2026 09:59:30 GMT',
    date: 'Mon, 23 Nov 2026 10:00:00 GMT',
  }),
  '429, Retry-After: ten years': limited({ 'retry-after': '315360000' }),
  '429, Retry-After: -5': limited({ 'retry-after': '-5' }),
  '429, Retry-After: abc': limited({ 'retry-after': 'abc' }),
  '429, Retry-After: 1e9': limited({ 'retry-after': '1e9' }),
  '429, Retry-After: no such date': limited({ 'retry-after': 'Mon, 99 Nov' }),
  '500': plainStatus(500),
  '501': plainStatus(501),
  '502': plainStatus(502),
  '503': plainStatus(503),
  '503, Retry-After: 7': says(503, CANARY, { 'retry-after': '7' }),
  '504': plainStatus(504),
  'no answer':
    ({ giveUp }) =>
    () =>
      giveUp(),
  'a reset': () => (_, __, request) => request.socket.resetAndDestroy(),
  'a close without an answer': () => (_, __, request) => request.socket.destroy(),
  'an answer that is no HTTP': () => (_, __, request) => request.socket.end(`SSH-2.0-${CANARY}\r\n`),
  'headers without end': () => (_, __, request) =>
    request.socket.end(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`),
} as const satisfies Readonly<Record<string, Behave>>

const PUBLIC = '93.184.215.14'
const authority = makeAuthority('Contract root')
const DAY_MS = 86_400_000
const twoDaysFrom = (start: number): { readonly from: Date; readonly until: Date } => ({
  from: new Date(start),
  until: new Date(start + 2 * DAY_MS),
})

/** What a server shows for the vendor's own host; the first is as it should be. */
export const CERTIFICATES = {
  'a certificate that holds': (host) => authority.issue(validNow([host])),
  'an expired certificate': (host) => authority.issue({ names: [host], ...twoDaysFrom(Date.now() - 3 * DAY_MS) }),
  'a certificate not valid yet': (host) => authority.issue({ names: [host], ...twoDaysFrom(Date.now() + DAY_MS) }),
  'a certificate for another host': () => authority.issue(validNow(['evil.example.com'])),
  'a self-signed certificate': (host) => selfSigned(validNow([host])),
  'a certificate of an unknown authority': (host) => makeAuthority('Other root').issue(validNow([host])),
} as const satisfies Readonly<Record<string, (host: string) => Certificate>>

/** The guard of a test whose TLS server stands behind a public address. */
export const throughTo = (port: number): Partial<GuardParts> => ({
  resolve: async () => [PUBLIC],
  ca: authority.ca,
  reach: { address: '127.0.0.1', port },
})

const failing = (code: string) => () => Promise.reject(Object.assign(new Error(CANARY), { code }))

/** What becomes of the vendor's name. */
export const RESOLUTIONS = {
  'no such name': failing('ENOTFOUND'),
  'a name server that fails': failing('EAI_AGAIN'),
  'a private address': async () => ['10.1.2.3'],
  'the metadata server': async () => ['169.254.169.254'],
  'a public and a private address': async () => [PUBLIC, '10.1.2.3'],
} as const satisfies Readonly<Record<string, GuardParts['resolve']>>

export type Behaviour =
  | keyof typeof ANSWERS
  | keyof typeof CERTIFICATES
  | keyof typeof RESOLUTIONS
  | 'a port where nobody listens'
