/** The heartbeat, over a real HTTP server: one beat for each run that went well, none for any other, and never a failed run for its sake. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Deps } from '../../functions/app/deps.ts'
import { openDesk } from '../../functions/app/desk.ts'
import { schedule } from '../../functions/app/schedule.ts'
import type { Config } from '../../functions/config.ts'
import { ConfigError } from '../../functions/domain/errors.ts'
import { MINUTE_MS } from '../../functions/domain/time.ts'
import { heartbeatFrom } from '../../functions/heartbeat.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { T0 } from '../support/facts.ts'
import { type HttpPeer, startHttp } from '../support/http-server.ts'

const CONFIG = { heartbeat: 'HEARTBEAT_URL' } as Config
const ioFor = (value: string, allowLoopback = true) => ({ secret: () => value, fetch, clock: () => 0, allowLoopback })

let watchdog: HttpPeer
beforeEach(async () => {
  watchdog = await startHttp()
})
afterEach(() => watchdog.close())

const appWith = (more: Partial<Deps> = {}): TestApp => {
  const heartbeat = heartbeatFrom(CONFIG, ioFor(`${watchdog.url}/ping/5f1d-secret`))
  return openTestApp({}, undefined, { heartbeat, ...more })
}

const beats = (): readonly string[] => watchdog.requests().map(({ method, path, body }) => `${method} ${path} ${body}`)

/** A delivery that nobody sends, due at T0. */
const withBacklog = async (): Promise<TestApp> => {
  const app = appWith()
  await app.fact('prepayment-required', { projectId: 'my-app', at: '2026-11-01T07:00:00Z' })
  expect(await app.deps.store.nextDueAt()).toBe(T0)
  return app
}

describe('beats once for a run that went well', () => {
  test('with one POST without content', async () => {
    const app = appWith()
    expect(await schedule(app.deps, app.desk)).toMatchObject({ failed: 0, heartbeat: 'heard' })
    expect(beats()).toEqual(['POST /ping/5f1d-secret '])
    await schedule(app.deps, app.desk)
    expect(beats()).toHaveLength(2)
  })

  test('also with a delivery in the outbox that waits for its next attempt, or has not waited for a quarter of an hour', async () => {
    const app = await withBacklog()
    app.outcomes.push({ kind: 'retry', reason: 'connection', note: 'refused', ambiguous: false })
    app.clock.now = T0 + 60 * MINUTE_MS
    expect(await schedule(app.deps, app.desk)).toMatchObject({ drained: { retried: 1 }, heartbeat: 'heard' })
    const stuck = await withBacklog()
    stuck.clock.now = T0 + 15 * MINUTE_MS - 1
    const deps = { ...stuck.deps, store: { ...stuck.deps.store, claim: async () => [] } }
    expect(await schedule(deps, stuck.desk)).toMatchObject({ heartbeat: 'heard' })
  })

  test('not at all where no watchdog is configured', async () => {
    const app = openTestApp()
    expect(await schedule(app.deps, app.desk)).not.toHaveProperty('heartbeat')
    expect(heartbeatFrom({} as Config, ioFor(''))).toBeUndefined()
  })
})

describe('withholds the beat', () => {
  test('when an account could not be judged', async () => {
    const app = appWith()
    const desk = { ...app.desk, evaluate: () => Promise.reject(new Error('broken')) }
    expect(await schedule(app.deps, desk)).toMatchObject({ failed: 1, heartbeat: 'withheld' })
    expect(beats()).toEqual([])
    expect(app.log).toContain('the heartbeat is withheld {"why":"1 account could not be judged"}')
  })

  test('when a delivery has been due for a quarter of an hour and nobody sends it', async () => {
    const app = await withBacklog()
    app.clock.now = T0 + 15 * MINUTE_MS
    const deps = { ...app.deps, store: { ...app.deps.store, claim: async () => [] } }
    expect(await schedule(deps, app.desk)).toMatchObject({ heartbeat: 'withheld' })
    expect(beats()).toEqual([])
  })

  test('when the run was cut short', async () => {
    const app = appWith({ stopping: () => true })
    expect(await schedule(app.deps, app.desk)).toMatchObject({ cut: true, heartbeat: 'withheld' })
    expect(beats()).toEqual([])
  })

  test('when the store does not answer', async () => {
    const app = appWith()
    const deps = { ...app.deps, store: { ...app.deps.store, nextDueAt: () => Promise.reject(new Error('gone')) } }
    expect(await schedule(deps, openDesk(deps))).toMatchObject({ failed: 0, heartbeat: 'withheld' })
    expect(beats()).toEqual([])
  })
})

