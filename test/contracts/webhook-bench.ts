/** The bench a webhook channel is tried on: real servers, and a channel opened against them as production opens it. */

import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import type { ChannelDef, ChannelIo, OpenChannel, SendOptions, SendOutcome } from '../../functions/channels/channel.ts'
import { type GuardParts, guardedFetch } from '../../functions/channels/guarded-fetch.ts'
import type { Message } from '../../functions/domain/alerts.ts'
import { instant } from '../../functions/domain/time.ts'
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
  /** What tells success: the reply's own words (unless said), these or a 204, the status 202 alone, or any 2xx. */
  readonly judgedBy?: Judge
  /** The settings with the name of a variable; `{ kind, url }` unless said. */
  readonly settings?: (variable: string) => object
  /** What that variable holds in the cloud; the address unless said. */
  readonly cloudSecret?: string
  /** Further variables that the settings name. */
  readonly variables?: Readonly<Record<string, string>>
  /** Whether any public host will do, and not the vendor's alone. */
  readonly anyHost?: true
}

export type Judge = 'reply' | 'reply or 204' | '202' | '2xx'

/** Stands for the secret in the address and for the words of the other side: it must turn up in no note. */
export const CANARY = 'canary-8d1f'
export const VARIABLE = 'OPS_CHAT_URL'
export const NOW = instant('2026-11-23T10:00:05.75Z')

export type Bench = {
  readonly contract: WebhookContract
  readonly channel: ChannelDef
  /** Answers so until the test ends; the documented success unless told. */
  readonly answer: (next: Answer) => void
  /** Called once, when the status of the next answer has been read and its body has not. */
  readonly whenAnswered: (then: () => void) => void
  readonly url: () => string
  readonly requests: () => readonly SeenRequest[]
  readonly settings: (variable: string) => object
  /** What the channel's variable holds in the cloud. */
  readonly cloudSecret: string
  readonly io: (value: string, allowLoopback: boolean) => ChannelIo
  readonly open: (value: string, allowLoopback?: boolean) => OpenChannel
  readonly send: (message?: Message, options?: Partial<SendOptions>) => Promise<SendOutcome>
  readonly sendAndSee: (message: Message, options?: Partial<SendOptions>) => Promise<SeenRequest>
  /** As in the cloud, by the vendor's own address; only where names lead is the test's. */
  readonly sendToCloud: (parts: Partial<GuardParts>) => Promise<SendOutcome>
}

/** Registers the server with the test file that calls it. */
export const benchFor = (contract: WebhookContract): Bench => {
  const { channel, success, variables = {}, cloudSecret = contract.cloudUrl } = contract
  const settings = contract.settings ?? ((variable: string) => ({ kind: channel.kind, url: variable }))
  let peer: HttpPeer
  beforeAll(async () => {
    peer = await startHttp()
  })
  beforeEach(() => peer.answer((response) => reply(response, success.status, success.body)))
  afterAll(() => peer.close())

  const guard: GuardParts = {
    allowLoopback: true,
    resolve: () => expect.fail('loopback looks no name up'),
    own: () => [],
  }
  let answered: (() => void) | undefined
  const io = (value: string, allowLoopback: boolean): ChannelIo => ({
    secret: (variable) => variables[variable] ?? value,
    fetch: async (url, init) => {
      const response = await guardedFetch({ ...guard, allowLoopback })(url, init)
      answered?.()
      answered = undefined
      return response
    },
    clock: () => NOW,
    allowLoopback,
  })
  const open = (value: string, allowLoopback = false): OpenChannel =>
    channel.open(settings(VARIABLE), io(value, allowLoopback))
  const send = (message: Message = sampleMessage(), options: Partial<SendOptions> = {}): Promise<SendOutcome> =>
    open(`${peer.url}/hook/${CANARY}?key=${CANARY}&token=${CANARY}`, true).send(message, sendOptions(options))
  const sendToCloud = (parts: Partial<GuardParts>): Promise<SendOutcome> => {
    const cloud = { ...io(cloudSecret, false), fetch: guardedFetch({ ...guard, allowLoopback: false, ...parts }) }
    return channel.open(settings(VARIABLE), cloud).send(sampleMessage(), sendOptions({}))
  }
  const sendAndSee = async (message: Message, options?: Partial<SendOptions>): Promise<SeenRequest> => {
    await send(message, options)
    return peer.requests().at(-1) ?? expect.fail('nothing arrived')
  }
  const answer = (next: Answer): void => peer.answer(next)
  const whenAnswered = (then: () => void): void => {
    answered = then
  }
  const seen = { answer, whenAnswered, url: () => peer.url, requests: () => peer.requests() }
  return { contract, channel, ...seen, settings, cloudSecret, io, open, send, sendAndSee, sendToCloud }
}

const sendOptions = (options: Partial<SendOptions>): SendOptions => ({
  idempotencyKey: 'a1b2c3d4e5f60718293a',
  recipient: '',
  signal: new AbortController().signal,
  ...options,
})

export const reply = (response: ServerResponse, status: number, body: string): void => {
  response.writeHead(status)
  response.end(body)
}
