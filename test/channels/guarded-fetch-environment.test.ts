import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { selfSigned, validNow } from '../support/certificate.ts'
import { startTls, type TlsPeer } from '../support/tls-server.ts'

const HOST = 'hooks.example.com'
const PUBLIC = '93.184.215.14'

let peer: TlsPeer
beforeAll(async () => {
  peer = await startTls(selfSigned(validNow([HOST])))
})
afterAll(() => peer.close())

describe('the environment', () => {
  it('can neither send posts through a proxy nor turn verification off', async () => {
    const proxied: string[] = []
    const proxy = createServer((socket) => {
      socket.once('data', (bytes) => {
        proxied.push(bytes.toString('latin1').split('\r\n')[0] ?? '')
        socket.end('HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\n\r\n')
      })
      socket.on('error', () => undefined)
    })
    proxy.listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    const { port } = proxy.address() as { port: number }
    const guarded = await inProcess({
      NODE_USE_ENV_PROXY: '1',
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    })
    proxy.close()
    expect(guarded).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
    // What is not guarded does go through the proxy, so the variable is one that works.
    expect(proxied).toEqual(['CONNECT control.invalid:443 HTTP/1.1'])
  })
})

/** What came of a guarded post in a process with this environment, which then makes an unguarded one. */
const inProcess = async (env: Readonly<Record<string, string>>): Promise<string> => {
  const module = new URL('../../functions/channels/guarded-fetch.ts', import.meta.url).href
  const script = `
    import { guardedFetch } from ${JSON.stringify(module)}
    const codeOf = (error) => String(error.code ?? error.cause?.code)
    const init = { method: 'POST', redirect: 'manual', headers: {}, body: '{}', signal: AbortSignal.timeout(10_000) }
    const send = guardedFetch({ allowLoopback: false, resolve: async () => ['${PUBLIC}'], own: () => [], reach: { address: '127.0.0.1', port: ${peer.port} } })
    const guarded = await send(new URL('https://${HOST}/'), init).then(() => 'sent', codeOf)
    await fetch('https://control.invalid/', init).catch(() => undefined)
    console.log(guarded)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)])
  return out === '' ? expect.fail(errors) : out.trim()
}
