/** Every way an SMTP conversation can end, and what the channel makes of it: the table of the README, cell by cell. */

import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { SendOutcome } from '../../functions/channels/channel.ts'
import { email } from '../../functions/channels/email.ts'
import { sampleMessage } from '../support/message.ts'
import { type Act, type ScriptedSmtp, STAGES, type Stage, startScriptedSmtp } from '../support/smtp-script.ts'

/** What waits for an answer gets one on loopback, however busy the machine; what waits for silence need not wait long. */
const PATIENCE_MS = 4_000
const SILENCE_MS = 300

let peer: ScriptedSmtp
beforeAll(async () => {
  peer = await startScriptedSmtp()
})
afterAll(() => peer.close())

const sendTo = (url: string, allowLoopback: boolean, patienceMs = PATIENCE_MS): Promise<SendOutcome> => {
  const settings = { kind: 'email', to: ['ops@example.com'], from: 'drawdown@example.com', smtp: 'SMTP_URL' }
  return email
    .open(settings, { secret: () => url, fetch, clock: () => 0, allowLoopback })
    .send(sampleMessage({ chart: [] }), {
      idempotencyKey: 'a1b2c3d4e5f60718293a',
      recipient: 'ops@example.com',
      signal: AbortSignal.timeout(patienceMs),
    })
}

/** Signs in only where that is the stage, and asks for TLS only where that is: neither is needed for the rest. */
const failAt = async (stage: Stage, act: Act): Promise<{ readonly outcome: SendOutcome; readonly taken: number }> => {
  const before = peer.taken()
  peer.fail(stage, act)
  const login = stage === 'auth' ? 'user:canary-8d1f@' : ''
  const outcome = await sendTo(
    `smtp://${login}${peer.host}`,
    stage !== 'starttls',
    act === 'hang' ? SILENCE_MS : PATIENCE_MS,
  )
  return { outcome, taken: peer.taken() - before }
}

/** An outcome in one word: `again` and `again?` are retried, the latter because the mail may have been taken. */
const wordOf = (outcome: SendOutcome): string => {
  if (outcome.kind === 'retry') return outcome.ambiguous ? 'again?' : 'again'
  return outcome.kind === 'sent' ? 'sent' : outcome.reason
}

const ACTS: readonly Act[] = ['drop', 'reset', 'hang', 421, 451, 550]

/** By stage: what a drop, a reset, silence, 421, 451 and 550 come to. */
const TABLE: readonly (readonly [Stage, ...(readonly (string | undefined)[])])[] = [
  ['connect', 'again', 'again', 'again?'],
  ['greeting', 'again?', 'again', 'again?', 'again', 'again', 'refused'],
  ['ehlo', 'again?', 'again?', 'again?', 'again', 'again', 'refused'],
  ['starttls', 'again?', 'again?', 'again?', 'again', 'again', 'refused'],
  ['auth', 'again?', 'again?', 'again?', 'again', 'again', 'refused'],
  ['mail', 'again?', 'again?', 'again?', 'again', 'again', 'refused'],
  ['rcpt', 'again?', 'again?', 'again?', 'again', 'again', 'address'],
  ['data', 'again?', 'again?', 'again?', 'again', 'again', 'refused'],
  ['taken', 'again?', 'again?', 'again?', 'again', 'again', 'refused'],
  ['quit', 'sent', 'sent', 'sent', 'sent', 'sent', 'sent'],
]

const CELLS = TABLE.flatMap(([stage, ...words]) =>
  ACTS.flatMap((act, index) => {
    const word = words[index]
    return word === undefined ? [] : [{ stage, act, word }]
  }),
)

describe('an SMTP conversation that ends', () => {
  it('is tried at every stage there is', () => {
    expect(TABLE.map(([stage]) => stage)).toEqual([...STAGES])
    expect(CELLS).toHaveLength(57)
  })

  it.each(CELLS)('at $stage with $act is $word, and no copy is left unexplained', async ({ stage, act, word }) => {
    const { outcome, taken } = await failAt(stage, act)
    expect(wordOf(outcome)).toBe(word)
    // A copy the server has, of a delivery that is sent again, must be one that may have arrived: nothing else explains it.
    if (taken > 0) expect(['sent', 'again?']).toContain(word)
    else expect(word).not.toBe('sent')
    expect(taken).toBeLessThanOrEqual(1)
    expect(outcome.note).not.toMatch(/canary|told to say so|127\.0\.0\.1|@/)
  })

  it('really takes the mail where it falls silent after it, and none where it says no to it', async () => {
    expect((await failAt('taken', 'drop')).taken).toBe(1)
    expect((await failAt('taken', 550)).taken).toBe(0)
    expect((await failAt('data', 'drop')).taken).toBe(0)
  })

  it('in the TLS handshake is tried again', async () => {
    peer.fail(undefined, 'drop')
    expect(wordOf(await sendTo(`smtp://${peer.host}`, false))).toBe('again?')
  })
})

it('each mail has a connection of its own: there is no pool that could send one again by itself', async () => {
  peer.fail(undefined, 'drop')
  const before = peer.connections()
  await Promise.all([sendTo(`smtp://${peer.host}`, true), sendTo(`smtp://${peer.host}`, true)])
  await sendTo(`smtp://${peer.host}`, true)
  expect(peer.connections() - before).toBe(3)
})

it.each([
  ['smtp', false],
  ['smtps', true],
])(
  '%s to a server with a certificate nobody vouches for hands over nothing, and is tried again',
  async (scheme, secure) => {
    let handed = 0
    const server = new SMTPServer({
      secure,
      authOptional: true,
      onMailFrom: (_, __, done) => {
        handed += 1
        done()
      },
    })
    server.on('error', () => undefined)
    onTestFinished(() => new Promise((done) => server.close(() => done())))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    const address = server.server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    expect(wordOf(await sendTo(`${scheme}://127.0.0.1:${port}`, false))).toBe('again')
    expect(handed).toBe(0)
  },
)
