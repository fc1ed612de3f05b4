/** What `/acknowledge` and `/snooze` answer: to look changes nothing, so no link scanner can answer for a person; a POST records. */

import type { AnswerKind } from '../domain/alerts.ts'
import { HOUR_MS, type Instant, MINUTE_MS, parseInstant } from '../domain/time.ts'
import type { Answerable } from '../outbox/answer-link.ts'
import {
  ANSWER_HEADERS,
  type Choice,
  confirmPage,
  NAME_MAX,
  type Notice,
  noticePage,
  recordedPage,
  settledPage,
} from '../report/answer-page.ts'
import { plain } from '../report/plain.ts'
import { type AlertNow, alertNow, recordAnswer } from './answer-alert.ts'
import type { Deps } from './deps.ts'
import type { Desk } from './desk.ts'
import { type StatusReply, statusPath } from './status.ts'

export type AnswerRequest = {
  readonly method: string
  /** Path and query as they came. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** As sent over the wire. */
  readonly contentType: string
  readonly body: Uint8Array
}

/** A name and a time: nothing an honest form sends is longer. */
const FORM_BYTES_MAX = 4_096
const SNOOZES_MS: readonly number[] = [HOUR_MS, 4 * HOUR_MS, 24 * HOUR_MS]
/** Choices end at a full minute, up to one later than their span. */
const SNOOZE_MAX_MS = 24 * HOUR_MS + MINUTE_MS

const STATUSES: Readonly<Record<Notice, number>> = {
  expired: 410,
  forged: 403,
  unknown: 404,
  off: 404,
  method: 405,
  foreign: 403,
  unreadable: 400,
}

/** The answer an address is about; `undefined` for every other address. */
export const answerOf = (url: string): AnswerKind | undefined => {
  const path = statusPath(url)
  return path === '/acknowledge' ? 'acknowledge' : path === '/snooze' ? 'snooze' : undefined
}

/** The token of an address, empty where there is none. */
export const tokenOf = (url: string): string => new URLSearchParams(url.split('?')[1] ?? '').get('t') ?? ''

/**
 * The signed token is the right to answer its one alert; whoever holds the message holds it. Throws only where nothing
 * could be stored.
 */
export const answerReply = async (
  deps: Deps,
  desk: Desk,
  kind: AnswerKind,
  request: AnswerRequest,
): Promise<StatusReply> => {
  const isPost = request.method === 'POST'
  if (!isPost && request.method !== 'GET' && request.method !== 'HEAD') return notice('method')
  if (!deps.links) return notice('off')
  const link = deps.links.read(kind, tokenOf(request.url), deps.clock())
  if (link.kind !== 'good') return notice(link.kind)
  if (isPost && isForeign(request.headers)) return notice('foreign')
  const alert = await alertNow(deps, desk, link)
  if (alert.kind === 'unknown') return notice('unknown')
  const asked: Asked = { kind, about: link, alert, signedIn: signedIn(request.headers), now: deps.clock() }
  if (alert.kind === 'over' || alert.episode.ackedBy !== undefined) return page(settledPage(alert))
  return isPost ? post(deps, desk, asked, request) : page(confirmation(asked))
}

type Asked = {
  readonly kind: AnswerKind
  readonly about: Answerable
  readonly alert: Exclude<AlertNow, { kind: 'unknown' }>
  readonly signedIn: string | undefined
  readonly now: Instant
}

const post = async (deps: Deps, desk: Desk, asked: Asked, request: AnswerRequest): Promise<StatusReply> => {
  const form = formOf(request)
  if (!form) return notice('unreadable')
  const { kind, about, alert, now } = asked
  const by = asked.signedIn ?? plain(form.get('by') ?? '', NAME_MAX)
  if (by === '') return problem(asked, 'Give your name, so that the others know who answered.')
  const until = kind === 'snooze' ? parseInstant(form.get('until') ?? '') : undefined
  if (kind === 'snooze' && !isOffered(until, now))
    return problem(asked, 'That time is not offered any more: choose again.')
  const fact = { kind, account: about.account, alertKey: about.alertKey, by, ...(until !== undefined && { until }) }
  const result = await recordAnswer(deps, desk, fact)
  const after = await alertNow(deps, desk, about)
  const shown = after.kind === 'unknown' ? alert : after
  return page(recordedPage({ ...shown, answer: kind, by, until, again: result === 'duplicate' }))
}

const isOffered = (until: Instant | undefined, now: Instant): boolean =>
  until !== undefined && until > now && until <= now + SNOOZE_MAX_MS

/** Times, not spans: the second click on one button says the same as the first. */
const choicesAt = (now: Instant): readonly Choice[] => {
  const from = Math.ceil(now / MINUTE_MS) * MINUTE_MS
  return SNOOZES_MS.map((forMs) => ({ forMs, until: from + forMs }))
}

const confirmation = ({ kind, alert, signedIn, now }: Asked, said?: string): string =>
  confirmPage({
    answer: kind,
    standing: alert.standing,
    episode: alert.episode,
    signedIn,
    choices: kind === 'snooze' ? choicesAt(now) : [],
    problem: said,
  })

const problem = (asked: Asked, said: string): StatusReply => page(confirmation(asked, said), 422)

const page = (body: string, status = 200): StatusReply => ({ status, body, headers: ANSWER_HEADERS })

const notice = (kind: Notice): StatusReply => ({
  ...page(noticePage(kind), STATUSES[kind]),
  headers: { ...ANSWER_HEADERS, ...(kind === 'method' && { allow: 'GET, HEAD, POST' }) },
})

/** Only what an HTML form sends by default; no script of another site can send that kind unasked and read nothing. */
const formOf = ({ contentType, body }: AnswerRequest): URLSearchParams | undefined =>
  /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType) && body.length <= FORM_BYTES_MAX
    ? new URLSearchParams(Buffer.from(body).toString('utf8'))
    : undefined

/**
 * Whether a browser says that another site sent this. The token alone is what gives the right; this only keeps a stolen
 * click out. `Origin: null` is what a page without a referrer sends to itself.
 * https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
const isForeign = (headers: AnswerRequest['headers']): boolean => {
  const site = headers['sec-fetch-site']
  if (typeof site === 'string') return site !== 'same-origin' && site !== 'none'
  const origin = headers['origin']
  if (typeof origin !== 'string' || origin === 'null') return false
  return URL.parse(origin)?.host !== headers['host']
}

/** `accounts.google.com:ana@example.com`: https://docs.cloud.google.com/iap/docs/identity-howto */
const IAP_USER = /^[a-z0-9.-]{1,80}:([^\s:]{1,254})$/i

/**
 * Who is signed in, by the header that Identity-Aware Proxy sets and strips from what comes from outside. Without IAP in
 * front anybody can send it: then it is worth as much as a name typed into the form, and gives no right either way.
 */
const signedIn = (headers: AnswerRequest['headers']): string | undefined => {
  const header = headers['x-goog-authenticated-user-email']
  const name = IAP_USER.exec(typeof header === 'string' ? header : '')?.[1]
  return name === undefined ? undefined : plain(name, NAME_MAX) || undefined
}
