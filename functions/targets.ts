/** The five targets as HTTP handlers: bytes in, acknowledgement or retry out. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { drain } from './app/deliver.ts'
import { BusyError } from './app/desk.ts'
import { type Ingested, ingest } from './app/ingest.ts'
import { schedule } from './app/schedule.ts'
import { statusReply } from './app/status.ts'
import type { PushGuard } from './push-token.ts'
import { arrivalFrom } from './sources/arrival.ts'
import type { RawMessage } from './sources/source.ts'
import type { App } from './wire.ts'

export const TARGETS = ['billingNotification', 'usageNotification', 'schedule', 'alertDelivery', 'status'] as const
export type Target = (typeof TARGETS)[number]

/** Legitimate messages are below 4 kB; a larger body is refused before it is parsed. */
const BODY_MAX = 1024 * 1024

/** What a handler needs of a request; the framework has read the body already. */
export type TargetRequest = IncomingMessage & { readonly rawBody?: Buffer }

export type Handler = (request: TargetRequest, response: ServerResponse) => Promise<void>

const TOPIC_OF: Readonly<Partial<Record<Target, RawMessage['topic']>>> = {
  billingNotification: 'billing-notifications',
  usageNotification: 'gemini-usage',
}

/** The one place that decides ack or retry: 2xx is durable or durably quarantined, 503 comes again. */
export const handlerOf =
  (target: Target, appOf: () => Promise<App>, guard: PushGuard): Handler =>
  async (request, response) => {
    try {
      const app = await appOf()
      if (target === 'status')
        return await reply(response, await statusReply(app.deps, app.desk, request.method ?? 'GET', request.url ?? '/'))
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
      reply(response, { status: 200, body: await run(app, target, request, body) })
    } catch (error) {
      await failed(appOf, target, error, response)
    }
  }

const run = async (app: App, target: Target, request: TargetRequest, body: Uint8Array): Promise<object> => {
  const topic = TOPIC_OF[target]
  if (topic) {
    const arrival = arrivalFrom({ headers: flat(request.headers), body }, topic, app.deps.clock(), { live: true })
    return told(await ingest(app.deps, app.desk, arrival))
  }
  return target === 'schedule' ? schedule(app.deps, app.desk) : drain(app.deps)
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
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  response.end(text)
}

const flat = (headers: IncomingMessage['headers']): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )
