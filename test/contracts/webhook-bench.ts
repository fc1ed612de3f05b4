/** The bench a webhook channel is tried on: a real HTTP server, and a channel opened against it. */

import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import type { ChannelDef, ChannelIo, OpenChannel, SendOptions, SendOutcome } from '../../functions/channels/channel.ts'
import type { Message } from '../../functions/domain/alerts.ts'
import { type Answer, type HttpPeer, type SeenRequest, startHttp } from '../support/http-server.ts'
import { sampleMessage } from '../support/message.ts'

export type WebhookContract = {
  readonly channel: ChannelDef
  /** A real-looking address in the cloud; its path and query are the secret. */
  readonly cloudUrl: string
  /** A success as the vendor documents it. */
  readonly success: { readonly status: number; readonly body: string }
  /** The vendor's limit on a body. */
  readonly bodyMaxBytes: number
  /** Strings that must not survive from hostile text into a body. */
  readonly forbidden: readonly string[]
}

/** Stands for the secret in the address and for the words of the other side: it must turn up in no note. */
export const CANARY = 'canary-8d1f'
export const VARIABLE = 'OPS_CHAT_URL'

export type Bench = {
  readonly contract: WebhookContract
  readonly channel: ChannelDef
  /** Answers so until the test ends; the documented success unless told. */
  readonly answer: (next: Answer) => void
  readonly url: () => string
  readonly requests: () => readonly SeenRequest[]
  readonly io: (value: string, allowLoopback: boolean) => ChannelIo
  readonly open: (value: string, allowLoopback?: boolean) => OpenChannel
  readonly send: (message?: Message, options?: Partial<SendOptions>) => Promise<SendOutcome>
  readonly sendAndSee: (message: Message) => Promise<SeenRequest>
}

/** Registers the server with the test file that calls it. */
export const benchFor = (contract: WebhookContract): Bench => {
  const { channel, success } = contract
  let peer: HttpPeer
  beforeAll(async () => {
    peer = await startHttp()
  })
  beforeEach(() => peer.answer((response) => reply(response, success.status, success.body)))
  afterAll(() => peer.close())

  const io = (value: string, allowLoopback: boolean): ChannelIo => ({ secret: () => value, fetch, allowLoopback })
  const open = (value: string, allowLoopback = false): OpenChannel =>
    channel.open({ kind: channel.kind, url: VARIABLE }, io(value, allowLoopback))
  const send = (message: Message = sampleMessage(), options: Partial<SendOptions> = {}): Promise<SendOutcome> =>
    open(`${peer.url}/hook/${CANARY}?key=${CANARY}&token=${CANARY}`, true).send(message, {
      idempotencyKey: 'a1b2c3d4e5f60718293a',
      recipient: '',
      signal: new AbortController().signal,
      ...options,
    })
  const sendAndSee = async (message: Message): Promise<SeenRequest> => {
    await send(message)
    return peer.requests().at(-1) ?? expect.fail('nothing arrived')
  }
  const answer = (next: Answer): void => peer.answer(next)
  return { contract, channel, answer, url: () => peer.url, requests: () => peer.requests(), io, open, send, sendAndSee }
}

export const reply = (response: ServerResponse, status: number, body: string): void => {
  response.writeHead(status)
  response.end(body)
}
