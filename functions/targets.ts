/** The targets as HTTP handlers: bytes in, acknowledgement or retry out. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { BusyError } from './app/commit.ts'
import { drain } from './app/deliver.ts'
import { type Enforced, enforce } from './app/enforce.ts'
import { type Ingested, ingest } from './app/ingest.ts'
import { schedule } from './app/schedule.ts'
import { BODY_MAX, contentTypeOf } from './body.ts'
import type { PushGuard } from './push-token.ts'
import { arrivalFrom } from './sources/arrival.ts'
import type { RawMessage } from './sources/source.ts'
import type { App } from './wire.ts'

export const TARGETS = ['billingNotification', 'usageNotification', 'schedule', 'alertDelivery', 'status'] as const
/** There only where it was armed. */
export const ENFORCE_TARGET = 'enforce' as const
export type Target = (typeof TARGETS)[number] | typeof ENFORCE_TARGET

/** What a handler needs of a request; the body has been read already. */
export type TargetRequest = IncomingMessage & { readonly rawBody?: Buffer }

export type Handler = (request: TargetRequest, response: ServerResponse) => Promise<void>

const TOPIC_OF: Readonly<Partial<Record<Target, RawMessage['topic']>>> = {
  billingNotification: 'billing-notifications',
  usageNotification: 'gemini-usage',
}

/** The one place that decides ack or retry: 2xx is durable or durably quarantined, 503 comes again; so does work cut short. */
export const handlerOf =
  (target: Target, appOf: () => Promise<App>, guard: PushGuard): Handler =>
  async (request, response) => {
    try {
      const app = await appOf()
      if (target === 'status') return reply(response, await statusOf(app, request))
      if (request.method !== 'POST')
        return reply(response, {
          status: 405,
          body: { error: 'Only POST is served here.' },
          headers: { allow: 'POST' },
        })
      const refusal = await guard(request.headers.authorization)
      if (refusal) return reply(response, { status: refusal.status, body: { error: `Refused: ${refusal.why}.` } })
      const body = request.rawBody ?? Buffer.alloc(0)
      if (body.length > BODY_MAX)
        return reply(response, { status: 413, body: { error: `The body is larger than ${BODY_MAX} bytes.` } })
      const done = await run(app, target, request, body)
      // After the reply there may be no processor time left to announce in.
      await app.announced()
      reply(response, { status: 'cut' in done ? 503 : 200, body: done })
    } catch (error) {
      await failed(appOf, target, error, response)
    }
  }

/** The page, its JSON, and what links in messages lead to; each is loaded by the target that shows it. */
const statusOf = async (app: App, request: TargetRequest): Promise<Reply> => {
  const { method = 'GET', url = '/', headers } = request
  const { answerOf, answerReply } = await import('./app/answer-reply.ts')
  const answer = answerOf(url)
  if (!answer) return (await import('./app/status.ts')).statusReply(app.deps, app.desk, method, url)
  const body = request.rawBody ?? Buffer.alloc(0)
  const asked = { method, url, headers, contentType: contentTypeOf(request), body }
  const answered = await answerReply(app.deps, app.desk, answer, asked)
  await app.announced()
  return answered
}

const run = async (app: App, target: Target, request: TargetRequest, body: Uint8Array): Promise<object> => {
  const topic = TOPIC_OF[target]
  if (topic) {
    const headers = { 'content-type': request.headers['content-type'] }
    const arrival = arrivalFrom({ headers, body }, topic, app.deps.clock(), { live: true })
    return told(await ingest(app.deps, app.desk, arrival))
  }
  if (target === ENFORCE_TARGET) return enforceAll(app)
  return target === 'schedule' ? schedule(app.deps, app.desk) : drain(app.deps)
}

/**
 * The message is a hint and is not even read: what is due is decided from the store, for every account. One that fails
 * keeps no other from its turn; the message then comes again.
 */
const enforceAll = async ({ deps, desk }: App): Promise<object> => {
  const results: Enforced[] = []
  const errors: unknown[] = []
  for (const { id } of deps.accounts) {
    const result = await enforce(deps, desk, id).catch((error: unknown) => void errors.push(error))
    if (result) results.push(result)
  }
  if (errors.length > 0) throw errors[0]
  return { accounts: results, ...(results.some(({ cut }) => cut) && { cut: true }) }
}

/** What the caller learns; Pub/Sub reads the status alone. */
const told = (result: Ingested): object => {
  switch (result.kind) {
    case 'facts':
      return { result: result.receipt.news.length > 0 ? 'recorded' : 'duplicate', account: result.account }
    case 'quarantined':
      return { result: 'quarantined', reason: result.reason }
    case 'ignored':
      return { result: 'ignored', why: result.why }
  }
}

const failed = async (
  appOf: () => Promise<App>,
  target: Target,
  error: unknown,
  response: ServerResponse,
): Promise<void> => {
  const app = await appOf().catch(() => undefined)
  app?.deps.log.error('not acknowledged', error, { target })
  const status = error instanceof BusyError ? 503 : 500
  reply(response, { status, body: { error: 'Not durable yet: deliver the message again.' } })
}

export type Reply = {
  readonly status: number
  readonly body: object | string
  readonly headers?: Readonly<Record<string, string>>
}

const reply = (response: ServerResponse, { status, body, headers }: Reply): void => {
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`
  const type = typeof body === 'string' ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8'
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  response.end(text)
}
