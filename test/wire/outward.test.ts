/** The way out that a running process hands its channels. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { BlockedAddressError } from '../../functions/channels/network-address.ts'
import { localIo } from '../../functions/local/io.ts'
import { channelIo } from '../../functions/wire.ts'
import { startHttp } from '../support/http-server.ts'

const FUNCTIONS = join(import.meta.dirname, '../../functions')
const init = {
  method: 'POST',
  redirect: 'manual',
  headers: {},
  body: '{}',
  signal: new AbortController().signal,
} as const
const ios = [
  ['in the cloud', channelIo(() => '', false)],
  ['on one machine', channelIo(() => '', true)],
  ['of npm start', localIo({}, { mail: '', chat: '' }, () => undefined)('ops', 'webhook')],
] as const

it.each(ios)('%s it asks the machine’s own resolver, and refuses a name that leads inward', async (_, { fetch }) => {
  const error = await fetch(new URL('https://localhost/'), init).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(BlockedAddressError)
  expect(error).toMatchObject({ place: 'of this machine' })
})

it('reaches a local sink on one machine alone', async () => {
  const sink = await startHttp()
  const [cloud, local, start] = ios.map(([, { fetch }]) => fetch(new URL(sink.url), init).then(({ status }) => status))
  await expect(cloud).rejects.toThrow(BlockedAddressError)
  expect([await local, await start]).toEqual([200, 200])
  await sink.close()
})

/** Files that ask places of their own choice, never an address that a message or a channel names. */
const OWN_PLACES: Readonly<Record<string, string>> = {
  'enforcing.ts': 'the metadata server of the machine',
  'google-rest.ts': 'Google’s own API, at a fixed host',
  'probes/google-rest.ts': 'Google’s own APIs, at fixed hosts',
  'probes/web.ts': 'doctor: HEAD of the bare host, from the machine of whoever runs it; the body is not read',
  'warm.ts': 'this very process, on loopback, while the image is built',
}

it('is the only one for channels: no other file uses the platform’s own fetch', () => {
  const files = readdirSync(FUNCTIONS, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
  const uses = (text: string): boolean =>
    /(?<![.\w-])fetch(?![\w:])/.test(text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, ''))
  expect(files.length).toBeGreaterThan(60)
  expect(files.filter((path) => uses(readFileSync(join(FUNCTIONS, path), 'utf8'))).sort()).toEqual(
    Object.keys(OWN_PLACES).sort(),
  )
  expect(['const io = { secret, fetch, clock }', 'await fetch(url)', 'globalThis["x"] ?? fetch'].every(uses)).toBe(true)
})