describe('a beat that is not heard is logged, without the address, and fails no run', () => {
  test.each([
    ['a refusal', 404, 'HTTP 404'],
    ['a failure', 500, 'HTTP 500'],
    ['a redirect, which is not followed', 302, 'HTTP 302'],
  ])('%s', async (_, status, note) => {
    watchdog.answer((response) => response.writeHead(status, { location: `${watchdog.url}/elsewhere` }).end('no'))
    const app = appWith()
    expect(await schedule(app.deps, app.desk)).toMatchObject({ failed: 0, heartbeat: 'lost' })
    expect(beats()).toHaveLength(1)
    expect(app.log).toContain(`the heartbeat was not heard {"note":"${note}"}`)
    expect(app.log.join()).not.toContain('secret')
  })

  test('nobody there', async () => {
    await watchdog.close()
    const app = appWith()
    expect(await schedule(app.deps, app.desk)).toMatchObject({ heartbeat: 'lost' })
    expect(app.log.join()).toContain('the connection failed')
    expect(app.log.join()).not.toContain('secret')
    watchdog = await startHttp()
  })

  test('no answer within five seconds', async () => {
    watchdog.answer(() => undefined)
    const app = appWith()
    const from = performance.now()
    expect(await schedule(app.deps, app.desk)).toMatchObject({ heartbeat: 'lost' })
    const took = performance.now() - from
    expect(took).toBeGreaterThan(4_900)
    expect(took).toBeLessThan(9_000)
    expect(app.log).toContain('the heartbeat was not heard {"note":"no answer within 5 s"}')
  })

  test('an endless answer is not read', async () => {
    watchdog.answer((response) => void response.writeHead(200).write('x'.repeat(100_000)))
    const app = appWith()
    expect(await schedule(app.deps, app.desk)).toMatchObject({ heartbeat: 'heard' })
  })
})

describe('its address', () => {
  test.each([
    ['nonsense', 'is no URL'],
    ['http://hc-ping.com/abc', 'must be an https:// URL'],
    ['https://user:pass@hc-ping.com/abc', 'must hold no user name or password'],
    ['https://hc-ping.com:8443/abc', 'must use port 443'],
    ['https://10.0.0.1/abc', 'must name its host, not give an address in numbers'],
    ['https://0x7f.1/abc', 'must name its host, not give an address in numbers'],
    ['https://[::1]/abc', 'must name its host, not give an address in numbers'],
    ['https://localhost/abc', 'must point at a host on the internet'],
    ['https://metadata.google.internal/abc', 'must point at a host on the internet'],
    ['https://metadata.google.internal./abc', 'must not end its host with a dot'],
    ['https://watchdog/abc', 'must point at a host on the internet'],
    ['ftp://hc-ping.com/abc', 'must be an https:// URL'],
  ])('%s is refused by the variable’s name alone', (value, why) => {
    const open = (): unknown => heartbeatFrom(CONFIG, ioFor(value))
    expect(open).toThrow(ConfigError)
    expect(open).toThrow(`HEARTBEAT_URL: ${why}`)
    expect(open).not.toThrow('abc')
  })

  test('plain HTTP to this machine is for tests and npm start alone', () => {
    expect(heartbeatFrom(CONFIG, ioFor('http://127.0.0.1:1/abc'))).toBeTypeOf('function')
    expect(() => heartbeatFrom(CONFIG, ioFor('http://127.0.0.1:1/abc', false))).toThrow('must be an https:// URL')
    expect(heartbeatFrom(CONFIG, ioFor('https://hc-ping.com/abc'))).toBeTypeOf('function')
  })
})
