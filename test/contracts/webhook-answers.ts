/** What every webhook channel makes of an answer, and of none: the whole table, over real connections. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SendOutcome } from '../../functions/channels/channel.ts'
import { startHttp } from '../support/http-server.ts'
import { sampleMessage } from '../support/message.ts'
import { startTls, type TlsPeer } from '../support/tls-server.ts'
import { ANSWERS, type Behaviour, CERTIFICATES, RESOLUTIONS, throughTo } from './webhook-behaviours.ts'
import { type Bench, CANARY } from './webhook-bench.ts'
import { outcomeFor, rowOf, told } from './webhook-outcomes.ts'

const keysOf = <T extends object>(table: T): (keyof T)[] => Object.keys(table) as (keyof T)[]

/** The outcome is the table's, its note gives nothing away, and it came of one request at most. */
const judge = ({ contract, cloudSecret }: Bench, behaviour: Behaviour, outcome: SendOutcome): void => {
  const row = rowOf(behaviour)
  expect(told(outcome)).toBe(outcomeFor(row, contract.judgedBy ?? 'reply'))
  expect(outcome.kind === 'retry' ? outcome.afterMs : undefined).toBe(row.afterMs)
  expect(outcome.note.length).toBeLessThan(120)
  for (const secret of [CANARY, cloudSecret, '127.0.0.1', '169.254', '10.1.2.3', 'example']) {
    expect(outcome.note).not.toContain(secret)
  }
}

/** Statuses, bodies, redirects, Retry-After; silence, resets and replies without end. */
export const describeAnswers = (bench: Bench): void => {
  const { contract, channel, answer, whenAnswered, requests, open, send } = bench
  describe(`${channel.kind} tells what an answer means`, () => {
    it.each(keysOf(ANSWERS))('%s', async (behaviour) => {
      const control = new AbortController()
      const before = requests().length
      const giveUp = (): void => control.abort()
      const giveUpOnBody = (): void => whenAnswered(giveUp)
      answer(ANSWERS[behaviour]({ success: contract.success, giveUp, giveUpOnBody }))
      judge(bench, behaviour, await send(sampleMessage(), { signal: control.signal }))
      expect(requests().length).toBe(before + 1)
    })

    it('a port where nobody listens', async () => {
      const gone = await startHttp()
      await gone.close()
      const options = { idempotencyKey: 'k', recipient: '', signal: new AbortController().signal }
      const outcome = await open(`${gone.url}/hook`, true).send(sampleMessage(), options)
      judge(bench, 'a port where nobody listens', outcome)
    })

    it('sends nothing once the signal has ended', async () => {
      const before = requests().length
      const outcome = await send(sampleMessage(), { signal: AbortSignal.abort() })
      expect(outcome).toMatchObject({ kind: 'retry', reason: 'timeout', ambiguous: false })
      expect(requests().length).toBe(before)
    })
  })
}

/** The vendor's own address, behind other certificates and other names. */
export const describeConnection = (bench: Bench): void => {
  const { contract, channel, sendToCloud } = bench
  const { hostname } = new URL(contract.cloudUrl)
  describe(`${channel.kind} trusts a connection to its vendor alone`, () => {
    let tls: TlsPeer
    beforeAll(async () => {
      tls = await startTls(CERTIFICATES['a certificate that holds'](hostname))
      tls.answer((_, response) => response.writeHead(contract.success.status).end(contract.success.body))
    })
    afterAll(() => tls.close())

    it.each(keysOf(CERTIFICATES))('%s', async (behaviour) => {
      tls.present(CERTIFICATES[behaviour](hostname))
      const before = tls.asked().length
      judge(bench, behaviour, await sendToCloud(throughTo(tls.port)))
      expect(tls.asked().slice(before)).toEqual(behaviour === 'a certificate that holds' ? [hostname] : [])
    })

    it.each(keysOf(RESOLUTIONS))('%s', async (behaviour) => {
      const before = tls.connections()
      judge(bench, behaviour, await sendToCloud({ ...throughTo(tls.port), resolve: RESOLUTIONS[behaviour] }))
      expect(tls.connections()).toBe(before)
    })
  })
}
