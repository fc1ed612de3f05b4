/** Links that answer an alert from its own message: whoever holds one may acknowledge or snooze that alert, and nothing else. */

import { createHmac, timingSafeEqual } from 'node:crypto'
import type { AnswerKind, AnswerUrls } from '../domain/alerts.ts'
import type { AccountId, AlertKey } from '../domain/keys.ts'
import { DAY_MS, type Instant, SECOND_MS } from '../domain/time.ts'

/** Names what is signed and how; another version is another kind of token, never a lenient reading of this one. */
const VERSION = '1'
/** Critical alerts repeat every four hours, each with fresh links: an older one is somebody's archive. */
const LINK_LIFE_MS = 7 * DAY_MS

/** The alert a link is about; ids alone, no name and no address. */
export type Answerable = { readonly account: AccountId; readonly alertKey: AlertKey }

/** What a token came to. `expired` was signed here; `forged` may be mangled, altered, or signed with a secret that is gone. */
export type ReadLink =
  | ({ readonly kind: 'good' } & Answerable)
  | { readonly kind: 'expired'; readonly at: Instant }
  | { readonly kind: 'forged' }

export type AnswerLinks = {
  /** Links that hold for seven days from `at`. Pure: the same alert and instant give the same links. */
  readonly make: (about: Answerable, at: Instant) => AnswerUrls
  /** Never throws. A token for one answer is no token for the other. */
  readonly read: (kind: AnswerKind, token: string, now: Instant) => ReadLink
}

/** `version.account.alert.expiry.signature`: characters that no mail client, chat or form would touch or encode. */
const TOKEN = /^1\.(?<account>[A-Za-z0-9-]{1,40})\.(?<key>[0-9a-f]{20})\.(?<expiry>\d{1,12})\.(?<signature>[\w-]{43})$/

/**
 * `base` is the address of the status page without a slash at its end. The first secret signs, every one verifies, so that
 * a secret can be replaced without breaking links that are out. HMAC-SHA256 (RFC 2104), base64url (RFC 4648 §5).
 */
export const openAnswerLinks = (base: string, secrets: readonly [string, ...string[]]): AnswerLinks => ({
  make: (about, at) => {
    const expiry = String(Math.floor((at + LINK_LIFE_MS) / SECOND_MS))
    const urlFor = (kind: AnswerKind): string => {
      const parts = [about.account, about.alertKey, expiry]
      return `${base}/${kind}?t=${[VERSION, ...parts, signatureOf(secrets[0], kind, parts)].join('.')}`
    }
    return { acknowledge: urlFor('acknowledge'), snooze: urlFor('snooze') }
  },
  read: (kind, token, now) => {
    const { account, key, expiry, signature = '' } = TOKEN.exec(token)?.groups ?? {}
    if (account === undefined || key === undefined || expiry === undefined) return { kind: 'forged' }
    const good = secrets.filter((secret) => isSame(signature, signatureOf(secret, kind, [account, key, expiry])))
    if (good.length === 0) return { kind: 'forged' }
    const at = Number(expiry) * SECOND_MS
    if (at <= now) return { kind: 'expired', at }
    return { kind: 'good', account: account as AccountId, alertKey: key as AlertKey }
  },
})

const signatureOf = (secret: string, kind: AnswerKind, parts: readonly string[]): string =>
  createHmac('sha256', secret)
    .update(`drawdown.${VERSION}.${kind}.${parts.join('.')}`)
    .digest('base64url')

/** Compares the text, not the bytes behind it: the last character of a base64url text has spellings that decode alike. */
const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
