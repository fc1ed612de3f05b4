/** Contract of a source: a raw message in, facts out, never an exception. */

import type { ReasonCode } from '../domain/errors.ts'
import type { FactBody } from '../domain/facts.ts'
import type { JsonObject } from '../domain/json.ts'
import type { SourceTime } from '../domain/time.ts'

/** A decoded Pub/Sub message. */
export type RawMessage = {
  /** The function that took it; operator facts are believed on the billing topic only. */
  readonly topic: 'billing-notifications' | 'gemini-usage'
  readonly attributes: Readonly<Record<string, string>>
  readonly body: JsonObject
  /** Publish time, or the time of receipt where `timed` is false. */
  readonly source: SourceTime
  readonly timed: boolean
}

/** A fact before its account is confirmed: the account it names, or only a project that some account lists. */
export type Claim = {
  readonly accountId?: string
  readonly projectId?: string
  /** The currency the amounts are in, where the message states one: it must be the account's. */
  readonly currencyCode?: string
  /** Key parts and body; the account is put in front of the key once confirmed. */
  readonly keyParts: readonly string[]
  readonly body: FactBody
  /** What makes two messages of one key the same where the body also holds what we made of it (a price); else the body. */
  readonly content?: unknown
}

export type Parsed =
  | { readonly kind: 'claims'; readonly claims: readonly Claim[] }
  | { readonly kind: 'ignored'; readonly why: string }
  | { readonly kind: 'rejected'; readonly reason: ReasonCode; readonly detail: string; readonly accountId?: string }

export type Source = {
  readonly name: string
  readonly topic: RawMessage['topic']
  /** Whether the message carries this source's markers. */
  readonly recognises: (message: RawMessage) => boolean
  readonly parse: (message: RawMessage) => Parsed
}
