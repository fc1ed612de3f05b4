/** Contract of a channel: a frozen message to the outside world, and what one attempt came to. */

import type { z } from 'zod'
import type { Message } from '../domain/alerts.ts'
import type { Clock } from '../domain/time.ts'

/** Retryable: nobody said no. `ambiguous` when the other side may have taken it all the same. */
export type RetryReason = 'timeout' | 'connection' | 'rate-limited' | 'server-error' | 'temporary'
/** Final: trying again cannot help. */
export type RejectReason = 'refused' | 'gone' | 'too-large' | 'redirect' | 'bad-reply' | 'address'

/** What one attempt came to; each branch is a state the outbox can store. `note` holds no secret and no body. */
export type SendOutcome =
  | { readonly kind: 'sent'; readonly note: string }
  | {
      readonly kind: 'retry'
      readonly reason: RetryReason
      readonly note: string
      readonly ambiguous: boolean
      readonly afterMs?: number
    }
  | { readonly kind: 'rejected'; readonly reason: RejectReason; readonly note: string }

export type SendOptions = {
  /** The delivery's id: constant over attempts (Message-ID, request ids). */
  readonly idempotencyKey: string
  readonly recipient: string
  /** Ends the attempt; the channel then reports a retryable timeout. */
  readonly signal: AbortSignal
}

/** Never throws: every failure is an outcome. Never waits between tries: the outbox does. */
export type Send = (message: Message, options: SendOptions) => Promise<SendOutcome>

export type OpenChannel = {
  readonly send: Send
  /** One delivery is planned for each; `['']` where the channel is one place. */
  readonly recipients: readonly string[]
  readonly close?: () => Promise<void>
}

export type PostInit = {
  readonly method: 'POST'
  /** A redirect is an answer like another; nothing is followed. */
  readonly redirect: 'manual'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal: AbortSignal
}

/** One POST. The platform's own `fetch` fits, but the composition root hands in `guardedFetch`. */
export type Fetch = (url: URL, init: PostInit) => Promise<Response>

/** What a channel may use of the world. */
export type ChannelIo = {
  /** The value of the environment variable a setting names; the message of a missing one never holds a value. */
  readonly secret: (variable: string) => string
  readonly fetch: Fetch
  /** For what must be fresh at every attempt, such as the time a signature states. */
  readonly clock: Clock
  /** Local sinks answer on loopback without TLS; nothing else may. */
  readonly allowLoopback: boolean
}

/** The settings type is closed over, so the registry holds plain definitions. */
export type ChannelDef = {
  readonly kind: string
  readonly settings: z.ZodType
  /** Names of the environment variables the settings refer to. */
  readonly secrets: (settings: unknown) => readonly string[]
  /** Throws `ConfigError` for settings that can never work. */
  readonly open: (settings: unknown, io: ChannelIo) => OpenChannel
}

export const defineChannel = <S>(def: {
  readonly kind: string
  readonly settings: z.ZodType<S>
  readonly secrets: (settings: S) => readonly string[]
  readonly open: (settings: S, io: ChannelIo) => OpenChannel
}): ChannelDef => ({
  kind: def.kind,
  settings: def.settings,
  secrets: (raw) => def.secrets(def.settings.parse(raw)),
  open: (raw, io) => def.open(def.settings.parse(raw), io),
})
