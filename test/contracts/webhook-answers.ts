/** What every webhook channel makes of an answer, and of none. */

import { describe, expect, it } from 'vitest'
import { startHttp } from '../support/http-server.ts'
import { sampleMessage } from '../support/message.ts'
import { type Bench, CANARY, reply } from './webhook-bench.ts'

/** Status codes, redirects and Retry-After. */
export const describeAnswers = ({ channel, answer, url, requests, send }: Bench): void => {
  describe(`${channel.kind} tells what an answer means`, () => {
    it('takes the documented success as sent', async () => {
      expect(await send()).toMatchObject({ kind: 'sent' })
    })

    it.each([201, 202, 204])('does not take an empty %i for the documented success', async (status) => {
      answer((response) => reply(response, status, ''))
      expect(await send()).toMatchObject({ kind: 'rejected', reason: 'bad-reply' })
    })

    it('does not take a sign-in page for success', async () => {
      answer((response) => reply(response, 200, '<!doctype html><title>Sign in</title>'))
      expect(await send()).toMatchObject({ kind: 'rejected', reason: 'bad-reply' })
    })

    it.each([301, 302, 303, 307, 308])('never follows a %i', async (status) => {
      const before = requests().length
      answer((response) => response.writeHead(status, { location: `${url()}/elsewhere` }).end())
      expect(await send()).toMatchObject({ kind: 'rejected', reason: 'redirect' })
      expect(requests().length).toBe(before + 1)
    })

    it.each([
      [400, 'refused'],
      [401, 'refused'],
      [403, 'refused'],
      [404, 'refused'],
      [410, 'gone'],
      [413, 'too-large'],
      [422, 'refused'],
    ])('gives up on a %i (%s)', async (status, reason) => {
      answer((response) => reply(response, status, CANARY))
      expect(await send()).toMatchObject({ kind: 'rejected', reason })
    })

    it.each([
      [408, 'temporary', false],
      [409, 'temporary', false],
      [425, 'temporary', false],
      [429, 'rate-limited', false],
      [500, 'server-error', false],
      [501, 'server-error', false],
      [502, 'server-error', true],
      [503, 'server-error', false],
      [504, 'server-error', true],
    ])('asks for another attempt after a %i (%s)', async (status, reason, ambiguous) => {
      answer((response) => reply(response, status, CANARY))
      expect(await send()).toMatchObject({ kind: 'retry', reason, ambiguous })
    })

    it.each([
      ['seconds', { 'retry-after': '7' }, 7_000],
      ['a date', { 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT', date: 'Mon, 23 Nov 2026 10:00:00 GMT' }, 30_000],
      ['ten years', { 'retry-after': '315360000' }, 315_360_000_000],
    ])('passes on a Retry-After in %s', async (_, headers, afterMs) => {
      answer((response) => response.writeHead(429, headers).end())
      expect(await send()).toMatchObject({ kind: 'retry', afterMs })
    })

    it.each(['-5', 'abc', '', '1e9', 'Mon, 99 Nov'])('ignores the Retry-After %j', async (value) => {
      answer((response) => response.writeHead(429, { 'retry-after': value }).end())
      expect(await send()).not.toHaveProperty('afterMs')
    })
  })
}

/** Silence, resets, refusals and replies without end. */
export const describeConnection = ({ contract, channel, answer, requests, open, send }: Bench): void => {
  describe(`${channel.kind} survives a bad connection`, () => {
    it('reports an ambiguous timeout when the signal ends a silent attempt', async () => {
      const control = new AbortController()
      answer(() => control.abort())
      const outcome = await send(sampleMessage(), { signal: control.signal })
      expect(outcome).toMatchObject({ kind: 'retry', reason: 'timeout', ambiguous: true })
    })

    it('reports an ambiguous timeout when the reply never ends', async () => {
      const control = new AbortController()
      answer((response) => {
        response
          .writeHead(200, { 'content-length': '100000' })
          .write(contract.success.body.slice(0, 1), () => control.abort())
      })
      const outcome = await send(sampleMessage(), { signal: control.signal })
      expect(outcome).toMatchObject({ kind: 'retry', reason: 'timeout', ambiguous: true })
    })

    it('sends nothing once the signal has ended', async () => {
      const before = requests().length
      const outcome = await send(sampleMessage(), { signal: AbortSignal.abort() })
      expect(outcome).toMatchObject({ kind: 'retry', reason: 'timeout', ambiguous: false })
      expect(requests().length).toBe(before)
    })

    it('calls a reset after the request ambiguous', async () => {
      answer((_, __, request) => request.socket.resetAndDestroy())
      expect(await send()).toMatchObject({ kind: 'retry', reason: 'connection', ambiguous: true })
    })

    it('knows that a refused connection took nothing', async () => {
      const gone = await startHttp()
      await gone.close()
      const outcome = await open(`${gone.url}/hook`, true).send(sampleMessage(), {
        idempotencyKey: 'k',
        recipient: '',
        signal: new AbortController().signal,
      })
      expect(outcome).toMatchObject({ kind: 'retry', reason: 'connection', ambiguous: false })
    })

    it('stops reading a reply of 64 MiB', async () => {
      let written = 0
      answer((response) => {
        response.writeHead(200)
        const more = (): void => {
          while (written < 67_108_864 && !response.destroyed) {
            written += 1_048_576
            if (!response.write(' '.repeat(1_048_576))) {
              response.once('drain', more)
              return
            }
          }
          response.end()
        }
        more()
      })
      expect(await send()).toMatchObject({ kind: 'rejected', reason: 'bad-reply' })
      expect(written).toBeLessThan(67_108_864)
    })
  })
}
